"""Plans a problem under simple policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import numpy as np

from computeplan.planner import plan
from computeplan.problem import Goal, Problem, Workloads
from computeplan.solvers import SolverOptions
from computeplan.studies.baselines.baseline import Baseline, Policy
from computeplan.studies.baselines.greedy import greedy
from computeplan.studies.baselines.local import all_local

CAP_TOLERANCE = 1e-6


def under(problem: Problem, policy: Policy, options: SolverOptions | None = None) -> Baseline:
    """Plan a problem under a simple policy; the plan is audited like any other.

    Parameters
    ----------
    problem : Problem
    policy : Policy
    options : SolverOptions, optional
    """
    match policy:
        case Policy.ALL_LOCAL:
            return all_local(problem, options)
        case Policy.CHEAPEST_FIRST | Policy.GREENEST_FIRST:
            return greedy(problem, policy)
        case Policy.NO_DEFERRAL:
            at_once = replace(problem, workloads=_undeferred(problem.workloads))
            return Baseline(plan(at_once, options), policy=policy)
        case Policy.COST_ONLY:
            return _cost_only(problem, options)
        case Policy.CARBON_ONLY:
            objective = replace(problem.objective, goal=Goal.CARBON, carbon_cap_kg=inf)
            return Baseline(plan(replace(problem, objective=objective), options), policy=policy)


def baselines(
    problem: Problem, policies: Sequence[Policy], options: SolverOptions | None = None
) -> tuple[Baseline, ...]:
    """Plan a problem under several policies.

    Parameters
    ----------
    problem : Problem
    policies : sequence of Policy
    options : SolverOptions, optional
    """
    return tuple(under(problem, policy, options) for policy in policies)


def _undeferred(workloads: Workloads) -> Workloads:
    """Let no demand wait, and jobs run from their release at their greatest rate, or evenly without one."""
    window_h = workloads.deadline_h - workloads.release_h
    rate = np.where(np.isfinite(workloads.max_rate), workloads.max_rate, np.inf)
    shortest_h = np.divide(
        workloads.volume_unit_h, rate, out=np.zeros_like(window_h), where=np.isfinite(rate) & (rate > 0)
    )
    limited = workloads.is_job & (shortest_h > 0)
    even = workloads.is_job & ~np.isfinite(rate) & (window_h > 0)
    spread = np.divide(workloads.volume_unit_h, window_h, out=rate.copy(), where=even)
    return replace(
        workloads,
        max_delay_h=np.zeros_like(workloads.max_delay_h),
        deadline_h=np.where(
            limited, workloads.release_h + np.minimum(shortest_h, window_h), workloads.deadline_h
        ),
        max_rate=spread,
    )


def _cost_only(problem: Problem, options: SolverOptions | None) -> Baseline:
    own = problem.objective
    objective = replace(
        own, goal=Goal.COST, carbon_price_per_kg=0.0, carbon_cap_kg=inf, shortfall=own.allows_shortfall
    )
    found = plan(replace(problem, objective=objective), options)
    if found.solution is None:
        return Baseline(found, policy=Policy.COST_ONLY)
    emitted_kg = found.solution.accounts.emissions_kg.on(own.basis)
    over_kg = emitted_kg - own.carbon_cap_kg
    breaks = over_kg > CAP_TOLERANCE * abs(own.carbon_cap_kg)
    notes = (f"carbon cap: {over_kg / 1000:,.4g} t over it",) if breaks else ()
    return Baseline(found, policy=Policy.COST_ONLY, notes=notes)
