"""What a plan amounts to on a measure, recomputed from what it does."""

from __future__ import annotations

import numpy as np

from computeplan.accounts.costs import Activity
from computeplan.problem import Rates


def measured_amount(plan: Activity, rates: Rates) -> float:
    """Sum of rate · amount over the decisions of a plan and the work done; without its money and kg."""
    problem, usage, decisions = plan.problem, plan.usage, plan.decisions
    amounts = (
        (rates.work, usage.work_unit_h),
        (rates.load, usage.load_unit_h),
        (rates.traffic, usage.traffic_gb),
        (rates.booked, decisions.booked_units),
        (rates.new, decisions.new_units),
        (rates.contracted, decisions.contracted_kw),
        (rates.leased, decisions.leased_gb_per_h),
        (rates.peak, plan.peak_kw),
        (rates.open, np.where(problem.sites.is_optional, decisions.open_sites, 0.0)),
    )
    return rates.constant + float(sum((rate * amount).sum() for rate, amount in amounts))
