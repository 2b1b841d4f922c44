"""What the workloads require, derived from the problem alone.

The audit must not inherit a mistake of the linear program, so nothing here comes from the code that builds
that: eligibility comes from labels, levels, zones, latencies and hardware; arrivals, waiting limits and job
windows from the register of workloads; rates of rules from prices, factors and powers. Both take from
`Problem` which paths traffic may take (``routing``, ``ways``), which workloads may fall short and which are
in the same rules, and which batteries need a whole number; what is routed is held against latencies by the
audit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.problem import Bools, Floats, Horizon, HorizonEnd, Ints, Problem, RuleMeasure
from computeplan.problem.arrays import ReadOnlyArrays, ratio, round_digits

ROUNDING = 1e-9
"""Share of a period below which a piece of time is rounding, not time."""


def serving_efficiency(problem: Problem) -> Floats:
    """(R, P) work done per busy unit of a pool for each need; 0 where the pool may not serve it."""
    able = running_efficiency(problem)
    return np.where(_site_admits(problem)[:, problem.pools.site], able, 0.0)


def running_efficiency(problem: Problem) -> Floats:
    """(R, P) work done per busy unit of a pool's hardware, whether or not it may serve the need."""
    return problem.hardware.efficiency[np.ix_(problem.needs.kind, problem.pools.hardware)]


def _site_admits(problem: Problem) -> Bools:
    """(R, S) whether the site provides, is cleared, is near, and can be reached."""
    needs, sites, network = problem.needs, problem.sites, problem.network
    pair = np.ix_(needs.zone, sites.zone)
    provides = (needs.labels[:, None, :] <= sites.labels[None, :, :]).all(axis=2)
    cleared = sites.security >= needs.security[:, None]
    resident = needs.residency[:, sites.zone]
    unlimited = np.isposinf(needs.max_latency_ms)[:, None]
    near = unlimited | (network.latency_ms[pair] <= needs.max_latency_ms[:, None])
    reached = ~_travels(problem)[:, None] | network.connected[pair]
    admits: Bools = provides & cleared & resident & near & reached
    return admits


def _travels(problem: Problem) -> Bools:
    """(R,) whether the need sends traffic or a data set over the network."""
    needs, workloads = problem.needs, problem.workloads
    with_data = np.bincount(workloads.need[workloads.data_gb > 0], minlength=needs.size) > 0
    travels: Bools = (needs.traffic_gb_per_unit_h > 0) | needs.moves_data | with_data
    return travels


def data_gb_per_unit_h(problem: Problem) -> Floats:
    """(W,) part of a job's data set that travels with one unit·h of its work; 0 for demands."""
    workloads = problem.workloads
    return ratio(workloads.data_gb, np.where(workloads.is_job, workloads.volume_unit_h, 0.0))


@dataclass(frozen=True, eq=False)
class WorkClasses(ReadOnlyArrays):
    """Workloads of which a unit·h counts for the same: one need, one amount of data, the same rules.

    Where moves have a price, it and the profile are the same as well.
    """

    of_workload: Ints
    """(W,) class of each workload."""
    need: Ints
    """(K,)"""
    data_gb: Floats
    """(K,) data set that travels with one unit·h."""
    gb: Floats
    """(K,) all traffic of one unit·h."""
    member: Bools
    """(U, K) whether they are in the set of each rule."""
    is_fixed: Bools
    """(K,) whether they keep one split; all of a class then have the same profile, and data set per unit."""
    peer: Ints
    """(K,) number of the peers that share pools in proportion; −1 for a workload that has none.

    Of peers a unit·h costs the same in every pool. The names of their needs may differ.
    """
    peers: int
    """How many such numbers there are."""


def work_classes(problem: Problem) -> WorkClasses:
    """Sort the workloads into classes."""
    workloads = problem.workloads
    is_fixed, per_unit = workloads.is_fixed, ratio(workloads.data_gb, workloads.scale)
    pays = workloads.pays_moves
    keys: Floats = np.column_stack(
        (
            workloads.need,
            data_gb_per_unit_h(problem),
            problem.rule_sets,
            np.where(is_fixed | pays, workloads.profile, -1),
            np.where(is_fixed, round_digits(per_unit), 0.0),
            np.where(pays, workloads.move_price, 0.0),
        )
    )
    classes, first, of_workload = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    need, data_gb = classes[:, 0].astype(np.int64), classes[:, 1].copy()
    alike = np.column_stack((_alike_needs(problem)[need], round_digits(data_gb), classes[:, 2:]))
    _, peer = np.unique(alike, axis=0, return_inverse=True)
    peer, peers = _number_crowds(peer.reshape(-1), np.bincount(of_workload.reshape(-1)))
    return WorkClasses(
        of_workload=of_workload.reshape(-1),
        need=need,
        data_gb=data_gb,
        gb=problem.needs.traffic_gb_per_unit_h[need] + data_gb,
        member=problem.rules.member[:, first],
        is_fixed=is_fixed[first],
        peer=peer,
        peers=peers,
    )


