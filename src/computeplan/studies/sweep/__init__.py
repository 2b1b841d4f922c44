"""The same config with other values: many verified plans, and what moves the answer."""

from computeplan.studies.sweep.ask import Question
from computeplan.studies.sweep.design import DesignKind
from computeplan.studies.sweep.run import Progress
from computeplan.studies.sweep.sweep import Request, Sweep, run_sweep

__all__ = ["DesignKind", "Progress", "Question", "Request", "Sweep", "run_sweep"]
