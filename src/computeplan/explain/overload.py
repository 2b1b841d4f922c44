"""Work that exceeds all the capacity open to it, at one time or over a stretch of time.

For a set of pools E, all work that can only run in E must fit into it. Where hardware differs, a unit·h
of pool *p* counts as ``g[p] = max_r efficiency[r,p]`` and a unit·h of work *r* as the least it takes up,
``min_p g[p] / efficiency[r,p] ≥ 1``, which no split can undercut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.explain.due import DueWork, due_work
from computeplan.explain.obligation import has_to_be_done
from computeplan.explain.reason import Reason
from computeplan.explain.rush import SLACK
from computeplan.explain.supply import SharedLimit, most_work, shared_limits
from computeplan.explain.wording import counted, listed, moment, number, workloads_named
from computeplan.problem import Bools, Floats, Ints, Problem

MOST_EDGES = 169
"""Stretches begin and end at this many points of a block at most (every hour of a week)."""


@dataclass(frozen=True, eq=False)
class Confined:
    """Work that can only run in some pools.

    Attributes
    ----------
    pools : (P,) bool
    weight : (C,)
        Capacity that a unit·h of each class takes up at least; 0 where it can run elsewhere, too.
    supply : (T,)
        Most that the pools can do in each period.
    limits : tuple of str
        Limits that the pools share and that take some of it away.
    """

    pools: Bools
    weight: Floats
    supply: Floats
    limits: tuple[str, ...]


@dataclass(frozen=True)
class Excess:
    """Work beyond the capacity, in words.

    Attributes
    ----------
    when, amounts : str
    at_once : bool
        In single periods, where work that can wait does not count.
    """

    when: str
    amounts: str
    at_once: bool


def overloaded_pools(problem: Problem) -> tuple[Reason, ...]:
    """Find the sets of pools that cannot do all the work confined to them.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        One for each smallest such set, at the time where most is missing.
    """
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
        excess = _worst(problem, due, confined)
        if excess:
            overloaded.append(pools)
            reasons.append(_reason(problem, confined, class_of_need.reshape(-1), excess))
    return tuple(reasons)


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


def _worst(problem: Problem, due: DueWork, confined: Confined) -> Excess | None:
    """Say when and by how much, for single periods first; None where all fits."""
    at_once = _worst_period(problem, due, confined)
    if at_once or np.isinf(confined.supply).any():
        return at_once
    found = [_worst_stretch(problem, due, confined, block) for block in problem.horizon.blocks]
    return next((excess for excess in found if excess), None)


def _worst_period(problem: Problem, due: DueWork, confined: Confined) -> Excess | None:
    periods = np.arange(problem.horizon.size)
    work = due.arrivals_within(confined.weight, periods, periods + 1)
    excess = work - confined.supply * (1 + SLACK)
    worst, times = int(excess.argmax()), int((excess > 0).sum())
    if not times:
        return None
    when = f"at {moment(problem.horizon, worst)}"
    if times > 1:
        when += f" (and in {counted(times - 1, 'more period')})"
    hours = problem.horizon.period_h
    needed, has = number(work[worst] / hours), number(confined.supply[worst] / hours)
    return Excess(when, f"{needed} units are needed, but at most {has} are there", at_once=True)


def _worst_stretch(problem: Problem, due: DueWork, confined: Confined, block: slice) -> Excess | None:
    count = min(block.stop - block.start + 1, MOST_EDGES)
    edges = np.linspace(block.start, block.stop, count).round().astype(np.int64)
    row, column = np.triu_indices(count, k=1)
    first, last = edges[row], edges[column]
    work = due.arrivals_within(confined.weight, first, last)
    work += due.jobs_within(confined.weight, edges)[row, column]
    total = np.concatenate([[0.0], np.cumsum(confined.supply)])
    supply = total[last] - total[first]
    excess = work - supply * (1 + SLACK)
    worst = int(excess.argmax())
    if excess[worst] <= SLACK * work.max():
        return None
    when = f"from {moment(problem.horizon, int(first[worst]))} to {moment(problem.horizon, int(last[worst]))}"
    needed, has = number(work[worst]), number(supply[worst])
    return Excess(when, f"{needed} unit·h must be done, but at most {has} can be", at_once=False)


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
        f"{excess.when}, {excess.amounts} in the pools open to this work",
        listed([*confined.limits, *pools]),
    )


def _units(problem: Problem, pool: int) -> str:
    units = f"at most {number(problem.pools.most_units[pool])} units"
    lowest = problem.pools.availability[pool].min()
    return units if lowest >= 1 else f"{units}, availability from {number(lowest)}"
