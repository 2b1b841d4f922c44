"""Where and when every workload runs, kept by class and expanded piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from computeplan.grouping.merge import Grouping
from computeplan.grouping.singletons import Singletons, find_singletons
from computeplan.grouping.split import ClassPlan
from computeplan.problem import Ints, Problem, Work, WorkBlock

MOST_CELLS = 2_000_000
"""Cells (workload × pool × period) expanded at a time."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """The work of every workload in every pool and period."""

    problem: Problem
    """The whole problem."""
    grouping: Grouping
    work: Work
    """Of the classes: some thousands of entries a class, however many members it has."""

    def blocks(self, most_cells: int = MOST_CELLS) -> Iterator[WorkBlock]:
        """Expand every workload in one block: those not merged many at a time, the others class by class."""
        is_single = find_singletons(self.problem, self.grouping)
        singletons = Singletons(self.problem, self.grouping, self.work)
        yield from singletons.blocks(np.flatnonzero(is_single), most_cells)
        for index in np.flatnonzero(~is_single).tolist():
            yield from self._class_plan(index).blocks(most_cells)

    def blocks_of(self, workloads: Ints) -> Iterator[WorkBlock]:
        """Expand some workloads, by their indices in the whole problem, class by class."""
        wanted = np.zeros(self.problem.workloads.size, dtype=bool)
        wanted[workloads] = True
        for index in np.unique(self.grouping.class_of[workloads]).tolist():
            for block in self._class_plan(index).blocks(MOST_CELLS):
                rows = np.flatnonzero(wanted[block.workloads])
                if len(rows):
                    yield WorkBlock(
                        workloads=block.workloads[rows],
                        pools=block.pools,
                        periods=block.periods,
                        unit_h=block.unit_h[rows],
                        short_unit_h=block.short_unit_h[rows],
                    )

    def block_of(self, workload: int) -> WorkBlock:
        """Expand one workload, by its index in the whole problem."""
        return next(self.blocks_of(np.array([workload])))

    @cached_property
    def _starts(self) -> tuple[Ints, Ints]:
        edges = np.arange(self.grouping.size + 1)
        return (
            np.searchsorted(self.work.workload, edges),
            np.searchsorted(self.work.short_workload, edges),
        )

    @cached_property
    def _plans(self) -> dict[int, ClassPlan]:
        """Plans of classes that were expanded: who moves is found once."""
        return {}

    def _class_plan(self, index: int) -> ClassPlan:
        if index not in self._plans:
            self._plans[index] = self._make_class_plan(index)
        return self._plans[index]

    def _make_class_plan(self, index: int) -> ClassPlan:
        start, short_start = self._starts
        done = slice(start[index], start[index + 1])
        short = slice(short_start[index], short_start[index + 1])
        return ClassPlan.from_work(
            self.problem,
            self.grouping.members_of(index),
            self.grouping.problem.workloads.units_busy(np.array([index]))[0],
            (self.work.pool[done], self.work.period[done], self.work.unit_h[done]),
            (self.work.short_period[short], self.work.short_unit_h[short]),
        )
