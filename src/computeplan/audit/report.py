"""The audit's verdict on a plan.

Passed means all of:

* every violation is at most `TOLERANCE` of the size of what it violates (see `Violation`);
* the objective that the solver reports is the recomputed one, within `TOLERANCE` of the sum of the sizes of
  its terms, emissions before they are covered; where a plan costs almost nothing, of `ROUNDING_SIZE`
  times the least magnitude (see `Accounts`);
* the bound does not exceed the objective, which would disprove one of the two;
* a plan that claims to be optimal exceeds the bound by at most `TOLERANCE` of its magnitude (see `Accounts`).

Of the cleanest plans (goal ``carbon``) the least cost is proved in the same way, with the plan's emissions as
a cap; where it is not, a note says so.

The gap is (objective − bound) / |bound|, as in "at most 5 % above the optimum"; near 0 it is the excess as a
share of the plan's magnitude where that is proved (≤ `TOLERANCE`), else absent, and the excess is stated. The
tolerance is of what the plan itself pays, so it scales with the data: in another currency or unit the verdict
is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from computeplan.accounts.accounts import Accounts, compute_accounts
from computeplan.accounts.costs import Activity
from computeplan.audit.context import AuditContext, Check, Ledger, Violation
from computeplan.audit.system import check_system, finite_decisions
from computeplan.audit.workloads import check_workloads
from computeplan.prices.bound import dual_bound
from computeplan.problem import Decisions, Goal, Prices, Problem, Status, WorkBlock

TOLERANCE = 1e-6
NEAR_ZERO = 1e-3
"""Share of the plan's magnitude below which a bound is near 0."""

HELD_BOUND = "the past is held, so that dual prices prove nothing: the bound is the solver's"
SOLVERS_BOUND = "whole numbers: no dual prices, the bound is the solver's"
SECOND = "the least cost among the cleanest plans"
ONE_DIRECTION = "batteries: a whole number says if each charges or discharges, as losses may pay"


@dataclass(frozen=True)
class AuditReport:
    """What the audit found."""

    passed: bool
    max_violation: float
    """Largest relative violation of all families."""
    violations: tuple[Violation, ...]
    """The worst of each family, also where nothing is violated."""
    objective: float
    """Recomputed from the problem."""
    bound: float | None
    """No plan is better than this; absent without prices. With whole numbers the solver's bound."""
    excess: float | None
    """Objective − bound: the plan is at most so much above the optimum; absent without a bound."""
    gap: float | None
    """(objective − bound) / |bound|; near 0 it is the excess as a share of the plan's magnitude where that is
    proved (≤ `TOLERANCE`), else absent. Absent without a bound."""
    cost_bound: float | None
    """For the goal carbon: no plan that emits no more costs less; absent without a proof of that."""
    cost_gap: float | None
    """The same of the least cost as `gap` of the objective."""
    notes: tuple[str, ...]
    """Why the plan did not pass, or what could not be proved."""

    def is_within(self, max_gap: float) -> bool:
        """Whether the objective is proved to be at most so far above its bound, as `gap` measures it."""
        return self.gap is not None and self.gap <= max(max_gap, TOLERANCE)

    def violation(self, family: Check) -> Violation:
        """Look up the worst violation of one family."""
        return next(v for v in self.violations if v.family is family)


def audit_plan(
    problem: Problem,
    blocks: Iterable[WorkBlock],
    decisions: Decisions,
    prices: Prices | None,
    *,
    claimed_objective: float | None = None,
    claimed_status: Status = Status.FEASIBLE,
    claimed_bound: float | None = None,
    second: Prices | float | None = None,
) -> tuple[Accounts, AuditReport]:
    """Recompute a plan from the problem and check all of it.

    `blocks`: the work of every workload, each exactly once. `prices`: dual prices for the bound; without them
    optimality cannot be proved. `claimed_objective`: objective that the solver reports. `claimed_status`:
    status that the solver reports. `claimed_bound`: bound that the solver reports; taken where whole numbers
    leave no prices. `second`: for the goal carbon, what proves the least cost of a plan that emits no more:
    prices or, with whole numbers, the solver's bound.
    """
    context = AuditContext(problem, Ledger())
    decisions = finite_decisions(context, decisions)
    usage = check_workloads(context, blocks, decisions.routed_gb)
    accounts = compute_accounts(problem, usage, decisions)
    check_system(context, Activity(problem, usage, decisions), accounts)
    bound = claimed_bound if problem.is_bounded_by_solver else None
    if prices is not None and not problem.is_bounded_by_solver:
        bound = dual_bound(problem, prices)
    report = _verdict(accounts, context.ledger.violations, bound, claimed_objective, claimed_status)
    if problem.objective.goal is Goal.CARBON and report.passed:
        report = _judge_cost(report, accounts, _cost_bound(problem, accounts, second))
    is_held = problem.held is not None
    remarks = (
        (HELD_BOUND, is_held),
        (SOLVERS_BOUND, problem.has_integers and not is_held),
        (ONE_DIRECTION, problem.battery_modes.any()),
    )
    return accounts, replace(report, notes=(*report.notes, *(note for note, holds in remarks if holds)))


