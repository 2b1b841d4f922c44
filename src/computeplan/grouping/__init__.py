"""Exact merging of interchangeable workloads, and the way back to every one of them."""

from computeplan.grouping.alike import merge_alike
from computeplan.grouping.allocation import Allocation
from computeplan.grouping.merge import Grouping, keep_all, merge, merge_by_class, workload_classes
from computeplan.grouping.overlap import find_overlaps
from computeplan.grouping.runs import Launches, Runs, find_runs, join_runs, ragged_arange, release_periods

__all__ = [
    "Allocation",
    "Grouping",
    "Launches",
    "Runs",
    "find_overlaps",
    "find_runs",
    "join_runs",
    "keep_all",
    "merge",
    "merge_alike",
    "merge_by_class",
    "ragged_arange",
    "release_periods",
    "workload_classes",
]
