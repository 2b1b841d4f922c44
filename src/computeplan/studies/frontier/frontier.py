"""A frontier with its certificate, and the answers it gives without solving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

import numpy as np

from computeplan.problem import CarbonBasis, Status
from computeplan.studies.frontier.curve import Curve, Reading

KG_PER_T = 1000.0


@dataclass(frozen=True)
class Point:
    """What an audited plan is worth.

    Attributes
    ----------
    cost : float
        Total, without the shortfall penalty beside it.
    cost_parts : mapping of str to float
    shortfall_penalty, shortfall_unit_h : float
    emissions_t : mapping of str to float
        On the three bases.
    site_work_unit_h : mapping of str to float
    """

    cost: float
    cost_parts: Mapping[str, float]
    shortfall_penalty: float
    shortfall_unit_h: float
    emissions_t: Mapping[str, float]
    site_work_unit_h: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Frontier:
    """The cost–carbon frontier of one problem on one basis.

    Attributes
    ----------
    name, currency : str
    basis : CarbonBasis
    status : Status
        Of the first solve.
    curve : Curve, optional
        Present where there is a plan.
    points : tuple of Point
        The plans at the curve's points.
    exact : bool
        Whether the points are all break points: no plan lies below the lines between them.
    tolerance : float
        Asked for, as a share of the cost range.
    market_price_per_kg, cap_kg : float
        The config's own carbon price (0 without) and cap (inf without).
    seconds : tuple of float
        Of each solve, audit included; the first is cold.
    notes : tuple of str
        Prices at which there was no audited plan.
    """

    name: str
    currency: str
    basis: CarbonBasis
    status: Status
    curve: Curve | None
    points: tuple[Point, ...]
    exact: bool
    tolerance: float
    market_price_per_kg: float
    cap_kg: float
    seconds: tuple[float, ...]
    notes: tuple[str, ...]

    @property
    def certified(self) -> bool:
        """Whether the curve is within the tolerance everywhere, down to the least carbon."""
        if self.curve is None or not self.curve.ends_at_least_carbon:
            return False
        return self.exact or self.curve.gap <= self.tolerance

    def at_cap(self, cap_t: float) -> Reading | None:
        """Read the cheapest plan under a carbon cap, t; None where none keeps it."""
        return self._curve.at_cap(KG_PER_T * cap_t)

    def at_price(self, price_per_t: float) -> Reading:
        """Read the best plan at a carbon price, currency per t."""
        return self._curve.at_price(price_per_t / KG_PER_T)

    def at_budget(self, budget: float) -> Reading | None:
        """Read the cleanest plan within a budget, currency; None where none is that cheap."""
        return self._curve.at_budget(budget)

    def marks(self) -> dict[str, Reading | None]:
        """Read the points of the knee, and of the config's own carbon price and cap, if it has them."""
        found: dict[str, Reading | None] = {}
        if self.curve is not None:
            found["knee"] = self.curve.at_cap(float(self.curve.emissions_kg[self.curve.knee]))
            if self.market_price_per_kg:
                found["market price"] = self.curve.at_price(self.market_price_per_kg)
            if self.cap_kg < inf:
                found["cap"] = self.curve.at_cap(self.cap_kg)
        return found

    @property
    def _curve(self) -> Curve:
        if self.curve is None:
            raise ValueError(f"there is no frontier: the status is {self.status}")
        return self.curve

    def data(self) -> dict[str, Any]:
        """Give all of it in a form that JSON holds with every digit."""
        curve = self.curve
        return {
            "name": self.name,
            "currency": self.currency,
            "basis": self.basis.value,
            "status": self.status.value,
            "exact": self.exact,
            "tolerance": self.tolerance,
            "market_price_per_t": KG_PER_T * self.market_price_per_kg,
            "cap_t": None if self.cap_kg == inf else self.cap_kg / KG_PER_T,
            "curve": None if curve is None else curve_data(curve),
            "points": [asdict(point) for point in self.points],
            "seconds": list(self.seconds),
            "notes": list(self.notes),
        }


def curve_data(curve: Curve) -> dict[str, Any]:
    """Give a curve in a form that JSON holds."""
    least = curve.least_emissions_kg
    proved = np.isfinite(curve.bound)
    return {
        "money": curve.money.tolist(),
        "emissions_kg": curve.emissions_kg.tolist(),
        "price_per_kg": curve.price_per_kg[proved].tolist(),
        "bound": curve.bound[proved].tolist(),
        "least_emissions_kg": least if np.isfinite(least) else None,
    }


def from_data(data: Mapping[str, Any]) -> Frontier:
    """Rebuild a frontier from what `Frontier.data` gave.

    Parameters
    ----------
    data : mapping

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing or wrong.
    """
    cap_t, curve = data["cap_t"], data["curve"]
    return Frontier(
        name=data["name"],
        currency=data["currency"],
        basis=CarbonBasis(data["basis"]),
        status=Status(data["status"]),
        curve=None if curve is None else _curve_from(curve),
        points=tuple(Point(**point) for point in data["points"]),
        exact=data["exact"],
        tolerance=data["tolerance"],
        market_price_per_kg=data["market_price_per_t"] / KG_PER_T,
        cap_kg=inf if cap_t is None else KG_PER_T * cap_t,
        seconds=tuple(data["seconds"]),
        notes=tuple(data["notes"]),
    )


def _curve_from(data: Mapping[str, Any]) -> Curve:
    axes = ("money", "emissions_kg", "price_per_kg", "bound")
    least = data["least_emissions_kg"]
    arrays = {axis: np.array(data[axis], dtype=np.float64) for axis in axes}
    return Curve(**arrays, least_emissions_kg=-inf if least is None else float(least))
