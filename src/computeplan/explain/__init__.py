"""Why a plan is as it is, or cannot be, in the config's words."""

from computeplan.explain.impossible import impossible
from computeplan.explain.reason import Reason

__all__ = ["Reason", "impossible"]
