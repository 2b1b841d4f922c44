"""Which work runs where and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeplan.plan.plan import Solution
from computeplan.plan.tables.frames import named, starts
from computeplan.problem import Floats, Problem

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Totals:
    """Work of every workload over the time that the horizon stands for.

    Attributes
    ----------
    done_unit_h : (W, P)
    short_unit_h : (W,)
    """

    done_unit_h: Floats
    short_unit_h: Floats


def totals(problem: Problem, solution: Solution) -> Totals:
    """Expand the allocation once and add it up.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    """
    weight = problem.horizon.weight
    done = np.zeros((problem.workloads.size, problem.pools.size))
    short = np.zeros(problem.workloads.size)
    for block in solution.allocation.blocks():
        done[np.ix_(block.workloads, block.pools)] += block.unit_h @ weight[block.periods]
        short[block.workloads] += block.short_unit_h @ weight[block.periods]
    return Totals(done, short)


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


def workloads(problem: Problem, solution: Solution, work: Totals) -> pl.DataFrame:
    """Say of every workload how much is done, where most of it, and what is left undone."""
    import polars as pl

    done = work.done_unit_h
    by_site = np.zeros((problem.workloads.size, problem.sites.size))
    np.add.at(by_site.T, problem.pools.site, done.T)
    total = by_site.sum(axis=1)
    main = by_site.argmax(axis=1)
    share = np.divide(by_site.max(axis=1), total, out=np.zeros_like(total), where=total > 0)
    return pl.DataFrame(
        {
            "workload": problem.workloads.names,
            "company": named(problem.companies.names, problem.workloads.company),
            "class": solution.allocation.grouping.class_of,
            "work_unit_h": total,
            "main_site": named(problem.sites.names, main),
            "main_share": share,
            "pools": (done > 0).sum(axis=1),
            "short_unit_h": work.short_unit_h,
        }
    ).with_columns(main_site=pl.when(pl.col("work_unit_h") > 0).then(pl.col("main_site")))


def placements(problem: Problem, work: Totals) -> pl.DataFrame:
    """Give the work of every workload in each pool that does any of it."""
    import polars as pl

    done = work.done_unit_h
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
