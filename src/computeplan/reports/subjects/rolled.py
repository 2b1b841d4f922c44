"""A plan whose rest was planned anew: whether it changes, what that saves, and what changes."""

from __future__ import annotations

from computeplan.api import Roll
from computeplan.reports.blocks import Block, Data, Prose, strong
from computeplan.reports.subjects.changes import describe_changes
from computeplan.solvers.plan import Plan
from computeplan.text import number


def describe_roll(found: Roll) -> list[Block]:
    """Say what is better from now on, then what changes, as a comparison does."""
    problem = found.run.plan.problem
    objective = _objective(found.run.plan)
    facts = {"now": found.now, "is_kept": found.is_kept, "keeping": found.keeping, "objective": objective}
    return [
        Data({"roll": facts}),
        Prose([strong(_verdict(found, objective, problem.objective_unit))]),
        *describe_changes(found.changes, found.run),
    ]


def _objective(plan: Plan) -> float | None:
    return plan.solution.accounts.objective if plan.solution else None


def _verdict(found: Roll, objective: float | None, unit: str) -> str:
    if found.is_kept:
        return f"From {found.now} on the plan stays as it is: no other rest is better."
    if found.keeping is None:
        return f"From {found.now} on the plan is another; going on as it was is impossible or was not tried."
    saved = number(found.keeping - (objective or 0.0))
    return f"From {found.now} on the plan is another, which saves {saved} {unit} against going on as it was."
