"""The tables of every company and every workload."""

from __future__ import annotations

import numpy as np

from computeplan.plan.statements import Statements
from computeplan.report.html.blocks import Column, Table
from computeplan.report.html.plan.bills import Bills
from computeplan.report.html.plan.view import PlanView

COMPANIES, WORKLOADS = "companies", "workloads"
"""Keys of the tables."""


def company_table(view: PlanView, bills: Bills) -> Table:
    """List every company with its statement; the page of a company is made from its row.

    Parameters
    ----------
    view : PlanView
    bills : Bills
    """
    words, problem, mine = view.words, view.problem, bills.statements
    count = np.bincount(problem.workloads.company, minlength=problem.companies.size)
    columns = [
        Column("company", words("companies.company"), mine.names, company=True),
        Column("tier", words("companies.tier"), problem.companies.tiers, choice=True),
        Column("workloads", words("companies.workloads"), count.astype(np.float64), digits=9),
        Column("work_unit_h", words("companies.work"), mine.work_unit_h.sum(axis=1)),
        Column("cost", words("companies.cost", unit=problem.currency), mine.cost.total),
        *_compared(view, bills),
        *_carbon(view, mine),
        Column("energy_kwh", words("companies.energy"), mine.energy_kwh),
        *_parts(view, mine),
        Column("short_unit_h", words("companies.short"), mine.short_unit_h),
    ]
    columns += [
        Column(f"site.{name}", words("companies.at", site=name), mine.work_unit_h[:, s])
        for s, name in enumerate(problem.sites.names)
    ]
    return Table(COMPANIES, words("companies.table"), columns, "-cost", words("companies.table_note"))


def _compared(view: PlanView, bills: Bills) -> list[Column]:
    """Give what each company saves against all-local, and its charges at the margin, where they are known."""
    words, currency, columns = view.words, view.problem.currency, []
    local, saving = bills.local_cost, bills.saving
    if local is not None and saving is not None:
        share = np.divide(saving, local, out=np.full(len(local), np.nan), where=local > 0)
        columns += [
            Column("all_local_cost", words("companies.all_local", unit=currency), local),
            Column("saving", words("companies.saving", unit=currency), saving),
            Column("saving_share", words("companies.saving_share"), share, percent=True),
        ]
    if bills.marginal_cost is not None:
        label = words("companies.marginal", unit=currency)
        columns.append(Column("marginal_cost", label, bills.marginal_cost))
    return columns


def _carbon(view: PlanView, statements: Statements) -> list[Column]:
    words = view.words
    return [
        Column(f"{basis}_kg", words("companies.carbon_kg", basis=words(f"basis.{basis}")), kg)
        for basis, kg in statements.emissions_kg.bases().items()
    ]


def _parts(view: PlanView, mine: Statements) -> list[Column]:
    """Give the parts of the cost that there are, and what stands beside it."""
    words, currency = view.words, view.problem.currency
    parts = [
        Column(part, words("companies.part", part=words(f"cost.{part}"), unit=currency), amounts)
        for part, amounts in mine.cost.parts().items()
        if amounts.any()
    ]
    return [
        *parts,
        Column("shortfall_penalty", words("comparison.shortfall", unit=currency), mine.shortfall_penalty),
        Column("carbon_charge", words("comparison.carbon_charge", unit=currency), mine.carbon_charge),
    ]


def workload_table(view: PlanView) -> Table:
    """List every workload with its main site, cost and carbon.

    Parameters
    ----------
    view : PlanView
    """
    words, problem, mine = view.words, view.problem, view.account.statements
    work, total = mine.work_unit_h, mine.work_unit_h.sum(axis=1)
    share = np.divide(work.max(axis=1, initial=0.0), total, out=np.full(len(total), np.nan), where=total > 0)
    main = [
        problem.sites.names[s] if done else "" for s, done in zip(work.argmax(axis=1), total > 0, strict=True)
    ]
    owners = [problem.companies.names[c] for c in problem.workloads.company.tolist()]
    columns = [
        Column("workload", words("workloads.workload"), problem.workloads.names),
        Column("company", words("companies.company"), owners, company=True),
        Column("main_site", words("workloads.main_site"), main, choice=True),
        Column("main_share", words("workloads.main_share"), share, percent=True),
        Column("work_unit_h", words("companies.work"), total),
        Column("cost", words("companies.cost", unit=problem.currency), mine.cost.total),
        *_carbon(view, mine),
        Column("moves", words("workloads.moves"), view.account.moves.astype(np.float64), digits=9),
    ]
    if mine.short_unit_h.any():
        columns.append(Column("short_unit_h", words("companies.short"), mine.short_unit_h))
    return Table(WORKLOADS, words("workloads.title"), columns, "-cost")