def _verdict(
    accounts: Accounts,
    violations: tuple[Violation, ...],
    bound: float | None,
    claimed_objective: float | None,
    claimed_status: Status,
) -> AuditReport:
    size = accounts.magnitude or 1.0
    excess = None if bound is None else accounts.objective - bound
    faults = [str(v) for v in violations if not v.relative <= TOLERANCE]
    faults += _objective_faults(accounts, claimed_objective)
    faults += _gap_faults(excess, size, claimed_status)
    unproved = bound is None and claimed_status is Status.OPTIMAL
    notes = ["optimality is not proved: there are no dual prices"] if unproved else []
    return AuditReport(
        passed=not faults,
        max_violation=max(v.relative for v in violations),
        violations=violations,
        objective=accounts.objective,
        bound=bound,
        excess=excess,
        gap=None if bound is None else _gap(accounts.objective, bound, size),
        cost_bound=None,
        cost_gap=None,
        notes=(*faults, *notes),
    )


def _cost_bound(problem: Problem, accounts: Accounts, second: Prices | float | None) -> float | None:
    """Least cost of plans that emit no more than this one, as the prices or the solver prove it."""
    if not isinstance(second, Prices):
        return second if problem.is_bounded_by_solver else None
    if problem.is_bounded_by_solver:
        return None
    goal = problem.objective
    no_more_kg = replace(
        goal,
        goal=Goal.COST,
        carbon_price_per_kg=0.0,
        carbon_cap_kg=min(goal.carbon_cap_kg, accounts.emissions_kg.on(goal.basis)),
        shortfall=goal.allows_shortfall,
    )
    return dual_bound(replace(problem, objective=no_more_kg), second)


def _judge_cost(report: AuditReport, accounts: Accounts, bound: float | None) -> AuditReport:
    """Judge the second goal: the least cost among the cleanest plans, which is proved or said not to be."""
    cost = accounts.cost.total + accounts.shortfall_penalty
    size = float(np.abs(accounts.cost.amounts).sum()) + accounts.shortfall_penalty or 1.0
    if bound is None or not np.isfinite(bound):
        return replace(report, notes=(*report.notes, f"{SECOND} is not proved"))
    judged = replace(report, cost_bound=bound, cost_gap=_gap(cost, bound, size))
    if cost - bound < -TOLERANCE * size:
        fault = f"{SECOND}: the bound exceeds the cost by {bound - cost:.4g}"
        return replace(judged, passed=False, notes=(*report.notes, fault))
    if cost - bound > TOLERANCE * size:
        note = f"{SECOND} is not proved: the cost exceeds its bound by {cost - bound:.4g}"
        return replace(judged, notes=(*report.notes, note))
    return judged


def _objective_faults(accounts: Accounts, claimed: float | None) -> list[str]:
    """Faults of the objective; NaN fails as well."""
    if claimed is None:
        claimed = accounts.objective
    if abs(accounts.objective - claimed) <= TOLERANCE * (accounts.gross or 1.0):
        return []
    return [f"objective: the solver says {claimed:.10g}, recomputed {accounts.objective:.10g}"]


def _gap(objective: float, bound: float, size: float) -> float | None:
    """(objective − bound) / |bound|; near 0 the excess as a share of the magnitude where it is proved."""
    if abs(bound) >= NEAR_ZERO * size:
        return (objective - bound) / abs(bound)
    return (objective - bound) / size if abs(objective - bound) <= TOLERANCE * size else None


def _gap_faults(excess: float | None, size: float, claimed_status: Status) -> list[str]:
    """Faults of the proof; NaN fails as well."""
    if excess is None:
        return []
    if not excess >= -TOLERANCE * size:
        return [f"gap: the bound exceeds the objective by {-excess:.4g}"]
    if claimed_status is Status.OPTIMAL and not excess <= TOLERANCE * size:
        return [f"gap: claimed to be optimal, but {excess:.4g} of the objective is not proved"]
    return []
