"""Why a plan is as it is, or cannot be, in the config's words."""

from computeplan.explain.conflict import Conflict
from computeplan.explain.diagnosis import Diagnosis, Reason, WaysOut
from computeplan.explain.relaxation import Relaxation, SettingChange, Suggestion
from computeplan.explain.shortage import impossible
from computeplan.explain.unbounded import endless
from computeplan.explain.ways_out import plan_status, ways_out

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
