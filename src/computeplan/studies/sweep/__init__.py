"""The same config with other values: many verified plans, and what moves the answer."""

from computeplan.studies.sweep.spec import SweepSpec
from computeplan.studies.sweep.sweep import Sweep, identify_config, run_sweep
from computeplan.vocabulary import DesignKind

__all__ = ["DesignKind", "Sweep", "SweepSpec", "identify_config", "run_sweep"]
