"""Plans under simple policies, and what planning gains over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isfinite

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.accounts.statements import Statements, company_statements, workload_statements
from computeplan.audit import TOLERANCE, AuditReport, Check, Violation
from computeplan.errors import UsageError
from computeplan.folder.summary import costs, emissions_t, number
from computeplan.problem import KG_PER_T, Goal, Ints, Problem, Status, Workloads, no_rules
from computeplan.problem.limits import LIMITS
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Plan, Solution
from computeplan.solvers.planner import plan
from computeplan.studies.baselines.greedy import greedy_plan
from computeplan.studies.baselines.lifting import LiftedLimit, find_broken_limits, lift_limits
from computeplan.text import expected_one_of
from computeplan.text import number as written
from computeplan.vocabulary import Policy

CAP_TOLERANCE = 1e-6
"""Share of a carbon cap by which a plan may exceed it."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """A plan under a simple policy."""

    plan: Plan
    """May have no solution: the policy can be impossible."""
    exempt: int = 0
    """Workloads that the policy does not bind, as it would leave them no pool."""
    policy: Policy = Policy.ALL_LOCAL
    attempt: Solution | None = None
    """What the policy did where that is no plan: work that must be done falls short, or a limit is broken."""
    notes: tuple[str, ...] = ()
    """Which limits are broken, by how much."""
    lifted: tuple[LiftedLimit, ...] = ()
    """Limits that the policy breaks and that were lifted, so that there is a plan to compare with."""

    @property
    def accounts(self) -> Accounts | None:
        """Cost and emissions under the policy, also where it is no plan."""
        solution = self.plan.solution or self.attempt
        return solution.accounts if solution else None

    @cached_property
    def companies(self) -> Statements | None:
        """Statements of all companies under the policy; None where there is no plan."""
        problem, solution = self.plan.problem, self.plan.solution
        if solution is None:
            return None
        blocks = solution.allocation.blocks()
        each = workload_statements(problem, blocks, solution.decisions, solution.accounts)
        return company_statements(problem, each)

    @property
    def holds(self) -> bool:
        """Whether the policy keeps every limit of the problem."""
        return self.compares and not self.lifted

    @property
    def compares(self) -> bool:
        """Whether it can be compared, if need be without the limits that it breaks."""
        return self.plan.solution is not None and not self.notes


def objective_of(problem: Problem, accounts: Accounts) -> float:
    """Evaluate a problem's own objective for any plan, in currency, or kg for the goal ``carbon``."""
    goal, emissions_kg = problem.objective, accounts.emissions_kg.on(problem.objective.basis)
    if goal.goal is Goal.CARBON:
        return emissions_kg
    return accounts.cost.total + accounts.shortfall_penalty + goal.carbon_price_per_kg * emissions_kg


def gain(plan: Plan, baseline: Baseline) -> float | None:
    """How much better a plan is than a policy for the same problem, in its objective.

    None where they cannot be compared.
    """
    if plan.solution is None or baseline.accounts is None or not baseline.compares:
        return None
    problem = plan.problem
    return objective_of(problem, baseline.accounts) - objective_of(problem, plan.solution.accounts)


def baseline_data(plan: Plan, baseline: Baseline) -> dict[str, object]:
    """Summarize a policy in comparison with a plan of the same problem, ready for JSON."""
    accounts = baseline.accounts
    return {
        "status": baseline.plan.status.value,
        "holds": baseline.holds,
        "cost": costs(accounts) if accounts else None,
        "shortfall_penalty": number(accounts.shortfall_penalty) if accounts else None,
        "shortfall_unit_h": number(accounts.shortfall_unit_h) if accounts else None,
        "emissions_t": emissions_t(accounts) if accounts else None,
        "objective": number(objective_of(plan.problem, accounts)) if accounts else None,
        "gain": number(gain(plan, baseline)),
        "exempt_workloads": baseline.exempt,
        "notes": list(baseline.notes),
        "lifted": [limit.data() for limit in baseline.lifted],
    }


def all_local(problem: Problem, options: SolverOptions | None = None) -> Baseline:
    """Plan with every workload in the zone of its users or data.

    Work may still be shifted in time and between the zone's pools. A workload that no pool of its own
    zone can serve keeps all its pools. Rules on sets of workloads and the budget do not apply: the policy
    takes their place. Where that has no plan, the limits that it breaks are lifted, and named.
    """
    local, exempt = keep_local(problem)
    found = plan(local, options)
    if found.status is not Status.INFEASIBLE:
        return Baseline(found, exempt)
    for lifted in find_broken_limits(local, options or SolverOptions()):
        again = plan(lift_limits(local, lifted), options)
        if again.solution is not None and again.solution.audit.passed:
            return Baseline(again, exempt, lifted=lifted)
    return Baseline(found, exempt)


