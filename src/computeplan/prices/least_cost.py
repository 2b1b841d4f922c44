"""The cheapest way to serve every workload at given prices of work.

With price[p,t] of a unit·h (see `WorkPrices`), best[t] = min_p price[p,t], and ω · shortfall price
as one more pool wherever shortfall is allowed:

demand   Arrivals d[τ] may be done in any period from τ on, and (1 − f) d[τ] by the end of τ + k, the
         rest f d[τ] by the end of τ + k + 1, where D = (k + f) Δ. That is what the limit on the
         backlog says: of an even arrival in τ, the part before the end of period τ + k less D, a
         share 1 − f, must be done by then. Windows follow each other in order, so serving first
         what came first loses nothing, and every part takes the cheapest period of its own window:
         Σ_τ d[τ] · ((1 − f) · min best[τ … τ+k] + f · min best[τ … τ+k+1]).
         A window ends with its block (`close`) or goes on at its start (`cyclic`).
moves    Where moves have a price: all of a demand goes through the periods of a block together, in a place
         (hardware at a site) each, and pays for every change, but into shortfall. With V[k] the least cost
         up to a period that ends in place k, and the move price ω c / Δ:
         V[k] ← d · min_{p in k} price[p] + min(V[k], min_j V[j] + d · ω c / Δ).
         To split it over places saves nothing: what then moves is what goes through other places.
fixed    min_p (Σ_t d[t] · price[p,t] + data set · price of its route), or a shortfall of all of it
job      the cheapest periods of the window, each up to max_rate · hours inside the window
run      of a job that runs through, the cheapest start and pool: the mean price of its hours from there on
"""

from __future__ import annotations

import numpy as np

from computeplan.accounts.requirements import (
    delay_periods,
    job_block,
    job_overlap_h,
    run_starts,
    window_periods,
)
from computeplan.prices.work_prices import WorkPrices, chunks
from computeplan.problem import Bools, Floats, HorizonEnd, Ints, Prices, Problem
from computeplan.problem.arrays import round_digits, times

TIGHT = 1e-9
"""Share of a job's volume that may be left over where its window is just long enough."""


def least_cost_of_work(problem: Problem, prices: Prices) -> Floats:
    """(W,) least cost of serving each workload at repaired prices; inf if it cannot be served at all."""
    return least_cost_at(problem, WorkPrices(problem, prices))


def least_cost_at(problem: Problem, work_prices: WorkPrices, *, with_fixed: bool = True) -> Floats:
    """(W,) least cost of serving each workload; of fixed ones 0 where they are to be left out."""
    register = problem.workloads
    cost = np.zeros(register.size)
    for which, least_cost in (
        (~register.is_job & ~register.is_fixed & ~register.pays_moves, _demands),
        (register.pays_moves, _movable_demands),
        (register.is_fixed & with_fixed, _fixed),
        (register.is_job & ~register.runs_through, _jobs),
        (register.runs_through, _runs),
    ):
        workloads = np.flatnonzero(which)
        cost[workloads] = least_cost(problem, work_prices, workloads)
    return cost


def _shortfall_price(problem: Problem, workloads: Ints) -> Floats:
    """(n,) price of a unit·h of shortfall, without ω; inf where that is not allowed."""
    price, weight = problem.workloads.shortfall_price[workloads], problem.objective.cost_weight
    allowed = problem.may_fall_short[workloads]
    weighed: Floats = np.multiply(weight, price, out=np.full(len(price), np.inf), where=allowed)
    return weighed


def _spend(amount: Floats, price: Floats) -> Floats:
    """(n,) Σ amount · price of each row; what is not bought costs nothing, whatever its price."""
    spent: Floats = times(amount, price).sum(axis=1)
    return spent


