"""Work that exceeds all the capacity open to it, at one time or over a stretch of time.

For a set of pools E, all work that can only run in E must fit into it. Where hardware differs, a unit·h
of pool *p* counts as ``g[p] = max_r efficiency[r,p]`` and a unit·h of work *r* as the least it takes up,
``min_p g[p] / efficiency[r,p] ≥ 1``, which no split can undercut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.explain.due import due_work
from computeplan.explain.excess import Excess, worst_excess
from computeplan.explain.obligation import has_to_be_done
from computeplan.explain.reason import Reason
from computeplan.explain.supply import SharedLimit, most_work, shared_limits
from computeplan.explain.wording import listed, number, workloads_named
from computeplan.problem import Bools, Floats, Ints, Problem


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
        excess = worst_excess(problem.horizon, due, confined.weight, confined.supply)
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
        listed([*confined.limits, *pools]),
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