def _number_crowds(group: Ints, workloads: Ints) -> tuple[Ints, int]:
    """(K,) new number of each group with several workloads, −1 of the others, and how many there are."""
    shared = np.bincount(group, weights=workloads) > 1
    number = np.where(shared, np.cumsum(shared) - 1, -1)
    return number[group], int(shared.sum())


def _alike_needs(problem: Problem) -> Ints:
    """(R,) number of each need; those that every pool serves alike have the same."""
    efficiency = serving_efficiency(problem)
    money = np.where(efficiency > 0, unit_money(problem), 0.0)
    origin = np.where(_travels(problem), problem.origin, -1)
    rows = np.column_stack((efficiency, money, problem.needs.traffic_gb_per_unit_h, origin))
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)


def unit_money(problem: Problem) -> Floats:
    """(R, P) extra cost of a unit·h of work."""
    return problem.needs.unit_cost[:, problem.pools.site]


def arrivals(problem: Problem, workloads: Ints) -> Floats:
    """(n, T) work of some workloads that arrives in each period, unit·h; 0 for jobs."""
    register = problem.workloads
    units = register.units_busy(workloads)
    return np.where(register.is_job[workloads, None], 0.0, units * problem.horizon.hours)


def largest_arrival(problem: Problem) -> Floats:
    """(W,) most work that arrives in one period, unit·h; 0 for jobs."""
    register = problem.workloads
    highest = (register.profiles * problem.horizon.hours).max(axis=1, initial=0.0)
    return np.where(register.is_job, 0.0, register.scale * highest[register.profile])


def delay_periods(problem: Problem, workloads: Ints) -> tuple[Ints, Floats]:
    """(n,) whole periods k and fraction f of the longest wait D = (k + f) Δ."""
    periods = problem.workloads.max_delay_h[workloads] / problem.horizon.period_h
    whole = np.floor(periods + ROUNDING)
    fraction = np.where(periods - whole > ROUNDING, periods - whole, 0.0)
    return whole.astype(np.int64), fraction


def waiting_limit(problem: Problem, workloads: Ints) -> Floats:
    """Arrivals of the last D hours at the end of each period: the most that may be waiting.

    ``d[t] + … + d[t−k+1] + f d[t−k]``, where before a block there is nothing (`close`) or the
    block's own end (`cyclic`). (n, T) for n demands.
    """
    arriving, (whole, fraction) = arrivals(problem, workloads), delay_periods(problem, workloads)
    limit = np.empty_like(arriving)
    for block in problem.horizon.blocks:
        inside = arriving[:, block]
        before = inside if problem.horizon.end is HorizonEnd.CYCLIC else np.zeros_like(inside)
        limit[:, block] = _recent(np.hstack((before, inside)), whole, fraction)
    return limit


def _recent(arriving: Floats, whole: Ints, fraction: Floats) -> Floats:
    """(n, m) arrivals of the last periods, for the second half of (n, 2 m) arrivals."""
    size = arriving.shape[1] // 2
    capped = np.minimum(whole, size)[:, None]
    partial = np.where(whole < size, fraction, 0.0)[:, None]
    end = np.arange(size, 2 * size)[None, :]
    total = np.hstack((np.zeros((len(arriving), 1)), np.cumsum(arriving, axis=1)))
    complete = total[:, size + 1 :] - np.take_along_axis(total, end + 1 - capped, axis=1)
    return complete + partial * np.take_along_axis(arriving, end - capped, axis=1)


def job_block(problem: Problem, jobs: Ints) -> Ints:
    """(n,) block of the horizon in which each job is released."""
    ends = np.array([problem.horizon.hours[: block.stop].sum() for block in problem.horizon.blocks])
    slack = ROUNDING * problem.horizon.period_h
    block = np.searchsorted(ends, problem.workloads.release_h[jobs] + slack, side="right")
    return np.minimum(block, len(ends) - 1)


