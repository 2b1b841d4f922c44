"""What binds: the limits whose relief is worth most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from computeplan.explain.wording import number
from computeplan.plan.scarcity import Limit, Scarcity, scarcities
from computeplan.problem import Goal, Prices, Problem
from computeplan.report.figures import column
from computeplan.report.tables import table

SHOWN = 8
"""Limits listed, those of greatest worth."""

WORDS = {
    Limit.CAPACITY: "units of {}",
    Limit.BOOKABLE: "bookable units of {}",
    Limit.IMPORT: "grid import of {}",
    Limit.CONTRACT: "power of contract {}",
    Limit.LINK: "bandwidth of {}",
    Limit.CAP: "cap {}",
    Limit.CARBON: "carbon cap",
    Limit.NEW: "new units of {}",
    Limit.CONTRACTED: "contracted power of {}",
    Limit.LEASED: "leased bandwidth of {}",
    Limit.CERTIFICATES: "certificates of {}",
    Limit.BUDGET: "budget",
    Limit.RULE: "rule {}",
    Limit.RENEWABLE: "renewable share of {}",
}


@dataclass(frozen=True)
class Binding:
    """A limit that binds, in words: what, its worth, what one more unit is worth, and when."""

    what: str
    worth: float
    one_more: str
    when: str


def binding_view(problem: Problem, prices: Prices | None) -> RenderableType:
    """Show the limits whose relief is worth most.

    Parameters
    ----------
    problem : Problem
    prices : Prices, optional
    """
    if prices is None and problem.has_integers:
        return Text("What binds has no price: some decisions are whole numbers.", style="dim")
    if prices is None:
        return Text("What binds is not known: the solver gives no prices.", style="dim")
    found = [
        in_words(problem, scarcity, thing)
        for scarcity in scarcities(problem, prices)
        for thing in np.flatnonzero(scarcity.worth > 0).tolist()
    ]
    found.sort(key=lambda binding: -binding.worth)
    if not found:
        return Text("No limit binds: more capacity, energy or bandwidth would not help.")
    shown = binding_table(problem, found[:SHOWN])
    rest = len(found) - SHOWN
    return Group(shown, *([Text(f"… and {rest:,} more", style="dim")] if rest > 0 else []))


def binding_table(problem: Problem, found: Sequence[Binding]) -> Table:
    """List limits that bind.

    Parameters
    ----------
    problem : Problem
    found : sequence of Binding
    """
    view = table("what binds", f">worth {_money(problem)}", ">one more saves", "when")
    for binding, worth in zip(found, column([b.worth for b in found]), strict=True):
        view.add_row(binding.what, worth, binding.one_more, binding.when)
    return view


def in_words(problem: Problem, scarcity: Scarcity, thing: int) -> Binding:
    """Say what one limit is worth and when.

    Parameters
    ----------
    problem : Problem
    scarcity : Scarcity
    thing : int
        Which of its limits.
    """
    return Binding(
        WORDS[scarcity.limit].format(scarcity.names[thing]),
        float(scarcity.worth[thing]) * (1.0 if problem.objective.goal is Goal.COST else 1e-3),
        _one_more(problem, scarcity, thing),
        _when(problem, scarcity, thing),
    )


def _one_more(problem: Problem, scarcity: Scarcity, thing: int) -> str:
    """Price of a natural unit in the mean over the real hours in which the limit binds."""
    price, unit = scarcity.price[thing], scarcity.units[thing]
    if len(price) > 1:
        weight = problem.horizon.weight
        mean = float(price.sum() / weight[price > 0].sum())
    else:
        mean = float(price[0])
    if unit == "kg":
        mean, unit = 1000 * mean, "t"
    money = problem.currency if problem.objective.goal is Goal.COST else "kg"
    return f"{number(mean)} {money}/{unit}"


def _when(problem: Problem, scarcity: Scarcity, thing: int) -> str:
    price = scarcity.price[thing]
    if len(price) == 1 or (price > 0).all():
        return "always"
    return f"{int((price > 0).sum()):,} of {problem.horizon.size:,} periods"


def _money(problem: Problem) -> str:
    return problem.currency if problem.objective.goal is Goal.COST else "t"
