"""Necessary conditions of a plan, checked without a solver."""

from __future__ import annotations

from computeplan.explain.cleanest import cap_below_cleanest
from computeplan.explain.contradiction import contradictory_limits
from computeplan.explain.no_pool import work_without_pool
from computeplan.explain.overload import overloaded_pools
from computeplan.explain.reason import Reason
from computeplan.explain.rush import jobs_in_too_great_a_rush
from computeplan.explain.traffic import overloaded_links
from computeplan.problem import Problem


def impossible(problem: Problem) -> tuple[Reason, ...]:
    """Say why no plan can exist, as far as simple conditions show it.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        Each alone rules out every plan. Empty does not mean that a plan exists: limits that none breaks
        alone may contradict together.
    """
    return (
        *work_without_pool(problem),
        *jobs_in_too_great_a_rush(problem),
        *contradictory_limits(problem),
        *overloaded_pools(problem),
        *overloaded_links(problem),
        *cap_below_cleanest(problem),
    )
