"""When work arrives and when it may be done: arrivals, largest backlogs, windows of jobs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.grouping import ragged_arange, release_periods
from computeplan.problem import Floats, Horizon, HorizonEnd, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays

WHOLE_PERIOD = 1e-9
"""Share of a period within which a delay counts as a whole number of periods."""


@dataclass(frozen=True, eq=False)
class Arrivals(ReadOnlyArrays):
    """Arrivals d of demands, unit·h; jobs share one row of zeros."""

    unit_h: Floats
    """(D + 1, T) of each demand; the last row is zero, for all jobs."""
    row: Ints
    """(W,) row of each workload."""

    def of_pairs(self, workload: Ints, period: Ints) -> Floats:
        """(n,) arrivals of workloads in periods, pair by pair."""
        return self.unit_h[self.row[workload], period]

    def by_period(self, workload: Ints) -> Floats:
        """(n, T) arrivals of workloads."""
        return self.unit_h[self.row[workload]]


def arrivals_of(problem: Problem) -> Arrivals:
    """Compute the arrivals of every demand."""
    workloads = problem.workloads
    demands = np.flatnonzero(~workloads.is_job)
    rate = workloads.units_busy(demands)
    row = np.full(workloads.size, len(demands))
    row[demands] = np.arange(len(demands))
    nothing = np.zeros((1, problem.horizon.size))
    return Arrivals(np.concatenate((rate * problem.horizon.hours, nothing)), row)


def largest_backlog(problem: Problem, arrivals: Arrivals, workloads: Ints) -> Floats:
    """(n, T) arrivals of the last `max_delay` hours of deferrable demands at the end of each period.

    Spread evenly in a period: with D = (k + f) Δ and 0 ≤ f < 1, ``d[t] + … + d[t−k+1] + f d[t−k]``. Before
    a block there is nothing (`close`) or the block's own end (`cyclic`); `close` leaves nothing at the
    block's end.
    """
    delay = problem.workloads.max_delay_h[workloads] / problem.horizon.period_h
    bound = np.empty((len(workloads), problem.horizon.size))
    for block in problem.horizon.blocks:
        arriving = arrivals.by_period(workloads)[:, block]
        bound[:, block] = _recent(arriving, np.minimum(delay, arriving.shape[1]), problem.horizon)
    return bound


def _recent(arrivals: Floats, delay: Floats, horizon: Horizon) -> Floats:
    """Arrivals of the last `delay` periods at the end of each period of one block."""
    size = arrivals.shape[1]
    whole = np.floor(delay + WHOLE_PERIOD).astype(np.int64)[:, None]
    part = np.maximum(delay[:, None] - whole, 0.0)
    total = np.concatenate((np.zeros((len(arrivals), 1)), np.cumsum(arrivals, axis=1)), axis=1)
    end = np.arange(1, size + 1)[None, :]
    recent = (
        total[:, 1:]
        - (1 - part) * _at(total, end - whole, horizon.end)
        - part * _at(total, end - whole - 1, horizon.end)
    )
    if horizon.end is HorizonEnd.CLOSE:
        recent[:, -1] = 0.0
    return np.maximum(recent, 0.0)


def _at(total: Floats, index: Ints, end: HorizonEnd) -> Floats:
    """Arrivals up to the start of a period; before the block 0 or, if cyclic, minus its own end."""
    size = total.shape[1] - 1
    inside = np.take_along_axis(total, np.maximum(index, 0), axis=1)
    if end is HorizonEnd.CLOSE:
        return np.where(index >= 0, inside, 0.0)
    before = np.take_along_axis(total, np.clip(index + size, 0, size), axis=1) - total[:, -1:]
    return np.where(index >= 0, inside, before)


EDGE_H = 1e-9
"""Hours within which a window's end counts as lying on a period's edge."""


@dataclass(frozen=True, eq=False)
class WorkloadPeriods(ReadOnlyArrays):
    """Pairs of workload and period in which free work may be done, sorted by workload.

    A slot of a demand is a period of the horizon; a slot of a job is a period that its window overlaps.
    """

    workload: Ints
    period: Ints
    """(n,)"""
    overlap_h: Floats
    """(n,) hours of the period in which the work may be done."""
    start: Ints
    """(W + 1,) first slot of each workload."""

    @property
    def size(self) -> int:
        """Number of slots."""
        return len(self.workload)


def free_slots(problem: Problem, arrivals: Arrivals) -> WorkloadPeriods:
    """List the slots of demands and jobs that are not fixed.

    Interactive demands have no slot where nothing arrives.
    """
    workloads = problem.workloads
    free = np.flatnonzero(~workloads.is_job & ~workloads.is_fixed)
    served = (workloads.max_delay_h[free] > 0)[:, None] | (arrivals.by_period(free) > 0)
    row, period = np.nonzero(served)
    workload = free[row]
    job, job_period, job_overlap = job_windows(problem)
    all_workloads = np.concatenate((workload, job))
    order = np.argsort(all_workloads, kind="stable")
    counts = np.bincount(all_workloads, minlength=workloads.size)
    return WorkloadPeriods(
        workload=all_workloads[order],
        period=np.concatenate((period, job_period))[order],
        overlap_h=np.concatenate((problem.horizon.hours[period], job_overlap))[order],
        start=np.concatenate(([0], np.cumsum(counts))),
    )


def job_windows(problem: Problem) -> tuple[Ints, Ints, Floats]:
    """(n,) workload, period and overlap of the periods that each job's window overlaps.

    A window is cut at the end of its block (`close`) or wraps within it (`cyclic`).
    """
    horizon, workloads = problem.horizon, problem.workloads
    jobs = np.flatnonzero(workloads.is_job)
    step = horizon.period_h
    release = workloads.release_h[jobs]
    at, origin, length = release_periods(problem, jobs)
    longest = length * step if horizon.end is HorizonEnd.CYCLIC else (origin + length) * step - release
    deadline = np.minimum(workloads.deadline_h[jobs], release + longest)
    count = np.ceil(deadline / step - EDGE_H).astype(np.int64) - at
    row = np.repeat(np.arange(len(jobs)), count)
    position = ragged_arange(count)
    absolute = at[row] + position
    overlap = np.minimum((absolute + 1) * step, deadline[row]) - np.maximum(absolute * step, release[row])
    period = origin[row] + (absolute - origin[row]) % length[row]
    return _fold(jobs, row, period, overlap, position >= length[row])


def _fold(
    jobs: Ints, row: Ints, period: Ints, overlap: Floats, again: np.typing.NDArray[np.bool_]
) -> tuple[Ints, Ints, Floats]:
    """Add the second visit of a wrapped window's first period to the first visit."""
    total = overlap.copy()
    first = np.searchsorted(row, row[again])
    total[first] += overlap[again]
    return jobs[row[~again]], period[~again], total[~again]
