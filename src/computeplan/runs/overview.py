"""What people read of a plan, as plain data: decisions, shortfall, who pays more, limits, sites and pools."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from computeplan.accounts.accounts import L_PER_M3, Accounts
from computeplan.accounts.capacity import present_units
from computeplan.accounts.decisions import NOTHING, DecisionChange, decision_rows
from computeplan.accounts.statements import Statements, company_statements
from computeplan.folder.summary import number
from computeplan.folder.tables import WorkloadAccount
from computeplan.prices.limits import list_limit_prices
from computeplan.problem import KG_PER_T, Bools, Floats, Problem, Term, sum_by
from computeplan.solvers.plan import Solution
from computeplan.studies.ranging import EasedLimit

MOST_LISTED = 20
"""Workloads and companies listed; the tables have all."""

SAME = 5e-4
"""A smaller relative difference of cost rounds to nothing."""

KWH_PER_MWH = 1000.0

KEYS = ("decisions", "moved_workloads", "short", "companies", "limits", "sites", "network", "pools")


def overview(
    solution: Solution,
    account: WorkloadAccount,
    decisions: Sequence[DecisionChange],
    local: Statements | None,
    eased: Sequence[EasedLimit],
) -> dict[str, object]:
    """Give what people read of a plan, under each of `KEYS`.

    `local`: of the companies in the all-local plan, to compare with.
    """
    problem = solution.allocation.problem
    return {
        "decisions": decision_rows(decisions),
        "moved_workloads": int(moved_workloads(problem, account.by_pool_unit_h).sum()),
        "short": _short(problem, account.statements),
        "companies": _companies(problem, account.statements, local),
        "limits": _limits(problem, solution, eased),
        "sites": _sites(problem, solution.accounts),
        "network": {
            "cost": number(float(solution.accounts.network.cost.sum())),
            "emissions_t": number(float(solution.accounts.network.emissions_kg.sum()) / KG_PER_T),
        },
        "pools": _pools(problem, solution),
    }


def moved_workloads(problem: Problem, by_pool_unit_h: Floats) -> Bools:
    """(W,) which workloads do most of (W, P) work outside their zone, although it could do some."""
    need = problem.workloads.need
    at_home = np.where(problem.local[need], by_pool_unit_h, 0.0).sum(axis=1)
    could_stay = np.asarray((problem.eligibility.allowed & problem.local).any(axis=1))[need]
    moved: Bools = could_stay & (at_home < 0.5 * by_pool_unit_h.sum(axis=1))
    return moved


def short_workloads(statements: Statements) -> list[int]:
    """List the workloads with shortfall, most first."""
    short = statements.short_unit_h
    order = np.argsort(-short, kind="stable")
    return [int(w) for w in order[short[order] > NOTHING]]


def cost_rises(mine: Floats, before: Floats) -> list[int]:
    """List the rows whose cost is higher than before, the greatest rise first."""
    more = mine - before
    rises = more > SAME * np.maximum(np.abs(before), np.abs(mine))
    return [int(c) for c in np.argsort(-more, kind="stable") if rises[c]]


def _short(problem: Problem, statements: Statements) -> dict[str, object]:
    found = short_workloads(statements)
    listed = [
        {
            "workload": problem.workloads.names[w],
            "company": problem.companies.names[problem.workloads.company[w]],
            "unit_h": float(statements.short_unit_h[w]),
        }
        for w in found[:MOST_LISTED]
    ]
    return {"workloads": len(found), "largest": listed}


def _companies(problem: Problem, workloads: Statements, local: Statements | None) -> dict[str, object]:
    """Sum up the companies by tier, and list those that pay more than in the all-local plan."""
    mine = company_statements(problem, workloads)
    rises = cost_rises(mine.cost.total, local.cost.total) if local else []
    listed = [
        {
            "company": problem.companies.names[c],
            "cost": float(mine.cost.total[c]),
            "all_local_cost": float(local.cost.total[c]) if local else None,
        }
        for c in rises[:MOST_LISTED]
    ]
    pay_more = {"companies": len(rises), "largest": listed} if local else None
    return {"count": problem.companies.size, "pay_more": pay_more, "tiers": _tiers(problem, mine, local)}


def _tiers(problem: Problem, mine: Statements, local: Statements | None) -> list[dict[str, object]]:
    names = list(dict.fromkeys(problem.companies.tiers))
    tier = np.array([names.index(name) for name in problem.companies.tiers], dtype=np.int64)

    def summed(amounts: Floats) -> list[float]:
        return [float(amount) for amount in sum_by(tier, amounts, len(names))]

    emissions = {basis: summed(kg / KG_PER_T) for basis, kg in mine.emissions_kg.bases().items()}
    counts, cost = summed(np.ones(len(tier))), summed(mine.cost.total)
    before = summed(local.cost.total) if local else [None] * len(names)
    return [
        {
            "tier": name,
            "companies": int(counts[n]),
            "cost": cost[n],
            "all_local_cost": before[n],
            "emissions_t": {basis: tonnes[n] for basis, tonnes in emissions.items()},
        }
        for n, name in enumerate(names)
    ]


def _limits(
    problem: Problem, solution: Solution, eased: Sequence[EasedLimit]
) -> list[dict[str, object]] | None:
    """List the limits that bind; None where there are no dual prices and nothing was solved."""
    saved = {(each.kind, each.name): each for each in eased}
    if solution.prices is None and not saved:
        return None
    prices = list_limit_prices(problem, solution.prices) if solution.prices else []
    priced = {(each.kind, each.name): each for each in prices}
    return [
        {
            "limit": kind.value,
            "where": name,
            "unit": (priced.get((kind, name)) or saved[kind, name]).unit,
            "one_more_saves": priced[kind, name].one_more if (kind, name) in priced else None,
            "share_of_periods": priced[kind, name].share if (kind, name) in priced else None,
            "ten_percent_saves": saved[kind, name].saved if (kind, name) in saved else None,
        }
        for kind, name in dict.fromkeys((*priced, *saved))
    ]


def _sites(problem: Problem, accounts: Accounts) -> list[dict[str, object]]:
    sites, emissions = accounts.sites, accounts.sites.emissions_kg.bases()
    cost = sites.cost.total
    return [
        {
            "site": name,
            "zone": problem.network.zone_names[int(problem.sites.zone[s])],
            "energy_mwh": float(sites.facility_kwh[s]) / KWH_PER_MWH,
            "grid_mwh": float(sites.grid_kwh[s]) / KWH_PER_MWH,
            "contract_mwh": float(sites.contract_kwh[s]) / KWH_PER_MWH,
            "water_m3": float(sites.water_l[s]) / L_PER_M3,
            "cost": float(cost[s]),
            "emissions_t": {basis: float(kg[s]) / KG_PER_T for basis, kg in emissions.items()},
        }
        for s, name in enumerate(problem.sites.names)
    ]


def _pools(problem: Problem, solution: Solution) -> list[dict[str, object]]:
    pools, horizon = solution.accounts.pools, problem.horizon
    units, charges = pools.load_unit_h / horizon.hours, solution.accounts.charges
    there = present_units(problem, solution.decisions)
    cost = charges["units_in_use"] + charges["booked_units"] + charges["new_units"]
    return [
        {
            "pool": name,
            "site": problem.sites.names[problem.pools.site[p]],
            "hardware": problem.hardware.names[problem.pools.hardware[p]],
            "term": Term(problem.pools.term[p]).name.lower(),
            "units": number(float(there[p])),
            "mean_busy_units": float(pools.busy_unit_h[p]) / horizon.real_hours,
            "peak_busy_units": float(units[p].max(initial=0.0)),
            "utilization": number(float(pools.utilization[p])),
            "work_unit_h": float(pools.work_unit_h[p]),
            "cost": float(cost[p]),
        }
        for p, name in enumerate(problem.pools.names)
    ]
