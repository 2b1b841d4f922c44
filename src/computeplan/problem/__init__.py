"""The numeric problem: labelled, read-only numpy arrays in base units."""

from computeplan.problem.arrays import Bools, Floats, Ints, sum_by
from computeplan.problem.eligibility import Eligibility, Exclusion
from computeplan.problem.energy import CarbonBasis, Contracts, Grid
from computeplan.problem.horizon import Horizon, HorizonEnd
from computeplan.problem.network import GB_PER_H_PER_GBPS, Network
from computeplan.problem.objective import Goal, Objective
from computeplan.problem.problem import Problem, Split
from computeplan.problem.rules import RuleMeasure, Rules, no_rules
from computeplan.problem.sharing import sharing_with
from computeplan.problem.sites import CapMeasure, Caps, Hardware, Pools, Sites, Term
from computeplan.problem.solution import Decisions, Prices, Status, Work, WorkBlock, without_choices
from computeplan.problem.storage import Batteries, no_batteries
from computeplan.problem.workloads import Companies, Needs, Workloads

__all__ = [
    "GB_PER_H_PER_GBPS",
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
    "Hardware",
    "Horizon",
    "HorizonEnd",
    "Ints",
    "Needs",
    "Network",
    "Objective",
    "Pools",
    "Prices",
    "Problem",
    "RuleMeasure",
    "Rules",
    "Sites",
    "Split",
    "Status",
    "Term",
    "Work",
    "WorkBlock",
    "Workloads",
    "no_batteries",
    "no_rules",
    "sharing_with",
    "sum_by",
    "without_choices",
]
