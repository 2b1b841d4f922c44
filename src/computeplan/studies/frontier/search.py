"""Weighted-sum search: the points of a frontier from optima at carbon prices.

Between two neighbors the price at which both are equally good is solved. If no plan is better there, the
straight line between them is the frontier, exactly; else the new plan lies below it and is a new neighbor of
both. It ends where nothing new comes, or where the tangents are within the tolerance of the line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

EXACT = 1e-9
"""Distance from the line, relative to its value, that counts as none."""
ALIKE = 1e-9
"""Relative difference of emissions below which two plans are one point."""
END_ROUNDS = 12
"""More than the end of least cost has been seen to take."""


@dataclass(frozen=True)
class Optimum:
    """The best plan at a price.

    Attributes
    ----------
    price_per_kg : float
        inf for the plan of least carbon.
    money, emissions_kg : float
    bound : float
        No plan has cost + price · emissions below it; for the plan of least carbon, emissions in kg.
    """

    price_per_kg: float
    money: float
    emissions_kg: float
    bound: float

    def at(self, price_per_kg: float) -> float:
        """Give cost + price · emissions at another price."""
        return self.money + price_per_kg * self.emissions_kg

    def line(self, emissions_kg: float) -> float:
        """Least cost at these emissions that the bound leaves possible."""
        return self.bound - self.price_per_kg * emissions_kg


Solve = Callable[[float], Optimum | None]


@dataclass
class Search:
    """Finds the optima of a frontier; `found` holds all that were solved.

    Parameters
    ----------
    solve : callable
        Gives the optimum at a price, None where there is none in time.
    """

    solve: Solve
    found: list[Optimum] = field(default_factory=list)
    exact: bool = True

    def at(self, price_per_kg: float) -> Optimum | None:
        """Solve at a price and keep what is found."""
        optimum = self.solve(price_per_kg)
        if optimum is None:
            self.exact = False
        else:
            self.found.append(optimum)
        return optimum

    def cheapest(self, least_price_per_kg: float) -> Optimum | None:
        """Find the least cost, and the cleanest plan of that cost.

        Parameters
        ----------
        least_price_per_kg : float
            A price so small that it seldom changes what is cheapest.
        """
        free, near = self.at(0.0), self.at(least_price_per_kg)
        for _ in range(END_ROUNDS):
            if free is None or near is None or near.money <= free.money + ALIKE * abs(free.money):
                return near or free
            saved_kg = free.emissions_kg - near.emissions_kg
            if saved_kg <= ALIKE * abs(free.emissions_kg):
                return free
            here = self.at((near.money - free.money) / saved_kg)
            if here is None or not _is_below(here, free, near):
                return free
            near = here
        return free

    def between(self, known: Sequence[Optimum], tolerance: float) -> None:
        """Search between neighbors, from least carbon on: prices change little from solve to solve.

        Parameters
        ----------
        known : sequence of Optimum
            From least cost to least carbon.
        tolerance : float
            Distance between line and tangents, money, up to which a pair of neighbors is left.
        """
        pairs = list(pairwise(known))
        while pairs:
            left, right = pairs.pop()
            new = self._inside(left, right, tolerance)
            if new is not None:
                pairs += [(left, new), (new, right)]

    def _inside(self, left: Optimum, right: Optimum, tolerance: float) -> Optimum | None:
        """Find a plan below the line between two; None where the line may stay."""
        saved_kg, dearer = left.emissions_kg - right.emissions_kg, right.money - left.money
        distance = _distance(left, right)
        if saved_kg <= ALIKE * abs(left.emissions_kg) or dearer <= 0 or distance <= _rounding(left):
            return None
        if distance <= tolerance:
            self.exact = False
            return None
        here = self.at(dearer / saved_kg)
        if here is None or _is_below(here, left, right):
            return here
        self.exact &= here.bound >= left.at(here.price_per_kg) - 2 * _rounding(left)
        return None


def _rounding(optimum: Optimum) -> float:
    return EXACT * abs(optimum.money)


def _is_below(here: Optimum, left: Optimum, right: Optimum) -> bool:
    """Whether a plan lies below the line between two, at whose price it was solved."""
    price, rounding = here.price_per_kg, _rounding(left)
    return here.at(price) < min(left.at(price), right.at(price)) - rounding


def _distance(left: Optimum, right: Optimum) -> float:
    """Largest cost between the line through two optima and what their tangents leave possible."""
    saved_kg = left.emissions_kg - right.emissions_kg
    if right.price_per_kg == inf:
        bend_kg = right.bound
    elif right.price_per_kg > left.price_per_kg:
        bend_kg = (right.bound - left.bound) / (right.price_per_kg - left.price_per_kg)
    else:
        return 0.0
    bend_kg = min(max(bend_kg, right.emissions_kg), left.emissions_kg)
    share = (left.emissions_kg - bend_kg) / saved_kg if saved_kg > 0 else 0.0
    return left.money + share * (right.money - left.money) - left.line(bend_kg)
