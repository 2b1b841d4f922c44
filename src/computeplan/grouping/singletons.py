"""Classes of a single member that need no splitting, expanded many at a time.

The work of such a class is that of its member, up to the solver's rounding: a job's work is scaled to its
volume, that of interactive demand to what arrives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from computeplan.grouping.merge import Grouping
from computeplan.problem import Bools, Floats, Ints, Problem, Work, WorkBlock

MOST_CLASSES = 512
"""Classes expanded at a time."""
MOST_CELLS = 200_000
"""Cells (workload × pool × period) expanded at a time: jobs of other times leave most of them empty."""


def find_singletons(problem: Problem, grouping: Grouping) -> Bools:
    """(classes,) whether a class has one member, a job or interactive demand that may move."""
    workloads, first = problem.workloads, grouping.members[grouping.start[:-1]]
    simple = workloads.is_job | ((workloads.max_delay_h == 0) & ~workloads.is_fixed)
    singletons: Bools = (np.diff(grouping.start) == 1) & simple[first]
    return singletons


@dataclass(frozen=True, eq=False)
class Singletons:
    """The work of classes with a single member."""

    problem: Problem
    """The whole problem."""
    grouping: Grouping
    work: Work
    """Of all classes."""

    def blocks(self, classes: Ints, most_cells: int) -> Iterator[WorkBlock]:
        """Expand some of those that `find_singletons` finds; a single class may have more cells."""
        is_job = self.problem.workloads.is_job[self._member(classes)]
        # Jobs of the same time share their periods.
        jobs = classes[is_job]
        jobs = jobs[np.argsort(self._first_period(jobs), kind="stable")]
        for kind in (classes[~is_job], jobs):
            for first in range(0, len(kind), MOST_CLASSES):
                yield from self._halve(kind[first : first + MOST_CLASSES], min(most_cells, MOST_CELLS))

    def _halve(self, classes: Ints, most_cells: int) -> Iterator[WorkBlock]:
        """Expand classes, half of them at a time while all are too many."""
        done = self._entries(self.work.workload, classes)
        short = self._entries(self.work.short_workload, classes)
        pools = np.unique(self.work.pool[done])
        periods = self._periods(classes, done, short)
        if len(classes) > 1 and len(classes) * len(pools) * len(periods) > most_cells:
            half = len(classes) // 2
            yield from self._halve(classes[:half], most_cells)
            yield from self._halve(classes[half:], most_cells)
        else:
            yield self._block(classes, pools, periods, done, short)

    def _block(self, classes: Ints, pools: Ints, periods: Ints, done: Ints, short: Ints) -> WorkBlock:
        work, row = self.work, np.zeros(self.grouping.size, dtype=np.int64)
        row[classes] = np.arange(len(classes))
        unit_h = np.zeros((len(classes), len(pools), len(periods)))
        pool, period = np.searchsorted(pools, work.pool[done]), np.searchsorted(periods, work.period[done])
        unit_h[row[work.workload[done]], pool, period] = work.unit_h[done]
        shortfall = np.zeros((len(classes), len(periods)))
        period = np.searchsorted(periods, work.short_period[short])
        shortfall[row[work.short_workload[short]], period] = work.short_unit_h[short]
        members = self._member(classes)
        leaving = self._leaving(members, periods, unit_h.sum(axis=1) + shortfall)
        return WorkBlock(members, pools, periods, *_scale_to(leaving, unit_h, shortfall))

    def _leaving(self, members: Ints, periods: Ints, leaving: Floats) -> Floats:
        """(n, t) work served or not served in each period, free of the solver's rounding."""
        workloads, hours = self.problem.workloads, self.problem.horizon.hours
        if workloads.is_job[members[0]]:
            total = leaving.sum(axis=1)
            scale: Floats = workloads.volume_unit_h[members] / np.where(total > 0, total, 1.0)
            return leaving * scale[:, None]
        return (workloads.units_busy(members) * hours)[:, periods]

    def _periods(self, classes: Ints, done: Ints, short: Ints) -> Ints:
        """Find the periods of a block: all for demand, those with work or shortfall for jobs."""
        if not self.problem.workloads.is_job[self._member(classes[:1])[0]]:
            return np.arange(self.problem.horizon.size)
        return np.unique(np.concatenate((self.work.period[done], self.work.short_period[short])))

    def _first_period(self, classes: Ints) -> Ints:
        """First period in which each class works; the horizon's length if it never does."""
        first = np.full(self.grouping.size, self.problem.horizon.size)
        np.minimum.at(first, self.work.workload, self.work.period)
        chosen: Ints = first[classes]
        return chosen

    def _entries(self, workload: Ints, classes: Ints) -> Ints:
        """Find the entries of some classes in a list that is sorted by class."""
        start = np.searchsorted(workload, classes)
        count = np.searchsorted(workload, classes, side="right") - start
        ends = np.cumsum(count)
        entries: Ints = np.arange(ends[-1]) + np.repeat(start - (ends - count), count)
        return entries

    def _member(self, classes: Ints) -> Ints:
        return self.grouping.members[self.grouping.start[classes]]


def _scale_to(leaving: Floats, unit_h: Floats, short: Floats) -> tuple[Floats, Floats]:
    """Scale work (n, p, t) and shortfall (n, t) so that both together are exactly what leaves."""
    done = unit_h.sum(axis=1)
    short = leaving * (short / np.where(done + short > 0, done + short, 1.0))
    served = leaving - short
    unit_h = unit_h * (served / np.where(done > 0, done, 1.0))[:, None, :]
    # What the solver left out as negligible is done where the workload runs last.
    used: Bools = (unit_h > 0).max(axis=2, initial=False)
    works: Bools = (done > 0).max(axis=1, keepdims=True, initial=False)
    row, period = np.nonzero((done == 0) & (served > 0) & works)
    if len(row):
        last = used.shape[1] - 1 - np.argmax(used[:, ::-1], axis=1)
        unit_h[row, last[row], period] = served[row, period]
    return unit_h, short
