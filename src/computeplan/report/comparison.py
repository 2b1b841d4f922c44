"""Cost and carbon of the plan beside the all-local plan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from computeplan.api import Run
from computeplan.explain.wording import counted
from computeplan.plan.accounting import Accounts
from computeplan.problem import Goal
from computeplan.report.figures import column, percent
from computeplan.report.tables import table

LABELS = {
    "usage": "units in use",
    "reserved": "booked units",
    "energy": "energy",
    "demand_charge": "demand charge",
    "contracts": "contracts",
    "network": "network",
    "placement": "placement",
    "new_capacity": "new units",
    "certificates": "certificates",
    "storage": "batteries",
    "opening": "open sites",
}


def comparison(run: Run, accounts: Accounts) -> RenderableType:
    """Show cost by part and carbon on the three bases, and what the plan saves.

    Parameters
    ----------
    run : Run
    accounts : Accounts
        Of the run's plan.
    """
    local = _local_accounts(run)
    view = table("", ">plan", *((">all-local", ">saves", ">%") if local else ()))
    for amounts in (_costs, _carbon):
        _add_rows(view, amounts(run, accounts), amounts(run, local) if local else {})
    return Group(view, *_notes(run))


def _add_rows(view: Table, amounts: Mapping[str, float], others: Mapping[str, float]) -> None:
    """Add amounts of one unit; those of a part that neither plan has are left out."""
    labels = [label for label, amount in amounts.items() if amount or others.get(label)]
    pairs = [(amounts[label], others.get(label, np.nan)) for label in labels]
    figures = iter(column([value for mine, other in pairs for value in (mine, other, other - mine)]))
    for label, (mine, other) in zip(labels, pairs, strict=True):
        is_part = label.startswith(" ")
        saved = percent((other - mine) / other if other else np.nan)
        cells = [next(figures), next(figures), next(figures), "" if is_part else saved]
        view.add_row(label, *(cells if others else cells[:1]), style="dim" if is_part else "")


def _costs(run: Run, accounts: Accounts) -> dict[str, float]:
    parts = {f"  {LABELS[part]}": amount for part, amount in accounts.cost.parts().items()}
    beside = {"beside it: work left undone": accounts.shortfall_penalty}
    return {f"cost, {run.plan.problem.currency}": accounts.cost.total, **parts, **beside}


def _carbon(run: Run, accounts: Accounts) -> dict[str, float]:
    objective = run.plan.problem.objective
    counts = objective.carbon_weight > 0 or np.isfinite(objective.carbon_cap_kg)
    return {
        f"carbon {basis}, t{' *' if counts and basis == objective.basis else ''}": tonnes
        for basis, tonnes in accounts.emissions_t.bases().items()
    }


def _local_accounts(run: Run) -> Accounts | None:
    solution = run.baseline.plan.solution if run.baseline else None
    return solution.accounts if solution else None


def _notes(run: Run) -> list[Text]:
    notes = []
    objective = run.plan.problem.objective
    if objective.goal is Goal.CARBON:
        notes.append("* minimized")
    elif objective.carbon_price_per_kg:
        notes.append(f"* priced at {1000 * objective.carbon_price_per_kg:g} {run.plan.problem.currency}/t")
    elif np.isfinite(objective.carbon_cap_kg):
        notes.append(f"* capped at {objective.carbon_cap_kg / 1000:,.6g} t")
    if run.baseline and not run.baseline.plan.status.has_plan:
        notes.append(f"all-local (no work leaves its zone): {run.baseline.plan.status}")
    elif run.baseline and run.baseline.exempt:
        amount = counted(run.baseline.exempt, "workload")
        notes.append(f"all-local: no work leaves its zone, but for {amount} without a pool there")
    return [Text(note, style="dim") for note in notes]
