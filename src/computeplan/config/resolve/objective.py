"""What the plan minimizes."""

from __future__ import annotations

import math

from computeplan.config.schema.horizon import ObjectiveSection
from computeplan.problem import Objective

_KG_PER_T = 1000.0


def build_objective(section: ObjectiveSection) -> Objective:
    """Convert prices and caps of carbon from tonnes to kg.

    Parameters
    ----------
    section : ObjectiveSection

    Returns
    -------
    Objective
    """
    cap = section.carbon_cap
    return Objective(
        goal=section.minimize,
        basis=section.carbon_basis,
        carbon_price_per_kg=section.carbon_price / _KG_PER_T,
        carbon_cap_kg=math.inf if cap is None else cap * _KG_PER_T,
        budget=math.inf if section.budget is None else section.budget,
    )
