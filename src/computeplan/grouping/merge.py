"""Merge interchangeable workloads into classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeplan.grouping.grouping import Grouping, group
from computeplan.grouping.keys import placement_classes, workload_classes
from computeplan.problem import Companies, Floats, Ints, Problem, Workloads, sum_by


def merge(problem: Problem) -> Grouping:
    """Merge interchangeable workloads; the optimum does not change.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Grouping
        Its problem has one workload a class, with the sum of the members' work.
    """
    return merge_as(problem, workload_classes(problem)[0])


def merge_as(problem: Problem, class_of: Ints) -> Grouping:
    """Merge workloads as they were merged before.

    Parameters
    ----------
    problem : Problem
    class_of : (W,)
        Class of each workload; every number from 0 to the largest has a member.

    Returns
    -------
    Grouping
    """
    size = int(class_of.max(initial=-1)) + 1
    _, first = np.unique(class_of, return_index=True)
    merged = replace(
        problem,
        workloads=_merged(problem.workloads, class_of, size),
        rules=replace(problem.rules, member=problem.rules.member[:, first]),
        companies=Companies(names=("all",), tiers=("",)),
    )
    return group(merged, class_of, placement_classes(merged))


def _merged(workloads: Workloads, class_of: Ints, size: int) -> Workloads:
    _, first = np.unique(class_of, return_index=True)
    profile, profiles = _merged_demand(workloads, class_of, first)
    return replace(
        workloads,
        names=tuple(f"class-{number}" for number in range(size)),
        company=np.zeros(size, dtype=np.int64),
        need=workloads.need[first],
        is_job=workloads.is_job[first],
        is_fixed=workloads.is_fixed[first],
        is_whole=workloads.is_whole[first],
        profile=profile,
        scale=(~workloads.is_job[first]).astype(np.float64),
        profiles=profiles,
        max_delay_h=workloads.max_delay_h[first],
        volume_unit_h=sum_by(class_of, workloads.volume_unit_h, size),
        release_h=workloads.release_h[first],
        deadline_h=workloads.deadline_h[first],
        max_rate=sum_by(class_of, workloads.max_rate, size),
        data_gb=sum_by(class_of, workloads.data_gb, size),
        shortfall_price=workloads.shortfall_price[first],
    )


def _merged_demand(workloads: Workloads, class_of: Ints, first: Ints) -> tuple[Ints, Floats]:
    """Give each class of demands the sum of its members' as a profile of its own; jobs need none."""
    is_demand = ~workloads.is_job[first]
    row = np.where(is_demand, np.cumsum(is_demand) - 1, 0)
    members = np.flatnonzero(~workloads.is_job)
    profiles = _summed(workloads, members, row[class_of[members]], int(is_demand.sum()))
    return row, profiles if len(profiles) else np.zeros((1, workloads.profiles.shape[1]))


def _summed(workloads: Workloads, members: Ints, row: Ints, size: int) -> Floats:
    """(size, T) Σ scale · profile of the members of each row, summed once per row and shape."""
    shapes = len(workloads.profiles)
    pairs, inverse = np.unique(row * shapes + workloads.profile[members], return_inverse=True)
    scale = sum_by(inverse, workloads.scale[members], len(pairs))
    amounts = scale[:, None] * workloads.profiles[pairs % shapes]
    starts = np.searchsorted(pairs // shapes, np.arange(size))
    return np.add.reduceat(amounts, starts, axis=0) if size else amounts
