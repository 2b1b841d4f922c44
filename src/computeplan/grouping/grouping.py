"""Which workloads were merged into which class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.problem import Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class Grouping(ReadOnlyArrays):
    """A smaller problem whose workloads are classes of the original's.

    Attributes
    ----------
    problem : Problem
        The problem with one workload a class.
    class_of : (W,)
        Class of each original workload.
    members : (W,)
        Original workloads sorted by class.
    start : (classes + 1,)
        First member of each class in `members`.
    placement_of : (classes,)
        Classes with the same number cost and use the same in every pool, so that they are placed
        together.
    """

    problem: Problem
    class_of: Ints
    members: Ints
    start: Ints
    placement_of: Ints

    @property
    def size(self) -> int:
        """Number of classes."""
        return len(self.start) - 1

    def members_of(self, index: int) -> Ints:
        """Original workloads of one class."""
        return self.members[self.start[index] : self.start[index + 1]]


def group(problem: Problem, class_of: Ints, placement_of: Ints) -> Grouping:
    """Describe a merged problem by the class of each original workload."""
    counts = np.bincount(class_of, minlength=len(placement_of))
    return Grouping(
        problem=problem,
        class_of=class_of,
        members=np.argsort(class_of, kind="stable"),
        start=np.concatenate(([0], np.cumsum(counts))),
        placement_of=placement_of,
    )


def keep_all(problem: Problem) -> Grouping:
    """Leave every workload a class and a placement of its own."""
    each = np.arange(problem.workloads.size)
    return group(problem, each, each)
