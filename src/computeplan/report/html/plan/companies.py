"""Who pays what: tiers, largest savings and losers, every company and every workload."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeplan.problem import Floats, sum_by
from computeplan.report.figures import column
from computeplan.report.html.blocks import Block, Chart, Figures, Prose, Section, Statement
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import bar
from computeplan.report.html.plan.bills import Bills, bills_of
from computeplan.report.html.plan.ledgers import COMPANIES, WORKLOADS, company_table, workload_table
from computeplan.report.html.plan.view import PlanView

EXTREMES = 10
"""Companies drawn at each end."""


def companies(view: PlanView) -> Section:
    """Tell what each tier, company and workload gets and pays.

    Parameters
    ----------
    view : PlanView
    """
    words, bills = view.words, bills_of(view)
    blocks: list[Block] = [Prose([words("companies.how")]), _tiers(view, bills)]
    if bills.saving is not None and len(bills.saving) > 1:
        blocks.append(_extremes(view, bills.saving))
    blocks += [company_table(view, bills), workload_table(view)]
    return Section("companies", words("companies.title"), blocks)


def statement(view: PlanView) -> Statement:
    """Say how a company's page is made.

    Parameters
    ----------
    view : PlanView
    """
    words, problem = view.words, view.problem
    savings = ["all_local_cost", "saving", "saving_share"] if view.local else []
    parts = [part for part, amount in view.accounts.cost.parts().items() if amount]
    groups = [
        (
            words("statement.result"),
            ["work_unit_h", "energy_kwh", "short_unit_h", "cost", *savings, "marginal_cost"],
        ),
        (words("statement.cost"), [*parts, "cost", "shortfall_penalty", "carbon_charge"]),
        (words("statement.carbon"), [f"{basis}_kg" for basis in ("location", "market", "hourly")]),
        (words("statement.sites"), [f"site.{name}" for name in problem.sites.names]),
    ]
    return Statement(COMPANIES, WORKLOADS, groups, [words("companies.how"), words("statement.origin")])


def _tiers(view: PlanView, bills: Bills) -> Figures:
    words, currency = view.words, view.problem.currency
    names, tier = view.tiers

    def summed(amounts: Floats) -> list[float]:
        by_tier = sum_by(tier, amounts, len(names))
        return [*by_tier.tolist(), float(amounts.sum())]

    mine = bills.statements
    cost = summed(mine.cost.total)
    columns = [
        [f"{count:,.0f}" for count in summed(np.ones(len(tier)))],
        column(summed(mine.work_unit_h.sum(axis=1))),
        column(cost),
        column([kg / 1000 for kg in summed(mine.emissions_kg.on(view.problem.objective.basis))]),
    ]
    heads = [words("companies.tier"), words("companies.count"), words("companies.work")]
    heads.append(words("companies.cost", unit=currency))
    heads.append(words("companies.carbon", basis=words(f"basis.{view.problem.objective.basis}")))
    if bills.local_cost is not None:
        local = summed(bills.local_cost)
        saved = [other - own for other, own in zip(local, cost, strict=True)]
        shares = [
            words.percent(s / other if other else np.nan) for s, other in zip(saved, local, strict=True)
        ]
        columns += [column(local), column(saved), shares]
        heads += [words("companies.all_local", unit=currency), words("companies.saving", unit=currency), "%"]
    labels = [*names, words("total")]
    rows = list(zip(labels, *columns, strict=True))
    return Figures(words("companies.tiers"), heads, rows, frozenset({len(names)}))


def _extremes(view: PlanView, saving: Floats) -> Chart:
    """Draw the companies that save most and those that save least or lose."""
    order = np.argsort(-saving, kind="stable")
    ends = order if len(order) <= 2 * EXTREMES else np.concatenate((order[:EXTREMES], order[-EXTREMES:]))
    scale = view.words.scale(*saving[ends].tolist())
    unit = view.words.unit(view.problem.currency, scale)
    shown = ends[::-1].tolist()
    lost = int((saving < 0).sum())
    traces = [
        _bars(view, [c for c in shown if saving[c] >= 0], saving / scale.factor, "companies.saves", 0),
        _bars(view, [c for c in shown if saving[c] < 0], saving / scale.factor, "companies.loses", 1),
    ]
    order_shown = [view.problem.companies.names[c] for c in shown]
    layout = {
        "xaxis": {"title": {"text": unit}},
        "yaxis": {"categoryorder": "array", "categoryarray": order_shown},
        "bargap": 0.25,
    }
    words = view.words
    told = words("companies.losers", count=f"{lost:,}", all=f"{len(saving):,}")
    return Chart(
        "savings",
        words("companies.extremes", unit=unit),
        {"": {"data": [t for t in traces if t["x"]], "layout": layout}},
        told,
        height=120 + 25 * len(shown),
        note=f"{told} {words('companies.why_lose')}" if lost else told,
    )


def _bars(view: PlanView, shown: list[int], amounts: Floats, key: str, place: int) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": view.words(key),
        "y": [view.problem.companies.names[c] for c in shown],
        "x": rounded(amounts[shown]),
        "marker": bar(place),
        "hovertemplate": "%{x:,.6~r}",
    }
