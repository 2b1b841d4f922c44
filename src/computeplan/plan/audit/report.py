"""The audit's verdict on a plan.

Passed means all of:

* every violation is at most `TOLERANCE` of the size of what it violates (see `violations`);
* the objective that the solver reports is the recomputed one, within `TOLERANCE` of the
  objective's magnitude (the sum of the sizes of its terms);
* the bound does not exceed the objective, which would disprove one of the two;
* a plan that claims to be optimal has a gap of at most `TOLERANCE` of that magnitude.

So the tolerance scales with the data: in another currency or unit the verdict is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from computeplan.plan.accounting import Accounts
from computeplan.plan.audit.bound import dual_bound
from computeplan.plan.audit.feasibility import check_system, finite_decisions
from computeplan.plan.audit.survey import survey
from computeplan.plan.audit.violations import Family, Ledger, Violation
from computeplan.plan.settle import settle
from computeplan.problem import Decisions, Prices, Problem, Status, WorkBlock

TOLERANCE = 1e-6

SOLVERS_WORD = "whole numbers: no prices, the bound is the solver's word"


@dataclass(frozen=True)
class AuditReport:
    """What the audit found.

    Attributes
    ----------
    passed : bool
    max_violation : float
        Largest relative violation of all families.
    violations : tuple of Violation
        The worst of each family, also where nothing is violated.
    objective : float
        Recomputed from the problem.
    bound : float, optional
        No plan is better than this; absent without prices. With whole numbers it is the solver's word.
    gap : float, optional
        (objective − bound) / magnitude of the objective; absent without a bound.
    notes : tuple of str
        Why the plan did not pass, or what could not be proved.
    """

    passed: bool
    max_violation: float
    violations: tuple[Violation, ...]
    objective: float
    bound: float | None
    gap: float | None
    notes: tuple[str, ...]

    def violation(self, family: Family) -> Violation:
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
) -> tuple[Accounts, AuditReport]:
    """Recompute a plan from the problem and check all of it.

    Parameters
    ----------
    problem : Problem
    blocks : iterable of WorkBlock
        The work of every workload, each exactly once.
    decisions : Decisions
    prices : Prices or None
        Dual prices for the bound; without them optimality cannot be proved.
    claimed_objective : float, optional
        What the solver says the plan is worth.
    claimed_status : Status
        What the solver says the plan is.
    claimed_bound : float, optional
        What the solver says no plan is better than; taken where whole numbers leave no prices.

    Returns
    -------
    Accounts
    AuditReport
    """
    ledger = Ledger()
    usage = survey(problem, blocks, ledger)
    decisions = finite_decisions(problem, decisions, ledger)
    accounts = settle(problem, usage, decisions)
    check_system(problem, usage, decisions, accounts, ledger)
    bound = claimed_bound if problem.has_integers else None
    if prices is not None and not problem.has_integers:
        bound = dual_bound(problem, prices)
    report = _verdict(accounts, ledger.violations, bound, claimed_objective, claimed_status)
    return accounts, replace(report, notes=(*report.notes, SOLVERS_WORD)) if problem.has_integers else report


def _verdict(
    accounts: Accounts,
    violations: tuple[Violation, ...],
    bound: float | None,
    claimed_objective: float | None,
    claimed_status: Status,
) -> AuditReport:
    gap = None if bound is None else (accounts.objective - bound) / (accounts.magnitude or 1.0)
    faults = [str(v) for v in violations if not v.relative <= TOLERANCE]
    faults += _objective_faults(accounts, claimed_objective)
    faults += _gap_faults(gap, claimed_status)
    unproved = gap is None and claimed_status is Status.OPTIMAL
    notes = ["optimality is not proved: there are no dual prices"] if unproved else []
    return AuditReport(
        passed=not faults,
        max_violation=max(v.relative for v in violations),
        violations=violations,
        objective=accounts.objective,
        bound=bound,
        gap=gap,
        notes=(*faults, *notes),
    )


def _objective_faults(accounts: Accounts, claimed: float | None) -> list[str]:
    """Faults of the objective; a comparison with what is no number fails too."""
    if claimed is None:
        claimed = accounts.objective
    if abs(accounts.objective - claimed) <= TOLERANCE * (accounts.magnitude or 1.0):
        return []
    return [f"objective: the solver says {claimed:.10g}, recomputed {accounts.objective:.10g}"]


def _gap_faults(gap: float | None, claimed_status: Status) -> list[str]:
    if gap is None:
        return []
    if not gap >= -TOLERANCE:
        return [f"gap: the bound exceeds the objective ({gap:.2g})"]
    if claimed_status is Status.OPTIMAL and not gap <= TOLERANCE:
        return [f"gap: claimed to be optimal, but {gap:.2g} of the objective is not proved"]
    return []
