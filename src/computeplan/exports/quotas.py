"""Whole replicas of a plan: how many each group of workloads may use of each pool, for a week at a time.

A *replica* is what the target counts in whole numbers: a GPU, a node; a unit of the plan is `per_unit` of
them. A *window* is a stretch of the horizon with one quota. Of a pool, whole replicas are given one by one to
whoever keeps the next one busy for longest, until everybody has their peak or the pool has no whole one left:

    lost[r] = Σ_t Δ · max(0, busy[r,t] − whole[r])        Σ_r whole[r] ≤ ⌊replicas that can be used⌋

No other whole numbers within the pool lose less of the planned work. What a cap on units or power, or the
supply of a site, does not allow to be busy at once is then taken away again, least work first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.accounts.capacity import by_site, capacity_unit_h, it_energy_kwh, paid_unit_h, use_of_caps
from computeplan.accounts.requirements import running_efficiency
from computeplan.problem import CapMeasure, Floats, Ints, Problem, Term
from computeplan.problem.arrays import ReadOnlyArrays, ratio
from computeplan.solvers.plan import Solution

NOTHING = 1e-6
"""Replicas that are rounding of the solver's, not work."""
CELLS = 1 << 22
"""Numbers computed at a time."""


@dataclass(frozen=True, eq=False)
class BusyUnits(ReadOnlyArrays):
    """Units that groups of workloads keep busy; a row for each group and pool with work."""

    group: Ints
    pool: Ints
    """(R,) sorted by group, then pool."""
    units: Floats
    """(R, T)"""


@dataclass(frozen=True, eq=False)
class Quota(ReadOnlyArrays):
    """Whole replicas of every row of `BusyUnits` in one window."""

    window: slice
    """Its periods."""
    whole: Ints
    """(R,) replicas."""
    peak: Ints
    """(R,) most replicas that the plan keeps busy, rounded up."""
    usable: Floats
    """(P,) whole replicas that can be used; inf where there is no limit."""
    spare: Ints
    """(P,) those that no row has and that all limits allow beside them; 0 where there is no limit."""
    planned_h: Floats
    """(R,) replica·h that the plan keeps busy."""
    lost_h: Floats
    """(R,) part of them above the quota."""


