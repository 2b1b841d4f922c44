"""Prices of work: what a unit·h costs at every pool and period.

price[w,p,t] = c · ω · unit cost + λ[p,t] / efficiency + GB per unit·h · Σ_l on the path η[l,t]
               + Σ_u price of the rule · its rate of a unit·h (see `RuleRates`), where w is in its set
               + price of a measure · its rate of a unit·h

of the paths that its traffic may take the cheapest in each period.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from computeplan.accounts.requirements import RuleRates, serving_efficiency, unit_money, work_classes
from computeplan.accounts.usage import CELLS
from computeplan.prices import marginal
from computeplan.problem import Bools, Floats, Ints, Prices, Problem


class WorkPrices:
    """Prices of work by class of workloads (see `work_classes`), from repaired prices.

    `class_of` (W,): class of each workload. `money_weight`: of one unit of money.
    """

    def __init__(self, problem: Problem, prices: Prices) -> None:
        self._problem, self._prices = problem, prices
        self.money_weight = marginal.money_weight(problem, prices)
        classes = work_classes(problem)
        self.class_of = classes.of_workload
        self._need, self._gb, self._member = classes.need, classes.gb, classes.member
        self._rules = [
            (price, rule, RuleRates(problem, rule)) for rule, price in enumerate(prices.rule) if price > 0
        ]

    def allowed(self, classes: Ints) -> Bools:
        """(n, P) whether a pool may serve each class."""
        allowed: Bools = self._efficiency[self._need[classes]] > 0
        return allowed

    def of(self, classes: Ints) -> Floats:
        """(n, P, T) price of a unit·h; without meaning where the pool may not serve the class."""
        need = self._need[classes]
        efficiency = self._efficiency[need]
        busy = np.divide(1.0, efficiency, out=np.zeros_like(efficiency), where=efficiency > 0)
        price = busy[:, :, None] * self._prices.load + self._problem.objective.charge("work")
        price += self._money[need][:, :, None] * self._problem.horizon.weight
        price += self._gb[classes, None, None] * self._route_prices[self._problem.origin[need]]
        for each, rule, rates in self._rules:
            rows = np.flatnonzero(self._member[rule, classes])
            price[rows] += each * rates.of(need[rows], self._gb[classes[rows]])
        return price

    @cached_property
    def cheapest(self) -> Floats:
        """(classes, T) least price over the pools; inf where no pool may serve the class."""
        size = self._problem.horizon.size
        least = np.full((len(self._need), size), np.inf)
        for classes in chunks(len(self._need), size * self._problem.pools.size):
            price = np.where(self.allowed(classes)[:, :, None], self.of(classes), np.inf)
            least[classes] = price.min(axis=1, initial=np.inf)
        return least

    def data_price(self, workloads: Ints) -> Floats:
        """(n, P) price of one GB of a data set that travels evenly over the horizon."""
        horizon, origin = self._problem.horizon, self._problem.origin
        even = self._route_prices @ (horizon.hours / horizon.real_hours)
        price = np.asarray(even[origin[self._problem.workloads.need[workloads]]])
        for each, rule, rates in self._rules:
            member = self._problem.rules.member[rule, workloads]
            origins = origin[self._problem.workloads.need[workloads[member]]]
            price[member] += each * rates.per_gb[origins]
        return price

    @cached_property
    def _efficiency(self) -> Floats:
        return serving_efficiency(self._problem)

    @cached_property
    def _money(self) -> Floats:
        return self.money_weight * unit_money(self._problem)

    @cached_property
    def _route_prices(self) -> Floats:
        """(origins, P, T) price of one GB between an origin and a pool, on the cheapest path at the time."""
        ways = self._problem.ways.astype(np.float64)
        return np.asarray(ways @ self._problem.extend_to_flows(self._prices.link))


def chunks(count: int, width: int) -> list[Ints]:
    """Cut 0 … count − 1 into runs that hold at most `CELLS` numbers of `width` each."""
    step = max(1, CELLS // max(1, width))
    return [np.arange(first, min(first + step, count)) for first in range(0, count, step)]