def _demands(problem: Problem, prices: WorkPrices, workloads: Ints) -> Floats:
    """(n,); workloads that differ only in scale are priced together."""
    register = problem.workloads
    whole, fraction = delay_periods(problem, workloads)
    of_class, profile = prices.class_of[workloads], register.profile[workloads]
    shortfall = _shortfall_price(problem, workloads)
    keys: Floats = np.column_stack((of_class, profile, whole, fraction, shortfall))
    groups, group_of = np.unique(keys, axis=0, return_inverse=True)
    each = np.zeros(len(groups))
    for part in chunks(len(groups), problem.horizon.size):
        each[part] = _demand_cost(problem, prices, groups[part])
    return times(register.scale[workloads], each[group_of.reshape(-1)])


def _demand_cost(problem: Problem, prices: WorkPrices, groups: Floats) -> Floats:
    """(n,) cost of a demand of scale 1."""
    of_class, profile, whole = groups[:, :3].astype(np.int64).T
    fraction, shortfall = groups[:, 3, None], groups[:, 4, None]
    best = np.minimum(prices.cheapest[of_class], shortfall * problem.horizon.weight)
    arriving = problem.workloads.profiles[profile] * problem.horizon.hours
    cost = _spend(arriving * (1 - fraction), cheapest_within(problem, best, whole + 1))
    split = np.flatnonzero(fraction[:, 0] > 0)
    late = cheapest_within(problem, best[split], whole[split] + 2)
    cost[split] += _spend(arriving[split] * fraction[split], late)
    return cost


def _movable_demands(problem: Problem, prices: WorkPrices, workloads: Ints) -> Floats:
    """(n,); demands whose moves have a price."""
    register = problem.workloads
    of_class, profile = prices.class_of[workloads], register.profile[workloads]
    keys: Floats = np.column_stack((of_class, profile, _shortfall_price(problem, workloads)))
    groups, first, group_of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    move = prices.money_weight * register.move_price[workloads[first]]
    each = np.zeros(len(groups))
    for part in chunks(len(groups), problem.horizon.size * problem.pools.size):
        arriving = register.profiles[groups[part, 1].astype(np.int64)] * problem.horizon.hours
        rate = _prices_by_place(problem, prices, groups[part, 0].astype(np.int64))
        short = np.multiply.outer(groups[part, 2], problem.horizon.weight)
        paid = times(arriving[:, None], np.concatenate((rate, short[:, None]), axis=1))
        moving = np.outer(move[part], problem.horizon.weight / problem.horizon.period_h) * arriving
        each[part] = sum(
            _cheapest_path(paid[..., b], moving[:, b], arriving[:, b] > 0) for b in problem.horizon.blocks
        )
    return times(register.scale[workloads], each[group_of.reshape(-1)])


def _prices_by_place(problem: Problem, prices: WorkPrices, classes: Ints) -> Floats:
    """(n, places, T) least price of a unit·h in each place; inf where none of its pools may serve."""
    place = problem.pools.place
    price = np.where(prices.allowed(classes)[:, :, None], prices.of(classes), np.inf)
    least = np.full((len(classes), int(place.max(initial=-1)) + 1, price.shape[2]), np.inf)
    for pool, at in enumerate(place.tolist()):
        least[:, at] = np.minimum(least[:, at], price[:, pool])
    return least


def _cheapest_path(paid: Floats, moving: Floats, works: Bools) -> Floats:
    """(n,) least cost of going through the periods of a block.

    `paid` (n, places + 1, t): of being in each place, the last one being shortfall; `moving` (n, t): of a
    change of places, free into shortfall; `works` (n, t): where there is demand.
    """
    least = np.zeros(paid.shape[:2])
    for period in range(paid.shape[2]):
        elsewhere = least.min(axis=1, keepdims=True)
        stay = np.minimum(least, elsewhere + moving[:, period, None])
        stay[:, -1:] = elsewhere
        least = np.where(works[:, period, None], paid[..., period] + stay, least)
    return np.asarray(least.min(axis=1))


