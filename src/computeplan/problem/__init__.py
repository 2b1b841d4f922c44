"""The numeric problem: labelled, read-only numpy arrays in base units."""

from computeplan.problem.arrays import KG_PER_T, Bools, Floats, Ints, sum_by
from computeplan.problem.eligibility import Eligibility, Exclusion
from computeplan.problem.energy import Batteries, Contracts, Grid, no_batteries
from computeplan.problem.held import Held
from computeplan.problem.horizon import Horizon, HorizonEnd
from computeplan.problem.measures import MEASURES, MeasureKind, PlanMeasure, find_measures
from computeplan.problem.network import GB_PER_H_PER_GBPS, Network
from computeplan.problem.problem import (
    Problem,
    Split,
    decisions_without_choices,
    keep_workloads,
    share_equal_parts,
)
from computeplan.problem.rates import Rates
from computeplan.problem.rules import Goal, Objective, RuleMeasure, Rules, no_rules
from computeplan.problem.sites import CapMeasure, Caps, HardwareKinds, Pools, Sites, Term
from computeplan.problem.solution import Decisions, Prices, Status, Work, WorkBlock
from computeplan.problem.workloads import Companies, Needs, Workloads
from computeplan.vocabulary import CarbonBasis

__all__ = [
    "GB_PER_H_PER_GBPS",
    "KG_PER_T",
    "MEASURES",
    "Batteries",
    "Bools",
    "CapMeasure",
    "Caps",
    "CarbonBasis",
    "Companies",
    "Contracts",
    "Decisions",
    "Eligibility",
    "Exclusion",
    "Floats",
    "Goal",
    "Grid",
    "HardwareKinds",
    "Held",
    "Horizon",
    "HorizonEnd",
    "Ints",
    "MeasureKind",
    "Needs",
    "Network",
    "Objective",
    "PlanMeasure",
    "Pools",
    "Prices",
    "Problem",
    "Rates",
    "RuleMeasure",
    "Rules",
    "Sites",
    "Split",
    "Status",
    "Term",
    "Work",
    "WorkBlock",
    "Workloads",
    "decisions_without_choices",
    "find_measures",
    "keep_workloads",
    "no_batteries",
    "no_rules",
    "share_equal_parts",
    "sum_by",
]
