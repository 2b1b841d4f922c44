"""Plans beside the plan: what planning gains over simple policies."""

from computeplan.studies.baselines.baseline import Baseline, Policy, baseline_data, gain, worth
from computeplan.studies.baselines.local import all_local, kept_local
from computeplan.studies.baselines.policies import baselines, under

__all__ = [
    "Baseline",
    "Policy",
    "all_local",
    "baseline_data",
    "baselines",
    "gain",
    "kept_local",
    "under",
    "worth",
]
