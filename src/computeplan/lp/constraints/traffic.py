"""The traffic on a link is that of all work whose route takes it.

traffic[l,t] − Σ gb[q] · work[q,p,t] − Σ share[w,p] · (gb[w] · d[w,t] + data[w] · Δ[t] / real hours) = 0

over the pairs (q,p) and (w,p) whose route has link l; the gb of jobs includes their data sets, data / volume.
A fixed workload's data set is moved evenly over the horizon. Bandwidth is a bound of traffic.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Bools, Ints, Problem


def add(assembly: Assembly) -> Ints:
    """Add one row for each link that work may use and period; (L, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    links = np.flatnonzero(variables.traffic[:, 0] != ABSENT)
    zero = np.zeros((1, 1))
    rows = assembly.row_per_period("traffic", links, zero, zero)
    assembly.assembler.add_entries(rows, variables.traffic[links], 1.0)
    for link, link_rows in zip(links, rows, strict=True):
        on_route = _on_route(problem, link)
        _add_work(assembly, on_route, link_rows)
        _add_shares(assembly, on_route, link_rows)
    return assembly.all_periods(problem.network.links, links, rows)


def _on_route(problem: Problem, link: np.integer) -> Bools:
    """(R, P) whether work of a need in a pool takes the link."""
    site_zone = problem.sites.zone[problem.pools.site]
    by_need: Bools = problem.network.route[:, :, link][problem.needs.zone][:, site_zone]
    return by_need


def _add_work(assembly: Assembly, on_route: Bools, rows: Ints) -> None:
    variables, placements = assembly.variables, assembly.placements
    need = placements.need[variables.work_placement]
    at = np.flatnonzero(on_route[need, variables.work_pool])
    gb = placements.gb_per_unit_h[variables.work_placement[at]]
    assembly.assembler.add_entries(rows[variables.work_period[at]], variables.work[at], -gb)


def _add_shares(assembly: Assembly, on_route: Bools, rows: Ints) -> None:
    variables, problem = assembly.variables, assembly.problem
    need = problem.workloads.need[variables.share_workload]
    at = np.flatnonzero(on_route[need, variables.share_pool])
    workload = variables.share_workload[at]
    gb = problem.needs.traffic_gb_per_unit_h[need[at]][:, None]
    data_gb = problem.workloads.data_gb[workload][:, None]
    moved = gb * assembly.demand.of(workload) + data_gb * problem.horizon.hours / problem.horizon.real_hours
    assembly.assembler.add_entries(rows[None, :], variables.share[at][:, None], -moved)
