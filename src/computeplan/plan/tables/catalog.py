"""Which tables there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeplan.plan.plan import Solution
from computeplan.plan.statements import Statements
from computeplan.plan.tables import capacity, energy, money, proof, work
from computeplan.plan.tables.expanded import expand
from computeplan.problem import Problem

if TYPE_CHECKING:
    import polars as pl

    Tables = dict[str, pl.DataFrame]
    """Frames by name of the table."""


def tables(problem: Problem, solution: Solution, local: Statements | None = None) -> Tables:
    """Make all tables of a plan.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    local : Statements, optional
        Of the companies in the all-local plan, to compare with.

    Returns
    -------
    dict of str to polars.DataFrame
        The same frames for the same plan, row by row.
    """
    account = expand(problem, solution)
    return {
        "periods": work.periods(problem),
        "allocation": work.allocation(problem, solution),
        "shortfall": work.shortfall(problem, solution),
        "workloads": work.workloads(problem, solution, account),
        "placements": work.placements(problem, account),
        "capacity": capacity.capacity(problem, solution),
        "choices": capacity.choices(problem, solution),
        "energy": energy.energy(problem, solution),
        "storage": energy.storage(problem, solution),
        "traffic": capacity.traffic(problem, solution),
        "emissions": energy.emissions(problem, solution),
        "costs": money.costs(problem, solution),
        "companies": money.companies(problem, account, local),
        "duals": proof.duals(problem, solution),
        "certificate": proof.certificate(problem, solution),
    }
