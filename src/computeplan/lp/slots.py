"""The (workload, period) slots in which free work may be done.

A *slot* of a demand is a period of the horizon; a slot of a job is a period that its window
overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp.arrivals import Arrivals
from computeplan.problem import Floats, Horizon, HorizonEnd, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays

EDGE_H = 1e-9
"""Hours within which a window's end counts as lying on a period's edge."""


@dataclass(frozen=True, eq=False)
class Slots(ReadOnlyArrays):
    """Slots of all free workloads, sorted by workload.

    Attributes
    ----------
    workload, period : (n,)
    overlap_h : (n,)
        Hours of the period in which the work may be done.
    start : (W + 1,)
        First slot of each workload.
    """

    workload: Ints
    period: Ints
    overlap_h: Floats
    start: Ints

    @property
    def size(self) -> int:
        """Number of slots."""
        return len(self.workload)


def free_slots(problem: Problem, demand: Arrivals) -> Slots:
    """List the slots of demands and jobs that are not fixed.

    Parameters
    ----------
    problem : Problem
    demand : Arrivals
        Interactive demands have no slot where nothing arrives.
    """
    workloads = problem.workloads
    free = np.flatnonzero(~workloads.is_job & ~workloads.is_fixed)
    served = (workloads.max_delay_h[free] > 0)[:, None] | (demand.of(free) > 0)
    row, period = np.nonzero(served)
    workload = free[row]
    job, job_period, job_overlap = job_windows(problem)
    all_workloads = np.concatenate((workload, job))
    order = np.argsort(all_workloads, kind="stable")
    counts = np.bincount(all_workloads, minlength=workloads.size)
    return Slots(
        workload=all_workloads[order],
        period=np.concatenate((period, job_period))[order],
        overlap_h=np.concatenate((problem.horizon.hours[period], job_overlap))[order],
        start=np.concatenate(([0], np.cumsum(counts))),
    )


def job_windows(problem: Problem) -> tuple[Ints, Ints, Floats]:
    """List the periods that each job's window overlaps.

    A window is cut at the end of its block (`close`) or wraps within it (`cyclic`).

    Returns
    -------
    workload, period : (n,)
    overlap_h : (n,)
    """
    horizon, workloads = problem.horizon, problem.workloads
    jobs = np.flatnonzero(workloads.is_job)
    first_of_block, size_of_block = _block_ranges(horizon)
    step = horizon.period_h
    release = workloads.release_h[jobs]
    at = np.floor(release / step + EDGE_H).astype(np.int64)
    block = horizon.block[np.clip(at, 0, horizon.size - 1)]
    origin, length = first_of_block[block], size_of_block[block]
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


def _block_ranges(horizon: Horizon) -> tuple[Ints, Ints]:
    first = np.array([block.start for block in horizon.blocks])
    size = np.array([block.stop - block.start for block in horizon.blocks])
    return first, size


def ragged_arange(counts: Ints) -> Ints:
    """0, 1, …, counts[i] − 1 for every i, laid end to end."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)
