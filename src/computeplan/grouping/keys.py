"""When two workloads are interchangeable.

Merging is exact where any plan of the class can be split back to its members within their own limits
and at the same cost:

* demands with the same need (pools, efficiency, traffic, unit costs), shortfall price and `max_delay`:
  the oldest work is served first, each period's arrivals in proportion;
* jobs that also share the window, the data set per unit·h and the time at full rate, volume / max_rate:
  each does the same part of its volume in every period;
* fixed workloads that also share the demand's shape and the data set per unit: one split fits all;
* all of them or none are in the set of each rule, which then limits the same sum.
"""

from __future__ import annotations

import numpy as np

from computeplan.problem import Floats, Ints, Problem

DIGITS = 12
"""Significant digits to which ratios must agree."""


def need_classes(problem: Problem) -> Ints:
    """(R,) class of each need: needs with the same coefficients in the linear program."""
    needs = problem.needs
    allowed = problem.eligibility.allowed
    unit_cost = np.where(allowed, needs.unit_cost[:, problem.pools.site], 0.0)
    travels = (needs.traffic_gb_per_unit_h > 0) | needs.moves_data
    zone = np.where(travels, needs.zone, -1)
    rows = np.column_stack((problem.eligibility.efficiency, unit_cost, needs.traffic_gb_per_unit_h, zone))
    _, inverse = np.unique(rows, axis=0, return_inverse=True)
    return inverse.reshape(-1)


def placement_classes(problem: Problem) -> Ints:
    """(W,) class of each workload for placing it: the same need and the same traffic."""
    gb = _rounded(problem.traffic_gb_per_unit_h)
    code, _ = _combined(need_classes(problem)[problem.workloads.need], gb, _rule_sets(problem))
    return code


def workload_classes(problem: Problem) -> tuple[Ints, int]:
    """Class of each workload and the number of classes, numbered by first member."""
    workloads = problem.workloads
    size = np.where(workloads.is_job, workloads.volume_unit_h, workloads.scale)
    per_size = 1.0 / np.where(size > 0, size, np.inf)
    keys: tuple[Ints | Floats, ...] = (
        need_classes(problem)[workloads.need],
        workloads.is_job.astype(np.int64) + 2 * workloads.is_fixed,
        np.where(workloads.is_fixed, workloads.profile, -1),
        workloads.max_delay_h,
        workloads.release_h,
        workloads.deadline_h,
        _rounded(workloads.volume_unit_h / workloads.max_rate),
        _rounded(workloads.data_gb * per_size),
        workloads.shortfall_price,
        _rule_sets(problem),
        # Whole workloads stay alone: a class could not be laid over pools without cutting one.
        np.where(workloads.is_whole, np.arange(workloads.size), -1),
    )
    return _combined(*keys)


def _rule_sets(problem: Problem) -> Ints:
    """(W,) number of the combination of rules that each workload is under."""
    if not problem.rules.size:
        return np.zeros(problem.workloads.size, dtype=np.int64)
    _, inverse = np.unique(problem.rules.member, axis=1, return_inverse=True)
    return inverse.reshape(-1)


def _combined(*keys: Ints | Floats) -> tuple[Ints, int]:
    """Give each distinct combination a number, by first member; also tell how many there are."""
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


def _rounded(ratio: Floats) -> Floats:
    """Round to `DIGITS` significant digits."""
    size = np.where(ratio > 0, ratio, 1.0)
    unit = 10.0 ** (np.floor(np.log10(size)) - DIGITS + 1)
    rounded: Floats = np.round(ratio / unit) * unit
    return rounded
