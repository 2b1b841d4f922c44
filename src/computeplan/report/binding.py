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
    """A limit that binds.

    Attributes
    ----------
    limit : Limit
    name : str
        What is limited.
    worth : float
        Of the whole limit, currency, or t for the goal ``carbon``.
    one_more : float
        Saved by one more unit, in the mean over the real hours in which it binds; currency, or kg.
    unit : str
    periods : int
        In which it binds; 0 where it is on the whole horizon.
    """

    limit: Limit
    name: str
    worth: float
    one_more: float
    unit: str
    periods: int


def bindings(problem: Problem, prices: Prices) -> list[Binding]:
    """Find the limits that bind, those of greatest worth first.

    Parameters
    ----------
    problem : Problem
    prices : Prices
    """
    found = [
        priced(problem, scarcity, thing)
        for scarcity in scarcities(problem, prices)
        for thing in np.flatnonzero(scarcity.worth > 0).tolist()
    ]
    return sorted(found, key=lambda binding: -binding.worth)


def priced(problem: Problem, scarcity: Scarcity, thing: int) -> Binding:
    """Say what one limit is worth and how often.

    Parameters
    ----------
    problem : Problem
    scarcity : Scarcity
    thing : int
        Which of its limits.
    """
    price, unit = scarcity.price[thing], scarcity.units[thing]
    by_period = len(price) > 1
    mean = float(price.sum() / problem.horizon.weight[price > 0].sum()) if by_period else float(price[0])
    if unit == "kg":
        mean, unit = 1000 * mean, "t"
    worth = float(scarcity.worth[thing]) * (1.0 if problem.objective.goal is Goal.COST else 1e-3)
    periods = int((price > 0).sum()) if by_period else 0
    return Binding(scarcity.limit, scarcity.names[thing], worth, mean, unit, periods)


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
    found = bindings(problem, prices)
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
    money = problem.currency if problem.objective.goal is Goal.COST else "t"
    view = table("what binds", f">worth {money}", ">one more saves", "when")
    for binding, worth in zip(found, column([b.worth for b in found]), strict=True):
        view.add_row(_what(binding), worth, _one_more(problem, binding), _when(problem, binding))
    return view


def binding_data(problem: Problem, found: Sequence[Binding]) -> list[dict[str, object]]:
    """Give the same as data for JSON.

    Parameters
    ----------
    problem : Problem
    found : sequence of Binding
    """
    return [
        {
            "what": _what(binding),
            "worth": binding.worth,
            "one_more_saves": _one_more(problem, binding),
            "when": _when(problem, binding),
        }
        for binding in found
    ]


def _what(binding: Binding) -> str:
    return WORDS[binding.limit].format(binding.name)


def _one_more(problem: Problem, binding: Binding) -> str:
    money = problem.currency if problem.objective.goal is Goal.COST else "kg"
    return f"{number(binding.one_more)} {money}/{binding.unit}"


def _when(problem: Problem, binding: Binding) -> str:
    if binding.periods in {0, problem.horizon.size}:
        return "always"
    return f"{binding.periods:,} of {problem.horizon.size:,} periods"
