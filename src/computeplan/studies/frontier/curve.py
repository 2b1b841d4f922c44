"""The cost–carbon frontier between what plans achieve and what no plan can beat.

With m money (cost + shortfall penalty) and e emissions, the frontier is the lower left edge of all (m, e).
Two sets of numbers enclose it:

inner   Points (m, e) of audited plans. A mix of two plans is a plan too, so the straight line between
        neighbors is achieved and the frontier is convex. With whole numbers a mix of two plans is no plan:
        only the points themselves are achieved, and the inner curve is a staircase.
outer   Lines m + λ e ≥ D: the audit's bound D at a carbon price λ holds for every plan; and e ≥ E, the
        bound of the plan of least carbon. They hold with whole numbers too, where also m ≥ B for all plans
        with e ≤ C, the bound of the cheapest plan under a cap C.

All amounts are money and kg over the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

import numpy as np

from computeplan.problem import Floats
from computeplan.problem.arrays import ReadOnlyArrays

PROOF = 1e-6
"""Of the largest emissions, up to which a bound proves that they are the least, and a cap is kept."""
ROUNDING = 1e-9
"""Relative difference that is rounding."""
EXACT = 1e-9
"""Distance from the line, relative to its value, that counts as none."""
ALIKE = 1e-9
"""Relative difference of emissions below which two plans are one point."""


@dataclass(frozen=True)
class Reading:
    """A point read off the frontier."""

    money: float
    emissions_kg: float
    """What a mix of the two plans achieves."""
    least_money: float
    least_emissions_kg: float
    """What no plan beats: money at these emissions (or under the cap asked for), and emissions at this money
    (or within the budget asked for)."""
    price_low_per_kg: float | None
    price_high_per_kg: float | None
    """Carbon prices at which this point is optimal, currency per kg; inf at the end of least carbon; None
    with whole numbers."""
    plans: tuple[int, ...]
    """The one or two points that are mixed."""
    share: float
    """Of the second plan in the mix; 0 where there is one."""


@dataclass(frozen=True, eq=False)
class Curve(ReadOnlyArrays):
    """Inner and outer approximation of a frontier."""

    money: Floats
    emissions_kg: Floats
    """(n,) points from least cost to least carbon: money rises, emissions fall."""
    price_per_kg: Floats
    bound: Floats
    """(k,) carbon prices λ, rising, and D: no plan has money + λ · emissions < D."""
    least_emissions_kg: float
    """No plan emits less; −inf where nothing is proved."""
    whole_numbers: bool = False
    """Whether some decisions are whole numbers, so that a mix of two plans is no plan."""
    cap_kg: Floats = field(default_factory=lambda: np.zeros(0))
    cap_bound: Floats = field(default_factory=lambda: np.zeros(0))
    """(c,) caps C, rising, and B: no plan that emits at most C has less money than B."""

    @property
    def size(self) -> int:
        """Number of points n."""
        return len(self.money)

    @property
    def ends_at_least_carbon(self) -> bool:
        """Whether it is proved that no plan emits less than the last point."""
        return float(self.emissions_kg[-1]) - self.least_emissions_kg <= self._spare

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

        Both are piecewise linear, so it is largest at a bend of one of them; of a staircase at the end of a
        step.
        """
        if self.whole_numbers:
            _, distances = self._steps
            at_least_carbon = self.inner_money(self.emissions_kg[-1:]) - self.outer_money(
                self.emissions_kg[-1:]
            )
            return float(max(0.0, distances.max(initial=0.0), at_least_carbon[0]))
        slope, level = self.price_per_kg, self.bound
        turns = np.diff(slope) > 0
        bends = (np.diff(level) / np.where(turns, np.diff(slope), 1.0))[turns]
        inside = np.clip(bends, self.emissions_kg[-1], self.emissions_kg[0])
        at = np.concatenate((inside, self.emissions_kg))
        return float(max(0.0, (self.inner_money(at) - self.outer_money(at)).max()))

    @property
    def widest_step(self) -> tuple[float, float]:
        """Distance in cost and middle of the emissions of the step of a staircase with the largest area."""
        nodes, distances = self._steps
        if not len(distances):
            return 0.0, float(nodes[0])
        widest = int((distances * np.diff(nodes)).argmax())
        return float(distances[widest]), float(nodes[widest] + nodes[widest + 1]) / 2

    @property
    def _steps(self) -> tuple[Floats, Floats]:
        """Emissions at which something jumps, rising, and the largest distance between each two."""
        low, high = self.emissions_kg[-1], self.emissions_kg[0]
        nodes = np.unique(np.concatenate((self.emissions_kg, np.clip(self.cap_kg, low, high))))
        return nodes, self.inner_money(nodes[:-1]) - self.outer_money(nodes[1:])

    def inner_money(self, emissions_kg: Floats) -> Floats:
        """Money of the cheapest plan, or mix of two, with at most these emissions; inf below the least."""
        if self.whole_numbers:
            money = self.money[[self._first_within(kg) for kg in emissions_kg.tolist()]]
        else:
            money = np.interp(emissions_kg, self.emissions_kg[::-1], self.money[::-1])
        reached = emissions_kg >= self.emissions_kg[-1] - ROUNDING * abs(self.emissions_kg[-1])
        return np.where(reached, money, np.inf)

    def outer_money(self, emissions_kg: Floats) -> Floats:
        """Money that no plan with at most these emissions beats; inf below the least emissions."""
        lines = self.bound[:, None] - np.outer(self.price_per_kg, emissions_kg)
        under = np.where(emissions_kg <= self.cap_kg[:, None] + self._spare, self.cap_bound[:, None], -np.inf)
        money = np.concatenate((lines, under)).max(axis=0, initial=-np.inf)
        there = emissions_kg >= self.least_emissions_kg - ROUNDING * abs(self.least_emissions_kg)
        return np.where(there, money, np.inf)

    def outer_emissions_kg(self, money: float) -> float:
        """Emissions that no plan of at most this money beats; inf below the least."""
        priced = self.price_per_kg > 0
        least = (self.bound[priced] - money) / self.price_per_kg[priced]
        free = self.bound[~priced].max(initial=-np.inf)
        if money < free - ROUNDING * abs(free):
            return np.inf
        too_clean = self.cap_kg[self.cap_bound > money]
        found = (least.max(initial=-np.inf), too_clean.max(initial=-np.inf))
        return float(max(self.least_emissions_kg, *found))

    @cached_property
    def knee(self) -> int:
        """Index of the point farthest below the straight line between the two ends, each axis from 0 to 1."""
        dearer = (self.money - self.money[0]) / (self.money_range or 1.0)
        saved = self.emissions_kg[0] - self.emissions_kg
        return int(np.argmax(saved / (saved[-1] or 1.0) - dearer))

    def at_cap(self, cap_kg: float) -> Reading | None:
        """Read the cheapest plan under a cap on emissions; None where none keeps it."""
        emissions = self.emissions_kg
        if cap_kg < emissions[-1] - ROUNDING * abs(emissions[-1]):
            return None
        if self.whole_numbers:
            return self._read_point(self._first_within(cap_kg), cap_kg=cap_kg)
        if cap_kg >= emissions[0]:
            return self._read_point(0)
        right = self._first_within(cap_kg)
        share = (emissions[right - 1] - cap_kg) / (emissions[right - 1] - emissions[right])
        return self._mix(right, float(min(share, 1.0)))

    def at_budget(self, budget: float) -> Reading | None:
        """Read the cleanest plan within a budget of cost and penalty; None where none is that cheap."""
        spare = ROUNDING * abs(float(self.money[0]))
        if budget < self.money[0] - spare:
            return None
        if self.whole_numbers:
            affordable = np.flatnonzero(self.money <= budget + spare)
            return self._read_point(int(affordable[-1]), budget=budget)
        if budget >= self.money[-1]:
            return self._read_point(self.size - 1)
        right = int(np.argmax(self.money > budget))
        share = max(0.0, budget - self.money[right - 1]) / (self.money[right] - self.money[right - 1])
        return self._mix(right, float(share)) if right else self._read_point(0)

    def at_price(self, price_per_kg: float) -> Reading:
        """Read the best plan at a carbon price; where several are, the cheapest."""
        total = self.money + price_per_kg * self.emissions_kg
        best = total.min()
        return self._read_point(int(np.argmax(total <= best + ROUNDING * abs(best))))

    def _first_within(self, emissions_kg: float) -> int:
        """Index of the cheapest point that emits at most this; that of least carbon if none does."""
        spare = self._spare if self.whole_numbers else 0.0
        return int(np.argmax(self.emissions_kg <= max(emissions_kg, float(self.emissions_kg[-1])) + spare))

    @property
    def _spare(self) -> float:
        """Emissions, kg, by which a plan under a cap may exceed it: the solver's tolerance."""
        return PROOF * float(np.abs(self.emissions_kg).max())

    def _read_point(self, point: int, *, cap_kg: float | None = None, budget: float | None = None) -> Reading:
        money, kg = float(self.money[point]), float(self.emissions_kg[point])
        low = high = None
        if not self.whole_numbers:
            slopes = np.concatenate(([0.0], self.abatement_cost_per_kg, [np.inf]))
            low, high = float(slopes[point]), float(slopes[point + 1])
        return Reading(
            money=money,
            emissions_kg=kg,
            least_money=self._least_money(kg if cap_kg is None else cap_kg),
            least_emissions_kg=self.outer_emissions_kg(money if budget is None else budget),
            price_low_per_kg=low,
            price_high_per_kg=high,
            plans=(point,),
            share=0.0,
        )

    def _mix(self, right: int, share: float) -> Reading:
        """Mix a point with the one to its left."""
        if share in {0.0, 1.0}:
            return self._read_point(right - 1 + int(share))
        slope, pair = float(self.abatement_cost_per_kg[right - 1]), slice(right - 1, right + 1)
        weights = np.array((1.0 - share, share))
        money, kg = float(weights @ self.money[pair]), float(weights @ self.emissions_kg[pair])
        least = self._least_money(kg), self.outer_emissions_kg(money)
        return Reading(money, kg, *least, slope, slope, (right - 1, right), share)

    def _least_money(self, emissions_kg: float) -> float:
        return float(self.outer_money(np.array([emissions_kg]))[0])


