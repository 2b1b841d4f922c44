"""Why a plan is as it is, or cannot be, in the config's words."""

from computeplan.explanations.conflict import Conflict
from computeplan.explanations.diagnosis import Diagnosis, Reason, WaysOut
from computeplan.explanations.relaxation import Relaxation, SettingChange, Suggestion
from computeplan.explanations.shortage import impossible
from computeplan.explanations.unbounded import endless
from computeplan.explanations.ways_out import plan_status, ways_out

__all__ = [
    "Conflict",
    "Diagnosis",
    "Reason",
    "Relaxation",
    "SettingChange",
    "Suggestion",
    "WaysOut",
    "endless",
    "impossible",
    "plan_status",
    "ways_out",
]
