"""Who pays what: tiers, largest changes, every company and every workload."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.accounts.statements import Statements, company_statements
from computeplan.prices.charges import OwnerLine
from computeplan.problem import KG_PER_T, Floats, sum_by
from computeplan.problem.limits import LimitKind
from computeplan.reports.blocks import Block, Chart, Column, Prose, Section, Statement, Table, shares
from computeplan.reports.charts import axis, chart, figure, horizontal_bars
from computeplan.reports.subjects.company_hours import company_hours
from computeplan.reports.subjects.limits import name_limit
from computeplan.reports.subjects.plan_view import PlanView, objective_scale
from computeplan.text import number

COMPANIES, WORKLOADS = "companies", "workloads"
"""Keys of the tables."""

EXTREMES = 10
"""Companies drawn at each end."""


@dataclass(frozen=True, eq=False)
class Bills:
    """What companies pay, and would pay in the all-local plan."""

    statements: Statements
    local_cost: Floats | None
    """(n,) absent where there is no all-local plan."""
    marginal_charge: Floats | None
    """(n,) as objectives are read, in money or t; absent where there are no dual prices."""

    @property
    def change(self) -> Floats | None:
        """(n,) cost in the plan less cost in the all-local plan, currency."""
        return None if self.local_cost is None else self.statements.cost.total - self.local_cost


def companies(view: PlanView) -> Section:
    """Report what each tier, company and workload gets and pays."""
    words, bills = view.words, _bills(view)
    blocks: list[Block] = [Prose([words("companies.how")]), _tiers(view, bills)]
    if bills.change is not None and len(bills.change) > 1:
        blocks.append(_extremes(view, bills.change))
    if owned := _owners(view):
        blocks.append(owned)
    blocks += [_company_table(view, bills), _workload_table(view)]
    return Section("companies", words("companies.title"), blocks)


def statement(view: PlanView) -> Statement:
    """Say how a company's page is made."""
    words = view.words
    compared = ["all_local_cost", "change", "change_share"] if view.local else []
    parts = [part for part, amount in view.accounts.cost.parts().items() if amount]
    result = ["work_unit_h", "energy_kwh", "shortfall_unit_h", "cost", *compared, "marginal_charge"]
    groups = [
        (words("statement.result"), result),
        (words("statement.cost"), [*parts, "cost", "shortfall_penalty", "carbon_charge"]),
        (words("statement.carbon"), [f"{basis}_t" for basis in view.accounts.emissions_kg.bases()]),
        (words("statement.sites"), [f"place.{name}" for name in view.places]),
    ]
    notes = [words("companies.how"), words("statement.origin")]
    return Statement(COMPANIES, WORKLOADS, groups, notes, company_hours(view))


def _bills(view: PlanView) -> Bills:
    mine = company_statements(view.problem, view.account.statements)
    local, charges = view.local_account, view.account.marginal
    local_cost = company_statements(view.problem, local.statements).cost.total if local else None
    owner, count = view.problem.workloads.company, view.problem.companies.size
    size, _ = objective_scale(view.problem)
    return Bills(mine, local_cost, sum_by(owner, charges.charge, count) / size if charges else None)


def _tiers(view: PlanView, bills: Bills) -> Table:
    words, mine = view.words, bills.statements
    names, tier = view.tiers
    own = view.problem.objective.basis

    def summed(amounts: Floats) -> Floats:
        return np.append(sum_by(tier, amounts, len(names)), amounts.sum())

    columns = [
        Column("tier", words("companies.tier"), [*names, words("total")]),
        Column("companies", words("companies.count"), summed(np.ones(len(tier))), digits=0),
        Column("work_unit_h", words("work_in"), summed(mine.work_unit_h.sum(axis=1))),
        Column("cost", words("cost_in", unit=view.problem.currency), summed(mine.cost.total)),
        Column("carbon", words.carbon_t(own), summed(mine.emissions_kg.on(own)) / KG_PER_T),
    ]
    if bills.local_cost is not None and bills.change is not None:
        columns += _compared(view, summed(bills.local_cost), summed(bills.change))
    if bills.marginal_charge is not None:
        label = words("companies.marginal", unit=objective_scale(view.problem)[1])
        columns.append(Column("marginal_charge", label, summed(bills.marginal_charge)))
    return Table("tiers", columns, words("companies.tiers"), strong=frozenset({len(names)}))


def _owners(view: PlanView) -> Table | None:
    """List who earns the rents of what is scarce, and who pays what is there whatever work there is."""
    words, statement = view.words, view.account.marginal
    if statement is None or not statement.lines:
        return None
    lines, (size, unit) = statement.lines, objective_scale(view.problem)
    amounts = [line.amount / size for line in lines]
    columns = [
        Column(
            "owner", words("companies.owner"), [line.owner or words("companies.operator") for line in lines]
        ),
        Column("what", words("companies.owned"), [_owned(view, line) for line in lines]),
        Column("amount", words("companies.owner_amount", unit=unit), amounts, signed=True),
    ]
    total = sum(amounts) + (float(statement.charge.sum()) + statement.gap) / size
    note = words("companies.owners_note", total=words.quantity(number(total), unit))
    return Table(
        "owners", columns, words("companies.owners"), notes=[note], interactive=len(lines) > EXTREMES
    )


def _owned(view: PlanView, line: OwnerLine) -> str:
    if isinstance(line.kind, LimitKind):
        return name_limit(view.words, line.kind, line.name)
    return view.words(f"companies.{line.kind.name.lower()}", name=line.name)


