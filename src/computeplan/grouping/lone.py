"""Classes of a single member that need no splitting, expanded many at a time.

What such a class does is what its member does, up to the solver's rounding: a job's work is scaled to its
volume, that of interactive demand to what arrives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from computeplan.grouping.grouping import Grouping
from computeplan.problem import Bools, Floats, Ints, Problem, Work, WorkBlock

TOGETHER = 512
"""Classes expanded at a time, at most."""
MOST_CELLS = 200_000
"""Cells (workload × pool × period) expanded at a time: jobs of other times leave most of them empty."""


def lone_classes(problem: Problem, grouping: Grouping) -> Bools:
    """(classes,) whether a class has one member, a job or interactive demand that may move.

    Parameters
    ----------
    problem : Problem
        The whole problem.
    grouping : Grouping
    """
    workloads, first = problem.workloads, grouping.members[grouping.start[:-1]]
    simple = workloads.is_job | ((workloads.max_delay_h == 0) & ~workloads.is_fixed)
    lone: Bools = (np.diff(grouping.start) == 1) & simple[first]
    return lone


@dataclass(frozen=True, eq=False)
class LoneClasses:
    """What classes of a single member do.

    Attributes
    ----------
    problem : Problem
        The whole problem.
    grouping : Grouping
    work : Work
        Of all classes.
    """

    problem: Problem
    grouping: Grouping
    work: Work

    def blocks(self, classes: Ints, most_cells: int) -> Iterator[WorkBlock]:
        """Expand some of them.

        Parameters
        ----------
        classes : (n,)
            Of those that `lone_classes` finds.
        most_cells : int
            Largest size of a block's work array; one class alone may take more.
        """
        is_job = self.problem.workloads.is_job[self._member(classes)]
        # Jobs of the same time share their periods.
        jobs = classes[is_job]
        jobs = jobs[np.argsort(self._first_period(jobs), kind="stable")]
        for kind in (classes[~is_job], jobs):
            for first in range(0, len(kind), TOGETHER):
                yield from self._halved(kind[first : first + TOGETHER], min(most_cells, MOST_CELLS))

    def _halved(self, classes: Ints, most_cells: int) -> Iterator[WorkBlock]:
        """Expand classes, half of them at a time while all are too many."""
        done, late = (
            self._entries(self.work.workload, classes),
            self._entries(self.work.short_workload, classes),
        )
        pools = np.unique(self.work.pool[done])
        periods = self._periods(classes, done, late)
        if len(classes) > 1 and len(classes) * len(pools) * len(periods) > most_cells:
            half = len(classes) // 2
            yield from self._halved(classes[:half], most_cells)
            yield from self._halved(classes[half:], most_cells)
        else:
            yield self._block(classes, pools, periods, done, late)

    def _block(self, classes: Ints, pools: Ints, periods: Ints, done: Ints, late: Ints) -> WorkBlock:
        work, row = self.work, np.zeros(self.grouping.size, dtype=np.int64)
        row[classes] = np.arange(len(classes))
        unit_h = np.zeros((len(classes), len(pools), len(periods)))
        pool, period = np.searchsorted(pools, work.pool[done]), np.searchsorted(periods, work.period[done])
        unit_h[row[work.workload[done]], pool, period] = work.unit_h[done]
        short = np.zeros((len(classes), len(periods)))
        period = np.searchsorted(periods, work.short_period[late])
        short[row[work.short_workload[late]], period] = work.short_unit_h[late]
        members = self._member(classes)
        unit_h, short = _exact(unit_h, short, self._leaving(members, periods, unit_h.sum(axis=1) + short))
        return WorkBlock(members, pools, periods, unit_h, short)

    def _leaving(self, members: Ints, periods: Ints, leaving: Floats) -> Floats:
        """(n, t) what is served or left undone in each period, free of the solver's rounding."""
        workloads, hours = self.problem.workloads, self.problem.horizon.hours
        if workloads.is_job[members[0]]:
            total = leaving.sum(axis=1)
            scale: Floats = workloads.volume_unit_h[members] / np.where(total > 0, total, 1.0)
            return leaving * scale[:, None]
        rate = workloads.scale[members, None] * workloads.profiles[workloads.profile[members]]
        return (rate * hours)[:, periods]

    def _periods(self, classes: Ints, done: Ints, late: Ints) -> Ints:
        """Find the periods of a block: all for demand, those with work or shortfall for jobs."""
        if not self.problem.workloads.is_job[self._member(classes[:1])[0]]:
            return np.arange(self.problem.horizon.size)
        return np.unique(np.concatenate((self.work.period[done], self.work.short_period[late])))

    def _first_period(self, classes: Ints) -> Ints:
        """First period with work of each class; none is as late as can be."""
        first = np.full(self.grouping.size, self.problem.horizon.size)
        np.minimum.at(first, self.work.workload, self.work.period)
        chosen: Ints = first[classes]
        return chosen

    def _entries(self, workload: Ints, classes: Ints) -> Ints:
        """Where the entries of some classes stand in a list that is sorted by class."""
        start = np.searchsorted(workload, classes)
        count = np.searchsorted(workload, classes, side="right") - start
        ends = np.cumsum(count)
        entries: Ints = np.arange(ends[-1]) + np.repeat(start - (ends - count), count)
        return entries

    def _member(self, classes: Ints) -> Ints:
        return self.grouping.members[self.grouping.start[classes]]


def _exact(unit_h: Floats, short: Floats, leaving: Floats) -> tuple[Floats, Floats]:
    """Scale work and shortfall so that both together are exactly what leaves."""
    done = unit_h.sum(axis=1)
    late = leaving * (short / np.where(done + short > 0, done + short, 1.0))
    served = leaving - late
    unit_h = unit_h * (served / np.where(done > 0, done, 1.0))[:, None, :]
    # What the solver left out as negligible is done where the workload runs last.
    used: Bools = (unit_h > 0).max(axis=2, initial=False)
    works: Bools = (done > 0).max(axis=1, keepdims=True, initial=False)
    row, period = np.nonzero((done == 0) & (served > 0) & works)
    if len(row):
        last = used.shape[1] - 1 - np.argmax(used[:, ::-1], axis=1)
        unit_h[row, last[row], period] = served[row, period]
    return unit_h, late
