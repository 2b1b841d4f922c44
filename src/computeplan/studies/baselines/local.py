"""The all-local plan: what the same problem costs when no work leaves its zone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from computeplan.planner import plan
from computeplan.problem import Ints, Problem, no_rules
from computeplan.solvers import SolverOptions
from computeplan.studies.baselines.baseline import Baseline


def all_local(problem: Problem, options: SolverOptions | None = None) -> Baseline:
    """Plan with every workload in the zone of its users or data.

    Work may still be shifted in time and between the zone's pools. A workload that no pool of its own
    zone can serve keeps all its pools. Rules on sets of workloads and the budget do not apply: the policy
    takes their place.

    Parameters
    ----------
    problem : Problem
    options : SolverOptions, optional

    Returns
    -------
    Baseline
    """
    local, exempt = kept_local(problem)
    return Baseline(plan(local, options), exempt)


def kept_local(problem: Problem) -> tuple[Problem, int]:
    """Forbid all work to leave its zone.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Problem
    int
        Workloads that are left free, as no pool of their own zone can serve them.
    """
    away = _without_local_pool(problem)
    needs = problem.needs
    at_home = np.eye(len(problem.network.zone_names), dtype=bool)[needs.zone]
    at_home[away] = True
    local = replace(
        problem,
        needs=replace(needs, residency=needs.residency & at_home),
        rules=no_rules(problem.workloads.size, problem.sites.size),
        objective=replace(problem.objective, budget=math.inf),
    )
    return local, int(np.isin(problem.workloads.need, away).sum())


def _without_local_pool(problem: Problem) -> Ints:
    """Needs that can be served, but not in their own zone."""
    allowed = problem.eligibility.allowed
    return np.flatnonzero(allowed.any(axis=1) & ~(allowed & problem.local).any(axis=1))
