"""What binds: the limits whose relief is worth most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.console import Group, RenderableType
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
    if prices is None:
        return Text("What binds is not known: the solver gives no prices.", style="dim")
    found = [b for s in scarcities(problem, prices) for b in _bindings(problem, s)]
    found.sort(key=lambda binding: -binding.worth)
    if not found:
        return Text("No limit binds: more capacity, energy or bandwidth would not help.")
    money = _money(problem)
    view = table("what binds", f">worth {money}", ">one more saves", "when")
    for binding, worth in zip(found[:SHOWN], column([b.worth for b in found[:SHOWN]]), strict=True):
        view.add_row(binding.what, worth, binding.one_more, binding.when)
    rest = len(found) - SHOWN
    return Group(view, *([Text(f"… and {rest:,} more", style="dim")] if rest > 0 else []))


def _bindings(problem: Problem, scarcity: Scarcity) -> list[Binding]:
    return [
        Binding(
            WORDS[scarcity.limit].format(scarcity.names[i]),
            float(scarcity.worth[i]) * (1.0 if problem.objective.goal is Goal.COST else 1e-3),
            _one_more(problem, scarcity, i),
            _when(problem, scarcity, i),
        )
        for i in np.flatnonzero(scarcity.worth > 0).tolist()
    ]


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