def keep_local(problem: Problem) -> tuple[Problem, int]:
    """Forbid all work to leave its zone; count the workloads that may, as their zone cannot serve them."""
    away = _without_local_pool(problem)
    needs = problem.needs
    at_home = np.eye(len(problem.network.zone_names), dtype=bool)[needs.zone]
    at_home[away] = True
    local = replace(
        problem,
        needs=replace(needs, residency=needs.residency & at_home),
        rules=no_rules(problem.workloads.size, problem.sites.size),
        objective=replace(problem.objective, budget=inf),
    )
    return local, int(np.isin(problem.workloads.need, away).sum())


def _without_local_pool(problem: Problem) -> Ints:
    """Needs that can be served, but not in their own zone."""
    allowed = problem.eligibility.allowed
    return np.flatnonzero(allowed.any(axis=1) & ~(allowed & problem.local).any(axis=1))


def plan_under(problem: Problem, policy: Policy, options: SolverOptions | None = None) -> Baseline:
    """Plan a problem under a simple policy; the plan is audited like any other."""
    match policy:
        case Policy.ALL_LOCAL:
            return all_local(problem, options)
        case Policy.CHEAPEST_FIRST | Policy.GREENEST_FIRST:
            found, attempt = greedy_plan(problem, policy)
            if found.solution is not None:
                return Baseline(found, policy=policy)
            return Baseline(
                found, policy=policy, attempt=attempt, notes=broken_limits(problem, attempt.audit)
            )
        case Policy.NO_DEFERRAL:
            at_once = replace(problem, workloads=_without_deferral(problem.workloads))
            return Baseline(plan(at_once, options), policy=policy)
        case Policy.COST_ONLY:
            return _cost_only(problem, options)
        case Policy.CARBON_ONLY:
            objective = replace(problem.objective, goal=Goal.CARBON, carbon_cap_kg=inf)
            return Baseline(plan(replace(problem, objective=objective), options), policy=policy)


def baselines(
    problem: Problem, policies: Sequence[Policy], options: SolverOptions | None = None
) -> tuple[Baseline, ...]:
    """Plan a problem under several policies."""
    return tuple(plan_under(problem, policy, options) for policy in policies)


def _without_deferral(workloads: Workloads) -> Workloads:
    """Let no demand wait, and jobs run from their release at their greatest rate, or evenly without one."""
    window_h = workloads.deadline_h - workloads.release_h
    rate = workloads.max_rate
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


def broken_limits(problem: Problem, audit: AuditReport) -> tuple[str, ...]:
    """Say which limits a policy breaks and by how much, in the words and units of the config."""
    broken = [each for each in audit.violations if not each.relative <= TOLERANCE]
    return tuple(_broken(problem, each) for each in broken) or audit.notes


def _broken(problem: Problem, violation: Violation) -> str:
    family, amount = violation.family, violation.absolute
    kinds = (kind.value for kind, limit in LIMITS.items() if limit.audit == family)
    name = next(kinds, str(family).replace("_", " "))
    place = violation.place.removesuffix("whole horizon").rstrip(", ")
    where = f", {place.removeprefix(f'{name} ')}" if place else ""
    lacks = "too little" if family in LACKING else "over it"
    if family in SHARES or not isfinite(amount):
        return f"{name}{where}: {100 * violation.relative:.3g} % {lacks}"
    unit = {"kg": "t", "of money": problem.currency}.get(family.unit, family.unit)
    return f"{name}{where}: {written(amount / KG_PER_T if unit == 't' else amount)} {unit} {lacks}"


LACKING = frozenset({Check.DEMAND, Check.JOB_VOLUME, Check.RENEWABLE_SHARE, Check.ENERGY_BALANCE})
"""Checks of what has to be there."""
SHARES = frozenset({Check.CAP, Check.RULE, Check.CHOSEN_LEVEL})
"""Checks of amounts in several units."""


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
    notes = (f"carbon cap: {written(over_kg / KG_PER_T)} t over it",) if breaks else ()
    return Baseline(found, policy=Policy.COST_ONLY, notes=notes)


def policy_of(name: Policy | str) -> Policy:
    """Read the name of a simple policy.

    Raises `UsageError` if there is none of this name.
    """
    if name not in set(Policy):
        raise UsageError(path="policy", **expected_one_of(Policy, name))
    return Policy(name)