def cheapest_within(problem: Problem, price: Floats, periods: Ints) -> Floats:
    """(n, T) least price of the next periods, from each period on; `periods` (n,) is at least 1."""
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


def _fixed(problem: Problem, prices: WorkPrices, workloads: Ints) -> Floats:
    at_pool, shortfall = costs_of_placing(problem, prices, workloads)
    least: Floats = np.minimum(at_pool.min(axis=1, initial=np.inf), shortfall)
    return least


def costs_of_placing(problem: Problem, prices: WorkPrices, workloads: Ints) -> tuple[Floats, Floats]:
    """(n, P) cost of each fixed workload all in one pool, inf where it may not be; (n,) of its shortfall.

    Both are 0 without demand.
    """
    register, horizon = problem.workloads, problem.horizon
    pairs = np.column_stack((prices.class_of[workloads], register.profile[workloads]))
    distinct, pair_of = np.unique(pairs, axis=0, return_inverse=True)
    at_pool = _profile_cost(problem, prices, distinct)[pair_of.reshape(-1)]
    scale = register.scale[workloads]
    data = register.data_gb[workloads, None] * prices.data_price(workloads)
    allowed = prices.allowed(prices.class_of[workloads])
    placed = np.where(allowed, scale[:, None] * at_pool + data, np.inf)
    real_h = register.profiles[register.profile[workloads]] @ (horizon.weight * horizon.hours)
    demand = scale * real_h
    shortfall = np.multiply(
        demand, _shortfall_price(problem, workloads), out=np.zeros_like(demand), where=demand > 0
    )
    paid: Floats = np.where(demand[:, None] > 0, placed, 0.0)
    return paid, shortfall


def _profile_cost(problem: Problem, prices: WorkPrices, pairs: Ints) -> Floats:
    """(n, P) cost of one unit of scale for pairs (class, profile), all of it at one pool."""
    cost = np.empty((len(pairs), problem.pools.size))
    arriving = problem.workloads.profiles * problem.horizon.hours
    for part in chunks(len(pairs), problem.pools.size * problem.horizon.size):
        of_class, profile = pairs[part].T
        cost[part] = np.einsum("npt,nt->np", prices.of(of_class), arriving[profile])
    return cost


def _jobs(problem: Problem, prices: WorkPrices, workloads: Ints) -> Floats:
    register, cost = problem.workloads, np.zeros(len(workloads))
    busy = np.flatnonzero(register.volume_unit_h[workloads] > 0)
    # Jobs of the same time share their periods.
    busy = busy[np.argsort(register.release_h[workloads[busy]], kind="stable")]
    for part in chunks(len(busy), problem.horizon.size):
        cost[busy[part]] = _job_cost(problem, prices, workloads[busy[part]])
    return cost


def _job_cost(problem: Problem, prices: WorkPrices, jobs: Ints) -> Floats:
    register, horizon = problem.workloads, problem.horizon
    volume = register.volume_unit_h[jobs, None]
    first = np.array([block.start for block in horizon.blocks])[job_block(problem, jobs)]
    shortfall = (_shortfall_price(problem, jobs) * horizon.weight[first])[:, None]
    periods = window_periods(problem, jobs)
    overlap_h = job_overlap_h(problem, jobs, periods)
    rate = register.max_rate[jobs, None]
    most = times(overlap_h, rate)
    price = np.minimum(prices.cheapest[np.ix_(prices.class_of[jobs], periods)], shortfall)
    done, paid = _fill_cheapest(price, np.minimum(most, volume), volume)
    left = volume[:, 0] - done
    return paid + times(np.where(left > TIGHT * volume[:, 0], left, 0.0), shortfall[:, 0])


