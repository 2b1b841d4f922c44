"""Which work runs where and when: by class and period, and expanded to every workload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeplan.accounts.statements import Statements, workload_statements
from computeplan.folder.tables.frames import named, starts
from computeplan.prices.charges import MarginalStatement, marginal_statement
from computeplan.problem import Floats, Ints, Problem, WorkBlock
from computeplan.problem.arrays import ratio
from computeplan.solvers.plan import Solution

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class WorkloadAccount:
    """What every workload does and is charged, over the time that the horizon stands for."""

    by_pool_unit_h: Floats
    """(W, P)"""
    split_periods: Ints
    """(W,) periods in which the workload runs in more than one pool."""
    statements: Statements
    """One row for each workload."""
    marginal: MarginalStatement | None
    """Absent where the solver gives no prices."""


def expand(problem: Problem, solution: Solution) -> WorkloadAccount:
    """Expand the allocation and account for every workload."""
    by_pool = np.zeros((problem.workloads.size, problem.pools.size))
    split_periods = np.zeros(problem.workloads.size, dtype=np.int64)
    weight = problem.horizon.weight

    def watched() -> Iterator[WorkBlock]:
        for block in solution.allocation.blocks():
            by_pool[np.ix_(block.workloads, block.pools)] += block.unit_h @ weight[block.periods]
            split_periods[block.workloads] = np.count_nonzero(
                np.count_nonzero(block.unit_h, axis=1) > 1, axis=1
            )
            yield block

    statements = workload_statements(problem, watched(), solution.decisions, solution.accounts)
    prices, objective = solution.prices, solution.accounts.objective
    marginal = marginal_statement(problem, prices, objective) if prices else None
    return WorkloadAccount(by_pool, split_periods, statements, marginal)


def periods(problem: Problem) -> pl.DataFrame:
    """Describe each period: start, hours, and weight (how often it stands for real time)."""
    import polars as pl

    horizon = problem.horizon
    period = np.arange(horizon.size)
    return pl.DataFrame(
        {
            "period": period,
            "start": starts(horizon, period),
            "hours": horizon.hours,
            "weight": horizon.weight,
            "block": horizon.block,
            "month": named(horizon.months, horizon.month),
        }
    )


def allocation(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give the work of each class of interchangeable workloads by pool and period.

    Classes keep it small; the table `workloads` says which class a workload is in.
    """
    import polars as pl

    work = solution.allocation.work
    return pl.DataFrame(
        {
            "class": work.workload,
            "pool": named(problem.pools.names, work.pool),
            "period": work.period,
            "start": starts(problem.horizon, work.period),
            "work_unit_h": work.unit_h,
        }
    )


def shortfall(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give the shortfall by class and period."""
    import polars as pl

    work = solution.allocation.work
    return pl.DataFrame(
        {
            "class": work.short_workload,
            "period": work.short_period,
            "start": starts(problem.horizon, work.short_period),
            "shortfall_unit_h": work.short_unit_h,
        }
    )


def workloads(problem: Problem, solution: Solution, account: WorkloadAccount) -> pl.DataFrame:
    """Say of every workload what is done, where most of it, its shortfall, and its cost and carbon."""
    import polars as pl

    statements = account.statements
    by_site, total = statements.work_unit_h, statements.work_unit_h.sum(axis=1)
    main = named(problem.sites.names, by_site.argmax(axis=1))
    return pl.DataFrame(
        {
            "workload": pl.Series(problem.workloads.names, dtype=pl.String),
            "company": named(problem.companies.names, problem.workloads.company),
            "class": solution.allocation.grouping.class_of,
            "work_unit_h": total,
            "main_site": main.to_frame().select(pl.when(pl.Series(total > 0)).then(pl.first())).to_series(),
            "main_share": ratio(by_site.max(axis=1, initial=0.0), total),
            "pools": (account.by_pool_unit_h > 0).sum(axis=1),
            "split_periods": account.split_periods,
            "moves": solution.moves.times,
            "shortfall_unit_h": statements.short_unit_h,
            "energy_kwh": statements.energy_kwh,
            "cost": statements.cost.total,
            **{f"{basis}_kg": kg for basis, kg in statements.emissions_kg.bases().items()},
        }
    )


def placements(problem: Problem, account: WorkloadAccount) -> pl.DataFrame:
    """Give the work of every workload in each pool that does any of it."""
    import polars as pl

    done = account.by_pool_unit_h
    workload, pool = np.nonzero(done)
    return pl.DataFrame(
        {
            "workload": named(problem.workloads.names, workload),
            "site": named(problem.sites.names, problem.pools.site[pool]),
            "pool": named(problem.pools.names, pool),
            "work_unit_h": done[workload, pool],
            "share": done[workload, pool] / done.sum(axis=1)[workload],
        }
    )
