"""Necessary conditions of a plan, checked without a solver: windows, standing limits, links and carbon.

Capacity has a module of its own. The bound on carbon lets every unit·h run in the pool that emits least, and
work that can wait in the cleanest period; capacities, networks and the links' energy are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from computeplan.accounts.requirements import job_period, job_window_h
from computeplan.explanations.capacity import (
    Excess,
    SharedLimit,
    overloaded_pools,
    shared_limits,
    units_in_any_case,
    whole_work_without_room,
    worst_excess,
)
from computeplan.explanations.diagnosis import Reason
from computeplan.explanations.eligibility import work_without_pool
from computeplan.explanations.mandatory_work import SLACK, due_work, has_to_be_done
from computeplan.explanations.wording import moment, workloads_named
from computeplan.problem import (
    GB_PER_H_PER_GBPS,
    KG_PER_T,
    Bools,
    CarbonBasis,
    Floats,
    Problem,
    Term,
)
from computeplan.text import counted, first_lines, number


def impossible(problem: Problem) -> tuple[Reason, ...]:
    """Say why no plan can exist, as far as simple conditions show it; each reason alone rules out every plan.

    None found does not mean that a plan exists: limits that none breaks alone may contradict together.
    """
    return (
        *work_without_pool(problem),
        *jobs_without_time(problem),
        *contradictory_limits(problem),
        *overloaded_pools(problem),
        *whole_work_without_room(problem),
        *overloaded_links(problem),
        *cap_below_cleanest(problem),
    )


def jobs_without_time(problem: Problem) -> tuple[Reason, ...]:
    """Find the jobs whose volume exceeds `max_rate` × window."""
    work, window = problem.workloads, job_window_h(problem)
    can_do = np.zeros(work.size)
    np.multiply(work.max_rate, window, out=can_do, where=window > 0)
    late = work.is_job & has_to_be_done(problem) & (work.volume_unit_h > can_do * (1 + SLACK))
    jobs = np.flatnonzero(late)
    if not jobs.size:
        return ()
    lines = [
        f"{work.names[w]}: volume {number(work.volume_unit_h[w])} unit·h > "
        f"max_rate {number(work.max_rate[w])} × window {number(window[w])} h"
        for w in jobs.tolist()
    ]
    statement = "cannot finish between release and deadline at the greatest rate"
    return (Reason(workloads_named(work.names, jobs), statement, first_lines(lines)),)


def contradictory_limits(problem: Problem) -> tuple[Reason, ...]:
    """Find caps and import limits that owned and least booked units exceed without any work."""
    return tuple(reason for limit in shared_limits(problem) for reason in _exceeded(problem, limit))


def _exceeded(problem: Problem, limit: SharedLimit) -> Iterator[Reason]:
    total = limit.standing.sum(axis=0)
    excess = total - limit.amount * (1 + SLACK)
    worst, times = int(excess.argmax()), int((excess > SLACK).sum())
    if not times:
        return
    more = f" (and in {counted(times - 1, 'more period')})" if times > 1 else ""
    what = "kW that idle units draw" if limit.unit == "kW" else "units that have to be booked"
    used = limit.standing[:, worst]
    lines = [f"{problem.pools.names[p]}: {number(float(used[p]))}" for p in np.flatnonzero(used).tolist()]
    yield Reason(
        limit.subject,
        f"at {moment(problem.horizon, worst)}{more}, the limit is {number(float(limit.amount[worst]))}, "
        f"below the {number(float(total[worst]))} {what} in any case",
        first_lines(lines),
    )


def cap_below_cleanest(problem: Problem) -> tuple[Reason, ...]:
    """Hold the carbon cap against the least emissions of any plan."""
    cap_kg = problem.objective.carbon_cap_kg
    if not np.isfinite(cap_kg) or not problem.pools.size:
        return ()
    factor = _cleanest_kg_per_kwh(problem)[problem.pools.site] * problem.horizon.weight
    standing_kg, work_kg, bought_kg = (
        _standing_kg(problem, factor),
        _work_kg(problem, factor),
        _bought_kg(problem),
    )
    least_kg = standing_kg + work_kg + bought_kg
    if least_kg <= cap_kg * (1 + SLACK) + SLACK:
        return ()
    parts = {"work": work_kg, "idle units": standing_kg, "energy bought in any case": bought_kg}
    return (
        Reason(
            f"carbon cap, {problem.objective.basis} basis",
            f"{number(cap_kg / KG_PER_T)} t are allowed, but with the cleanest energy and hardware it takes "
            f"{number(least_kg / KG_PER_T)} t",
            tuple(f"{what}: {number(kg / KG_PER_T)} t" for what, kg in parts.items() if kg > 0),
        ),
    )


def _cleanest_kg_per_kwh(problem: Problem) -> Floats:
    """(S, T) emissions of the cleanest kWh that a site may use."""
    grid, contracts = problem.grid, problem.contracts
    match problem.objective.basis:
        case CarbonBasis.LOCATION:
            return grid.location_kg_per_kwh
        case CarbonBasis.HOURLY:
            factor, own = grid.hourly_kg_per_kwh.copy(), contracts.kg_per_kwh
        case CarbonBasis.MARKET:
            # What is paid for anyway emits nothing more, and what it covers neither.
            factor, paid = grid.market_kg_per_kwh.copy(), contracts.take_or_pay
            own = np.where(paid, 0.0, contracts.kg_per_kwh)
            factor[contracts.site[paid]] = 0.0
            factor[grid.max_certificates_kwh > 0] = 0.0
    np.minimum.at(factor, contracts.site, np.where(contracts.most_kw > 0, own[:, None], np.inf))
    return factor


def _standing_kg(problem: Problem, factor: Floats) -> float:
    """Kg of owned and least booked units that idle, but at sites that may be closed."""
    idle_kw = (problem.idle_kw * units_in_any_case(problem))[:, None] * problem.pools.availability
    kwh = problem.pue * idle_kw * problem.horizon.hours
    return float((kwh * factor).sum())


def _bought_kg(problem: Problem) -> float:
    """Kg of generation that is paid for, used or not; counted on the market basis."""
    contracts, horizon = problem.contracts, problem.horizon
    if problem.objective.basis is not CarbonBasis.MARKET:
        return 0.0
    kg = np.where(contracts.take_or_pay, contracts.kg_per_kwh, 0.0)
    return float(kg @ contracts.available_kw @ (horizon.weight * horizon.hours))


def _work_kg(problem: Problem, factor: Floats) -> float:
    """Kg of all work that has to be done, each where and when it emits least."""
    work, horizon = problem.workloads, problem.horizon
    least = _least_kg_per_unit_h(problem, factor)
    able = np.isfinite(least.max(axis=1, initial=0.0))
    least[~able] = 0.0
    lowest = np.stack([least[:, block].min(axis=1) for block in horizon.blocks])[horizon.block].T
    counted = has_to_be_done(problem) & able[work.need]
    at_once = counted & ~work.is_job & (work.max_delay_h == 0)
    waits = counted & ~work.is_job & (work.max_delay_h > 0)
    total = (least * _arrivals_by_need(problem, at_once)).sum() + (
        lowest * _arrivals_by_need(problem, waits)
    ).sum()
    jobs = np.flatnonzero(counted & work.is_job)
    period = job_period(problem, jobs)
    return float(total + work.volume_unit_h[jobs] @ lowest[work.need[jobs], period])


def _least_kg_per_unit_h(problem: Problem, factor: Floats) -> Floats:
    """(R, T) least emissions of a unit·h of each need; inf without a pool."""
    pools, efficiency = problem.pools, problem.eligibility.efficiency
    # Units that stand in any case have idled already; a booking has to be as large as its load.
    idles = (pools.term == Term.OWNED) | (pools.min_units > 0)
    kw = problem.busy_kw - np.where(idles, problem.idle_kw, 0.0)
    kg = problem.pue * kw[:, None] * factor
    kinds, kind_of = np.unique(efficiency, axis=0, return_inverse=True)
    least = np.full((len(kinds), problem.horizon.size), np.inf)
    for kind, row in enumerate(kinds):
        able = row > 0
        if able.any():
            least[kind] = (kg[able] / row[able, None]).min(axis=0)
    found: Floats = least[kind_of.reshape(-1)]
    return found


def _arrivals_by_need(problem: Problem, chosen: Bools) -> Floats:
    """(R, T) arrivals of some demands by need, unit·h."""
    work, shapes = problem.workloads, len(problem.workloads.profiles)
    at = np.flatnonzero(chosen)
    place = work.need[at] * shapes + work.profile[at]
    scale = np.bincount(place, weights=work.scale[at], minlength=problem.needs.size * shapes)
    units: Floats = scale.reshape(-1, shapes) @ work.profiles
    return units * problem.horizon.hours


def overloaded_links(problem: Problem) -> tuple[Reason, ...]:
    """Find the links with more traffic than bandwidth, whatever the plan, each at its worst time.

    Traffic counts where every pool open to the work lies behind the link; data sets do not count.
    """
    network, needs = problem.network, problem.needs
    reasons = []
    for link in np.flatnonzero(np.isfinite(network.bandwidth_gb_per_h)).tolist():
        bound = _has_to_cross(problem, link) & (needs.traffic_gb_per_unit_h > 0)
        if not bound.any():
            continue
        due = due_work(problem, np.arange(needs.size), bound)
        gb = np.where(bound, needs.traffic_gb_per_unit_h, 0.0)
        supply = _most_gb_per_h(problem, link) * problem.horizon.hours
        excess = worst_excess(problem.horizon, due, gb, supply)
        if excess:
            reasons.append(_overload_of_link(problem, link, bound, excess))
    return tuple(reasons)


def _most_gb_per_h(problem: Problem, link: int) -> float:
    """Bandwidth of a link with all that can be leased."""
    network = problem.network
    return float(network.bandwidth_gb_per_h[link] + network.max_leased_gb_per_h[link])


def _has_to_cross(problem: Problem, link: int) -> Bools:
    """(R,) whether a need has pools with units, and all of them lie behind a link."""
    allowed = problem.eligibility.allowed & (problem.pools.most_units > 0)
    routing, links = problem.routing, problem.network.links
    avoids = np.zeros(routing.flows, dtype=bool)
    avoids[routing.option_flow[~problem.network.path[routing.option_path, link]]] = True
    behind = (problem.ways @ np.concatenate((np.arange(links) == link, ~avoids)))[problem.origin]
    return np.asarray(allowed.any(axis=1) & ~(allowed & ~behind).any(axis=1), dtype=bool)


def _overload_of_link(problem: Problem, link: int, bound: Bools, excess: Excess) -> Reason:
    network, work = problem.network, problem.workloads
    hours = float(problem.horizon.hours[excess.first : excess.last].sum())
    needed = number(excess.needed / hours / GB_PER_H_PER_GBPS)
    has = number(_most_gb_per_h(problem, link) / GB_PER_H_PER_GBPS)
    counts = np.flatnonzero(has_to_be_done(problem) & bound[work.need])
    lines = [
        f"{work.names[w]}: {number(float(problem.needs.traffic_gb_per_unit_h[work.need[w]]))} GB per unit·h"
        for w in counts.tolist()
    ]
    return Reason(
        f"link {network.link_names[link]}",
        f"{excess.when(problem.horizon)}, {needed} Gbps of traffic have no other way within their "
        f"latency, but the bandwidth is {has} Gbps: {workloads_named(work.names, counts)}",
        first_lines(lines),
    )
