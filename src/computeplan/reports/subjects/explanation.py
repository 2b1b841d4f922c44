"""The answer about one thing of a plan: why work runs there, what a company pays, what binds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from computeplan.accounts.statements import Statements
from computeplan.explanations.part import PartCase
from computeplan.explanations.site import SiteCase, Tenant
from computeplan.explanations.workload import Choice, CompanyCase, WorkloadCase
from computeplan.folder.summary import number as finite
from computeplan.prices.limits import price_limit
from computeplan.problem import Goal, Problem
from computeplan.reports.blocks import (
    Block,
    Column,
    Data,
    Facts,
    Line,
    Medium,
    Prose,
    Table,
    Tone,
    faint,
    line,
)
from computeplan.reports.subjects.costs import compare_amounts
from computeplan.reports.subjects.decisions import decision_table
from computeplan.reports.subjects.limits import limits_table, shown_limits, why_no_prices
from computeplan.reports.subjects.plan_view import objective_scale
from computeplan.reports.subjects.schedule import hours_table
from computeplan.reports.words import ENGLISH
from computeplan.runs.explanation import Explanation
from computeplan.text import NO_VALUE, counted, number, percent, signed

MOST = 15
"""Workloads or companies listed, the largest."""

SAME = 1e-6
"""A unit·h that costs more by less than this share of the largest difference costs the same."""


def describe_explanation(found: Explanation) -> list[Block]:
    """Explain a workload, a site or a company."""
    problem = found.run.plan.problem
    if isinstance(found.case, WorkloadCase):
        return _describe_workload(found, found.case)
    if isinstance(found.case, SiteCase):
        return _describe_site(found, found.case)
    if isinstance(found.case, PartCase):
        return _describe_part(found, found.case)
    return _describe_company(problem, found.case, found.local)


def _describe_workload(found: Explanation, case: WorkloadCase) -> list[Block]:
    """Say where a workload runs and in which hours, and for every other pool why not."""
    problem = found.run.plan.problem
    possible = [choice for choice in case.choices if choice.is_used or not choice.excluded]
    excluded = [choice for choice in case.choices if choice.excluded]
    return [
        Prose([_headline(problem, case)]),
        _workload_data(problem, case),
        *hours_table(found.run.require_solution("explain").allocation, case.index, most=MOST),
        *([_possible(problem, case, possible)] if possible else []),
        *([_excluded(problem, excluded)] if excluded else []),
        Prose([faint(_meaning(problem, case))]),
    ]


def _workload_data(problem: Problem, case: WorkloadCase) -> Data:
    pools = [
        {
            "pool": choice.pool,
            "site": choice.site,
            "work_unit_h": choice.work_unit_h,
            "excluded": list(choice.excluded),
            "extra_cost": finite(choice.extra_cost),
            "parts": choice.extra,
            "extra_carbon_kg": finite(choice.extra_kg),
            "would_come": _would_come(problem, choice, _least(case)),
        }
        for choice in case.choices
    ]
    return Data(
        {
            "workload": problem.workloads.names[case.index],
            "company": problem.companies.names[problem.workloads.company[case.index]],
            "work_unit_h": case.work_unit_h,
            "shortfall_unit_h": case.shortfall_unit_h,
            "done_at_once": finite(case.at_once),
            "unit": _unit(problem),
            "pools": pools,
        }
    )


def _headline(problem: Problem, case: WorkloadCase) -> Line:
    register, index = problem.workloads, case.index
    zone = problem.network.zone_names[int(problem.needs.zone[register.need[index]])]
    company = problem.companies.names[register.company[index]]
    text = f" of {company}, from {zone}: {number(case.work_unit_h)} unit·h"
    if case.shortfall_unit_h > 0:
        text += f", shortfall {number(case.shortfall_unit_h)} unit·h"
    wait_h = float(register.max_delay_h[index])
    if wait_h and not math.isnan(case.at_once):
        text += f"; {percent(case.at_once)} at once, the rest within {number(wait_h)} h"
    return line((f"workload {register.names[index]}", Tone.STRONG), text)


def _possible(problem: Problem, case: WorkloadCase, choices: Sequence[Choice]) -> Table:
    least, work = _least(case), case.work_unit_h
    used = [
        percent(choice.work_unit_h / work if work else 0.0) if choice.is_used else "" for choice in choices
    ]
    why = [filter(None, (_parts(choice, least), _would_come(problem, choice, least))) for choice in choices]
    columns = [
        Column("pool", "pool", [choice.pool for choice in choices]),
        Column("work", "work", used, right=True),
        _extra_cost(problem, choices),
        Column("extra_carbon", "extra kg/unit·h", [c.extra_kg for c in choices], digits=3, signed=True),
        Column("why", "of which", ["; ".join(texts) for texts in why]),
    ]
    return Table("", columns)


def _extra_cost(problem: Problem, choices: Sequence[Choice], digits: int = 3) -> Column:
    extra = [choice.extra_cost for choice in choices]
    return Column("extra_cost", f"extra {_unit(problem)}", extra, digits=digits, signed=True)


def _parts(choice: Choice, least: float) -> str:
    """List the parts of a difference, the largest first."""
    parts = sorted(choice.extra.items(), key=lambda part: -abs(part[1]))
    return ", ".join(
        f"{part} {signed(number(amount, 3), amount)}" for part, amount in parts if abs(amount) > least
    )


def _excluded(problem: Problem, choices: Sequence[Choice]) -> Table:
    columns = [
        Column("pool", "excluded pool", [choice.pool for choice in choices]),
        _extra_cost(problem, choices, digits=4),
        Column("by", "excluded by", ["; ".join(choice.excluded) for choice in choices]),
    ]
    return Table("", columns)


def _least(case: WorkloadCase) -> float:
    """Smallest difference that is one."""
    return SAME * max((abs(amount) for c in case.choices for amount in c.extra.values()), default=0.0)


def _would_come(problem: Problem, choice: Choice, least: float) -> str:
    """Say what would bring a first unit·h to a pool that may take it."""
    if choice.is_used or not choice.extra:
        return ""
    if choice.excluded:
        return f"without: {'; '.join(choice.excluded)}"
    if choice.extra_cost <= least:
        return "costs the same"
    unit = _unit(problem).split("/")[0]
    cheaper = f"would be used if {number(choice.extra_cost, 3)} {unit}/unit·h"
    if choice.kwh > 0 and problem.objective.goal is Goal.COST:
        cheaper += f" or {number(choice.extra_cost / choice.kwh, 3)} {unit}/kWh"
    return f"{cheaper} cheaper"


def _unit(problem: Problem) -> str:
    return f"{problem.objective_unit}/unit·h"


def _meaning(problem: Problem, case: WorkloadCase) -> str:
    if not any(choice.extra for choice in case.choices):
        return "There is nothing to compare: no work is done, or the solver gives no prices."
    return (
        f"Extra {_unit(problem)} and extra kg/unit·h ({problem.objective.basis.value} basis): what a first "
        "unit·h would cost and emit there, more than where the workload runs now, at the same hours and the "
        "plan's prices. Full capacity counts at what its last unit·h saves."
    )


def _describe_site(found: Explanation, case: SiteCase) -> list[Block]:
    """Say what to decide of a site, how full its pools are, what binds, and which companies fill it."""
    problem = found.run.plan.problem
    name, zone = problem.sites.names[case.index], problem.sites.zone[case.index]
    companies = counted(len(case.tenants), "company", "companies")
    work = _by_hardware(case.work_unit_h, case.hardware)
    text = f" in {problem.network.zone_names[int(zone)]}: {work} of {companies}"
    return [
        Prose([line((f"site {name}", Tone.STRONG), text)]),
        Data({"site": name, "decisions": [], "limits": [], "companies": []}),
        _decisions_here(found, name),
        _pools_here(case),
        _limits_that_bind(found, case),
        _tenants(case.tenants, case.hardware),
    ]


def _by_hardware(work: Sequence[float], hardware: Sequence[str]) -> str:
    """Write work, of several kinds of hardware apart."""
    if len(hardware) < 2:
        return f"{number(sum(work))} unit·h"
    return ", ".join(f"{number(amount)} {name}·h" for amount, name in zip(work, hardware, strict=True))


def _decisions_here(found: Explanation, site: str) -> Block:
    here = [each for each in found.run.decisions if each.decision.site == site]
    if not here:
        return Prose(["There is nothing to decide here: the plan uses what is there."])
    return decision_table(ENGLISH, found.run.plan.problem.currency, here, "", ENGLISH("all_local"))


def _pools_here(case: SiteCase) -> Table:
    pools = case.pools
    columns = [
        Column("pool", "pool", [pool.pool for pool in pools]),
        Column("hardware", "hardware", [pool.hardware for pool in pools]),
        Column("work_unit_h", "work, unit·h", [pool.work_unit_h for pool in pools]),
        Column("busy_unit_h", "busy unit·h", [pool.busy_unit_h for pool in pools]),
        Column("peak_units", "peak units", [pool.peak_units for pool in pools]),
        Column("mean_units", "mean units", [pool.mean_units for pool in pools]),
        Column("utilization", "utilization", [pool.utilization for pool in pools], percent=True),
    ]
    return Table("pools", columns, groups=range(len(pools)))


def _describe_part(found: Explanation, case: PartCase) -> list[Block]:
    """Say how much of a pool, contract or link is used, or what happens in an hour."""
    shown = [(label, amount, unit) for label, amount, unit in case.amounts.values() if not math.isnan(amount)]
    blocks: list[Block] = [
        Prose([line((f"{case.kind} {case.name}", Tone.STRONG))]),
        Data(
            {
                case.kind.value: case.name,
                **{key: finite(amount) for key, (_, amount, _) in case.amounts.items()},
                "limits": [],
                "companies": [],
            }
        ),
        Facts([(label, _with_unit(amount, unit)) for label, amount, unit in shown]),
    ]
    for key, (names, columns) in case.rows.items():
        listed = [
            Column(name, label, values, percent=name == "utilization")
            for name, (label, values) in columns.items()
        ]
        blocks += [Table(key, [Column(key[:-1], key[:-1], names), *listed])] if names else []
    blocks.append(_limits_that_bind(found, case))
    if case.tenants:
        blocks.append(_tenants(case.tenants, ("",)))
    return blocks


def _with_unit(amount: float, unit: str) -> str:
    return f"{number(amount)} {unit}" if math.isfinite(amount) else "no limit"


def _limits_that_bind(found: Explanation, case: SiteCase | PartCase) -> Block:
    problem = found.run.plan.problem
    binding = [price_limit(problem, limits, thing) for limits, thing in case.binding]
    if binding:
        priced = {(each.kind, each.name) for each in binding}
        eased = [each for each in found.run.eased if (each.kind, each.name) in priced]
        return limits_table(problem, shown_limits(binding, eased), ENGLISH, most=None)
    what = case.kind.value if isinstance(case, PartCase) else "site"
    none = f"No limit {'binds in this hour' if what == 'hour' else f'of this {what} binds'}."
    return Prose([ENGLISH(why_no_prices(problem)) if problem.is_bounded_by_solver else none])


def _tenants(tenants: Sequence[Tenant], hardware: Sequence[str]) -> Block:
    """List companies with their work on each kind of hardware, and its share."""
    if not tenants:
        return Prose(["No work runs here."])
    columns = [
        Column("company", "company", [tenant.company for tenant in tenants]),
        Column("workloads", "workloads", [tenant.workloads for tenant in tenants], digits=0),
    ]
    for place, name in enumerate(hardware):
        work = np.array([tenant.work_unit_h[place] for tenant in tenants])
        several = len(hardware) > 1
        key, on = (f"{name}_", f" on {name}") if several else ("", "")
        columns += [
            Column(f"{key}work_unit_h", f"work{on}, unit·h", work),
            Column(
                f"{key}share",
                f"share{on}",
                work / max(float(work.sum()), 1e-300),
                percent=True,
                medium=Medium.READ,
            ),
        ]
    return Table("companies", columns, most=MOST)


def _describe_company(problem: Problem, case: CompanyCase, local: Statements | None) -> list[Block]:
    """Say what a company gets and pays, against the all-local plan, and where its workloads run."""
    name, tier = problem.companies.names[case.index], problem.companies.tiers[case.index]
    text = f"{f' ({tier})' if tier else ''}: {counted(len(case.workloads), 'workload')}"
    size, unit = objective_scale(problem)
    charge = f"Charge at the margin: {number(case.marginal_charge / size)} {unit}."
    notes = [charge] if np.isfinite(case.marginal_charge) else []
    sites = (*problem.sites.names, NO_VALUE)  # the last is that of −1: nothing is done
    columns = [
        Column("workload", "workload", [problem.workloads.names[w] for w in case.workloads.tolist()]),
        Column("cost", f"cost, {problem.currency}", case.cost),
        Column("main_site", "main site", [sites[site] for site in case.main_site.tolist()]),
    ]
    amounts = compare_amounts(ENGLISH, problem.currency, case.statements, local, case.index)
    return [
        Prose([line((f"company {name}", Tone.STRONG), text)]),
        _company_data(problem, case, local),
        replace(amounts, notes=notes),
        _company_sites(problem, case),
        Table("workloads", columns, most=MOST),
    ]


def _company_data(problem: Problem, case: CompanyCase, local: Statements | None) -> Data:
    work = case.statements.work_unit_h[case.index].tolist()
    return Data(
        {
            "company": problem.companies.names[case.index],
            "tier": problem.companies.tiers[case.index],
            "currency": problem.currency,
            "statement": _statement(case.statements, case.index),
            "all_local": _statement(local, case.index) if local else None,
            "marginal_charge": finite(case.marginal_charge),
            "work_unit_h": dict(zip(problem.sites.names, work, strict=True)),
        }
    )


def _statement(statements: Statements, company: int) -> dict[str, object]:
    cost, kg = statements.cost, statements.emissions_kg
    return {
        "cost": {"total": float(cost.total[company])}
        | {part: float(amount[company]) for part, amount in cost.parts().items()},
        "shortfall_penalty": float(statements.shortfall_penalty[company]),
        "carbon_charge": float(statements.carbon_charge[company]),
        "energy_kwh": float(statements.energy_kwh[company]),
        "emissions_t": {basis: float(amount[company]) / 1000 for basis, amount in kg.bases().items()},
    }


def _company_sites(problem: Problem, case: CompanyCase) -> Table:
    work = case.statements.work_unit_h[case.index]
    used = np.flatnonzero(work > 0).tolist()
    columns = [
        Column("site", "site", [problem.sites.names[site] for site in used]),
        Column("work_unit_h", "work, unit·h", work[used]),
        Column("share", "share", work[used] / max(float(work.sum()), 1e-300), percent=True),
    ]
    return Table("", columns)
