"""Why a plan is as it is, or cannot be, in the config's words."""

from computeplan.explain.conflict import Conflict
from computeplan.explain.explanation import Explanation
from computeplan.explain.impossible import impossible
from computeplan.explain.reason import Reason
from computeplan.explain.suggestion import Change, Relaxation, Suggestion
from computeplan.explain.unbounded import endless
from computeplan.explain.ways_out import WaysOut, has_plan, ways_out

__all__ = [
    "Change",
    "Conflict",
    "Explanation",
    "Reason",
    "Relaxation",
    "Suggestion",
    "WaysOut",
    "endless",
    "has_plan",
    "impossible",
    "ways_out",
]
