"""A company's statement."""

from __future__ import annotations

import math

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from computeplan.explain.of_company import CompanyCase
from computeplan.explain.wording import counted, number
from computeplan.plan.statements import Statements
from computeplan.plan.summary import number as plain_number
from computeplan.problem import Problem
from computeplan.report.comparison import LABELS
from computeplan.report.figures import column, percent
from computeplan.report.tables import table

SHOWN = 15
"""Workloads listed, the dearest."""


def company_view(problem: Problem, case: CompanyCase, local: Statements | None) -> RenderableType:
    """Show what a company gets and pays, beside the all-local plan, and where its workloads run.

    Parameters
    ----------
    problem : Problem
    case : CompanyCase
    local : Statements, optional
        Of all companies in the all-local plan.
    """
    tier = problem.companies.tiers[case.index]
    head = Text.assemble((f"company {problem.companies.names[case.index]}", "bold"))
    head.append(f" ({tier})" if tier else "").append(f": {counted(len(case.workloads), 'workload')}")
    return Group(
        head,
        Text(),
        _amounts(problem, case, local),
        Text(),
        _sites(problem, case),
        Text(),
        *_work(problem, case),
    )


def company_data(problem: Problem, case: CompanyCase, local: Statements | None) -> dict[str, object]:
    """Give the same as data for JSON.

    Parameters
    ----------
    problem : Problem
    case : CompanyCase
    local : Statements, optional
    """
    here = _rows(problem, case.statements, case.index)
    there = _rows(problem, local, case.index) if local else None
    work = case.statements.work_unit_h[case.index].tolist()
    return {
        "company": problem.companies.names[case.index],
        "tier": problem.companies.tiers[case.index],
        "currency": problem.currency,
        "statement": here,
        "all_local": there,
        "marginal_cost": plain_number(case.marginal_cost),
        "work_unit_h": dict(zip(problem.sites.names, work, strict=True)),
        "workloads": [
            {"workload": problem.workloads.names[w], "cost": cost, "main_site": problem.sites.names[site]}
            for w, cost, site in zip(
                case.workloads.tolist(), case.cost.tolist(), case.main_site.tolist(), strict=True
            )
        ],
    }


def _rows(problem: Problem, statements: Statements, company: int) -> dict[str, float]:
    """Amounts of one company by label."""
    cost = statements.cost
    parts = {f"  {LABELS[part]}": float(amount[company]) for part, amount in cost.parts().items()}
    tonnes = {
        f"carbon {basis}, t": float(kg[company]) / 1000
        for basis, kg in statements.emissions_kg.bases().items()
    }
    return {
        f"cost, {problem.currency}": float(cost.total[company]),
        **parts,
        "beside it: work left undone": float(statements.shortfall_penalty[company]),
        "beside it: carbon charge": float(statements.carbon_charge[company]),
        "energy, kWh": float(statements.energy_kwh[company]),
        **tonnes,
    }


def _amounts(problem: Problem, case: CompanyCase, local: Statements | None) -> RenderableType:
    here = _rows(problem, case.statements, case.index)
    there = _rows(problem, local, case.index) if local else {}
    view = table("", ">plan", *((">all-local", ">saves", ">%") if local else ()))
    for label, amount in here.items():
        other = there.get(label, math.nan)
        if not amount and not (other > 0):
            continue
        cells = column([amount, other, other - amount])
        saved = percent((other - amount) / other if other else math.nan)
        view.add_row(label, *((*cells, saved) if local else cells[:1]))
    if np.isfinite(case.marginal_cost):
        view.add_row("at the price of one more", number(case.marginal_cost))
    return view


def _sites(problem: Problem, case: CompanyCase) -> RenderableType:
    work = case.statements.work_unit_h[case.index]
    view, used = table("site", ">work unit·h", ">share"), np.flatnonzero(work > 0).tolist()
    for site, done in zip(used, column(work[used].tolist()), strict=True):
        view.add_row(problem.sites.names[site], done, percent(float(work[site] / work.sum())))
    return view


def _work(problem: Problem, case: CompanyCase) -> list[RenderableType]:
    view = table("workload", f">cost {problem.currency}", "mostly at")
    rows = zip(case.workloads[:SHOWN].tolist(), column(case.cost[:SHOWN].tolist()), strict=True)
    for (workload, cost), site in zip(rows, case.main_site.tolist(), strict=False):
        view.add_row(problem.workloads.names[workload], cost, problem.sites.names[site])
    rest = len(case.workloads) - SHOWN
    return [view, *([Text(f"… and {rest:,} more", style="dim")] if rest > 0 else [])]
