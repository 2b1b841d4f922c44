"""Plans under simple policies: what planning gains over them."""

from computeplan.studies.baselines.lifting import LiftedLimit, lift_limits, read_lifted
from computeplan.studies.baselines.policies import (
    Baseline,
    all_local,
    baseline_data,
    baselines,
    gain,
    keep_local,
    objective_of,
    plan_under,
    policy_of,
)
from computeplan.vocabulary import Policy

__all__ = [
    "Baseline",
    "LiftedLimit",
    "Policy",
    "all_local",
    "baseline_data",
    "baselines",
    "gain",
    "keep_local",
    "lift_limits",
    "objective_of",
    "plan_under",
    "policy_of",
    "read_lifted",
]
