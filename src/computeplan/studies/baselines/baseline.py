"""What a simple policy comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from computeplan.plan.accounting import Accounts
from computeplan.plan.plan import Plan, Solution
from computeplan.plan.statements import Statements, company_statements, workload_statements
from computeplan.plan.summary import costs, emissions_t, number
from computeplan.problem import Goal, Problem


class Policy(StrEnum):
    """Simple ways to plan.

    ``all_local``: no work leaves its zone. ``cheapest_first``, ``greenest_first``: work is taken as it comes
    and put where a unit·h costs or emits least, as long as there is room, nothing shifted in time.
    ``no_deferral``: the best plan if nothing waits. ``cost_only``: the best plan if carbon has neither price
    nor cap. ``carbon_only``: least carbon, then least cost.
    """

    ALL_LOCAL = "all_local"
    CHEAPEST_FIRST = "cheapest_first"
    GREENEST_FIRST = "greenest_first"
    NO_DEFERRAL = "no_deferral"
    COST_ONLY = "cost_only"
    CARBON_ONLY = "carbon_only"


@dataclass(frozen=True, eq=False)
class Baseline:
    """A plan under a simple policy.

    Attributes
    ----------
    plan : Plan
        May have no solution: the policy can be impossible.
    exempt : int
        Workloads that the policy leaves free, as it would leave them no pool.
    policy : Policy
    attempt : Solution, optional
        What the policy did where that is no plan: work that must be done is left, or a limit is broken.
    notes : tuple of str
        Which limits are broken, by how much.
    """

    plan: Plan
    exempt: int = 0
    policy: Policy = Policy.ALL_LOCAL
    attempt: Solution | None = None
    notes: tuple[str, ...] = ()

    @property
    def accounts(self) -> Accounts | None:
        """What the policy costs and emits, also where it is no plan."""
        solution = self.plan.solution or self.attempt
        return solution.accounts if solution else None

    @cached_property
    def companies(self) -> Statements | None:
        """What every company gets and pays under the policy; None where there is no plan."""
        problem, solution = self.plan.problem, self.plan.solution
        if solution is None:
            return None
        blocks = solution.allocation.blocks()
        each = workload_statements(problem, blocks, solution.decisions, solution.accounts)
        return company_statements(problem, each)

    @property
    def holds(self) -> bool:
        """Whether the policy keeps every limit of the problem, so that it can be compared."""
        return self.plan.solution is not None and not self.notes


def worth(problem: Problem, accounts: Accounts) -> float:
    """Give what a problem's own objective says of any plan, currency, or kg for the goal ``carbon``.

    Parameters
    ----------
    problem : Problem
    accounts : Accounts
        Of a plan that may have been made for another objective.
    """
    goal, emissions_kg = problem.objective, accounts.emissions_kg.on(problem.objective.basis)
    if goal.goal is Goal.CARBON:
        return emissions_kg
    return accounts.cost.total + accounts.shortfall_penalty + goal.carbon_price_per_kg * emissions_kg


def gain(plan: Plan, baseline: Baseline) -> float | None:
    """Give what a plan is better than a policy by, in its objective; None where they cannot be compared.

    Parameters
    ----------
    plan : Plan
    baseline : Baseline
        Of the same problem.
    """
    if plan.solution is None or baseline.accounts is None or not baseline.holds:
        return None
    problem = plan.problem
    return worth(problem, baseline.accounts) - worth(problem, plan.solution.accounts)


def baseline_data(plan: Plan, baseline: Baseline) -> dict[str, object]:
    """Summarize a policy beside a plan, ready for JSON.

    Parameters
    ----------
    plan : Plan
    baseline : Baseline
        Of the same problem.
    """
    accounts = baseline.accounts
    return {
        "status": baseline.plan.status.value,
        "holds": baseline.holds,
        "cost": costs(accounts) if accounts else None,
        "shortfall_penalty": number(accounts.shortfall_penalty) if accounts else None,
        "left_undone_unit_h": number(accounts.shortfall_unit_h) if accounts else None,
        "emissions_t": emissions_t(accounts) if accounts else None,
        "objective": number(worth(plan.problem, accounts)) if accounts else None,
        "gain": number(gain(plan, baseline)),
        "exempt_workloads": baseline.exempt,
        "notes": list(baseline.notes),
    }
