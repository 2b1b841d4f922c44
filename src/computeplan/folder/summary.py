"""The plan in one object, ready for JSON: numbers that are not there are null."""

from __future__ import annotations

import math
from dataclasses import asdict

from computeplan.accounts.accounts import L_PER_M3, Accounts
from computeplan.accounts.moves import move_statistics
from computeplan.solvers.plan import Plan, Solution


def summarize(plan: Plan) -> dict[str, object]:
    """Summarize a plan: money in the config's currency, emissions in t, the objective in currency or kg."""
    problem, audit = plan.problem, plan.solution.audit if plan.solution else None
    return {
        "status": plan.status.value,
        "objective": number(audit.objective) if audit else None,
        "bound": number(audit.bound) if audit else None,
        "gap": number(audit.gap) if audit else None,
        "cost_bound": number(audit.cost_bound) if audit else None,
        "cost_gap": number(audit.cost_gap) if audit else None,
        **(_amounts(plan.solution) if plan.solution else dict.fromkeys(AMOUNTS)),
        "basis": problem.objective.basis.value,
        "currency": problem.currency,
        "audit": _audit(plan.solution) if plan.solution else None,
        "size": _size(plan),
        "solver": {
            "name": plan.solver.name,
            "version": plan.solver.version,
            "detail": plan.solver.detail,
            "iterations": plan.solver.iterations,
        },
    }


AMOUNTS = (
    "cost",
    "shortfall_penalty",
    "shortfall_unit_h",
    "carbon_charge",
    "emissions_t",
    "water_m3",
    "moves",
)


def _amounts(solution: Solution) -> dict[str, object]:
    accounts = solution.accounts
    return {
        "cost": costs(accounts),
        "shortfall_penalty": number(accounts.shortfall_penalty),
        "shortfall_unit_h": number(accounts.shortfall_unit_h),
        "carbon_charge": number(accounts.carbon_charge),
        "emissions_t": emissions_t(accounts),
        "water_m3": number(float(accounts.sites.water_l.sum()) / L_PER_M3),
        "moves": moves(solution),
    }


def _audit(solution: Solution) -> dict[str, object]:
    audit = solution.audit
    return {
        "passed": audit.passed,
        "max_violation": number(audit.max_violation),
        "families": {str(worst.family): number(worst.relative) for worst in audit.violations},
        "notes": list(audit.notes),
    }


def _size(plan: Plan) -> dict[str, int]:
    problem, size = plan.problem, plan.size
    return {
        "companies": problem.companies.size,
        "workloads": problem.workloads.size,
        "classes": size.classes,
        "sites": problem.sites.size,
        "pools": problem.pools.size,
        "periods": problem.horizon.size,
        "columns": size.columns,
        "rows": size.rows,
        "nonzeros": size.nonzeros,
        "parts": size.parts,
    }


def costs(accounts: Accounts) -> dict[str, float | None]:
    """Give the total cost and its parts, currency."""
    parts = {"total": accounts.cost.total, **accounts.cost.parts()}
    return {part: number(amount) for part, amount in parts.items()}


def moves(solution: Solution) -> dict[str, dict[str, float]]:
    """Give how often workloads move, by kind of work."""
    problem = solution.allocation.problem
    return {kind: asdict(found) for kind, found in move_statistics(problem, solution.moves).items()}


def emissions_t(accounts: Accounts) -> dict[str, float | None]:
    """Give the emissions on the three bases, t."""
    return {basis: number(amount) for basis, amount in accounts.emissions_t.bases().items()}


def number(value: float | None) -> float | None:
    """Give a plain number, or nothing where it is not finite: JSON has no infinity."""
    return None if value is None or not math.isfinite(value) else float(value)