def job_period(problem: Problem, jobs: Ints) -> Ints:
    """(n,) period of the horizon in which each job is released."""
    edge, slack = _edges(problem.horizon), ROUNDING * problem.horizon.period_h
    period = np.searchsorted(edge[1:], problem.workloads.release_h[jobs] + slack, side="right")
    return np.minimum(period, problem.horizon.size - 1)


def job_window_h(problem: Problem) -> Floats:
    """(W,) hours of each job's window: cut at the end of its block, or once around the block (`cyclic`)."""
    horizon, work = problem.horizon, problem.workloads
    edge, home = _edges(horizon), job_block(problem, np.arange(work.size))
    end_h = edge[[block.stop for block in horizon.blocks]][home]
    start_h = edge[[block.start for block in horizon.blocks]][home]
    longest = end_h - (start_h if horizon.end is HorizonEnd.CYCLIC else work.release_h)
    window: Floats = np.minimum(work.deadline_h - work.release_h, longest).clip(min=0.0)
    return window


def job_overlap_h(problem: Problem, jobs: Ints, periods: Ints) -> Floats:
    """(n, t) hours of some periods inside each job's window.

    A window that reaches beyond the release's block is cut off (`close`) or goes on at the
    block's start (`cyclic`), where no period counts more than once.
    """
    horizon, home = problem.horizon, job_block(problem, jobs)
    hours, edge = horizon.hours[periods], _edges(horizon)
    release = problem.workloads.release_h[jobs, None]
    deadline = problem.workloads.deadline_h[jobs, None]
    overlap = _shared(edge[periods], hours, release, deadline)
    if horizon.end is HorizonEnd.CYCLIC:
        length = np.array([edge[block.stop] - edge[block.start] for block in horizon.blocks])[home, None]
        overlap += _shared(edge[periods] + length, hours, release, deadline)
    counts = (overlap > ROUNDING * hours) & (horizon.block[periods] == home[:, None])
    return np.where(counts, np.minimum(overlap, hours), 0.0)


@dataclass(frozen=True, eq=False)
class RunStarts(ReadOnlyArrays):
    """Hours, from the start of the horizon, at which some jobs that run through may start.

    They start at their release or with a period, and are over by the deadline and by the end of the block
    (`close`) or, once around it, by the start of the period of their release (`cyclic`).
    """

    row: Ints
    """(k,) which of the jobs, ascending."""
    period: Ints
    start_h: Floats
    """(k,) the period in which it is, and the hour."""
    run_h: Floats
    """(n,) hours that each of the jobs runs."""


def run_starts(problem: Problem, jobs: Ints) -> RunStarts:
    """Find the starts that some jobs with work may choose; none for one that is longer than its window."""
    work, horizon, edge = problem.workloads, problem.horizon, _edges(problem.horizon)
    step, home, release = horizon.period_h, job_block(problem, jobs), job_period(problem, jobs)
    first = np.array([block.start for block in horizon.blocks])[home]
    size = np.bincount(horizon.block)[home]
    release_h, run_h = work.release_h[jobs], work.volume_unit_h[jobs] / work.max_rate[jobs]
    cyclic = horizon.end is HorizonEnd.CYCLIC
    last_h = np.minimum(work.deadline_h[jobs], edge[release] + size * step if cyclic else edge[first + size])
    last_h -= run_h
    later = np.floor((last_h - edge[release]) / step + ROUNDING).astype(np.int64)
    count = np.where(release_h <= last_h + ROUNDING * step, np.maximum(later, 0) + 1, 0)
    row = np.repeat(np.arange(len(jobs)), count)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    start_h = np.maximum(edge[release[row]] + turn * step, release_h[row])
    return RunStarts(row, first[row] + ((release - first)[row] + turn) % size[row], start_h, run_h)


def hours_after_release(problem: Problem, jobs: Ints, periods: Ints) -> Floats:
    """(n, t) hours from each job's release to the start of some periods, forward around its block.

    Negative in the period of the release, where that lies inside it.
    """
    edge, size = _edges(problem.horizon), np.bincount(problem.horizon.block)
    home, first = job_block(problem, jobs), job_period(problem, jobs)
    turn = (periods - first[:, None]) % size[home][:, None]
    inside_h = problem.workloads.release_h[jobs] - edge[first]
    after: Floats = turn * problem.horizon.period_h - inside_h[:, None]
    return after


