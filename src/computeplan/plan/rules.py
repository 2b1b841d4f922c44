"""What rules measure of the work of their sets, afresh from the problem.

rate[u,w,p,t] = ω · (busy unit·h rate[p,t] / η[w,p] + unit·h rate[w,p] + GB per unit·h · GB rate[zone,p])

A rule asks Σ rate · x + Σ data · GB rate · share (fixed workloads) to be at most its limit. A share's
rates are those of ``share · all work − work there`` (least) or the opposite (most), with limit 0.
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.arithmetic import ratio
from computeplan.plan.requirements import pool_routes, running_efficiency, unit_money
from computeplan.problem import Bools, Floats, Ints, Problem, RuleMeasure


class RuleRates:
    """Rates of one rule.

    Parameters
    ----------
    problem : Problem
    rule : int

    Attributes
    ----------
    per_gb : (Z, P)
        Of one GB between a zone and a pool, over the horizon.
    """

    def __init__(self, problem: Problem, rule: int) -> None:
        self._problem = problem
        self._measure, self._limit = problem.rules.measure[rule], problem.rules.limit[rule]
        self._here: Bools = problem.rules.site[rule][problem.pools.site]
        self.per_gb = pool_routes(problem).astype(np.float64) @ self._per_link()
        self._per_load = ratio(1.0, running_efficiency(problem))

    def of(self, need: Ints, gb: Floats) -> Floats:
        """(n, P, T) of one unit·h of work of a need with so many GB, weights ω included."""
        problem = self._problem
        each = self._per_unit_h()[need] + gb[:, None] * self.per_gb[problem.needs.zone[need]]
        rate: Floats = each[:, :, None] + self._per_load[need][:, :, None] * self._per_busy_unit_h()
        return rate * problem.horizon.weight

    def _per_link(self) -> Floats:
        network = self._problem.network
        if self._measure is RuleMeasure.COST:
            return network.price_per_gb
        kg_per_gb = network.energy_kwh_per_gb * network.kg_per_kwh
        return kg_per_gb if self._measure is RuleMeasure.CARBON else np.zeros(network.links)

    def _per_busy_unit_h(self) -> Floats:
        """(P, T)."""
        problem, site = self._problem, self._problem.pools.site
        kwh = problem.hardware.busy_kw[problem.pools.hardware][:, None] * problem.sites.pue[site]
        if self._measure is RuleMeasure.COST:
            return problem.pools.price + kwh * problem.grid.price[site]
        if self._measure is RuleMeasure.CARBON:
            return kwh * problem.grid.location_kg_per_kwh[site]
        return np.zeros(kwh.shape)

    def _per_unit_h(self) -> Floats:
        """(R, P)."""
        if self._measure is RuleMeasure.COST:
            return unit_money(self._problem)
        excess = np.zeros(len(self._here))
        if self._measure is RuleMeasure.MOST_SHARE:
            excess = self._here - self._limit
        if self._measure is RuleMeasure.LEAST_SHARE:
            excess = self._limit - self._here
        return np.broadcast_to(excess, (self._problem.needs.size, len(excess)))


def rule_limits(problem: Problem) -> Floats:
    """(U,) most that each rule allows of its measure; 0 for shares."""
    shares = np.array([measure.is_share for measure in problem.rules.measure], dtype=bool)
    return np.where(shares, 0.0, problem.rules.limit)
