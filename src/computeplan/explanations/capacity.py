"""Work that exceeds all the capacity open to it, in a period or over a stretch of time.

For a set of pools E, all work that can only run in E must fit into it. Where hardware differs, a unit·h
of pool *p* counts as ``g[p] = max_r efficiency[r,p]`` and a unit·h of work *r* as the least it takes up,
``min_p g[p] / efficiency[r,p] ≥ 1``, which no split can undercut.

Under a cap or import limit ``Σ use · load ≤ limit`` the most work is that of the pools with the most work per
use, filled in this order. Limits that share a pool are not combined: each pool counts under the limit that
takes most away, so the answer is an upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.accounts.requirements import arrivals
from computeplan.explanations.diagnosis import Reason
from computeplan.explanations.mandatory_work import SLACK, DueWork, due_work, has_to_be_done
from computeplan.explanations.wording import moment, workloads_named
from computeplan.problem import Bools, CapMeasure, Floats, Horizon, Ints, Problem, Term
from computeplan.text import counted, first_lines, number


@dataclass(frozen=True, eq=False)
class SharedLimit:
    """A limit that several pools share: a cap, or what a site can draw."""

    subject: str
    """Such as ``cap jinfeng-power``."""
    unit: str
    """``kW`` or ``units``."""
    amount: Floats
    """(T,)"""
    standing: Floats
    """(P, T) what units that are there in any case, and do nothing, take of it."""
    use: Floats
    """(P, T) what one busy unit·h takes of it; 0 where the pool does not count."""
    left: Floats
    """(T,) what is left for busy units in the whole period."""

    @property
    def words(self) -> str:
        """Name the limit with its amount."""
        return f"{self.subject}: at most {number(self.amount.max())} {self.unit}"


def shared_limits(problem: Problem) -> tuple[SharedLimit, ...]:
    """Collect caps and import limits as limits on load."""
    caps = problem.caps
    found = [
        (_power_limit if caps.measure[g] is CapMeasure.POWER else _units_limit)(
            problem, f"cap {name}", caps.weight[g], caps.limit[g]
        )
        for g, name in enumerate(caps.names)
    ]
    for s in np.flatnonzero(np.isfinite(problem.grid.import_limit_kw)).tolist():
        own = problem.contracts.most_kw[problem.contracts.site == s].sum(axis=0)
        stored = problem.batteries.power_kw[problem.batteries.site == s]
        most_kw = problem.grid.import_limit_kw[s] + own + stored.sum()
        here = (problem.pools.site == s).astype(np.float64)
        supplies = "contracts and batteries" if len(stored) else "contracts"
        subject = f"grid import and {supplies} of {problem.sites.names[s]}"
        found.append(_power_limit(problem, subject, here, most_kw))
    return tuple(found)


def units_in_any_case(problem: Problem) -> Floats:
    """(P,) units that are owned or have to be booked; none at a site that may be closed."""
    pools = problem.pools
    units = np.select(
        [pools.term == Term.OWNED, pools.term == Term.RESERVED], [pools.max_units, pools.min_units]
    )
    return np.where(problem.sites.is_optional[pools.site], 0.0, units)


def _units_limit(problem: Problem, subject: str, weight: Floats, limit: Floats) -> SharedLimit:
    """Count units in use, or booked: load ≤ Δ · availability · booked."""
    reserved, available = (problem.pools.term == Term.RESERVED)[:, None], problem.pools.availability
    per_unit = np.divide(1.0, available, out=np.ones_like(available), where=reserved & (available > 0))
    booked = np.where(reserved[:, 0], weight * units_in_any_case(problem), 0.0)
    standing = np.broadcast_to(booked[:, None], available.shape)
    return SharedLimit(
        subject, "units", limit, standing, weight[:, None] * per_unit, limit * problem.horizon.hours
    )


def _power_limit(problem: Problem, subject: str, weight: Floats, limit_kw: Floats) -> SharedLimit:
    """Count facility power; owned units idle whether used or not, unless their site may be closed."""
    owned = problem.pools.term == Term.OWNED
    idle_kw = (weight * units_in_any_case(problem) * problem.idle_kw)[:, None] * problem.pools.availability
    standing = problem.pue * idle_kw
    more_kw = problem.busy_kw - np.where(owned, problem.idle_kw, 0.0)
    left = (limit_kw - standing[owned].sum(axis=0)) * problem.horizon.hours
    use = weight[:, None] * problem.pue * more_kw[:, None]
    return SharedLimit(subject, "kW", limit_kw, standing, use, left.clip(min=0.0))


def most_work(
    work_per_unit_h: Floats, capacity: Floats, limits: tuple[SharedLimit, ...]
) -> tuple[Floats, tuple[str, ...]]:
    """(T,) most work that pools can do, unit·h, and the limits that take some of it away.

    `work_per_unit_h` (P,) is the work of one busy unit·h, 0 for pools that do not count, and `capacity` (P,
    T) the greatest load without shared limits, unit·h.
    """
    free: Bools = work_per_unit_h > 0
    total, binding = np.zeros(capacity.shape[1]), []
    for limit in sorted(limits, key=lambda limit: -_taken(limit, work_per_unit_h, capacity)):
        members = free & (limit.use > 0).any(axis=1)
        within = _within(limit, work_per_unit_h, capacity, members)
        if (within < _unlimited(work_per_unit_h, capacity, members)).any():
            total += within
            free &= ~members
            binding.append(limit.words)
    return total + _unlimited(work_per_unit_h, capacity, free), tuple(binding)


def _taken(limit: SharedLimit, work_per_unit_h: Floats, capacity: Floats) -> float:
    """Work that a limit takes away alone, over all periods; inf where it limits the unlimited."""
    members: Bools = (work_per_unit_h > 0) & (limit.use > 0).any(axis=1)
    within, without = (
        _within(limit, work_per_unit_h, capacity, members),
        _unlimited(work_per_unit_h, capacity, members),
    )
    taken = np.subtract(without, within, out=np.zeros_like(within), where=np.isfinite(within))
    return float(taken.sum())


def _unlimited(work_per_unit_h: Floats, capacity: Floats, members: Bools) -> Floats:
    return np.asarray((work_per_unit_h[members, None] * capacity[members]).sum(axis=0))


def _within(limit: SharedLimit, work_per_unit_h: Floats, capacity: Floats, members: Bools) -> Floats:
    """(T,) most work of some pools under one limit."""
    use, most = limit.use[members], capacity[members]
    limited = use > 0
    per_use = np.divide(work_per_unit_h[members, None], use, out=np.zeros_like(use), where=limited)
    uses = np.minimum(np.multiply(most, use, out=np.zeros_like(use), where=limited), limit.left)
    order = np.argsort(-per_use, axis=0, kind="stable")
    per_use, uses = (np.take_along_axis(each, order, axis=0) for each in (per_use, uses))
    filled = np.minimum(np.cumsum(uses, axis=0), limit.left)
    work = (per_use * np.diff(filled, axis=0, prepend=0.0)).sum(axis=0)
    unlimited = np.where(limited, 0.0, most)
    return np.asarray(work + (work_per_unit_h[members, None] * unlimited).sum(axis=0))


MOST_EDGES = 169
"""Stretches begin and end at this many points of a block at most (every hour of a week)."""


@dataclass(frozen=True)
class Excess:
    """More than can be done."""

    first: int
    last: int
    """First period, and the period after the last."""
    others: int
    """More periods with an excess."""
    needed: float
    has: float
    """What has to be and what can be done, in the unit of the weighted work."""
    at_once: bool
    """In single periods, where work that can wait does not count."""

    def when(self, horizon: Horizon) -> str:
        """Write the time."""
        if not self.at_once:
            end = horizon.local_time(self.last - 1, horizon.period_h)  # the next block may be far away
            return f"from {horizon.local_time(self.first)} to {end}"
        more = f" (and in {counted(self.others, 'more period')})" if self.others else ""
        return f"at {moment(horizon, self.first)}{more}"


def worst_excess(horizon: Horizon, due: DueWork, weight: Floats, supply: Floats) -> Excess | None:
    """Find the worst excess, in single periods first; None where all fits.

    `weight` (C,) is what a unit·h of each class takes up, 0 leaves it out; `supply` (T,) is the most that can
    be taken up.
    """
    at_once = _worst_period(horizon, due, weight, supply)
    if at_once or np.isinf(supply).any():
        return at_once
    found = (_worst_stretch(due, weight, supply, block) for block in horizon.blocks)
    return next((excess for excess in found if excess), None)


def _worst_period(horizon: Horizon, due: DueWork, weight: Floats, supply: Floats) -> Excess | None:
    periods = np.arange(horizon.size)
    work = due.arrivals_within(weight, periods, periods + 1)
    excess = work - supply * (1 + SLACK)
    worst, times = int(excess.argmax()), int((excess > 0).sum())
    if not times:
        return None
    return Excess(worst, worst + 1, times - 1, float(work[worst]), float(supply[worst]), at_once=True)


def _worst_stretch(due: DueWork, weight: Floats, supply: Floats, block: slice) -> Excess | None:
    count = min(block.stop - block.start + 1, MOST_EDGES)
    edges = np.linspace(block.start, block.stop, count).round().astype(np.int64)
    row, column = np.triu_indices(count, k=1)
    first, last = edges[row], edges[column]
    work = due.arrivals_within(weight, first, last)
    work += due.jobs_within(weight, edges)[row, column]
    total = np.concatenate([[0.0], np.cumsum(supply)])
    most = total[last] - total[first]
    excess = work - most * (1 + SLACK)
    worst = int(excess.argmax())
    if excess[worst] <= SLACK * work.max():
        return None
    return Excess(
        int(first[worst]), int(last[worst]), 0, float(work[worst]), float(most[worst]), at_once=False
    )


@dataclass(frozen=True, eq=False)
class Confined:
    """Work that can only run in some pools."""

    pools: Bools
    """(P,) bool"""
    weight: Floats
    """(C,) capacity that a unit·h of each class takes up at least; 0 where it can run elsewhere, too."""
    supply: Floats
    """(T,) most that the pools can do in each period."""
    limits: tuple[str, ...]
    """Limits that the pools share and that take some of it away."""


def overloaded_pools(problem: Problem) -> tuple[Reason, ...]:
    """Find the smallest sets of pools that cannot do all the work confined to them, at its worst time."""
    if not problem.pools.size:
        return ()
    efficiency, class_of_need = np.unique(problem.eligibility.efficiency, axis=0, return_inverse=True)
    open_to: Bools = efficiency > 0
    due = due_work(problem, class_of_need.reshape(-1), efficiency.max(axis=1) > 0)
    capacity, limits = _capacity(problem), shared_limits(problem)
    reasons: list[Reason] = []
    overloaded: list[Bools] = []
    for pools in _pool_sets(open_to):
        if any((small <= pools).all() for small in overloaded):
            continue
        confined = _confined(pools, efficiency, capacity, limits)
        excess = worst_excess(problem.horizon, due, confined.weight, confined.supply)
        if excess:
            overloaded.append(pools)
            reasons.append(_reason(problem, confined, class_of_need.reshape(-1), excess))
    return tuple(reasons)


def whole_work_without_room(problem: Problem) -> tuple[Reason, ...]:
    """Find the whole workloads that exceed each pool open to them, in some period each."""
    whole = np.flatnonzero(problem.workloads.is_whole & has_to_be_done(problem))
    room = _capacity(problem) if len(whole) else np.zeros((0, problem.horizon.size))
    found = (_no_room(problem, room, w) for w in whole.tolist())
    return tuple(reason for reason in found if reason)


def _no_room(problem: Problem, room: Floats, workload: int) -> Reason | None:
    """Say where a whole workload does not fit, if it fits nowhere."""
    efficiency, hours = (
        problem.eligibility.efficiency[problem.workloads.need[workload]],
        problem.horizon.hours,
    )
    pools = np.flatnonzero(efficiency > 0)
    needed = arrivals(problem, np.array([workload])) / efficiency[pools, None]
    excess = needed - room[pools] * (1 + SLACK)
    worst = excess.argmax(axis=1)
    if not len(pools) or (excess.max(axis=1) <= 0).any():
        return None
    lines = [
        f"{problem.pools.names[p]}: {number(float(needed[i, t] / hours[t]))} units are needed, but at most "
        f"{number(float(room[p, t] / hours[t]))} are there, at {moment(problem.horizon, t)}"
        for i, (p, t) in enumerate(zip(pools.tolist(), worst.tolist(), strict=True))
    ]
    return Reason(
        workloads_named(problem.workloads.names, np.array([workload])),
        "all of it has to be in one pool (mobility whole), and none open to it has room",
        first_lines(lines),
    )


def _capacity(problem: Problem) -> Floats:
    """(P, T) greatest load of each pool, unit·h."""
    share = problem.pools.availability * problem.horizon.hours
    capacity = np.zeros_like(share)
    np.multiply(problem.pools.most_units[:, None], share, out=capacity, where=share > 0)
    return capacity


def _pool_sets(open_to: Bools) -> list[Bools]:
    """Collect the sets of pools open to some class, smallest first, and their union."""
    sets = np.unique(open_to[open_to.any(axis=1)], axis=0)
    if not len(sets):
        return []
    sets = np.unique(np.vstack([sets, sets.any(axis=0)]), axis=0)
    return list(sets[np.argsort(sets.sum(axis=1), kind="stable")])


def _confined(
    pools: Bools, efficiency: Floats, capacity: Floats, limits: tuple[SharedLimit, ...]
) -> Confined:
    open_to = efficiency > 0
    inside = open_to.any(axis=1) & (open_to <= pools).all(axis=1)
    best = efficiency[inside].max(axis=0)
    uses = np.divide(best, efficiency, out=np.full(efficiency.shape, np.inf), where=open_to)
    weight = np.where(inside, uses.min(axis=1), 0.0)
    supply, binding = most_work(best, capacity, limits)
    return Confined(pools, weight, supply, binding)


def _reason(problem: Problem, confined: Confined, class_of_need: Ints, excess: Excess) -> Reason:
    register = problem.workloads
    counts = has_to_be_done(problem) & (confined.weight[class_of_need[register.need]] > 0)
    if excess.at_once:
        counts &= ~register.is_job & (register.max_delay_h < problem.horizon.period_h)
    pools = [
        f"{problem.pools.names[p]}: {_units(problem, p)}" for p in np.flatnonzero(confined.pools).tolist()
    ]
    return Reason(
        workloads_named(register.names, np.flatnonzero(counts)),
        f"{excess.when(problem.horizon)}, {_amounts(problem, excess)} in the pools open to this work",
        first_lines([*confined.limits, *pools]),
    )


def _amounts(problem: Problem, excess: Excess) -> str:
    if not excess.at_once:
        return f"{number(excess.needed)} unit·h must be done, but at most {number(excess.has)} can be"
    needed, has = (number(each / problem.horizon.period_h) for each in (excess.needed, excess.has))
    return f"{needed} units are needed, but at most {has} are there"


def _units(problem: Problem, pool: int) -> str:
    units = f"at most {number(problem.pools.most_units[pool])} units"
    lowest = problem.pools.availability[pool].min()
    return units if lowest >= 1 else f"{units}, availability from {number(lowest)}"
