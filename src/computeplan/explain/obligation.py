"""Which work every plan has to do."""

from __future__ import annotations

import numpy as np

from computeplan.problem import Bools, Problem


def has_to_be_done(problem: Problem) -> Bools:
    """Tell the workloads whose work no plan may leave undone.

    Work with a price of shortfall can be left undone, unless the goal forbids it; a workload without
    work needs nothing.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    (W,) bool
    """
    work = problem.workloads
    demands = (work.scale > 0) & (work.profiles.max(axis=1, initial=0.0) > 0)[work.profile]
    has_work = np.where(work.is_job, work.volume_unit_h > 0, demands)
    may_fall_short = np.isfinite(work.shortfall_price) & problem.objective.allows_shortfall
    must: Bools = has_work & ~may_fall_short
    return must
