"""Links that cannot carry the traffic of the work that has to use them."""

from __future__ import annotations

import numpy as np

from computeplan.explain.due import due_work
from computeplan.explain.excess import Excess, worst_excess
from computeplan.explain.obligation import has_to_be_done
from computeplan.explain.reason import Reason
from computeplan.explain.wording import listed, number, workloads_named
from computeplan.problem import GB_PER_H_PER_GBPS, Bools, Problem


def overloaded_links(problem: Problem) -> tuple[Reason, ...]:
    """Find the links with more traffic than bandwidth, whatever the plan.

    Traffic counts where every pool open to the work lies behind the link; data sets do not count.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        One for each such link, at its worst time.
    """
    network, needs = problem.network, problem.needs
    reasons = []
    for link in np.flatnonzero(np.isfinite(network.bandwidth_gb_per_h)).tolist():
        bound = _has_to_cross(problem, link) & (needs.traffic_gb_per_unit_h > 0)
        if not bound.any():
            continue
        due = due_work(problem, np.arange(needs.size), bound)
        gb = np.where(bound, needs.traffic_gb_per_unit_h, 0.0)
        supply = network.bandwidth_gb_per_h[link] * problem.horizon.hours
        excess = worst_excess(problem.horizon, due, gb, supply)
        if excess:
            reasons.append(_reason(problem, link, bound, excess))
    return tuple(reasons)


def _has_to_cross(problem: Problem, link: int) -> Bools:
    """(R,) whether a need has pools with units, and all of them lie behind a link."""
    allowed = problem.eligibility.allowed & (problem.pools.max_units > 0)
    zones = problem.sites.zone[problem.pools.site]
    behind = problem.network.route[:, :, link][problem.needs.zone][:, zones]
    return np.asarray(allowed.any(axis=1) & ~(allowed & ~behind).any(axis=1), dtype=bool)


def _reason(problem: Problem, link: int, bound: Bools, excess: Excess) -> Reason:
    network, work = problem.network, problem.workloads
    hours = float(problem.horizon.hours[excess.first : excess.last].sum())
    needed = number(excess.needed / hours / GB_PER_H_PER_GBPS)
    has = number(float(network.bandwidth_gb_per_h[link]) / GB_PER_H_PER_GBPS)
    counts = np.flatnonzero(has_to_be_done(problem) & bound[work.need])
    lines = [
        f"{work.names[w]}: {number(float(problem.needs.traffic_gb_per_unit_h[work.need[w]]))} GB per unit·h"
        for w in counts.tolist()
    ]
    return Reason(
        f"link {network.link_names[link]}",
        f"{excess.when(problem.horizon)}, {needed} Gbps of traffic have no other way, but the bandwidth is "
        f"{has} Gbps: {workloads_named(work.names, counts)}",
        listed(lines),
    )
