"""The cost–carbon frontier between what plans achieve and what no plan can beat.

With m money (cost + shortfall penalty) and e emissions, the frontier is the lower left edge of all (m, e),
convex as plans can be mixed. Two sets of numbers enclose it:

inner   Points (m, e) of audited plans. A mix of two neighbors is a plan too, so the straight line between
        them is achieved.
outer   Lines m + λ e ≥ D: the audit's dual bound D of a carbon price λ holds for every plan; and e ≥ E, the
        bound of the plan of least carbon.

All amounts are money and kg over the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from computeplan.problem import Floats
from computeplan.problem.arrays import ReadOnlyArrays

PROOF = 1e-6
"""Of the largest emissions, up to which a bound proves that they are the least."""
ROUNDING = 1e-9
"""Relative difference that is rounding."""


@dataclass(frozen=True)
class Reading:
    """A point read off the frontier.

    Attributes
    ----------
    money, emissions_kg : float
        What a mix of the two plans achieves.
    least_money, least_emissions_kg : float
        What no plan beats: money at these emissions, and emissions at this money.
    price_low_per_kg, price_high_per_kg : float
        Carbon prices at which this point is optimal, currency per kg; inf at the end of least carbon.
    plans : tuple of int
        The one or two points that are mixed.
    share : float
        Of the second plan in the mix; 0 where there is one.
    """

    money: float
    emissions_kg: float
    least_money: float
    least_emissions_kg: float
    price_low_per_kg: float
    price_high_per_kg: float
    plans: tuple[int, ...]
    share: float


@dataclass(frozen=True, eq=False)
class Curve(ReadOnlyArrays):
    """Inner and outer approximation of a frontier.

    Attributes
    ----------
    money, emissions_kg : (n,)
        Points from least cost to least carbon: money rises, emissions fall.
    price_per_kg, bound : (k,)
        Carbon prices λ, rising, and D: no plan has money + λ · emissions < D.
    least_emissions_kg : float
        No plan emits less; −inf where nothing is proved.
    """

    money: Floats
    emissions_kg: Floats
    price_per_kg: Floats
    bound: Floats
    least_emissions_kg: float

    @property
    def size(self) -> int:
        """Number of points n."""
        return len(self.money)

    @property
    def ends_at_least_carbon(self) -> bool:
        """Whether it is proved that no plan emits less than the last point."""
        spare = PROOF * max(abs(float(kg)) for kg in self.emissions_kg)
        return float(self.emissions_kg[-1]) - self.least_emissions_kg <= spare

    @property
    def money_range(self) -> float:
        """Money of least carbon above that of least cost."""
        return float(self.money[-1] - self.money[0])

    @cached_property
    def abatement_cost_per_kg(self) -> Floats:
        """(n − 1,) money for each kg less, between neighbors."""
        slope: Floats = np.diff(self.money) / -np.diff(self.emissions_kg)
        return slope

    @cached_property
    def gap(self) -> float:
        """Largest distance in cost between inner and outer, as a share of the cost range."""
        distance = self.distance
        scale = max(self.money_range, ROUNDING * float(np.abs(self.money).max()))
        return distance / scale if scale > 0 else (0.0 if distance <= 0 else np.inf)

    @cached_property
    def distance(self) -> float:
        """Largest distance in cost between inner and outer, money.

        Both are piecewise linear, so it is largest at a bend of one of them.
        """
        slope, level = self.price_per_kg, self.bound
        turns = np.diff(slope) > 0
        bends = (np.diff(level) / np.where(turns, np.diff(slope), 1.0))[turns]
        inside = np.clip(bends, self.emissions_kg[-1], self.emissions_kg[0])
        at = np.concatenate((inside, self.emissions_kg))
        return float(max(0.0, (self.inner_money(at) - self.outer_money(at)).max()))

    def inner_money(self, emissions_kg: Floats) -> Floats:
        """Money of the best mix of plans with these emissions; inf below the least."""
        money = np.interp(emissions_kg, self.emissions_kg[::-1], self.money[::-1])
        reached = emissions_kg >= self.emissions_kg[-1] - ROUNDING * abs(self.emissions_kg[-1])
        return np.where(reached, money, np.inf)

    def outer_money(self, emissions_kg: Floats) -> Floats:
        """Money that no plan with at most these emissions beats; inf below the least emissions."""
        lines = self.bound[:, None] - np.outer(self.price_per_kg, emissions_kg)
        money = lines.max(axis=0, initial=-np.inf)
        there = emissions_kg >= self.least_emissions_kg - ROUNDING * abs(self.least_emissions_kg)
        return np.where(there, money, np.inf)

    def outer_emissions_kg(self, money: float) -> float:
        """Emissions that no plan of at most this money beats; inf below the least."""
        priced = self.price_per_kg > 0
        least = (self.bound[priced] - money) / self.price_per_kg[priced]
        free = self.bound[~priced].max(initial=-np.inf)
        if money < free - ROUNDING * abs(free):
            return np.inf
        return float(max(self.least_emissions_kg, least.max(initial=-np.inf)))

    @cached_property
    def knee(self) -> int:
        """Index of the point farthest below the straight line between the two ends, each axis from 0 to 1."""
        dearer = (self.money - self.money[0]) / (self.money_range or 1.0)
        saved = self.emissions_kg[0] - self.emissions_kg
        return int(np.argmax(saved / (saved[-1] or 1.0) - dearer))

    def at_cap(self, cap_kg: float) -> Reading | None:
        """Read the cheapest plan under a cap on emissions; None where none keeps it.

        Parameters
        ----------
        cap_kg : float
        """
        emissions = self.emissions_kg
        if cap_kg < emissions[-1] - ROUNDING * abs(emissions[-1]):
            return None
        if cap_kg >= emissions[0]:
            return self._at_point(0)
        right = int(np.argmax(emissions <= max(cap_kg, emissions[-1])))
        share = (emissions[right - 1] - cap_kg) / (emissions[right - 1] - emissions[right])
        return self._between(right, float(min(share, 1.0)))

    def at_budget(self, budget: float) -> Reading | None:
        """Read the cleanest plan within a budget of money; None where none is that cheap.

        Parameters
        ----------
        budget : float
            Cost and shortfall penalty over the horizon.
        """
        if budget < self.money[0] - ROUNDING * abs(self.money[0]):
            return None
        if budget >= self.money[-1]:
            return self._at_point(self.size - 1)
        right = int(np.argmax(self.money > budget))
        share = max(0.0, budget - self.money[right - 1]) / (self.money[right] - self.money[right - 1])
        return self._between(right, float(share)) if right else self._at_point(0)

    def at_price(self, price_per_kg: float) -> Reading:
        """Read the best plan at a carbon price; where several are, the cheapest.

        Parameters
        ----------
        price_per_kg : float
        """
        total = self.money + price_per_kg * self.emissions_kg
        best = total.min()
        return self._at_point(int(np.argmax(total <= best + ROUNDING * abs(best))))

    def _at_point(self, point: int) -> Reading:
        slopes = np.concatenate(([0.0], self.abatement_cost_per_kg, [np.inf]))
        return self._reading((point,), 0.0, float(slopes[point]), float(slopes[point + 1]))

    def _between(self, right: int, share: float) -> Reading:
        """Mix a point with the one to its left."""
        if share in {0.0, 1.0}:
            return self._at_point(right - 1 + int(share))
        slope = float(self.abatement_cost_per_kg[right - 1])
        return self._reading((right - 1, right), share, slope, slope)

    def _reading(self, plans: tuple[int, ...], share: float, low: float, high: float) -> Reading:
        weights = np.array((1.0 - share, share))[: len(plans)]
        money, kg = (float(weights @ axis[list(plans)]) for axis in (self.money, self.emissions_kg))
        least = float(self.outer_money(np.array([kg]))[0])
        return Reading(money, kg, least, self.outer_emissions_kg(money), low, high, plans, share)
