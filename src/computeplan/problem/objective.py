"""What the plan minimizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from computeplan.problem.energy import CarbonBasis


class Goal(StrEnum):
    """Least cost (with carbon at its price), or least carbon and then least cost."""

    COST = "cost"
    CARBON = "carbon"


@dataclass(frozen=True)
class Objective:
    """Minimize ``cost_weight × (cost + shortfall penalty) + carbon_weight × emissions``.

    Attributes
    ----------
    goal : Goal
    basis : CarbonBasis
        Basis of the emissions that are priced, capped or minimized.
    carbon_price_per_kg : float
        Currency per kg; used by the goal ``cost``.
    carbon_cap_kg : float
        Most emissions over the horizon on `basis`; inf where there is no cap.
    shortfall : bool, optional
        Whether work with a shortfall price may be left undone; default: with the goal ``cost`` only,
        as leaving work undone would be the cleanest plan.
    budget : float
        Most cost over the horizon, currency, shortfall penalty and carbon charge not counted; inf where
        there is none.
    """

    goal: Goal
    basis: CarbonBasis
    carbon_price_per_kg: float
    carbon_cap_kg: float
    shortfall: bool | None = None
    budget: float = math.inf

    @property
    def cost_weight(self) -> float:
        """Weight of money in the objective."""
        return 1.0 if self.goal is Goal.COST else 0.0

    @property
    def carbon_weight(self) -> float:
        """Weight of one kg in the objective."""
        return self.carbon_price_per_kg if self.goal is Goal.COST else 1.0

    @property
    def allows_shortfall(self) -> bool:
        """Whether work that has a shortfall price may be left undone."""
        return self.goal is Goal.COST if self.shortfall is None else self.shortfall
