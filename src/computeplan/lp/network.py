"""Network: traffic over links, and bandwidth that is leased."""

from __future__ import annotations

import numpy as np

from computeplan.lp.context import ABSENT, BuildContext
from computeplan.problem import Ints, Problem


def add_traffic(build: BuildContext) -> Ints:
    """0 ≤ traffic[l,t] ≤ Δ · bandwidth, GB over each link that work may use; (L, T).

    Where more can be leased, the limit is a constraint.
    """
    problem, network, horizon = build.problem, build.problem.network, build.problem.horizon
    used = _used_links(problem)
    bandwidth = np.where(network.max_leased_gb_per_h > 0, np.inf, network.bandwidth_gb_per_h)
    traffic = build.add_period_columns("traffic", network.links, used, bandwidth[used, None] * horizon.hours)
    build.program.cost.add(traffic[used], network.price_per_gb[used, None] * horizon.weight)
    kg_per_gb = network.energy_kwh_per_gb * network.kg_per_kwh
    build.program.emissions.add(traffic[used], kg_per_gb[used, None] * horizon.weight)
    return traffic


def _used_links(problem: Problem) -> Ints:
    """Find the links on a route that work may take."""
    need, pool = np.nonzero(problem.eligibility.allowed & problem.needs.travels[:, None])
    ways = problem.ways[problem.origin[need], pool].any(axis=0)
    used, flows = np.split(ways, [problem.network.links])
    options = problem.routing.option_path[flows[problem.routing.option_flow]]
    return np.flatnonzero(used | problem.network.path[options].any(axis=0))


def add_routed(build: BuildContext) -> Ints:
    """routed[o,t] ≥ 0, GB of a flow over one of the paths that it may take; (O, T)."""
    options = len(build.problem.routing.option_flow)
    return build.add_period_columns("routed", options, np.arange(options), np.array(np.inf))


def add_leased(build: BuildContext) -> Ints:
    """0 ≤ leased[l] ≤ max_leased_gb_per_h, of both directions of a line at once; (L,)."""
    network = build.problem.network
    at = np.flatnonzero(network.leases)
    leased = build.add_columns("leased", network.links, at, upper=network.max_leased_gb_per_h[at])
    build.program.cost.add(leased[at], network.lease_price[at])
    return leased[network.line]


def define_traffic(build: BuildContext) -> Ints:
    """Make the traffic on a link that of all work whose route takes it; (L, T).

    traffic[l,t] − Σ gb[q] · work[q,p,t] − Σ share[w,p] · (gb[w] · d[w,t] + data[w] · Δ[t] / real hours)
        − Σ_o routed[o,t] = 0

    Over the pairs (q,p) and (w,p) with one route, which has link l, and the options o whose path has it. The
    gb of jobs includes their data sets, data / volume. A fixed workload's data set is moved evenly over the
    horizon.
    """
    traffic = build.columns["traffic"]
    at = np.flatnonzero(traffic[:, 0] != ABSENT)
    rows = build.add_period_rows("traffic", len(traffic), at, 0.0, 0.0)
    build.program.add_entries(rows[at], traffic[at], 1.0)
    routing = build.problem.routing
    for link in at.tolist():
        _count_link(build, link, rows[link])
        options = np.flatnonzero(build.problem.network.path[routing.option_path, link])
        build.program.add_entries(rows[link][None, :], build.columns["routed"][options], -1.0)
    return rows


def route_flows(build: BuildContext) -> Ints:
    """Send all traffic of a flow over the paths that it may take; (F, T).

    Σ_o routed[o,t]
        − Σ gb[q] · work[q,p,t] − Σ share[w,p] · (gb[w] · d[w,t] + data[w] · Δ[t] / real hours) = 0

    Over the options o of the flow and the pairs (q,p) and (w,p) in it: those between the same two zones, of
    which several paths are within the largest latency.
    """
    routing = build.problem.routing
    rows = build.add_period_rows("routing", routing.flows, np.arange(routing.flows), 0.0, 0.0)
    build.program.add_entries(rows[routing.option_flow], build.columns["routed"], 1.0)
    if routing.flows:
        flow = routing.flow_of[:, build.problem.pool_zone]
        _count_work(build, flow, rows)
        _count_shares(build, flow, rows)
    return rows


def _count_link(build: BuildContext, link: int, rows: Ints) -> None:
    """Count the traffic of work whose only route takes a link."""
    on_link = build.problem.ways[:, :, link][build.problem.origin]
    way = np.where(on_link, 0, ABSENT)
    _count_work(build, way, rows[None, :])
    _count_shares(build, way, rows[None, :])


def _count_work(build: BuildContext, way: Ints, rows: Ints) -> None:
    """Count the traffic of the placements' work in the rows (n, T) of its way (R, P)."""
    placement, pool, period = build.program.column_keys("work")
    way = way[build.placements.need[placement], pool]
    at = np.flatnonzero(way != ABSENT)
    gb = build.placements.gb_per_unit_h[placement[at]]
    build.program.add_entries(rows[way[at], period[at]], build.columns["work"][at], -gb)


def _count_shares(build: BuildContext, way: Ints, rows: Ints) -> None:
    """Count the traffic and the data sets of fixed workloads in the rows (n, T) of their way (R, P)."""
    problem = build.problem
    workload, pool = build.program.column_keys("share")
    way = way[problem.workloads.need[workload], pool]
    at = np.flatnonzero(way != ABSENT)
    workload = workload[at]
    gb = problem.needs.traffic_gb_per_unit_h[problem.workloads.need[workload], None]
    data_gb = problem.workloads.data_gb[workload, None]
    moved = (
        gb * build.arrivals.by_period(workload) + data_gb * problem.horizon.hours / problem.horizon.real_hours
    )
    build.program.add_entries(rows[way[at]], build.columns["share"][at][:, None], -moved)


def limit_to_leased(build: BuildContext) -> Ints:
    """Limit the traffic on a link to its bandwidth and what is leased; (L, T).

    traffic[l,t] − Δ[t] · leased[l] ≤ Δ[t] · bandwidth[l]
    """
    hours, traffic, leased = build.problem.horizon.hours, build.columns["traffic"], build.columns["leased"]
    at = np.flatnonzero((leased != ABSENT) & (traffic[:, 0] != ABSENT))
    there = build.problem.network.bandwidth_gb_per_h[at, None] * hours
    return build.limit("leased_bandwidth", at, "traffic", leased[at, None], per=hours, there=there)