def _compared(view: PlanView, local: Floats, change: Floats) -> list[Column]:
    words, currency = view.words, view.problem.currency
    return [
        Column("all_local_cost", words("companies.all_local", unit=currency), local),
        Column("change", words("change_in", unit=currency), change, signed=True),
        Column("change_share", words("change_share"), shares(change, local), percent=True, signed=True),
    ]


def _extremes(view: PlanView, change: Floats) -> Chart:
    """Draw the companies whose cost falls most and those whose cost falls least or rises."""
    words, names = view.words, view.problem.companies.names
    order = np.argsort(change, kind="stable")
    ends = order if len(order) <= 2 * EXTREMES else np.concatenate((order[:EXTREMES], order[-EXTREMES:]))
    shown, (factor, unit) = ends[::-1], words.scale(view.problem.currency, *change[ends].tolist())
    sides = [
        (words("companies.less"), shown[change[shown] <= 0]),
        (words("companies.more"), shown[change[shown] > 0]),
    ]
    bars = [
        horizontal_bars(name, [names[c] for c in side.tolist()], change[side] / factor, place)
        for place, (name, side) in enumerate(sides)
        if len(side)
    ]
    companies_axis = {"categoryorder": "array", "categoryarray": [names[c] for c in shown.tolist()]}
    drawn = figure(bars, xaxis=axis(unit), yaxis=companies_axis, bargap=0.25)
    losers = int((change > 0).sum())
    summary = words("chart.changes.summary", count=losers, all=len(change))
    note = words.sentences(summary, words("companies.why_more")) if losers else summary
    height = 120 + 25 * len(shown)
    return chart(words, "changes", {"": drawn}, unit=unit, summary=summary, note=note, height=height)


def _company_table(view: PlanView, bills: Bills) -> Table:
    """List every company with its statement; the page of a company is made from its row."""
    words, problem, mine = view.words, view.problem, bills.statements
    owner, tiers = problem.workloads.company, problem.companies.tiers
    count = np.bincount(owner, minlength=problem.companies.size)
    columns = [
        Column("company", words("companies.company"), mine.names, company=True),
        *([Column("tier", words("companies.tier"), tiers, choice=True)] if any(tiers) else []),
        Column("workloads", words("companies.workloads"), count.astype(np.float64), digits=0),
        Column("work_unit_h", words("work_in"), mine.work_unit_h.sum(axis=1)),
        Column("cost", words("cost_in", unit=problem.currency), mine.cost.total),
    ]
    if bills.local_cost is not None and bills.change is not None:
        columns += _compared(view, bills.local_cost, bills.change)
    if bills.marginal_charge is not None:
        label = words("companies.marginal", unit=objective_scale(problem)[1])
        columns.append(Column("marginal_charge", label, bills.marginal_charge))
    columns += [
        *_carbon(view, mine),
        Column("energy_kwh", words("energy_kwh"), mine.energy_kwh),
        *_cost_parts(view, mine),
        Column("shortfall_unit_h", words("shortfall_in"), mine.short_unit_h),
    ]
    columns += [
        Column(f"place.{name}", words("companies.at", site=name), sum_by(owner, work, len(mine.names)))
        for name, work in zip(view.places, view.by_place_unit_h.T, strict=True)
    ]
    notes = [words("companies.table_note")]
    title = words("companies.table")
    return Table(COMPANIES, columns, title, sort="-cost", notes=notes, interactive=True)


def _carbon(view: PlanView, statements: Statements) -> list[Column]:
    return [
        Column(f"{basis}_t", view.words.carbon_t(basis), kg / KG_PER_T)
        for basis, kg in statements.emissions_kg.bases().items()
    ]


def _cost_parts(view: PlanView, mine: Statements) -> list[Column]:
    """Give the parts of the cost that there are, and what the objective adds to it."""
    words, currency = view.words, view.problem.currency
    penalty = words("costs.shortfall_penalty", unit=currency)
    return [
        *(
            Column(part, words("companies.part", part=words.cost_part(part), unit=currency), amounts)
            for part, amounts in mine.cost.parts().items()
            if amounts.any()
        ),
        Column("shortfall_penalty", penalty, mine.shortfall_penalty),
        Column("carbon_charge", words("costs.carbon_charge", unit=currency), mine.carbon_charge),
    ]


def _workload_table(view: PlanView) -> Table:
    """List every workload with its main site, cost and carbon."""
    words, problem, mine = view.words, view.problem, view.account.statements
    work, total = mine.work_unit_h, mine.work_unit_h.sum(axis=1)
    share = shares(work.max(axis=1, initial=0.0), total)
    main = [
        problem.sites.names[s] if done else "" for s, done in zip(work.argmax(axis=1), total > 0, strict=True)
    ]
    owners = [problem.companies.names[c] for c in problem.workloads.company.tolist()]
    columns = [
        Column("workload", words("workloads.workload"), problem.workloads.names),
        Column("company", words("companies.company"), owners, company=True),
        Column("main_site", words("main_site"), main, choice=True),
        Column("main_share", words("workloads.main_share"), share, percent=True),
        Column("work_unit_h", words("work_in"), total),
        Column("cost", words("cost_in", unit=problem.currency), mine.cost.total),
        *_carbon(view, mine),
        Column("moves", words("workloads.moves"), view.solution.moves.times, digits=0),
    ]
    if mine.short_unit_h.any():
        columns.append(Column("shortfall_unit_h", words("shortfall_in"), mine.short_unit_h))
    return Table(WORKLOADS, columns, words("workloads.title"), sort="-cost", interactive=True)
