"""The traffic on a link is that of all work whose route takes it.

traffic[l,t] − Σ gb[w] · x[w,p,t] − Σ share[w,p] · (gb[w] · d[w,t] + data[w] · Δ[t] / real hours) = 0

over the pairs (w,p) whose route has link l; a job's gb includes its data set, data / volume. A fixed
workload's data set is moved evenly over the horizon. Bandwidth is a bound of traffic.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Bools, Floats, Ints, Problem


def add(assembly: Assembly) -> Ints:
    """Add one row for each link that work may use and period; (L, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    links = np.flatnonzero(variables.traffic[:, 0] != ABSENT)
    zero = np.zeros((1, 1))
    rows = assembly.row_per_period("traffic", links, zero, zero)
    assembly.assembler.add_entries(rows, variables.traffic[links], 1.0)
    gb_per_unit_h = traffic_gb_per_unit_h(problem)
    for link, link_rows in zip(links, rows, strict=True):
        on_route = _on_route(problem, link)
        _add_work(assembly, on_route, gb_per_unit_h, link_rows)
        _add_shares(assembly, on_route, gb_per_unit_h, link_rows)
    return assembly.all_periods(problem.network.links, links, rows)


def traffic_gb_per_unit_h(problem: Problem) -> Floats:
    """(W,) GB that travel with a unit·h, a job's data set included."""
    workloads = problem.workloads
    volume = np.where(workloads.volume_unit_h > 0, workloads.volume_unit_h, np.inf)
    moved = np.where(workloads.is_job, workloads.data_gb, 0.0) / volume
    return problem.needs.traffic_gb_per_unit_h[workloads.need] + moved


def _on_route(problem: Problem, link: np.integer) -> Bools:
    """(W, P) whether work of w in p takes the link."""
    site_zone = problem.sites.zone[problem.pools.site]
    by_need = problem.network.route[:, :, link][problem.needs.zone][:, site_zone]
    return by_need[problem.workloads.need]


def _add_work(assembly: Assembly, on_route: Bools, gb: Floats, rows: Ints) -> None:
    slots, variables = assembly.slots, assembly.variables
    workload = slots.workload[variables.work_slot]
    at = np.flatnonzero(on_route[workload, variables.work_pool])
    period = slots.period[variables.work_slot[at]]
    assembly.assembler.add_entries(rows[period], variables.work[at], -gb[workload[at]])


def _add_shares(assembly: Assembly, on_route: Bools, gb: Floats, rows: Ints) -> None:
    variables, horizon = assembly.variables, assembly.problem.horizon
    at = np.flatnonzero(on_route[variables.share_workload, variables.share_pool])
    workload = variables.share_workload[at]
    data_gb = assembly.problem.workloads.data_gb[workload][:, None]
    moved = gb[workload][:, None] * assembly.demand[workload]
    moved = moved + data_gb * horizon.hours / horizon.real_hours
    assembly.assembler.add_entries(rows[None, :], variables.share[at][:, None], -moved)
