"""What a unit·h of work costs at every pool and period, at given prices.

price[w,p,t] = c · ω · unit cost + λ[p,t] / efficiency + GB per unit·h · Σ_l on the route η[l,t]
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from computeplan.plan.requirements import (
    pool_routes,
    serving_efficiency,
    unit_money,
    work_classes,
)
from computeplan.plan.usage import CELLS
from computeplan.problem import Bools, Floats, Ints, Prices, Problem


class WorkPrices:
    """Prices of work by class of workloads (see `work_classes`).

    Parameters
    ----------
    problem : Problem
    prices : Prices
        Repaired.

    Attributes
    ----------
    class_of : (W,)
        Class of each workload.
    """

    def __init__(self, problem: Problem, prices: Prices) -> None:
        self._problem, self._prices = problem, prices
        classes = work_classes(problem)
        self.class_of = classes.of_workload
        self._need, self._gb = classes.need, classes.gb

    def allowed(self, classes: Ints) -> Bools:
        """(n, P) whether a pool may serve each class."""
        allowed: Bools = self._efficiency[self._need[classes]] > 0
        return allowed

    def of(self, classes: Ints) -> Floats:
        """(n, P, T) price of a unit·h; without meaning where the pool may not serve the class."""
        need = self._need[classes]
        efficiency = self._efficiency[need]
        busy = np.divide(1.0, efficiency, out=np.zeros_like(efficiency), where=efficiency > 0)
        price = busy[:, :, None] * self._prices.load
        price += self._money[need][:, :, None] * self._problem.horizon.weight
        price += self._gb[classes, None, None] * self._route_prices[self._problem.needs.zone[need]]
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
        horizon, zone = self._problem.horizon, self._problem.needs.zone
        even = self._route_prices @ (horizon.hours / horizon.real_hours)
        return np.asarray(even[zone[self._problem.workloads.need[workloads]]])

    @cached_property
    def _efficiency(self) -> Floats:
        return serving_efficiency(self._problem)

    @cached_property
    def _money(self) -> Floats:
        return self._problem.objective.cost_weight * unit_money(self._problem)

    @cached_property
    def _route_prices(self) -> Floats:
        """(Z, P, T) price of one GB between a zone and a pool."""
        return np.asarray(pool_routes(self._problem).astype(np.float64) @ self._prices.link)


def chunks(count: int, width: int) -> list[Ints]:
    """Cut 0 … count − 1 into runs that hold at most `CELLS` numbers of `width` each."""
    step = max(1, CELLS // max(1, width))
    return [np.arange(first, min(first + step, count)) for first in range(0, count, step)]
