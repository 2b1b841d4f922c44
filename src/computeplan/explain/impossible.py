"""Necessary conditions of a plan, checked without a solver."""

from __future__ import annotations

from computeplan.explain.no_pool import work_without_pool
from computeplan.explain.overload import overloaded_pools
from computeplan.explain.reason import Reason
from computeplan.explain.rush import jobs_in_too_great_a_rush
from computeplan.problem import Problem


def impossible(problem: Problem) -> tuple[Reason, ...]:
    """Say why no plan can exist, as far as simple conditions show it.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        Each alone rules out every plan. Empty does not mean that a plan exists: caps, energy, network
        and carbon may still contradict.
    """
    return work_without_pool(problem) + jobs_in_too_great_a_rush(problem) + overloaded_pools(problem)
