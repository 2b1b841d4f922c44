"""Workloads that are interchangeable, merged into classes.

Merging is exact where any plan of the class can be split back to its members within their own limits
and at the same cost:

* demands with the same need (pools, efficiency, traffic, unit costs), shortfall price and `max_delay`:
  the oldest work is served first, each period's arrivals in proportion;
* jobs that also share the window, the data set per unit·h and the time at full rate, volume / max_rate:
  each does the same part of its volume in every period; those that run through are laid one after another
  over the runs of the class, whole ones if they are of one size;
* fixed workloads that also share the demand's shape and the data set per unit: one split fits all;
* interactive workloads whose moves have a price, if they share that price and the demand's shape: where all
  have the same shares, as much of each moves as of the class;
* all of them or none are in the set of each rule, which then limits the same sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.problem import Companies, Floats, Ints, Problem, Workloads, sum_by
from computeplan.problem.arrays import ReadOnlyArrays, round_digits


@dataclass(frozen=True, eq=False)
class Grouping(ReadOnlyArrays):
    """A smaller problem whose workloads are classes of the original's."""

    problem: Problem
    """One workload a class."""
    class_of: Ints
    """(W,) class of each original workload."""
    members: Ints
    """(W,) original workloads sorted by class."""
    start: Ints
    """(classes + 1,) first member of each class in `members`."""
    placement_of: Ints
    """(classes,) classes with the same number cost and use the same in every pool, so that they are placed
    together."""

    @property
    def size(self) -> int:
        """Number of classes."""
        return len(self.start) - 1

    def members_of(self, index: int) -> Ints:
        """Original workloads of one class."""
        return self.members[self.start[index] : self.start[index + 1]]


def merge(problem: Problem) -> Grouping:
    """Merge interchangeable workloads; the optimum does not change."""
    return merge_by_class(problem, workload_classes(problem)[0])


def merge_by_class(problem: Problem, class_of: Ints) -> Grouping:
    """Merge workloads of the same class (W,), of which every number from 0 to the largest has a member."""
    size = int(class_of.max(initial=-1)) + 1
    _, first = np.unique(class_of, return_index=True)
    merged = replace(
        problem,
        workloads=_merge_workloads(problem.workloads, class_of, size),
        rules=replace(problem.rules, member=problem.rules.member[:, first]),
        companies=Companies(names=("all",), tiers=("",)),
    )
    return _group(merged, class_of, placement_classes(merged))


def keep_all(problem: Problem) -> Grouping:
    """Leave every workload a class and a placement of its own."""
    each = np.arange(problem.workloads.size)
    return _group(problem, each, each)


def _group(problem: Problem, class_of: Ints, placement_of: Ints) -> Grouping:
    """Describe a merged problem by the class of each original workload."""
    counts = np.bincount(class_of, minlength=len(placement_of))
    return Grouping(
        problem=problem,
        class_of=class_of,
        members=np.argsort(class_of, kind="stable"),
        start=np.concatenate(([0], np.cumsum(counts))),
        placement_of=placement_of,
    )


def _merge_workloads(workloads: Workloads, class_of: Ints, size: int) -> Workloads:
    _, first = np.unique(class_of, return_index=True)
    profile, profiles = _merge_demand(workloads, class_of, first)
    return replace(
        workloads,
        names=tuple(f"class-{number}" for number in range(size)),
        company=np.zeros(size, dtype=np.int64),
        need=workloads.need[first],
        is_job=workloads.is_job[first],
        is_fixed=workloads.is_fixed[first],
        is_whole=workloads.is_whole[first],
        runs_through=workloads.runs_through[first],
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
        move_price=workloads.move_price[first],
    )


