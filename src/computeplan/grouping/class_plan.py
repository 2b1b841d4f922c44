"""The plan of one class, and its members' parts of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from computeplan.grouping.shares import Outflow, oldest_first, proportional, stack
from computeplan.problem import Floats, Ints, Problem, Split, WorkBlock


@dataclass(frozen=True, eq=False)
class ClassPlan:
    """What a class does, densely.

    Attributes
    ----------
    problem : Problem
        The whole problem.
    members : (n,)
        Its workloads.
    rate : (T,)
        Units busy of the class's demand; zero for jobs.
    pools : (p,)
    periods : (t,)
        All periods of a demand; those with work of a job.
    unit_h : (p, t)
    short_unit_h : (t,)
    """

    problem: Problem
    members: Ints
    rate: Floats
    pools: Ints
    periods: Ints
    unit_h: Floats
    short_unit_h: Floats

    @classmethod
    def of(
        cls,
        problem: Problem,
        members: Ints,
        rate: Floats,
        done: tuple[Ints, Ints, Floats],
        late: tuple[Ints, Floats],
    ) -> ClassPlan:
        """Make the dense arrays from the class's entries of `Work`.

        Parameters
        ----------
        problem, members, rate
        done : pool, period and unit·h
        late : period and unit·h of shortfall
        """
        pool, period, unit_h = done
        is_job = problem.workloads.is_job[members[0]]
        touched = np.unique(np.concatenate((period, late[0])))
        periods = touched if is_job else np.arange(problem.horizon.size)
        pools = np.unique(pool)
        work = np.zeros((len(pools), len(periods)))
        work[np.searchsorted(pools, pool), np.searchsorted(periods, period)] = unit_h
        short = np.zeros(len(periods))
        short[np.searchsorted(periods, late[0])] = late[1]
        return cls(problem, members, rate, pools, periods, work, short)

    def blocks(self, most_cells: int) -> Iterator[WorkBlock]:
        """Expand the members, a few at a time."""
        per_member = max(1, len(self.pools) * len(self.periods))
        step = max(1, most_cells // per_member)
        capacity, below = self._capacity(), np.zeros(len(self.periods))
        for first in range(0, len(self.members), step):
            members = self.members[first : first + step]
            amounts, short = self._over_time(members)
            yield WorkBlock(
                workloads=members,
                pools=self.pools,
                periods=self.periods,
                unit_h=self._over_pools(amounts, below, capacity),
                short_unit_h=short,
            )
            below = below + amounts.sum(axis=0)

    def _over_pools(self, amounts: Floats, below: Floats, capacity: Floats) -> Floats:
        """Split the members' work over the pools; fixed ones once for all periods, as they keep one split."""
        is_fixed = self.problem.workloads.is_fixed[self.members[0]]
        if self.problem.split is Split.PROPORTIONAL:
            return proportional(amounts, capacity.sum(axis=1, keepdims=True) if is_fixed else capacity)
        if not is_fixed:
            return stack(amounts, below, capacity)
        size, total = amounts.sum(axis=1, keepdims=True), capacity.sum(axis=1, keepdims=True)
        split = stack(size, below.sum(keepdims=True), total)
        share: Floats = split / np.where(size > 0, size, 1.0)[:, None, :]
        return share * amounts[:, None, :]

    def _capacity(self) -> Floats:
        """(p, t) work of each pool, scaled so that it sums to exactly what the members do."""
        done = self.unit_h.sum(axis=0)
        exact = self._class_leaving * (1.0 - self._late_part)
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
    def _late_part(self) -> Floats:
        """(t,) part of what leaves that is not served."""
        leaving = self.unit_h.sum(axis=0) + self.short_unit_h
        part: Floats = self.short_unit_h / np.where(leaving > 0, leaving, 1.0)
        return part

    def _over_time(self, members: Ints) -> tuple[Floats, Floats]:
        """Work and shortfall of some members, (n, t) each."""
        workloads = self.problem.workloads
        if workloads.is_job[members[0]]:
            total = workloads.volume_unit_h[self.members].sum()
            part = workloads.volume_unit_h[members] / (total if total > 0 else 1.0)
            leaving = part[:, None] * self._class_leaving
        else:
            rate = workloads.scale[members, None] * workloads.profiles[workloads.profile[members]]
            leaving = self._leaving(rate * self.problem.horizon.hours)
        short = leaving * self._late_part
        return leaving - short, short

    def _leaving(self, arrivals: Floats) -> Floats:
        """(n, T) work of demands leaving in each period: at once, or oldest first by block."""
        if self._outflows is None:
            return arrivals
        leaving = np.empty_like(arrivals)
        for block, outflow in zip(self.problem.horizon.blocks, self._outflows, strict=True):
            leaving[:, block] = outflow.of(arrivals[:, block])
        return leaving

    @cached_property
    def _outflows(self) -> tuple[Outflow, ...] | None:
        """How deferrable work leaves in each block; absent for interactive demands."""
        if self.problem.workloads.max_delay_h[self.members[0]] == 0:
            return None
        horizon = self.problem.horizon
        arriving = self.rate * horizon.hours
        leaving = self.unit_h.sum(axis=0) + self.short_unit_h
        return tuple(oldest_first(arriving[b], leaving[b], horizon) for b in horizon.blocks)
