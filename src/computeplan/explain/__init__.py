"""Why a plan is as it is, or cannot be, in the config's words."""

from computeplan.explain.diagnosis import Diagnosis
from computeplan.explain.impossible import impossible
from computeplan.explain.reason import Reason
from computeplan.explain.relax.conflict import Conflict
from computeplan.explain.relax.search import WaysOut, has_plan, ways_out
from computeplan.explain.relax.suggestion import Change, Relaxation, Suggestion
from computeplan.explain.unbounded import endless

__all__ = [
    "Change",
    "Conflict",
    "Diagnosis",
    "Reason",
    "Relaxation",
    "Suggestion",
    "WaysOut",
    "endless",
    "has_plan",
    "impossible",
    "ways_out",
]
