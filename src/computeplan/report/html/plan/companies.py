"""Who pays what: tiers, largest savings and losers, every company and every workload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.plan.statements import Statements, company_statements
from computeplan.problem import Floats, sum_by
from computeplan.report.figures import column
from computeplan.report.html.blocks import Block, Chart, Column, Figures, Prose, Section, Statement, Table
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import bar
from computeplan.report.html.plan.view import PlanView

EXTREMES = 10
"""Companies drawn at each end."""

COMPANIES, WORKLOADS = "companies", "workloads"


@dataclass(frozen=True, eq=False)
class Bills:
    """What companies pay, and would pay with all work at home.

    Attributes
    ----------
    statements : Statements
    local_cost : (n,), optional
        Absent where there is no all-local plan.
    marginal_cost : (n,), optional
        Absent where the solver gives no prices, or prices in kg.
    """

    statements: Statements
    local_cost: Floats | None
    marginal_cost: Floats | None

    @property
    def saving(self) -> Floats | None:
        """(n,) what the plan saves, currency."""
        return None if self.local_cost is None else self.local_cost - self.statements.cost.total


def companies(view: PlanView) -> Section:
    """Tell what each tier, company and workload gets and pays.

    Parameters
    ----------
    view : PlanView
    """
    words, bills = view.words, _bills(view)
    blocks: list[Block] = [Prose([words("companies.how")]), _tiers(view, bills)]
    if bills.saving is not None and len(bills.saving) > 1:
        blocks.append(_extremes(view, bills.saving))
    blocks += [_company_table(view, bills), _workload_table(view)]
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


def _bills(view: PlanView) -> Bills:
    mine = company_statements(view.problem, view.account.statements)
    local, charges = view.local_account, view.account.marginal
    beside = company_statements(view.problem, local.statements).cost.total if local else None
    known = charges is not None and np.isfinite(charges.cost).all()
    owner, size = view.problem.workloads.company, view.problem.companies.size
    return Bills(mine, beside, sum_by(owner, charges.cost, size) if charges and known else None)


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


def _company_table(view: PlanView, bills: Bills) -> Table:
    words, problem, mine = view.words, view.problem, bills.statements
    currency = problem.currency
    count = np.bincount(problem.workloads.company, minlength=problem.companies.size)
    columns = [
        Column("company", words("companies.company"), mine.names, company=True),
        Column("tier", words("companies.tier"), problem.companies.tiers, choice=True),
        Column("workloads", words("companies.workloads"), count.astype(np.float64), digits=9),
        Column("work_unit_h", words("companies.work"), mine.work_unit_h.sum(axis=1)),
        Column("cost", words("companies.cost", unit=currency), mine.cost.total),
    ]
    if bills.local_cost is not None and bills.saving is not None:
        share = np.divide(
            bills.saving, bills.local_cost, out=np.full(len(count), np.nan), where=bills.local_cost > 0
        )
        columns += [
            Column("all_local_cost", words("companies.all_local", unit=currency), bills.local_cost),
            Column("saving", words("companies.saving", unit=currency), bills.saving),
            Column("saving_share", words("companies.saving_share"), share, percent=True),
        ]
    if bills.marginal_cost is not None:
        columns.append(
            Column("marginal_cost", words("companies.marginal", unit=currency), bills.marginal_cost)
        )
    for basis, kg in mine.emissions_kg.bases().items():
        columns.append(Column(f"{basis}_kg", words("companies.carbon_kg", basis=words(f"basis.{basis}")), kg))
    columns.append(Column("energy_kwh", words("companies.energy"), mine.energy_kwh))
    for part, amounts in mine.cost.parts().items():
        if amounts.any():
            columns.append(
                Column(part, words("companies.part", part=words(f"cost.{part}"), unit=currency), amounts)
            )
    columns += [
        Column("shortfall_penalty", words("comparison.shortfall", unit=currency), mine.shortfall_penalty),
        Column("carbon_charge", words("comparison.carbon_charge", unit=currency), mine.carbon_charge),
        Column("short_unit_h", words("companies.short"), mine.short_unit_h),
    ]
    columns += [
        Column(f"site.{name}", words("companies.at", site=name), mine.work_unit_h[:, s])
        for s, name in enumerate(problem.sites.names)
    ]
    return Table(COMPANIES, words("companies.table"), columns, "-cost", words("companies.table_note"))


def _workload_table(view: PlanView) -> Table:
    words, problem, mine = view.words, view.problem, view.account.statements
    work, total = mine.work_unit_h, mine.work_unit_h.sum(axis=1)
    share = np.divide(work.max(axis=1, initial=0.0), total, out=np.full(len(total), np.nan), where=total > 0)
    main = [
        problem.sites.names[s] if done else "" for s, done in zip(work.argmax(axis=1), total > 0, strict=True)
    ]
    owner = problem.workloads.company.tolist()
    columns = [
        Column("workload", words("workloads.workload"), problem.workloads.names),
        Column(
            "company", words("companies.company"), [problem.companies.names[c] for c in owner], company=True
        ),
        Column("main_site", words("workloads.main_site"), main, choice=True),
        Column("main_share", words("workloads.main_share"), share, percent=True),
        Column("work_unit_h", words("companies.work"), total),
        Column("cost", words("companies.cost", unit=problem.currency), mine.cost.total),
        *(
            Column(f"{basis}_kg", words("companies.carbon_kg", basis=words(f"basis.{basis}")), kg)
            for basis, kg in mine.emissions_kg.bases().items()
        ),
        Column("moves", words("workloads.moves"), view.account.moves.astype(np.float64), digits=9),
    ]
    if mine.short_unit_h.any():
        columns.append(Column("short_unit_h", words("companies.short"), mine.short_unit_h))
    return Table(WORKLOADS, words("workloads.title"), columns, "-cost")
