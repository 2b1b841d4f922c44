"""What the plan minimizes, and rules on the work of a set of workloads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import numpy as np

from computeplan.problem.arrays import Bools, Floats, ReadOnlyArrays
from computeplan.problem.fields import factor, flag, limit, price
from computeplan.problem.rates import Rates
from computeplan.vocabulary import CarbonBasis


class RuleMeasure(StrEnum):
    """What a rule limits.

    ``least_share``, ``most_share``: the share of the set's work that is done at the rule's sites.
    ``cost``: list cost of the set's work, currency. ``carbon``: its emissions on the location basis, kg.
    """

    LEAST_SHARE = "least_share"
    MOST_SHARE = "most_share"
    COST = "cost"
    CARBON = "carbon"

    @property
    def is_share(self) -> bool:
        """Whether it is a share of work."""
        return self in (RuleMeasure.LEAST_SHARE, RuleMeasure.MOST_SHARE)


@dataclass(frozen=True, eq=False)
class Rules(ReadOnlyArrays):
    """Rules *u*, each on the whole horizon.

    *List cost* of a unit·h: price of the busy unit·h (of a reserved pool: of the booked one), its energy at
    busy power and at the grid's price, traffic, and extra cost. What is shared by all, such as idle energy,
    demand charges and contracts, is not in it, so that it is linear in the work. *Emissions* count that
    energy with the grid's location factor, and the traffic's.
    """

    names: tuple[str, ...]
    config_names: tuple[str, ...]
    """(U,) name of the rule in the config, which may have several limits, or one for each company."""
    measure: tuple[RuleMeasure, ...]
    member: Annotated[Bools, flag("UW")]
    """Workloads of the set."""
    site: Annotated[Bools, flag("US")]
    """Sites of a share; all False for the other measures."""
    limit: Annotated[Floats, limit("U", "share, money or kg")]
    """Over the horizon."""

    @property
    def size(self) -> int:
        """Number of rules U."""
        return len(self.names)


def no_rules(workloads: int, sites: int) -> Rules:
    """Rules of a problem without any, with so many workloads and sites."""
    none = np.zeros((0, workloads), dtype=bool)
    return Rules((), (), (), none, np.zeros((0, sites), dtype=bool), np.zeros(0))


class Goal(StrEnum):
    """Least cost (with carbon at its price), or least carbon and then least cost."""

    COST = "cost"
    CARBON = "carbon"


@dataclass(frozen=True)
class Objective:
    """Minimize ``cost_weight × (cost + shortfall penalty) + carbon_weight × emissions``."""

    goal: Goal
    basis: CarbonBasis
    """Basis of the emissions that are priced, capped or minimized."""
    carbon_price_per_kg: Annotated[float, price("", "money/kg")]
    """Used by the goal ``cost``."""
    carbon_cap_kg: Annotated[float, limit("", "kg")]
    """Most emissions over the horizon on `basis`; inf where there is no cap."""
    shortfall: bool | None = None
    """Whether work with a shortfall price may fall short; None: with the goal ``cost`` only, as the cleanest
    plan would do no work."""
    budget: Annotated[float, limit("", "money")] = math.inf
    """Most cost over the horizon, without shortfall penalty and carbon charge; inf where there is none."""
    measured: Rates | None = None
    measure_price: Annotated[float, factor("")] = 0.0
    """A measure that is minimized too, and the price of one unit of it; negative: more of it is better."""

    @property
    def cost_weight(self) -> float:
        """Weight of money in the objective."""
        own = 1.0 if self.goal is Goal.COST else 0.0
        return own + float(self._of_measure("money"))

    @property
    def carbon_weight(self) -> float:
        """Weight of one kg in the objective."""
        own = self.carbon_price_per_kg if self.goal is Goal.COST else 1.0
        return own + float(self._of_measure("kg"))

    @property
    def allows_shortfall(self) -> bool:
        """Whether work that has a shortfall price may fall short."""
        return self.goal is Goal.COST if self.shortfall is None else self.shortfall

    def charge(self, decision: str) -> Floats:
        """Give what the measure's price adds to one unit of a decision, in the shape of its rates."""
        return np.asarray(self._of_measure(decision), dtype=np.float64)

    def _of_measure(self, rate: str) -> Any:
        return self.measure_price * getattr(self.measured, rate) if self.measured else 0.0
