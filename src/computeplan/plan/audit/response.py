"""The cheapest way to serve every workload at given prices of work.

With price[p,t] of a unit·h (see `work_prices`), best[t] = min_p price[p,t], and ω · shortfall price
as one more pool wherever shortfall is allowed:

demand   Arrivals d[τ] may be done in any period from τ on, and (1 − f) d[τ] by the end of τ + k, the
         rest f d[τ] by the end of τ + k + 1, where D = (k + f) Δ. That is what the limit on the
         backlog says: of an even arrival in τ, the part before the end of period τ + k less D, a
         share 1 − f, must be done by then. Windows follow each other in order, so serving first
         what came first loses nothing, and every part takes the cheapest period of its own window:
         Σ_τ d[τ] · ((1 − f) · min best[τ … τ+k] + f · min best[τ … τ+k+1]).
         A window ends with its block (`close`) or goes on at its start (`cyclic`).
fixed    min_p (Σ_t d[t] · price[p,t] + data set · price of its route), or all of it left undone
job      the cheapest periods of the window, each up to max_rate · hours inside the window
"""

from __future__ import annotations

import math

import numpy as np

from computeplan.plan.arithmetic import times
from computeplan.plan.audit.work_prices import WorkPrices, chunks
from computeplan.plan.requirements import delay_periods, job_block, job_overlap_h, window_periods
from computeplan.problem import Floats, HorizonEnd, Ints, Prices, Problem, sum_by

TIGHT = 1e-9
"""Share of a job's volume that may be left over where its window is just long enough."""


def least_cost_of_work(problem: Problem, prices: Prices) -> float:
    """Least cost of serving all workloads at given prices.

    Parameters
    ----------
    problem : Problem
    prices : Prices
        Repaired.

    Returns
    -------
    float
        In objective units; inf if a workload cannot be served at any price.
    """
    register, work_prices = problem.workloads, WorkPrices(problem, prices)
    free = ~register.is_job & ~register.is_fixed
    return (
        _demands(problem, work_prices, np.flatnonzero(free))
        + _fixed(problem, work_prices, np.flatnonzero(register.is_fixed))
        + _jobs(problem, work_prices, np.flatnonzero(register.is_job))
    )


def _shortfall_price(problem: Problem, workloads: Ints) -> Floats:
    """(n,) price of a unit·h left undone, without ω; inf where that is not allowed."""
    if not problem.objective.allows_shortfall:
        return np.full(len(workloads), np.inf)
    price = problem.workloads.shortfall_price[workloads]
    weight, must = problem.objective.cost_weight, np.isposinf(price)
    weighed: Floats = np.multiply(weight, price, out=np.full(len(price), np.inf), where=~must)
    return weighed


def _spend(amount: Floats, price: Floats) -> float:
    """Σ amount · price; what is not bought costs nothing, whatever its price."""
    return float(times(amount, price).sum())


def _demands(problem: Problem, prices: WorkPrices, workloads: Ints) -> float:
    """Workloads that differ only in scale are taken together."""
    register = problem.workloads
    whole, fraction = delay_periods(problem, workloads)
    of_class, profile = prices.class_of[workloads], register.profile[workloads]
    shortfall = _shortfall_price(problem, workloads)
    keys: Floats = np.column_stack((of_class, profile, whole, fraction, shortfall))
    groups, group_of = np.unique(keys, axis=0, return_inverse=True)
    scale = sum_by(group_of.reshape(-1), register.scale[workloads], len(groups))
    parts = chunks(len(groups), problem.horizon.size)
    return math.fsum(_demand_cost(problem, prices, groups[part], scale[part]) for part in parts)


def _demand_cost(problem: Problem, prices: WorkPrices, groups: Floats, scale: Floats) -> float:
    of_class, profile, whole = groups[:, :3].astype(np.int64).T
    fraction, shortfall = groups[:, 3, None], groups[:, 4, None]
    best = np.minimum(prices.cheapest[of_class], shortfall * problem.horizon.weight)
    arriving = scale[:, None] * problem.workloads.profiles[profile] * problem.horizon.hours
    cost = _spend(arriving * (1 - fraction), cheapest_within(problem, best, whole + 1))
    split = np.flatnonzero(fraction[:, 0] > 0)
    late = cheapest_within(problem, best[split], whole[split] + 2)
    return cost + _spend(arriving[split] * fraction[split], late)