@dataclass(frozen=True)
class FrontierPoint:
    """What an audited plan costs and emits; the cost does not include the shortfall penalty."""

    cost: float
    cost_parts: Mapping[str, float]
    shortfall_penalty: float
    shortfall_unit_h: float
    emissions_t: Mapping[str, float]
    site_work_unit_h: Mapping[str, float]


@dataclass(frozen=True)
class Optimum:
    """The best plan at a price, or under a cap."""

    price_per_kg: float
    """inf for the plan of least carbon."""
    money: float
    emissions_kg: float
    bound: float
    """No plan has cost + price · emissions below it; for the plan of least carbon, emissions in kg; under a
    cap, cost."""
    cap_kg: float = inf
    """Most emissions that were allowed; inf without a cap."""
    point: FrontierPoint | None = field(default=None, compare=False)
    """What the plan costs and emits."""

    def at(self, price_per_kg: float) -> float:
        """Evaluate cost + price · emissions at another price."""
        return self.money + price_per_kg * self.emissions_kg

    def line(self, emissions_kg: float) -> float:
        """Least cost at these emissions that the bound leaves possible."""
        return self.bound - self.price_per_kg * emissions_kg


def neighbors(found: Sequence[Optimum], *, whole_numbers: bool = False) -> list[Optimum]:
    """Keep the optima that make up the frontier, from least cost to least carbon.

    With whole numbers every optimum that no other beats in both money and emissions; otherwise only the
    corners of the convex curve, as a mix of two plans beats those above it.
    """
    kept: list[Optimum] = []
    for optimum in sorted(found, key=lambda o: (o.money, o.emissions_kg)):
        if kept and optimum.emissions_kg >= kept[-1].emissions_kg - ALIKE * abs(kept[-1].emissions_kg):
            continue
        if kept and optimum.money <= kept[-1].money + ALIKE * abs(kept[-1].money):
            kept.pop()
        while not whole_numbers and len(kept) > 1 and not _bends(kept[-2], kept[-1], optimum):
            kept.pop()
        kept.append(optimum)
    return kept


