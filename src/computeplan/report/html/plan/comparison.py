"""Cost and carbon beside the all-local plan, and on the three bases."""

from __future__ import annotations

import numpy as np

from computeplan.plan.accounting import Accounts
from computeplan.problem import CarbonBasis, Goal
from computeplan.report.figures import column
from computeplan.report.html.blocks import Block, Chart, Figures, Section
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import bar
from computeplan.report.html.plan.policies import policies
from computeplan.report.html.plan.view import PlanView


def comparison(view: PlanView) -> Section:
    """Tell cost by part, emissions by basis, and what the plan saves.

    Parameters
    ----------
    view : PlanView
    """
    plans = _plans(view)
    blocks: list[Block] = [_table(view, plans), _cost_chart(view, plans), _carbon_chart(view, plans)]
    if view.policies:
        blocks.append(policies(view))
    return Section("comparison", view.words("comparison.title"), blocks)


def _plans(view: PlanView) -> dict[str, Accounts]:
    plans = {view.words("plan"): view.accounts}
    if view.local:
        plans[view.words("all_local")] = view.local.accounts
    return plans


def _table(view: PlanView, plans: dict[str, Accounts]) -> Figures:
    words, currency = view.words, view.problem.currency
    rows: list[tuple[str, list[float]]] = [
        (words("comparison.cost", unit=currency), [plan.cost.total for plan in plans.values()])
    ]
    rows += _cost_rows(view, plans)
    beside = {
        words("comparison.shortfall", unit=currency): [plan.shortfall_penalty for plan in plans.values()],
        words("comparison.carbon_charge", unit=currency): [plan.carbon_charge for plan in plans.values()],
    }
    rows += [(label, amounts) for label, amounts in beside.items() if any(amounts)]
    strong = {0}
    for basis in CarbonBasis:
        strong.add(len(rows))
        label = words("comparison.carbon", basis=words(f"basis.{basis}"))
        rows.append((label, [plan.emissions_t.on(basis) for plan in plans.values()]))
    heads = ["", *plans, *([words("saves"), "%"] if view.local else [])]
    title = words("comparison.table")
    return Figures(title, heads, [_cells(*row) for row in rows], frozenset(strong), _note(view))


def _cost_rows(view: PlanView, plans: dict[str, Accounts]) -> list[tuple[str, list[float]]]:
    parts = {
        part: [plan.cost.parts()[part] for plan in plans.values()] for part in view.accounts.cost.parts()
    }
    return [(f"· {view.words(f'cost.{part}')}", amounts) for part, amounts in parts.items() if any(amounts)]


def _cells(label: str, amounts: list[float]) -> list[str]:
    if len(amounts) == 1:
        return [label, *column(amounts)]
    mine, other = amounts
    share = f"{100 * (other - mine) / other:z.1f}" if other else "–"
    return [label, *column([mine, other, other - mine]), share]


def _note(view: PlanView) -> str:
    words, goal = view.words, view.problem.objective
    notes = [words(f"comparison.goal.{goal.goal}", basis=words(f"basis.{goal.basis}"))]
    if goal.goal is Goal.COST and goal.carbon_price_per_kg:
        price = f"{1000 * goal.carbon_price_per_kg:g} {view.problem.currency}/t"
        notes.append(words("comparison.priced", basis=words(f"basis.{goal.basis}"), price=price))
    if np.isfinite(goal.carbon_cap_kg):
        cap = f"{goal.carbon_cap_kg / 1000:,.6g} t"
        notes.append(words("comparison.capped", basis=words(f"basis.{goal.basis}"), cap=cap))
    if view.run.baseline:
        status = view.run.baseline.plan.status
        notes.append(
            words(
                "comparison.local" if view.local else "comparison.no_local", status=words(f"status.{status}")
            )
        )
        if view.local and view.run.baseline.exempt:
            notes.append(words("comparison.exempt", count=f"{view.run.baseline.exempt:,}"))
    return " ".join(notes)


def _cost_chart(view: PlanView, plans: dict[str, Accounts]) -> Chart:
    words = view.words
    scale = words.scale(*(plan.cost.total for plan in plans.values()))
    unit = words.unit(view.problem.currency, scale)
    names = list(plans)[::-1]
    parts = [part for part in view.accounts.cost.parts() if any(p.cost.parts()[part] for p in plans.values())]
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": words(f"cost.{part}"),
            "y": names,
            "x": rounded([plans[name].cost.parts()[part] / scale.factor for name in names]),
            "marker": bar(place),
            "hovertemplate": f"%{{x:,.6~r}} {unit}",
        }
        for place, part in enumerate(parts)
    ]
    axis = {"title": {"text": unit}, "rangemode": "tozero"}
    layout = {"barmode": "stack", "xaxis": axis, "yaxis": {"title": {"text": ""}}, "bargap": 0.35}
    return Chart(
        "cost",
        words("comparison.cost_chart", unit=unit),
        {"": {"data": data, "layout": layout}},
        words("comparison.cost_summary"),
        height=300,
    )


def _carbon_chart(view: PlanView, plans: dict[str, Accounts]) -> Chart:
    words = view.words
    bases = [words(f"basis.{basis}") for basis in CarbonBasis]
    data = [
        {
            "type": "bar",
            "name": name,
            "x": bases,
            "y": rounded(tonnes := [plan.emissions_t.on(basis) for basis in CarbonBasis]),
            "text": column(tonnes),
            "textposition": "outside",
            "cliponaxis": False,
            "marker": bar(place),
            "hovertemplate": "%{y:,.6~r} t",
        }
        for place, (name, plan) in enumerate(plans.items())
    ]
    layout = {"barmode": "group", "yaxis": {"title": {"text": "t CO₂e"}}, "xaxis": {}, "bargap": 0.3}
    return Chart(
        "carbon",
        words("comparison.carbon_chart"),
        {"": {"data": data, "layout": layout}},
        words("comparison.carbon_summary"),
        height=340,
        note=words("comparison.bases"),
    )
