"""Where and when every workload runs, kept by class and expanded piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from computeplan.grouping.class_plan import ClassPlan
from computeplan.grouping.grouping import Grouping
from computeplan.grouping.lone import LoneClasses, lone_classes
from computeplan.problem import Ints, Problem, Work, WorkBlock

MOST_CELLS = 2_000_000
"""Cells (workload × pool × period) expanded at a time."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """The work of every workload in every pool and period.

    Attributes
    ----------
    problem : Problem
        The whole problem.
    grouping : Grouping
    work : Work
        Of the classes: some thousands of entries a class, however many members it has.
    """

    problem: Problem
    grouping: Grouping
    work: Work

    def blocks(self, most_cells: int = MOST_CELLS) -> Iterator[WorkBlock]:
        """Expand all workloads: those that were merged with none together, the others class by class.

        Parameters
        ----------
        most_cells : int
            Largest size of a block's work array.

        Yields
        ------
        WorkBlock
            Every workload stands in exactly one block.
        """
        lone = lone_classes(self.problem, self.grouping)
        together = LoneClasses(self.problem, self.grouping, self.work)
        yield from together.blocks(np.flatnonzero(lone), most_cells)
        for index in np.flatnonzero(~lone).tolist():
            yield from self._class_plan(index).blocks(most_cells)

    def of(self, workload: int) -> WorkBlock:
        """Expand one workload.

        Parameters
        ----------
        workload : int
            Index in the whole problem.
        """
        plan = self._class_plan(int(self.grouping.class_of[workload]))
        for block in plan.blocks(MOST_CELLS):
            row = np.flatnonzero(block.workloads == workload)
            if len(row):
                return WorkBlock(
                    workloads=block.workloads[row],
                    pools=block.pools,
                    periods=block.periods,
                    unit_h=block.unit_h[row],
                    short_unit_h=block.short_unit_h[row],
                )
        raise AssertionError("every workload is a member of its class")

    @cached_property
    def _starts(self) -> tuple[Ints, Ints]:
        edges = np.arange(self.grouping.size + 1)
        return (
            np.searchsorted(self.work.workload, edges),
            np.searchsorted(self.work.short_workload, edges),
        )

    def _class_plan(self, index: int) -> ClassPlan:
        start, short_start = self._starts
        done = slice(start[index], start[index + 1])
        late = slice(short_start[index], short_start[index + 1])
        return ClassPlan.of(
            self.problem,
            self.grouping.members_of(index),
            self.grouping.problem.workloads.profiles[self.grouping.problem.workloads.profile[index]]
            * self.grouping.problem.workloads.scale[index],
            (self.work.pool[done], self.work.period[done], self.work.unit_h[done]),
            (self.work.short_period[late], self.work.short_unit_h[late]),
        )
