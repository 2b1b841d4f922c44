"""Policies: the budget, the cap on emissions, and rules on the work of a set of workloads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp.context import BuildContext
from computeplan.problem import Floats, Ints, Problem, RuleMeasure


def limit_budget(build: BuildContext) -> Ints:
    """Keep the cost within the budget; (0,) or (1,).

    Σ parts of the cost ≤ budget

    The shortfall penalty and the carbon charge are not part of the cost.
    """
    cost = build.program.cost.build(build.program.n_columns)
    return build.program.limit_form("budget", cost, build.problem.objective.budget)


def cap_emissions(build: BuildContext) -> Ints:
    """Keep the emissions on the objective's basis under the cap; (0,) or (1,).

    Σ ω · factor · (grid, contract, covered, traffic energy) + Σ embodied · new ≤ carbon_cap_kg
    """
    emissions = build.program.emissions.build(build.program.n_columns)
    return build.program.limit_form("carbon_cap", emissions, build.problem.objective.carbon_cap_kg)


def limit_rules(build: BuildContext) -> Ints:
    """Limit the shares, the cost or the emissions of sets of workloads; (U,).

    least share:  Σ ω · (least − [s(p) in sites]) · x ≤ 0
    most share:   Σ ω · ([s(p) in sites] − most) · x ≤ 0
    cost:    Σ ω · ((price[p,t] + busy · PUE · grid price) / η + unit cost + GB · route price) · x ≤ limit
    carbon:  Σ ω · (busy · PUE · location factor / η + GB · route kg) · x ≤ limit

    Over the work x of the set: that of its placements, and share · d of its fixed workloads, whose data
    sets count with the route's price or kg.
    """
    rules = build.problem.rules
    limit = np.where([measure.is_share for measure in rules.measure], 0.0, rules.limit)
    rows = build.add_rows("rule", rules.size, np.arange(rules.size), -np.inf, limit)
    for rule, row in enumerate(rows):
        rates = _rates_of(build.problem, rule)
        _count_work(build, rule, row, rates)
        _count_shares(build, rule, row, rates)
    return rows


@dataclass(frozen=True, eq=False)
class _Rates:
    """What a rule counts."""

    busy: Floats
    """(P, T) for a busy unit·h."""
    unit_h: Floats
    """(R, P) for a unit·h of work."""
    gb: Floats
    """(origins, P) for a GB from an origin, on the cheapest or cleanest path."""


def _rates_of(problem: Problem, rule: int) -> _Rates:
    pools, grid, network = problem.pools, problem.grid, problem.network
    busy, unit_h = np.zeros(pools.price.shape), np.zeros((problem.needs.size, pools.size))
    per_link = np.zeros(network.links)
    kwh = problem.busy_kw[:, None] * problem.pue
    inside = problem.rules.site[rule][pools.site].astype(np.float64)
    match problem.rules.measure[rule]:
        case RuleMeasure.LEAST_SHARE:
            unit_h += problem.rules.limit[rule] - inside
        case RuleMeasure.MOST_SHARE:
            unit_h += inside - problem.rules.limit[rule]
        case RuleMeasure.COST:
            busy += pools.price + kwh * grid.price[pools.site]
            unit_h += problem.needs.unit_cost[:, pools.site]
            per_link += network.price_per_gb
        case RuleMeasure.CARBON:
            busy += kwh * grid.location_kg_per_kwh[pools.site]
            per_link += network.energy_kwh_per_gb * network.kg_per_kwh
    return _Rates(busy, unit_h, problem.ways @ problem.extend_to_flows(per_link))


def _count_work(build: BuildContext, rule: int, row: np.int64, rates: _Rates) -> None:
    """Count the work of the rule's placements."""
    problem, placements = build.problem, build.placements
    keys = build.program.column_keys("work")
    at = np.flatnonzero(placements.member[rule][keys[0]])
    placement, pool, period = (key[at] for key in keys)
    need = placements.need[placement]
    of_unit = rates.busy[pool, period] / problem.eligibility.efficiency[need, pool] + rates.unit_h[need, pool]
    of_unit = of_unit + placements.gb_per_unit_h[placement] * rates.gb[problem.origin[need], pool]
    of_unit *= problem.horizon.weight[period]
    build.program.add_entries(np.full(len(at), row), build.columns["work"][at], of_unit)


def _count_shares(build: BuildContext, rule: int, row: np.int64, rates: _Rates) -> None:
    """Count the work and the data sets of the rule's fixed workloads."""
    problem, workloads = build.problem, build.problem.workloads
    keys = build.program.column_keys("share")
    at = np.flatnonzero(problem.rules.member[rule][keys[0]])
    workload, pool = (key[at] for key in keys)
    need = workloads.need[workload]
    demand = build.arrivals.by_period(workload) * problem.horizon.weight
    on_route = rates.gb[problem.origin[need], pool]
    of_unit = rates.unit_h[need, pool] + problem.needs.traffic_gb_per_unit_h[need] * on_route
    efficiency = problem.eligibility.efficiency[need, pool][:, None]
    of_share = (rates.busy[pool] / efficiency * demand).sum(axis=1)
    of_share += of_unit * demand.sum(axis=1) + workloads.data_gb[workload] * on_route
    build.program.add_entries(np.full(len(at), row), build.columns["share"][at], of_share)
