"""Jobs that cannot finish in their window even at full rate."""

from __future__ import annotations

import numpy as np

from computeplan.explain.obligation import has_to_be_done
from computeplan.explain.reason import Reason
from computeplan.explain.wording import listed, number, workloads_named
from computeplan.problem import Floats, HorizonEnd, Problem

SLACK = 1e-6
"""Relative excess from which a solver would call it infeasible, too."""


def window_h(problem: Problem) -> Floats:
    """Hours that each job's window really has.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    (W,)
        ``close`` cuts the window at the end of the release's block; ``cyclic`` wraps it, at most once.
    """
    work, horizon = problem.workloads, problem.horizon
    edges = np.concatenate([[0.0], np.cumsum(horizon.hours)])
    ends = edges[[block.stop for block in horizon.blocks]]
    block = np.searchsorted(ends, work.release_h, side="right").clip(max=len(ends) - 1)
    longest = np.diff(ends, prepend=0.0)[block]
    if horizon.end is HorizonEnd.CLOSE:
        longest = ends[block] - work.release_h
    window: Floats = np.minimum(work.deadline_h - work.release_h, longest).clip(min=0.0)
    return window


def jobs_in_too_great_a_rush(problem: Problem) -> tuple[Reason, ...]:
    """Find the jobs whose volume exceeds `max_rate` × window.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        None, or one for all of them.
    """
    work, window = problem.workloads, window_h(problem)
    can_do = np.zeros(work.size)
    np.multiply(work.max_rate, window, out=can_do, where=window > 0)
    late = work.is_job & has_to_be_done(problem) & (work.volume_unit_h > can_do * (1 + SLACK))
    jobs = np.flatnonzero(late)
    if not jobs.size:
        return ()
    lines = [
        f"{work.names[w]}: volume {number(work.volume_unit_h[w])} unit·h > "
        f"max_rate {number(work.max_rate[w])} × window {number(window[w])} h"
        for w in jobs.tolist()
    ]
    statement = "cannot finish between release and deadline at the greatest rate"
    return (Reason(workloads_named(work.names, jobs), statement, listed(lines)),)