def _merge_demand(workloads: Workloads, class_of: Ints, first: Ints) -> tuple[Ints, Floats]:
    """Give each class of demands the sum of its members' as a profile of its own; jobs need none."""
    is_demand = ~workloads.is_job[first]
    row = np.where(is_demand, np.cumsum(is_demand) - 1, 0)
    members = np.flatnonzero(~workloads.is_job)
    profiles = _sum_profiles(workloads, members, row[class_of[members]], int(is_demand.sum()))
    return row, profiles if len(profiles) else np.zeros((1, workloads.profiles.shape[1]))


def _sum_profiles(workloads: Workloads, members: Ints, row: Ints, size: int) -> Floats:
    """(size, T) Σ scale · profile of the members of each row, summed once per row and shape."""
    shapes = len(workloads.profiles)
    pairs, inverse = np.unique(row * shapes + workloads.profile[members], return_inverse=True)
    scale = sum_by(inverse, workloads.scale[members], len(pairs))
    amounts = scale[:, None] * workloads.profiles[pairs % shapes]
    starts = np.searchsorted(pairs // shapes, np.arange(size))
    return np.add.reduceat(amounts, starts, axis=0) if size else amounts


def need_classes(problem: Problem) -> Ints:
    """(R,) class of each need: needs with the same coefficients in the linear program."""
    needs = problem.needs
    allowed = problem.eligibility.allowed
    unit_cost = np.where(allowed, needs.unit_cost[:, problem.pools.site], 0.0)
    zone = np.where(needs.travels, problem.origin, -1)
    rows = np.column_stack((problem.eligibility.efficiency, unit_cost, needs.traffic_gb_per_unit_h, zone))
    _, inverse = np.unique(rows, axis=0, return_inverse=True)
    return inverse.reshape(-1)


def placement_classes(problem: Problem) -> Ints:
    """(W,) class of each workload for placing it: the same need and the same traffic.

    Work whose moves have a price is placed by itself, so that its shares are known; jobs that run through are
    placed apart from other work.
    """
    gb, pays = round_digits(problem.traffic_gb_per_unit_h), problem.workloads.pays_moves
    alone = np.where(pays, np.arange(len(pays)), -1)
    need, through = need_classes(problem)[problem.workloads.need], problem.workloads.runs_through
    code, _ = number_combinations(need, gb, problem.rule_sets, alone, through.astype(np.int64))
    return code


def workload_classes(problem: Problem) -> tuple[Ints, int]:
    """Class of each workload and the number of classes, numbered by first member."""
    workloads = problem.workloads
    size = np.where(workloads.is_job, workloads.volume_unit_h, workloads.scale)
    per_size = 1.0 / np.where(size > 0, size, np.inf)
    keys: tuple[Ints | Floats, ...] = (
        need_classes(problem)[workloads.need],
        workloads.is_job.astype(np.int64) + 2 * workloads.is_fixed + 4 * workloads.runs_through,
        np.where(workloads.is_fixed | workloads.pays_moves, workloads.profile, -1),
        workloads.max_delay_h,
        workloads.release_h,
        workloads.deadline_h,
        round_digits(workloads.volume_unit_h / workloads.max_rate),
        round_digits(workloads.data_gb * per_size),
        workloads.shortfall_price,
        np.where(workloads.pays_moves, workloads.move_price, 0.0),
        problem.rule_sets,
        # Laying a class over pools would cut a whole workload; of equal jobs that run through, a whole number
        # starts.
        np.where(workloads.is_whole & ~workloads.runs_through, np.arange(workloads.size), -1),
        np.where(workloads.is_whole & workloads.runs_through, size, -1.0),
    )
    return number_combinations(*keys)


def number_combinations(*keys: Ints | Floats) -> tuple[Ints, int]:
    """(W,) number of each distinct combination of keys, by first member, and how many there are."""
    code = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        values, inverse = np.unique(key, return_inverse=True)
        # Renumber after each key, so that the product stays small.
        _, code = np.unique(code * len(values) + inverse, return_inverse=True)
    return _by_first_member(code)


def _by_first_member(code: Ints) -> tuple[Ints, int]:
    _, first = np.unique(code, return_index=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[code], len(first)