def count_busy_units(problem: Problem, solution: Solution, group_of: Ints) -> BusyUnits:
    """Count the units that each group of workloads keeps busy; `group_of`: (W,) their groups."""
    pools, periods = problem.pools.size, problem.horizon.size
    per_work = ratio(1.0, running_efficiency(problem)) / problem.horizon.period_h
    keys, loads = [np.zeros(0, dtype=np.int64)], [np.zeros((0, periods))]
    for block in solution.allocation.blocks():
        order = np.argsort(group_of[block.workloads], kind="stable")
        workloads = block.workloads[order]
        rate = per_work[np.ix_(problem.workloads.need[workloads], block.pools)]
        some, first = np.unique(group_of[workloads], return_index=True)
        load = np.add.reduceat(block.unit_h[order] * rate[:, :, None], first, axis=0)
        row, pool = np.nonzero(load.any(axis=2))
        spread = np.zeros((len(row), periods))
        spread[:, block.periods] = load[row, pool]
        keys.append(some[row] * pools + block.pools[pool])
        loads.append(spread)
    key = np.concatenate(keys)
    order = np.argsort(key, kind="stable")
    known, first = np.unique(key[order], return_index=True)
    total = np.add.reduceat(np.concatenate(loads)[order], first, axis=0) if len(known) else loads[0]
    return BusyUnits(known // pools, known % pools, total)


def make_quotas(
    problem: Problem, solution: Solution, busy: BusyUnits, per_unit: float, windows: Sequence[slice]
) -> list[Quota]:
    """Round to whole replicas, window by window; `per_unit`: replicas in a unit of the plan."""
    ceilings, hour = _Ceilings(problem, solution), problem.horizon.period_h
    return [_round_window(busy, ceilings, window, per_unit, hour) for window in windows]


def cut_windows(problem: Problem, hours: float) -> list[slice]:
    """Cut the blocks of the horizon into stretches of so many hours, the last of each as it comes."""
    step = max(1, round(hours / problem.horizon.period_h))
    return [
        slice(first, min(first + step, block.stop))
        for block in problem.horizon.blocks
        for first in range(block.start, block.stop, step)
    ]


def _round_window(busy: BusyUnits, ceilings: _Ceilings, window: slice, per_unit: float, hour: float) -> Quota:
    replicas, pools = busy.units[:, window] * per_unit, len(ceilings.units)
    peak = np.ceil(replicas.max(axis=1, initial=0.0) - NOTHING).astype(np.int64)
    usable = np.floor(ceilings.units[:, window].max(axis=1) * per_unit + NOTHING)
    whole = peak.copy()
    wanted = np.bincount(busy.pool, weights=peak, minlength=pools)
    for pool in np.flatnonzero(wanted > usable).tolist():
        rows = np.flatnonzero(busy.pool == pool)
        row, gain = _gains(replicas[rows], peak[rows])
        kept = np.argsort(-gain, kind="stable")[: int(usable[pool])]
        whole[rows] = np.bincount(row[kept], minlength=len(rows))
    whole, spare = _within_shared(whole, replicas, busy.pool, usable, ceilings.shared(window, per_unit))
    lost = np.maximum(replicas - whole[:, None], 0.0).sum(axis=1)
    return Quota(window, whole, peak, usable, spare, replicas.sum(axis=1) * hour, lost * hour)


def _within_shared(
    whole: Ints, replicas: Floats, pool: Ints, usable: Floats, shared: Sequence[tuple[Floats, float]]
) -> tuple[Ints, Ints]:
    """Keep (R,) whole replicas, and the (P,) spare ones of each pool, within what pools share.

    Spare replicas do no work of the plan, so they go first.
    """
    pools = len(usable)
    given = np.bincount(pool, weights=whole, minlength=pools)
    left = np.where(np.isfinite(usable), usable - given, 0.0).astype(np.int64)
    every = np.concatenate((whole, left))
    work = np.concatenate((replicas, np.zeros((pools, replicas.shape[1]))))
    pool_of = np.concatenate((pool, np.arange(pools)))
    for used, most in shared:
        _take_back(every, work, used[pool_of], most)
    return every[: len(whole)], every[len(whole) :]


def _gains(replicas: Floats, count: Ints) -> tuple[Ints, Floats]:
    """Row of each replica of (R,) counts, first to last, and how many periods it is busy."""
    row = np.repeat(np.arange(len(count)), count)
    level = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    gain, step = np.zeros(len(row)), max(1, CELLS // max(1, replicas.shape[1]))
    for first in range(0, len(row), step):
        part = slice(first, first + step)
        gain[part] = np.clip(replicas[row[part]] - level[part, None], 0.0, 1.0).sum(axis=1)
    return row, gain


def _take_back(whole: Ints, replicas: Floats, used: Floats, most: float) -> None:
    """Take replicas away, least work first, until what all of them use at once is allowed.

    `used`: (R,) what a busy replica uses of what is shared.
    """
    excess = float(used @ whole) - most
    if not excess > NOTHING * max(1.0, abs(most)):
        return
    rows = np.flatnonzero(used > 0)
    of_row, gain = _gains(replicas[rows], whole[rows])
    each = used[rows][of_row]
    order = np.argsort(gain / each, kind="stable")
    gone = order[: int(np.searchsorted(np.cumsum(each[order]), excess - NOTHING)) + 1]
    whole[rows] -= np.bincount(of_row[gone], minlength=len(rows))


class _Ceilings:
    """What the plan's limits let replicas use at once."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        decisions, load = solution.decisions, solution.accounts.usage.load_unit_h
        hours, idle_load = problem.horizon.hours, np.zeros_like(load)
        self._problem = problem
        self.units: Floats = capacity_unit_h(problem, decisions) / hours
        """(P, T) units that can be used."""
        idle = problem.pue * it_energy_kwh(problem, idle_load, decisions)
        self._idle_kw = by_site(problem, idle) / hours
        self._kw = by_site(problem, problem.pue * it_energy_kwh(problem, load, decisions)) / hours
        self._standing = use_of_caps(problem, paid_unit_h(problem, idle_load, decisions), idle) / hours
        contracts = problem.contracts
        offered = contracts.available_kw + contracts.profile * decisions.contracted_kw[:, None]
        self._supply_kw = np.zeros_like(problem.grid.price) + problem.grid.import_limit_kw[:, None]
        np.add.at(self._supply_kw, contracts.site, offered)

    def shared(self, window: slice, per_unit: float) -> list[tuple[Floats, float]]:
        """(P,) use of a busy replica, and the most that is left for all: of each cap, and each site's power.

        A site's power is what grid and contracts always give, or what the plan uses at once, if that is more.
        """
        problem, caps, pools = self._problem, self._problem.caps, self._problem.pools
        kw = (problem.pue * (problem.busy_kw - problem.idle_kw)[:, None])[:, window].max(axis=1)
        counted = ((pools.term != Term.RESERVED) & ~pools.rents_in_steps).astype(np.float64)
        found = []
        for cap, measure in enumerate(caps.measure):
            left = (caps.limit[cap] - self._standing[cap])[window].min()
            used = kw if measure is CapMeasure.POWER else counted
            found.append((caps.weight[cap] * used / per_unit, float(left)))
        most = np.maximum(self._supply_kw[:, window].min(axis=1), self._kw[:, window].max(axis=1))
        most = most - self._idle_kw[:, window].max(axis=1)
        limited = np.flatnonzero(np.isfinite(most)).tolist()
        of_sites = [(np.where(pools.site == site, kw, 0.0) / per_unit, float(most[site])) for site in limited]
        return found + of_sites
