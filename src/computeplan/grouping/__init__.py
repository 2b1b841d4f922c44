"""Exact merging of interchangeable workloads, and the way back to every one of them."""

from computeplan.grouping.allocation import Allocation
from computeplan.grouping.grouping import Grouping, keep_all
from computeplan.grouping.merge import merge, merge_as
from computeplan.grouping.overlap import overlaps

__all__ = ["Allocation", "Grouping", "keep_all", "merge", "merge_as", "overlaps"]
