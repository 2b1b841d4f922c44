"""How many variables a program will have at least, before it is built."""

from __future__ import annotations

import numpy as np

from computeplan.grouping import Grouping
from computeplan.problem import Floats, Problem

BYTES_PER_COLUMN = 700
"""What a variable takes from building to the solver's end, at least (measured: 750 to 2,400 bytes)."""


def least_columns(grouping: Grouping) -> int:
    """Count the work and the served work of all placements, pools and periods.

    Parameters
    ----------
    grouping : Grouping

    Returns
    -------
    int
        No more than `build` gives, and nearly all of it.
    """
    problem = grouping.problem
    workloads, of = problem.workloads, grouping.placement_of
    periods = _periods(problem)
    free = ~workloads.is_fixed
    placements = int(of.max(initial=-1)) + 1
    active = np.zeros(placements)
    np.maximum.at(active, of[free], periods[free])
    need = np.zeros(placements, dtype=np.int64)
    need[of] = workloads.need
    pools = problem.eligibility.allowed.sum(axis=1)[need]
    waits = free & (workloads.is_job | (workloads.max_delay_h > 0))
    load = problem.pools.size * problem.horizon.size
    return int(active @ pools + periods[waits].sum() + load)


def _periods(problem: Problem) -> Floats:
    """(W,) periods in which each workload can be served, at least."""
    workloads, horizon = problem.workloads, problem.horizon
    busy = np.count_nonzero(workloads.profiles > 0, axis=1)[workloads.profile]
    interactive = np.where(workloads.scale > 0, busy, 0)
    demand = np.where(workloads.max_delay_h > 0, horizon.size, interactive)
    longest = min(block.stop - block.start for block in horizon.blocks)
    window = (workloads.deadline_h - workloads.release_h) / horizon.period_h
    left = longest - workloads.release_h / horizon.period_h % longest
    job = np.floor(np.clip(np.minimum(window, left) - 1, 0, longest))
    return np.where(workloads.is_job, job, demand).astype(np.float64)
