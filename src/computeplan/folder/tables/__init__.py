"""The plan as tables, in Parquet for programs and CSV for people.

Tables with a column `period` state one occurrence of it; times the period's `weight` it is the time
that the horizon stands for. All other tables are over the time that the horizon stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from computeplan.accounts.decisions import DecisionChange
from computeplan.accounts.statements import Statements
from computeplan.folder.tables import capacity, money, proof, work
from computeplan.folder.tables.frames import csv_bytes, parquet_bytes, table_files
from computeplan.folder.tables.work import WorkloadAccount, expand
from computeplan.problem import Problem
from computeplan.solvers.plan import Solution

if TYPE_CHECKING:
    import polars as pl

    Tables = dict[str, pl.DataFrame]
    """Frames by name of the table."""


__all__ = ["WorkloadAccount", "csv_bytes", "expand", "parquet_bytes", "table_files", "tables"]


def tables(
    problem: Problem,
    solution: Solution,
    account: WorkloadAccount,
    decisions: Sequence[DecisionChange],
    local: Statements | None = None,
) -> Tables:
    """Make all tables of a plan: the same frames for the same plan, row by row.

    Parameters
    ----------
    account : WorkloadAccount
        What every workload does and is charged.
    decisions : sequence of DecisionChange
        Compared with those of the all-local plan, where there is one.
    local : Statements, optional
        Of the companies in the all-local plan, to compare with.
    """
    return {
        "decisions": money.decisions(problem, decisions),
        "periods": work.periods(problem),
        "allocation": work.allocation(problem, solution),
        "shortfall": work.shortfall(problem, solution),
        "workloads": work.workloads(problem, solution, account),
        "placements": work.placements(problem, account),
        "capacity": capacity.capacity(problem, solution),
        "energy": capacity.energy(problem, solution),
        "storage": capacity.storage(problem, solution),
        "traffic": capacity.traffic(problem, solution),
        "emissions": capacity.emissions(problem, solution),
        "costs": money.costs(problem, solution),
        "companies": money.companies(problem, account, local),
        "owners": money.owners(problem, account),
        "duals": proof.duals(problem, solution),
        "certificate": proof.certificate(problem, solution),
    }
