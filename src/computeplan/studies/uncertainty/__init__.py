"""Decisions before it is known what comes: a plan for several scenarios that share some of its decisions."""

from computeplan.studies.uncertainty.nodes import find_difference
from computeplan.studies.uncertainty.solve import plan_scenarios
from computeplan.studies.uncertainty.study import SharedDecision, UncertaintyStudy

__all__ = ["SharedDecision", "UncertaintyStudy", "find_difference", "plan_scenarios"]
