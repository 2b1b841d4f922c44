"""What planning gains over simple policies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import RenderableType

from computeplan.explain.wording import counted
from computeplan.plan.plan import Plan
from computeplan.problem import Goal
from computeplan.report.figures import column, percent
from computeplan.report.tables import table
from computeplan.studies.baselines import Baseline, Policy, gain, worth

WORDS = {
    Policy.ALL_LOCAL: "all local",
    Policy.CHEAPEST_FIRST: "cheapest site first",
    Policy.GREENEST_FIRST: "greenest site first",
    Policy.NO_DEFERRAL: "nothing waits",
    Policy.COST_ONLY: "cost only",
    Policy.CARBON_ONLY: "carbon only",
}


def baselines_view(plan: Plan, baselines: Sequence[Baseline]) -> RenderableType:
    """Show cost, carbon and objective of each policy, and how much better the plan is.

    Parameters
    ----------
    plan : Plan
    baselines : sequence of Baseline
        Of the same problem. One that breaks a limit is shown, but not compared.
    """
    problem, own = plan.problem, plan.solution.accounts if plan.solution else None
    basis, goal = problem.objective.basis, problem.objective.goal
    unit = problem.currency if goal is Goal.COST else "kg"
    headings = (f"cost, {problem.currency}", f"carbon {basis}, t", "undone, unit·h", f"objective, {unit}")
    view = table("policy", *(f">{heading}" for heading in headings), ">plan gains", "")
    accounts = [own, *(baseline.accounts for baseline in baselines)]
    values = [worth(problem, a) if a else np.nan for a in accounts]
    columns = (
        column([a.cost.total if a else np.nan for a in accounts], 6),
        column([a.emissions_t.on(basis) if a else np.nan for a in accounts], 5),
        column([a.shortfall_unit_h if a else np.nan for a in accounts]),
        column(values, 6),
    )
    names = ["this plan", *(WORDS[baseline.policy] for baseline in baselines)]
    shares = ["", *(_share(plan, baseline) for baseline in baselines)]
    notes = ["", *map(_note, baselines)]
    for row in zip(names, *columns, shares, notes, strict=True):
        view.add_row(*row)
    return view


def _share(plan: Plan, baseline: Baseline) -> str:
    """Gain as a share of what the policy comes to."""
    gained = gain(plan, baseline)
    whole = worth(plan.problem, baseline.accounts) if baseline.accounts else 0.0
    return percent(gained / whole if gained is not None and whole else np.nan)


def _note(baseline: Baseline) -> str:
    if baseline.accounts is None:
        return str(baseline.plan.status)
    if baseline.notes:
        more = f" and {len(baseline.notes) - 1} more" if len(baseline.notes) > 1 else ""
        return f"no plan: {baseline.notes[0]}{more}"
    return f"{counted(baseline.exempt, 'workload')} without a pool there" if baseline.exempt else ""