def run_parts(problem: Problem, job: int, start_h: Floats) -> Floats:
    """(k, T) part of a job's volume that a run does in each period, for each of its starts (k,)."""
    horizon, edge = problem.horizon, _edges(problem.horizon)
    run_h = problem.workloads.volume_unit_h[job] / problem.workloads.max_rate[job]
    begin, end = start_h[:, None], start_h[:, None] + run_h
    block = horizon.blocks[int(job_block(problem, np.array([job]))[0])]
    hours = np.zeros((len(start_h), horizon.size))
    hours[:, block] = _shared(edge[:-1][block], horizon.hours[block], begin, end)
    if horizon.end is HorizonEnd.CYCLIC:
        around = edge[block.stop] - edge[block.start]
        hours[:, block] += _shared(edge[:-1][block] + around, horizon.hours[block], begin, end)
    part: Floats = hours / run_h
    return part


def window_periods(problem: Problem, jobs: Ints) -> Ints:
    """(t,) the periods that the window of any of some jobs can touch."""
    edge = _edges(problem.horizon)
    if problem.horizon.end is HorizonEnd.CYCLIC or not len(jobs):
        return np.arange(problem.horizon.size)
    first, last = problem.workloads.release_h[jobs].min(), problem.workloads.deadline_h[jobs].max()
    return np.flatnonzero((edge[1:] > first) & (edge[:-1] < last))


def _edges(horizon: Horizon) -> Floats:
    """(T + 1,) hours from the start of the first period to the start of each and the end of the last."""
    return np.concatenate(([0.0], np.cumsum(horizon.hours)))


def _shared(start: Floats, hours: Floats, release: Floats, deadline: Floats) -> Floats:
    """Hours between release and deadline in each of the periods with these starts and lengths."""
    shared: Floats = np.minimum(start + hours, deadline) - np.maximum(start, release)
    return np.maximum(shared, 0.0)


class RuleRates:
    """Rates of one rule: what it measures of the work of its set.

    rate[u,w,p,t] = ω · (busy unit·h rate[p,t] / η[w,p] + unit·h rate[w,p] + GB per unit·h · GB rate[w,p])

    A rule asks Σ rate · x + Σ data · GB rate · share (fixed workloads) to be at most its limit. A share's
    rates are those of ``share · all work − work there`` (least) or the opposite (most), with limit 0.

    `per_gb` (origins, P): of one GB between an origin and a pool, over the horizon, on the path where that is
    least.
    """

    def __init__(self, problem: Problem, rule: int) -> None:
        self._problem = problem
        self._measure, self._limit = problem.rules.measure[rule], problem.rules.limit[rule]
        self._here: Bools = problem.rules.site[rule][problem.pools.site]
        self.per_gb = problem.ways.astype(np.float64) @ problem.extend_to_flows(self._per_link())
        self._per_load = ratio(1.0, running_efficiency(problem))

    def of(self, need: Ints, gb: Floats) -> Floats:
        """(n, P, T) of one unit·h of work of a need with so many GB, weights ω included."""
        problem = self._problem
        each = self._per_unit_h()[need] + gb[:, None] * self.per_gb[problem.origin[need]]
        rate: Floats = each[:, :, None] + self._per_load[need][:, :, None] * self._per_busy_unit_h()
        return rate * problem.horizon.weight

    def _per_link(self) -> Floats:
        network = self._problem.network
        if self._measure is RuleMeasure.COST:
            return network.price_per_gb
        kg_per_gb = network.energy_kwh_per_gb * network.kg_per_kwh
        return kg_per_gb if self._measure is RuleMeasure.CARBON else np.zeros(network.links)

    def _per_busy_unit_h(self) -> Floats:
        """(P, T)."""
        problem, site = self._problem, self._problem.pools.site
        kwh = problem.busy_kw[:, None] * problem.pue
        if self._measure is RuleMeasure.COST:
            return problem.pools.price + kwh * problem.grid.price[site]
        if self._measure is RuleMeasure.CARBON:
            return kwh * problem.grid.location_kg_per_kwh[site]
        return np.zeros(kwh.shape)

    def _per_unit_h(self) -> Floats:
        """(R, P)."""
        if self._measure is RuleMeasure.COST:
            return unit_money(self._problem)
        excess = np.zeros(len(self._here))
        if self._measure is RuleMeasure.MOST_SHARE:
            excess = self._here - self._limit
        if self._measure is RuleMeasure.LEAST_SHARE:
            excess = self._limit - self._here
        return np.broadcast_to(excess, (self._problem.needs.size, len(excess)))


def rule_limits(problem: Problem) -> Floats:
    """(U,) most that each rule allows of its measure; 0 for shares."""
    shares = np.array([measure.is_share for measure in problem.rules.measure], dtype=bool)
    return np.where(shares, 0.0, problem.rules.limit)