def _fill_cheapest(price: Floats, most: Floats, volume: Floats) -> tuple[Floats, Floats]:
    """Fill each row's volume (n, 1) from its cheapest columns: amount done and cost, (n,) each."""
    order = np.argsort(np.where(most > 0, price, np.inf), axis=1)
    offered = np.take_along_axis(most, order, axis=1)
    before = np.cumsum(offered, axis=1) - offered
    taken = np.clip(volume - before, 0.0, offered)
    return taken.sum(axis=1), _spend(taken, np.take_along_axis(price, order, axis=1))


def _runs(problem: Problem, prices: WorkPrices, workloads: Ints) -> Floats:
    """(n,); jobs of one class, window and run time are priced together."""
    register = problem.workloads
    busy = np.flatnonzero(register.volume_unit_h[workloads] > 0)
    jobs, cost = workloads[busy], np.zeros(len(workloads))
    run_h = round_digits(register.volume_unit_h[jobs] / register.max_rate[jobs])
    keys = np.column_stack(
        (prices.class_of[jobs], register.release_h[jobs], register.deadline_h[jobs], run_h)
    )
    _, first, alike = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    each = np.full(len(first), np.inf)
    for part in _cut_where_classes_change(keys[first, 0], problem.horizon.size * problem.pools.size):
        each[part] = _cheapest_runs(problem, prices, jobs[first[part]])
    home = np.array([block.start for block in problem.horizon.blocks])[job_block(problem, jobs)]
    shortfall = _shortfall_price(problem, jobs) * problem.horizon.weight[home]
    cost[busy] = register.volume_unit_h[jobs] * np.minimum(each[alike.reshape(-1)], shortfall)
    return cost


def _cut_where_classes_change(of_class: Floats, width: int) -> list[Ints]:
    """Cut 0 … n − 1 into runs of one class (n,), sorted, with at most `CELLS` numbers of `width` each."""
    edges = np.flatnonzero(np.diff(of_class)) + 1
    return [
        some[part] for some in np.split(np.arange(len(of_class)), edges) for part in chunks(len(some), width)
    ]


def _cheapest_runs(problem: Problem, prices: WorkPrices, jobs: Ints) -> Floats:
    """(n,) price of a unit·h on the cheapest run of jobs of one class; inf without a pool or a start."""
    of_class, cheapest = prices.class_of[jobs[:1]], np.full(len(jobs), np.inf)
    starts, pools = run_starts(problem, jobs), np.flatnonzero(prices.allowed(of_class)[0])
    if len(pools) and len(starts.row):
        paid = _PaidSoFar(problem, prices.of(of_class)[0][pools])
        end_h, home = starts.start_h + starts.run_h[starts.row], job_block(problem, jobs)[starts.row]
        run = paid.until(end_h, home) - paid.until(starts.start_h, home)
        np.minimum.at(cheapest, starts.row, run.min(axis=0) / starts.run_h[starts.row])
    return cheapest


class _PaidSoFar:
    """What one unit pays from the start of the horizon on, at prices (P, T) of a unit·h."""

    def __init__(self, problem: Problem, price: Floats) -> None:
        self._horizon = problem.horizon
        paid = np.cumsum(price * problem.horizon.hours, axis=1)
        self._paid = np.concatenate((np.zeros((len(price), 1)), paid), axis=1)

    def until(self, hour: Floats, home: Ints) -> Floats:
        """(P, n) up to an hour of a block, which goes on at its start after its end."""
        blocks = self._horizon.blocks
        first = np.array([block.start for block in blocks])[home]
        stop = np.array([block.stop for block in blocks])[home]
        period = hour / self._horizon.period_h
        again = period > stop
        paid = self._at(np.where(again, period - (stop - first), period))
        paid[:, again] += (self._paid[:, stop] - self._paid[:, first])[:, again]
        return paid

    def _at(self, period: Floats) -> Floats:
        """(P, n) up to a fraction of a period."""
        whole = np.floor(period).astype(np.int64).clip(max=self._paid.shape[1] - 2)
        before = self._paid[:, whole]
        paid: Floats = before + (period - whole) * (self._paid[:, whole + 1] - before)
        return paid
