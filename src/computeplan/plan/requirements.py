"""What the workloads ask for, derived afresh from the problem.

The audit must not inherit a mistake of the model, so nothing here is shared with the code that
builds it: eligibility comes from labels, levels, zones, latencies and hardware; arrivals, waiting
limits and job windows from the register of workloads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.arithmetic import ratio, times
from computeplan.problem import Bools, Floats, Horizon, HorizonEnd, Ints, Problem, Term
from computeplan.problem.arrays import ReadOnlyArrays

ROUNDING = 1e-9
"""Share of a period below which a piece of time is rounding, not time."""


def serving_efficiency(problem: Problem) -> Floats:
    """Work done per busy unit of a pool for each need; 0 where the pool may not serve it.

    Returns
    -------
    (R, P) array
    """
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

    Attributes
    ----------
    of_workload : (W,)
        Class of each workload.
    need : (K,)
    data_gb : (K,)
        Data set that travels with one unit·h.
    gb : (K,)
        All traffic of one unit·h.
    member : (U, K)
        Whether they are in the set of each rule.
    """

    of_workload: Ints
    need: Ints
    data_gb: Floats
    gb: Floats
    member: Bools


def work_classes(problem: Problem) -> WorkClasses:
    """Sort the workloads into classes."""
    keys: Floats = np.column_stack((problem.workloads.need, data_gb_per_unit_h(problem), _rule_sets(problem)))
    classes, first, of_workload = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    need, data_gb = classes[:, 0].astype(np.int64), classes[:, 1].copy()
    traffic = problem.needs.traffic_gb_per_unit_h[need]
    member = problem.rules.member[:, first]
    return WorkClasses(of_workload.reshape(-1), need, data_gb, traffic + data_gb, member)


def _rule_sets(problem: Problem) -> Ints:
    """(W,) number of the combination of rules that each workload is under."""
    if not problem.rules.size:
        return np.zeros(problem.workloads.size, dtype=np.int64)
    _, rule_set = np.unique(problem.rules.member, axis=1, return_inverse=True)
    return np.asarray(rule_set.reshape(-1), dtype=np.int64)


def unit_money(problem: Problem) -> Floats:
    """(R, P) extra cost of a unit·h of work."""
    return problem.needs.unit_cost[:, problem.pools.site]


def pool_routes(problem: Problem) -> Bools:
    """(Z, P, L) links between a zone of users and a pool."""
    return problem.network.route[:, problem.sites.zone[problem.pools.site], :]


def arrivals(problem: Problem, workloads: Ints) -> Floats:
    """Work that arrives in each period, unit·h; 0 for jobs.

    Parameters
    ----------
    problem : Problem
    workloads : (n,)

    Returns
    -------
    (n, T) array
    """
    register = problem.workloads
    units = register.scale[workloads, None] * register.profiles[register.profile[workloads]]
    return np.where(register.is_job[workloads, None], 0.0, units * problem.horizon.hours)


def largest_arrival(problem: Problem) -> Floats:
    """(W,) most work that arrives in one period, unit·h; 0 for jobs."""
    register = problem.workloads
    highest = (register.profiles * problem.horizon.hours).max(axis=1, initial=0.0)
    return np.where(register.is_job, 0.0, register.scale * highest[register.profile])


def delay_periods(problem: Problem, workloads: Ints) -> tuple[Ints, Floats]:
    """Split the longest wait D into whole periods k and a fraction f: D = (k + f) Δ.

    Returns
    -------
    k, f : (n,)
    """
    periods = problem.workloads.max_delay_h[workloads] / problem.horizon.period_h
    whole = np.floor(periods + ROUNDING)
    fraction = np.where(periods - whole > ROUNDING, periods - whole, 0.0)
    return whole.astype(np.int64), fraction


def waiting_limit(problem: Problem, workloads: Ints) -> Floats:
    """Arrivals of the last D hours at the end of each period: the most that may be waiting.

    ``d[t] + … + d[t−k+1] + f d[t−k]``, where before a block stands nothing (`close`) or the
    block's own end (`cyclic`).

    Parameters
    ----------
    problem : Problem
    workloads : (n,)
        Demands.

    Returns
    -------
    (n, T) array
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


def job_overlap_h(problem: Problem, jobs: Ints, periods: Ints) -> Floats:
    """Hours of some periods inside each job's window.

    A window that reaches beyond the release's block is cut off (`close`) or goes on at the
    block's start (`cyclic`), where no period counts more than once.

    Parameters
    ----------
    problem : Problem
    jobs : (n,)
    periods : (t,)

    Returns
    -------
    (n, t) array
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


def usable_unit_h(problem: Problem, units: Floats) -> Floats:
    """(P, T) unit·h that a number of units (P,) offers; inf units that are not available offer none."""
    available_h = problem.horizon.hours * problem.pools.availability
    return times(available_h, units[:, None])


def idle_kw(problem: Problem) -> Floats:
    """(P,) IT power of a unit that stands idle; a rented unit is not there then."""
    pools = problem.pools
    rented = pools.term == Term.ON_DEMAND
    return np.where(rented, 0.0, problem.hardware.idle_kw[pools.hardware])
