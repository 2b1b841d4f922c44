"""The plan of one class, split among its members: how much each does, when and where.

First over time: arrivals leave oldest first, each period's in proportion (demands); every job does the
same part of its volume. Then over places, hardware at a site, so that few members are split and most never
move (see `lay_members`), and within a place over the pools of its terms, members stacked in a fixed order;
or, on request, every member does the same part of its work in each pool.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from computeplan.grouping.layout import Layout, lay_members
from computeplan.grouping.overlap import find_overlaps
from computeplan.grouping.runs import find_runs
from computeplan.problem import Floats, Horizon, HorizonEnd, Ints, Problem, Split, WorkBlock

SLIVER = 1e-12
"""Work below this share of all of a member's is rounding."""
ROUNDING = 1e-9
"""A run with less than this share of a class's work is a solver's rounding."""
MOST_PERIODS = 500
"""Periods over which moves are kept few; each such stretch of a longer block starts anew."""


@dataclass(frozen=True, eq=False)
class Outflow:
    """How a deferrable class's work leaves, oldest first, within one block.

    A member's work done by the end of a period is its own arrivals up to the arrival instant that the
    class has reached: the arrivals before period `index`, and the part `fraction` of that period's.
    """

    index: Ints
    """(t + 1,) period of arrival reached at each period's edge; negative in the block before (`cyclic`)."""
    fraction: Floats
    """(t + 1,) part of that period's arrivals."""

    def leaving(self, arrivals: Floats) -> Floats:
        """(n, t) work of members leaving in each period, from their arrivals (n, t)."""
        size = arrivals.shape[1]
        total = np.concatenate((np.zeros((len(arrivals), 1)), np.cumsum(arrivals, axis=1)), axis=1)
        period = self.index % size
        reached = total[:, period] + self.fraction * arrivals[:, period]
        reached += (self.index // size) * total[:, -1:]
        leaving = np.diff(reached, axis=1)
        return np.where(leaving > SLIVER * total[:, -1:], leaving, 0.0)


def follow_oldest_first(arrivals: Floats, leaving: Floats, horizon: Horizon) -> Outflow:
    """Follow a class's arrivals (t,) through one block, oldest first, as they leave or fall short (t,)."""
    arrived = np.concatenate(([0.0], np.cumsum(arrivals)))
    left = np.concatenate(([0.0], np.cumsum(leaving)))
    # The solver keeps to its tolerance; what leaves is exactly what arrives.
    left *= arrived[-1] / left[-1] if left[-1] > 0 else 0.0
    if horizon.end is HorizonEnd.CYCLIC:
        left -= max(0.0, float(np.max(left - arrived)))
    else:
        left = np.minimum(left, arrived)
    total = arrived[-1] if arrived[-1] > 0 else 1.0
    rounds = np.floor(left / total)
    inside = left - rounds * total
    index = np.clip(np.searchsorted(arrived, inside, side="right") - 1, 0, len(arrivals) - 1)
    width = np.where(arrivals[index] > 0, arrivals[index], 1.0)
    fraction = np.clip((inside - arrived[index]) / width, 0.0, 1.0)
    return Outflow(index + rounds.astype(np.int64) * len(arrivals), fraction)


def stack_over_pools(amounts: Floats, below: Floats, capacity: Floats) -> Floats:
    """(n, p, t) work of members (n, t), laid end to end over the work of the pools (p, t) in the same length.

    `below` (t,) is the work of the members before these; the pools' work sums to that of all members.
    """
    if len(capacity) == 1:
        return amounts[:, None, :]
    upper = below + np.cumsum(amounts, axis=0)
    edges = np.concatenate((np.zeros((1, capacity.shape[1])), np.cumsum(capacity, axis=0)))
    # Rounding must not leave a sliver of the last member outside.
    edges[-1] = np.inf
    low = np.maximum((upper - amounts)[:, None, :], edges[None, :-1, :])
    high = np.minimum(upper[:, None, :], edges[None, 1:, :])
    split: Floats = np.maximum(high - low, 0.0)
    return split


def split_in_proportion(amounts: Floats, capacity: Floats) -> Floats:
    """(n, p, t) work of members (n, t) of which each does the same part in each pool.

    `capacity` is the work of each pool in each period (p, t) or in all (p, 1).
    """
    total = capacity.sum(axis=0)
    part: Floats = capacity / np.where(total > 0, total, 1.0)
    return amounts[:, None, :] * part


@dataclass(frozen=True, eq=False)
class ClassPlan:
    """The work of a class as dense arrays."""

    problem: Problem
    """The whole problem."""
    members: Ints
    """(n,) workloads of the class."""
    rate: Floats
    """(T,) units that the class's demand keeps busy; zero for jobs."""
    pools: Ints
    """(p,)"""
    periods: Ints
    """(t,) all periods of a demand; those with work of a job."""
    unit_h: Floats
    """(p, t)"""
    short_unit_h: Floats
    """(t,)"""

    @classmethod
    def from_work(
        cls,
        problem: Problem,
        members: Ints,
        rate: Floats,
        done: tuple[Ints, Ints, Floats],
        short: tuple[Ints, Floats],
    ) -> ClassPlan:
        """Make the dense arrays from the class's entries of `Work`."""
        pool, period, unit_h = done
        is_job = problem.workloads.is_job[members[0]]
        touched = np.unique(np.concatenate((period, short[0])))
        periods = touched if is_job else np.arange(problem.horizon.size)
        pools = np.unique(pool)
        work = np.zeros((len(pools), len(periods)))
        work[np.searchsorted(pools, pool), np.searchsorted(periods, period)] = unit_h
        shortfall = np.zeros(len(periods))
        shortfall[np.searchsorted(periods, short[0])] = short[1]
        return cls(problem, members, rate, pools, periods, work, shortfall)

    def blocks(self, most_cells: int) -> Iterator[WorkBlock]:
        """Expand the members, a few at a time."""
        if self.problem.workloads.runs_through[self.members[0]]:
            yield from self._blocks_of_runs(most_cells)
            return
        per_member = max(1, len(self.pools) * len(self.periods))
        step = max(1, most_cells // per_member)
        capacity, below = self._capacity(), np.zeros((len(self._places), len(self.periods)))
        for first in range(0, len(self.members), step):
            members = self.members[first : first + step]
            amounts, short = self._split_over_time(members)
            if self._is_moved:
                by_place = self._split_over_places(first, amounts)
                unit_h = self._split_over_terms(by_place, below, capacity)
                below = below + by_place.sum(axis=0)
            else:
                unit_h = self._split_once(amounts, below[0], capacity)
                below = below + amounts.sum(axis=0)
            yield WorkBlock(members, self.pools, self.periods, unit_h, short)

    def _blocks_of_runs(self, most_cells: int) -> Iterator[WorkBlock]:
        """Lay the members one after another over the runs of the class: few are divided."""
        volume = self.problem.workloads.volume_unit_h[self.members]
        part, done = self._runs
        ends, each = np.zeros(len(volume), dtype=np.int64), np.zeros(len(done), dtype=np.int64)
        member, run, unit_h = find_overlaps(ends, volume, each, done)
        size, step = len(self.pools), max(1, most_cells // max(1, len(self.pools) * len(part)))
        for first in range(0, len(self.members), step):
            some = slice(*np.searchsorted(member, (first, first + step)))
            members = self.members[first : first + step]
            by_run = np.zeros((len(members), len(done)))
            by_run[member[some] - first, run[some]] = unit_h[some]
            by_start = by_run[:, :-1].reshape(len(members), size, part.shape[1])
            short = np.zeros((len(members), len(self.periods)))
            short[:, np.flatnonzero(self.short_unit_h)] = by_run[:, -1:]
            yield WorkBlock(members, self.pools, self.periods, by_start @ part.T, short)

    @property
    def _runs(self) -> tuple[Floats, Floats]:
        """(t, k) part of a job that each run does in a period; (p · k + 1,) work of runs, and shortfall."""
        runs = find_runs(self.problem, self.members[:1])
        row, entry = runs.entries(np.arange(len(runs.workload)))
        part = np.zeros((self.problem.horizon.size, len(runs.workload)))
        part[runs.when[entry], row] = runs.part[entry]
        # A run is the last one to start in its first period, so that the starts follow one by one.
        done = np.linalg.solve(part[runs.period], self._padded(runs.period).T).T
        done = np.concatenate((np.maximum(done, 0.0).reshape(-1), [self.short_unit_h.sum()]))
        if self.problem.workloads.is_whole[self.members[0]]:
            each = self.problem.workloads.volume_unit_h[self.members[0]]
            done = np.round(done / each) * each
        kept: Floats = np.where(done < ROUNDING * done.sum(), 0.0, done).astype(np.float64)
        return part[self.periods], kept

    def _padded(self, periods: Ints) -> Floats:
        """(p, n) work in some periods of the horizon."""
        work = np.zeros((len(self.pools), self.problem.horizon.size))
        work[:, self.periods] = self.unit_h
        return work[:, periods]

    @property
    def _is_moved(self) -> bool:
        """Whether members may be in other pools from period to period, each in few."""
        is_fixed = self.problem.workloads.is_fixed[self.members[0]]
        return not is_fixed and self.problem.split is not Split.PROPORTIONAL

    @cached_property
    def _places(self) -> list[Ints]:
        """Pools of each place, as rows of `unit_h`."""
        place = self.problem.pools.place[self.pools]
        return [np.flatnonzero(place == one) for one in np.unique(place)] or [np.zeros(0, dtype=np.int64)]

    def _split_over_places(self, first: int, amounts: Floats) -> Floats:
        """(n, places, t) work of the members from `first` on."""
        if len(self._places) == 1:
            return amounts[:, None]
        parts = [
            layout.split(first, amounts[:, periods], len(self._places)) for periods, layout in self._layouts
        ]
        return np.concatenate(parts, axis=2)

    def _split_over_terms(self, by_place: Floats, below: Floats, capacity: Floats) -> Floats:
        """(n, p, t) work of members (n, places, t), stacked over the pools of each place."""
        unit_h = np.zeros((len(by_place), *capacity.shape))
        for place, pools in enumerate(self._places):
            unit_h[:, pools] = stack_over_pools(by_place[:, place], below[place], capacity[pools])
        return unit_h

    @cached_property
    def _layouts(self) -> list[tuple[slice, Layout]]:
        """Where members run, in each stretch of periods."""
        strands, strand, size = self._strands()
        capacity = self._capacity()
        by_place = np.stack([capacity[pools].sum(axis=0) for pools in self._places])
        # A new start would move work that pays for it.
        pays = self.problem.workloads.pays_moves[self.members[0]]
        longest = len(self.periods) if pays else MOST_PERIODS
        return [
            (periods, lay_members(strand, size, strands[:, periods], by_place[:, periods]))
            for periods in _stretches(self.problem.horizon.block[self.periods], longest)
        ]

    def _strands(self) -> tuple[Floats, Ints, Floats]:
        """(strands, t) work of members of one shape together, (n,) strand and size of each member."""
        workloads = self.problem.workloads
        if workloads.is_job[self.members[0]]:
            alone = self._class_leaving * (1.0 - self._short_part)
            return (
                alone[None, :],
                np.zeros(len(self.members), dtype=np.int64),
                workloads.volume_unit_h[self.members],
            )
        profiles, strand = np.unique(workloads.profile[self.members], return_inverse=True)
        size = workloads.scale[self.members]
        units = np.bincount(strand, weights=size)[:, None] * workloads.profiles[profiles]
        leaving = self._leaving(units * self.problem.horizon.hours)
        return leaving * (1.0 - self._short_part), strand.reshape(-1), size

    def _split_once(self, amounts: Floats, below: Floats, capacity: Floats) -> Floats:
        """Split the members' work over the pools in proportion, or once for all periods if they are fixed."""
        is_fixed = self.problem.workloads.is_fixed[self.members[0]]
        if self.problem.split is Split.PROPORTIONAL:
            return split_in_proportion(amounts, capacity.sum(axis=1, keepdims=True) if is_fixed else capacity)
        size, total = amounts.sum(axis=1, keepdims=True), capacity.sum(axis=1, keepdims=True)
        split = stack_over_pools(size, below.sum(keepdims=True), total)
        share: Floats = split / np.where(size > 0, size, 1.0)[:, None, :]
        return share * amounts[:, None, :]

    def _capacity(self) -> Floats:
        """(p, t) work of each pool, scaled so that it sums to exactly what the members do."""
        done = self.unit_h.sum(axis=0)
        exact = self._class_leaving * (1.0 - self._short_part)
        scale: Floats = np.where(done > 0, exact / np.where(done > 0, done, 1.0), 0.0)
        return self.unit_h * scale

    @cached_property
    def _class_leaving(self) -> Floats:
        """(t,) work leaving in each period, shortfall included, free of the solver's rounding."""
        workloads, leaving = self.problem.workloads, self.unit_h.sum(axis=0) + self.short_unit_h
        if workloads.is_job[self.members[0]]:
            volume, total = workloads.volume_unit_h[self.members].sum(), leaving.sum()
            exact: Floats = leaving * (volume / total if total > 0 else 0.0)
            return exact
        arriving: Floats = (self.rate * self.problem.horizon.hours)[None, :]
        served: Floats = self._leaving(arriving)[0]
        return served

    @cached_property
    def _short_part(self) -> Floats:
        """(t,) part of the leaving work that is not served."""
        leaving = self.unit_h.sum(axis=0) + self.short_unit_h
        part: Floats = self.short_unit_h / np.where(leaving > 0, leaving, 1.0)
        return part

    def _split_over_time(self, members: Ints) -> tuple[Floats, Floats]:
        """Work and shortfall of some members, (n, t) each."""
        workloads = self.problem.workloads
        if workloads.is_job[members[0]]:
            total = workloads.volume_unit_h[self.members].sum()
            part = workloads.volume_unit_h[members] / (total if total > 0 else 1.0)
            leaving = part[:, None] * self._class_leaving
        else:
            leaving = self._leaving(workloads.units_busy(members) * self.problem.horizon.hours)
        short = leaving * self._short_part
        return leaving - short, short

    def _leaving(self, arrivals: Floats) -> Floats:
        """(n, T) work of demands leaving in each period: at once, or oldest first by block."""
        if self._outflows is None:
            return arrivals
        leaving = np.empty_like(arrivals)
        for block, outflow in zip(self.problem.horizon.blocks, self._outflows, strict=True):
            leaving[:, block] = outflow.leaving(arrivals[:, block])
        return leaving

    @cached_property
    def _outflows(self) -> tuple[Outflow, ...] | None:
        """How deferrable work leaves in each block; None for interactive demands."""
        if self.problem.workloads.max_delay_h[self.members[0]] == 0:
            return None
        horizon = self.problem.horizon
        arriving = self.rate * horizon.hours
        leaving = self.unit_h.sum(axis=0) + self.short_unit_h
        return tuple(follow_oldest_first(arriving[b], leaving[b], horizon) for b in horizon.blocks)


def _stretches(block: Ints, longest: int) -> list[slice]:
    """Cut periods at the edges of their blocks (t,), and blocks longer than `longest`."""
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(block)]
    return [
        slice(first, min(first + longest, stop))
        for start, stop in pairwise(edges)
        for first in range(start, stop, longest)
    ]