def cheapest_within(problem: Problem, price: Floats, periods: Ints) -> Floats:
    """Least price of the next periods, from each period on.

    Parameters
    ----------
    problem : Problem
    price : (n, T)
    periods : (n,)
        Length of each row's window, at least 1.

    Returns
    -------
    (n, T) array
    """
    least = np.empty_like(price)
    for block in problem.horizon.blocks:
        inside = price[:, block]
        cyclic = problem.horizon.end is HorizonEnd.CYCLIC
        after = inside if cyclic else np.full_like(inside, np.inf)
        both, length = np.hstack((inside, after)), np.minimum(periods, inside.shape[1])
        for window in np.unique(length):
            rows = length == window
            least[rows, block] = _sliding_minimum(both[rows], int(window))
    return least


def _sliding_minimum(price: Floats, window: int) -> Floats:
    """(n, m) minimum over `window` ≤ m columns from each of the first m of 2 m columns on."""
    size, width = price.shape[1] // 2, 1
    while 2 * width <= window:
        price = np.minimum(price[:, :-width], price[:, width:])
        width *= 2
    rest = window - width
    return np.minimum(price[:, :size], price[:, rest : rest + size])


def _fixed(problem: Problem, prices: WorkPrices, workloads: Ints) -> float:
    register, horizon = problem.workloads, problem.horizon
    pairs = np.column_stack((prices.class_of[workloads], register.profile[workloads]))
    distinct, pair_of = np.unique(pairs, axis=0, return_inverse=True)
    at_pool = _profile_cost(problem, prices, distinct)[pair_of.reshape(-1)]
    scale = register.scale[workloads]
    data = register.data_gb[workloads, None] * prices.data_price(workloads)
    allowed = prices.allowed(prices.class_of[workloads])
    best = np.where(allowed, scale[:, None] * at_pool + data, np.inf).min(axis=1, initial=np.inf)
    real_h = register.profiles[register.profile[workloads]] @ (horizon.weight * horizon.hours)
    demand = scale * real_h
    undone = np.multiply(
        demand, _shortfall_price(problem, workloads), out=np.zeros_like(demand), where=demand > 0
    )
    return float(np.where(demand > 0, np.minimum(best, undone), 0.0).sum())


def _profile_cost(problem: Problem, prices: WorkPrices, pairs: Ints) -> Floats:
    """(n, P) cost of one unit of scale for pairs (class, profile), all of it at one pool."""
    cost = np.empty((len(pairs), problem.pools.size))
    arriving = problem.workloads.profiles * problem.horizon.hours
    for part in chunks(len(pairs), problem.pools.size * problem.horizon.size):
        of_class, profile = pairs[part].T
        cost[part] = np.einsum("npt,nt->np", prices.of(of_class), arriving[profile])
    return cost


def _jobs(problem: Problem, prices: WorkPrices, workloads: Ints) -> float:
    register = problem.workloads
    busy = workloads[register.volume_unit_h[workloads] > 0]
    # Jobs of the same time share their periods.
    busy = busy[np.argsort(register.release_h[busy], kind="stable")]
    return math.fsum(
        _job_cost(problem, prices, busy[part]) for part in chunks(len(busy), problem.horizon.size)
    )


def _job_cost(problem: Problem, prices: WorkPrices, jobs: Ints) -> float:
    register, horizon = problem.workloads, problem.horizon
    volume = register.volume_unit_h[jobs, None]
    first = np.array([block.start for block in horizon.blocks])[job_block(problem, jobs)]
    undone = (_shortfall_price(problem, jobs) * horizon.weight[first])[:, None]
    periods = window_periods(problem, jobs)
    overlap_h = job_overlap_h(problem, jobs, periods)
    rate = register.max_rate[jobs, None]
    most = times(overlap_h, rate)
    price = np.minimum(prices.cheapest[np.ix_(prices.class_of[jobs], periods)], undone)
    done, paid = _fill_cheapest(price, np.minimum(most, volume), volume)
    left = volume[:, 0] - done
    return paid + _spend(np.where(left > TIGHT * volume[:, 0], left, 0.0), undone[:, 0])


def _fill_cheapest(price: Floats, most: Floats, volume: Floats) -> tuple[Floats, float]:
    """Fill each row's volume (n, 1) from its cheapest columns: amount done (n,), and cost of all."""
    order = np.argsort(np.where(most > 0, price, np.inf), axis=1)
    offered = np.take_along_axis(most, order, axis=1)
    before = np.cumsum(offered, axis=1) - offered
    taken = np.clip(volume - before, 0.0, offered)
    return taken.sum(axis=1), _spend(taken, np.take_along_axis(price, order, axis=1))
