"""Runs of jobs that are not interrupted: when one may start, and what it does in each period.

A run of length volume / max_rate starts at the release or at the beginning of a period, and is over by the
deadline. The window is cut at the end of its block (`close`), or goes on at the block's start (`cyclic`) up
to the period of the release.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.grouping.merge import number_combinations
from computeplan.problem import Floats, HorizonEnd, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays, round_digits

EDGE = 1e-9
"""Share of a period within which a time counts as on an edge."""


@dataclass(frozen=True, eq=False)
class Runs(ReadOnlyArrays):
    """The runs that some jobs may choose, by job and start, wherever they are."""

    workload: Ints
    period: Ints
    length_h: Floats
    """(n,) job of each run, period in which it starts, and hours that it takes."""
    first: Ints
    """(n + 1,) first entry of each run in what follows."""
    when: Ints
    part: Floats
    """(m,) periods in which the runs work, and the part of the job's volume that they do there."""

    def entries(self, runs: Ints) -> tuple[Ints, Ints]:
        """(k,) position in `runs`, and entry, of everything that some runs do."""
        count = self.first[runs + 1] - self.first[runs]
        row = np.repeat(np.arange(len(runs)), count)
        return row, ragged_arange(count) + self.first[runs][row]


def find_runs(problem: Problem, jobs: Ints) -> Runs:
    """Find the runs of some jobs that run through; none for one without work, or longer than its window."""
    work, step = problem.workloads, problem.horizon.period_h
    at, origin, size = release_periods(problem, jobs)
    release, length = work.release_h[jobs], work.volume_unit_h[jobs] / work.max_rate[jobs]
    cyclic = problem.horizon.end is HorizonEnd.CYCLIC
    latest = np.minimum(work.deadline_h[jobs], ((at if cyclic else origin) + size) * step) - length
    fits = (length > 0) & (release <= latest + EDGE * step)
    starts = np.where(fits, np.floor(latest / step + EDGE).astype(np.int64) - at + 1, 0)
    row = np.repeat(np.arange(len(jobs)), starts)
    begin = at[row] + ragged_arange(starts)
    start_h = np.maximum(begin * step, release[row])
    count = np.ceil((start_h + length[row]) / step - EDGE).astype(np.int64) - begin
    run = np.repeat(np.arange(len(row)), count)
    when = begin[run] + ragged_arange(count)
    end_h = (start_h + length[row])[run]
    hours = np.minimum((when + 1) * step, end_h) - np.maximum(when * step, start_h[run])
    return Runs(
        workload=jobs[row],
        period=_wrap(begin, origin[row], size[row]),
        length_h=length[row],
        first=np.concatenate(([0], np.cumsum(count))),
        when=_wrap(when, origin[row][run], size[row][run]),
        part=hours / length[row][run],
    )


@dataclass(frozen=True, eq=False)
class Launches(ReadOnlyArrays):
    """Runs that do the same in each period, part by part, of jobs that are placed together.

    In which pool they are is decided for all of them together; a whole job is by itself.
    """

    of: Ints
    """(n,) launch of each run."""
    run: Ints
    """(launches,) a run of each."""


def join_runs(problem: Problem, placement_of: Ints, runs: Runs) -> Launches:
    """Find the runs that are alike in all but their volume; `placement_of` (W,): placement of each job."""
    first = runs.part[runs.first[:-1]] if len(runs.period) else runs.length_h
    is_whole = problem.workloads.is_whole[runs.workload]
    of, _ = number_combinations(
        placement_of[runs.workload],
        runs.period,
        round_digits(runs.length_h),
        round_digits(first),
        np.where(is_whole, runs.workload, -1),
    )
    return Launches(of, np.unique(of, return_index=True)[1])


def release_periods(problem: Problem, jobs: Ints) -> tuple[Ints, Ints, Ints]:
    """(n,) period in which each job is released, and first period and size of its block."""
    horizon = problem.horizon
    at = np.floor(problem.workloads.release_h[jobs] / horizon.period_h + EDGE).astype(np.int64)
    block = horizon.block[np.clip(at, 0, horizon.size - 1)]
    first = np.array([block.start for block in horizon.blocks])
    size = np.array([block.stop - block.start for block in horizon.blocks])
    return at, first[block], size[block]


def ragged_arange(counts: Ints) -> Ints:
    """0, 1, …, counts[i] − 1 for every i, laid end to end."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)


def _wrap(period: Ints, origin: Ints, size: Ints) -> Ints:
    """Periods within their block."""
    wrapped: Ints = origin + (period - origin) % size
    return wrapped
