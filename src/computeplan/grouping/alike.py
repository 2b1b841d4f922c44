"""Classes of workloads that are the same in several problems which place their fixed work alike.

Workloads are interchangeable over all problems where each problem may merge them and, as their shares are
common, fixed ones grow by the same factors from problem to problem: the same part of a class is then the same
part of every member, everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from computeplan.grouping.merge import Grouping, merge_by_class, workload_classes
from computeplan.problem import Ints, Problem
from computeplan.problem.arrays import ratio, round_digits


def merge_alike(problems: Sequence[Problem]) -> list[tuple[Grouping, Ints]]:
    """Merge the workloads of every problem; also number each of its classes, alike in all problems."""
    names = dict.fromkeys(name for problem in problems for name in problem.workloads.names)
    position = {name: at for at, name in enumerate(names)}
    places = [np.array([position[name] for name in problem.workloads.names]) for problem in problems]
    codes = np.full((len(problems), len(names)), -1.0)
    sizes = np.zeros(codes.shape)
    for row, (problem, at) in enumerate(zip(problems, places, strict=True)):
        codes[row, at] = workload_classes(problem)[0]
        sizes[row, at] = np.where(problem.workloads.is_fixed, problem.workloads.scale, 0.0)
    growth = round_digits(ratio(sizes, sizes.max(axis=0, initial=0.0)))
    _, number = np.unique(np.vstack((codes, growth)), axis=1, return_inverse=True)
    found = []
    for problem, at in zip(problems, places, strict=True):
        numbers, class_of = np.unique(number.reshape(-1)[at], return_inverse=True)
        found.append((merge_by_class(problem, class_of.reshape(-1)), numbers))
    return found
