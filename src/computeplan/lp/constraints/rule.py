"""Rules on the work of a set of workloads.

least share:  Σ ω · (least − [s(p) in sites]) · x ≤ 0
most share:   Σ ω · ([s(p) in sites] − most) · x ≤ 0
cost:         Σ ω · ((price[p,t] + busy · PUE · grid price) / η + unit cost + GB · route price) · x ≤ limit
carbon:       Σ ω · (busy · PUE · location factor / η + GB · route kg) · x ≤ limit

over the work x of the set: that of its placements, and share · d of its fixed workloads, whose data sets
count with the route's price or kg.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Floats, Ints, Problem, RuleMeasure


def add(assembly: Assembly) -> Ints:
    """Add one row for each rule; (U,) row indices."""
    rules = assembly.problem.rules
    limit = np.where([measure.is_share for measure in rules.measure], 0.0, rules.limit)
    rows = assembly.assembler.add_rows("rule", (np.arange(rules.size),), -np.inf, limit)
    for rule, row in enumerate(rows):
        _add_work(assembly, rule, row)
        _add_shares(assembly, rule, row)
    return rows


def _add_work(assembly: Assembly, rule: int, row: np.int64) -> None:
    problem, placements, variables = assembly.problem, assembly.placements, assembly.variables
    at = np.flatnonzero(placements.member[rule][variables.work_placement])
    placement, pool, period = variables.work_placement[at], variables.work_pool[at], variables.work_period[at]
    need = placements.need[placement]
    busy, money, per_gb = _rates(problem, rule)
    of_unit = busy[pool, period] / problem.eligibility.efficiency[need, pool] + money[need, pool]
    of_unit = of_unit + placements.gb_per_unit_h[placement] * per_gb[problem.needs.zone[need], pool]
    of_unit *= problem.horizon.weight[period]
    assembly.assembler.add_entries(np.full(len(at), row), variables.work[at], of_unit)


def _add_shares(assembly: Assembly, rule: int, row: np.int64) -> None:
    problem, variables, workloads = assembly.problem, assembly.variables, assembly.problem.workloads
    at = np.flatnonzero(problem.rules.member[rule][variables.share_workload])
    workload, pool = variables.share_workload[at], variables.share_pool[at]
    need = workloads.need[workload]
    busy, money, per_gb = _rates(problem, rule)
    demand = assembly.demand.of(workload) * problem.horizon.weight
    on_route = per_gb[problem.needs.zone[need], pool]
    of_unit = money[need, pool] + problem.needs.traffic_gb_per_unit_h[need] * on_route
    of_share = (busy[pool] / problem.eligibility.efficiency[need, pool][:, None] * demand).sum(axis=1)
    of_share += of_unit * demand.sum(axis=1) + workloads.data_gb[workload] * on_route
    assembly.assembler.add_entries(np.full(len(at), row), variables.share[at], of_share)


def _rates(problem: Problem, rule: int) -> tuple[Floats, Floats, Floats]:
    """Rates of a busy unit·h (P, T), of a unit·h of work (R, P), and of a GB (Z, P)."""
    pools, grid, network = problem.pools, problem.grid, problem.network
    busy, money = np.zeros(pools.price.shape), np.zeros((problem.needs.size, pools.size))
    per_gb = np.zeros((len(network.zone_names), pools.size))
    kwh = problem.busy_kw[:, None] * problem.pue
    routes = network.route[:, problem.sites.zone[pools.site]]
    inside = problem.rules.site[rule][pools.site].astype(np.float64)
    match problem.rules.measure[rule]:
        case RuleMeasure.LEAST_SHARE:
            money += problem.rules.limit[rule] - inside
        case RuleMeasure.MOST_SHARE:
            money += inside - problem.rules.limit[rule]
        case RuleMeasure.COST:
            busy += pools.price + kwh * grid.price[pools.site]
            money += problem.needs.unit_cost[:, pools.site]
            per_gb += routes @ network.price_per_gb
        case RuleMeasure.CARBON:
            busy += kwh * grid.location_kg_per_kwh[pools.site]
            per_gb += routes @ (network.energy_kwh_per_gb * network.kg_per_kwh)
    return busy, money, per_gb
