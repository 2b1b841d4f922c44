"""The most work that some pools can do at one time, within caps and import limits.

Under a limit ``Σ use · load ≤ limit`` the most work is that of the pools with the most work per use,
filled in this order. Limits that share a pool are not combined: each pool counts under the limit that
takes most away, so the answer is an upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.explain.wording import number
from computeplan.problem import Bools, CapMeasure, Floats, Problem, Term


@dataclass(frozen=True, eq=False)
class SharedLimit:
    """A limit that several pools share.

    Attributes
    ----------
    words : str
        Such as ``cap jinfeng-power: at most 40,000 kW``.
    use : (P, T)
        Of the limit by one busy unit·h; 0 where the pool does not count.
    limit : (T,)
        For the whole period, what stands idle taken off.
    """

    words: str
    use: Floats
    limit: Floats


def shared_limits(problem: Problem) -> tuple[SharedLimit, ...]:
    """Collect caps and import limits as limits on load.

    Parameters
    ----------
    problem : Problem
    """
    caps = problem.caps
    found = [
        _power_limit(problem, caps.weight[g], caps.limit[g], f"cap {name}")
        if caps.measure[g] is CapMeasure.POWER
        else _units_limit(problem, caps.weight[g], caps.limit[g], f"cap {name}")
        for g, name in enumerate(caps.names)
    ]
    for s in np.flatnonzero(np.isfinite(problem.grid.import_limit_kw)).tolist():
        own = problem.contracts.most_kw[problem.contracts.site == s].sum(axis=0)
        stored = problem.batteries.power_kw[problem.batteries.site == s]
        own = own + stored.sum()
        here = (problem.pools.site == s).astype(np.float64)
        supplies = "contracts and batteries" if len(stored) else "contracts"
        words = f"grid import and {supplies} of {problem.sites.names[s]}"
        found.append(_power_limit(problem, here, problem.grid.import_limit_kw[s] + own, words))
    return tuple(found)


def most_work(
    worth: Floats, capacity: Floats, limits: tuple[SharedLimit, ...]
) -> tuple[Floats, tuple[str, ...]]:
    """Bound the work that pools can do in each period.

    Parameters
    ----------
    worth : (P,)
        Work of one busy unit·h; 0 for pools that do not count.
    capacity : (P, T)
        Greatest load without shared limits, unit·h.
    limits : tuple of SharedLimit

    Returns
    -------
    (T,)
        Work, unit·h.
    tuple of str
        The limits that take some of it away.
    """
    free: Bools = worth > 0
    total, binding = np.zeros(capacity.shape[1]), []
    for limit in sorted(limits, key=lambda limit: -_taken(limit, worth, capacity)):
        members = free & (limit.use > 0).any(axis=1)
        within = _within(limit, worth, capacity, members)
        if (within < _unlimited(worth, capacity, members)).any():
            total += within
            free &= ~members
            binding.append(limit.words)
    return total + _unlimited(worth, capacity, free), tuple(binding)


def _taken(limit: SharedLimit, worth: Floats, capacity: Floats) -> float:
    """Work that a limit takes away alone, over all periods; inf where it limits the unlimited."""
    members: Bools = (worth > 0) & (limit.use > 0).any(axis=1)
    within, without = _within(limit, worth, capacity, members), _unlimited(worth, capacity, members)
    taken = np.subtract(without, within, out=np.zeros_like(within), where=np.isfinite(within))
    return float(taken.sum())


def _unlimited(worth: Floats, capacity: Floats, members: Bools) -> Floats:
    return np.asarray((worth[members, None] * capacity[members]).sum(axis=0))


def _within(limit: SharedLimit, worth: Floats, capacity: Floats, members: Bools) -> Floats:
    """(T,) most work of some pools under one limit."""
    use, most = limit.use[members], capacity[members]
    limited = use > 0
    per_use = np.divide(worth[members, None], use, out=np.zeros_like(use), where=limited)
    uses = np.minimum(np.multiply(most, use, out=np.zeros_like(use), where=limited), limit.limit)
    order = np.argsort(-per_use, axis=0, kind="stable")
    per_use, uses = (np.take_along_axis(each, order, axis=0) for each in (per_use, uses))
    filled = np.minimum(np.cumsum(uses, axis=0), limit.limit)
    work = (per_use * np.diff(filled, axis=0, prepend=0.0)).sum(axis=0)
    beside = np.where(limited, 0.0, most)
    return np.asarray(work + (worth[members, None] * beside).sum(axis=0))


def _units_limit(problem: Problem, weight: Floats, limit: Floats, words: str) -> SharedLimit:
    """Count units in use, or booked: load ≤ Δ · availability · booked."""
    reserved = (problem.pools.term == Term.RESERVED)[:, None]
    available = problem.pools.availability
    per_unit = np.divide(1.0, available, out=np.ones_like(available), where=reserved & (available > 0))
    told = f"{words}: at most {number(limit.max())} units"
    return SharedLimit(told, weight[:, None] * per_unit, limit * problem.horizon.hours)


def _power_limit(problem: Problem, weight: Floats, limit_kw: Floats, words: str) -> SharedLimit:
    """Count facility power; owned units take their idle power off the limit whether used or not."""
    pools, hours = problem.pools, problem.horizon.hours
    owned = pools.term == Term.OWNED
    idle_kw = np.where(owned, problem.idle_kw, 0.0)
    standing = np.where(owned, pools.max_units, 0.0)[:, None] * pools.availability * idle_kw[:, None]
    use = weight[:, None] * problem.pue * (problem.busy_kw - idle_kw)[:, None]
    left = limit_kw - weight @ (problem.pue * standing)
    return SharedLimit(f"{words}: at most {number(limit_kw.max())} kW", use, (left * hours).clip(min=0.0))
