"""Which work runs where and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeplan.plan.arithmetic import ratio
from computeplan.plan.plan import Solution
from computeplan.plan.tables.expanded import WorkloadAccount
from computeplan.plan.tables.frames import named, starts
from computeplan.problem import Problem

if TYPE_CHECKING:
    import polars as pl


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
    """Give the work left undone, by class and period."""
    import polars as pl

    work = solution.allocation.work
    return pl.DataFrame(
        {
            "class": work.short_workload,
            "period": work.short_period,
            "start": starts(problem.horizon, work.short_period),
            "short_unit_h": work.short_unit_h,
        }
    )


def workloads(problem: Problem, solution: Solution, account: WorkloadAccount) -> pl.DataFrame:
    """Say of every workload what is done, where most of it, what is left undone, and its cost and carbon."""
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
            "moves": account.moves,
            "short_unit_h": statements.short_unit_h,
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