def curve_of(found: Sequence[Optimum], *, whole_numbers: bool = False) -> Curve:
    """Build the curve of all optima that were solved; that with the price inf proves the least emissions."""
    corners = neighbors(found, whole_numbers=whole_numbers)
    proved = [o for o in found if o.bound > -inf and o.price_per_kg < inf]
    tangents = sorted((o for o in proved if o.cap_kg == inf), key=lambda o: o.price_per_kg)
    capped = sorted((o for o in proved if o.cap_kg < inf), key=lambda o: o.cap_kg)
    return Curve(
        money=np.array([o.money for o in corners]),
        emissions_kg=np.array([o.emissions_kg for o in corners]),
        price_per_kg=np.array([o.price_per_kg for o in tangents]),
        bound=np.array([o.bound for o in tangents]),
        least_emissions_kg=max((o.bound for o in found if o.price_per_kg == inf), default=-inf),
        whole_numbers=whole_numbers,
        cap_kg=np.array([o.cap_kg for o in capped]),
        cap_bound=np.array([o.bound for o in capped]),
    )


def _bends(left: Optimum, middle: Optimum, right: Optimum) -> bool:
    """Whether the middle one lies below the line between the others by more than rounding."""
    share = (left.emissions_kg - middle.emissions_kg) / (left.emissions_kg - right.emissions_kg)
    line = left.money + share * (right.money - left.money)
    return middle.money < line - EXACT * abs(left.money)
