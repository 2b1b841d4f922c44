"""What the price of a busy unit·h is made of.

The price λ of a pool's unit·h (see `Prices`) splits into, with the direct costs of `marginal`:

use       the pool's own price, and that of caps on its units
carbon    weight of a kg · kg
energy    the rest of what its power costs, cooling, peak and import limit included
rent      λ − all of these: what one more unit of a full pool is worth

kg are kWh · the grid's factor on the objective's basis. On the market and hourly basis there are none where
energy is worth less than the grid's: a contract has some left over. On the location basis a contract's kWh
emits as much as the grid's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.audit import marginal
from computeplan.plan.flows import grid_factor
from computeplan.plan.requirements import idle_kw
from computeplan.problem import CarbonBasis, Floats, Prices, Problem
from computeplan.problem.arrays import ReadOnlyArrays

ROUNDING = 1e-9
"""A difference below this share of the largest price is rounding."""


@dataclass(frozen=True, eq=False)
class PriceParts(ReadOnlyArrays):
    """Parts of the price of one busy unit·h, in objective units, weights ω included.

    Attributes
    ----------
    use, rent, energy, carbon : (P, T)
        Add up to `Prices.load`.
    kg : (P, T)
        Emissions at the margin on the objective's basis.
    kwh : (P, T)
        Facility energy at the margin, without ω.
    """

    use: Floats
    rent: Floats
    energy: Floats
    carbon: Floats
    kg: Floats
    kwh: Floats


def price_parts(problem: Problem, prices: Prices) -> PriceParts:
    """Split the price of every pool's unit·h.

    Parameters
    ----------
    problem : Problem
    prices : Prices
        Repaired.

    Returns
    -------
    PriceParts
    """
    pools = problem.pools
    swing_kw = (problem.hardware.busy_kw[pools.hardware] - idle_kw(problem))[:, None]
    direct, power = marginal.load(problem, prices), marginal.it_kwh(problem, prices) * swing_kw
    kwh = problem.sites.pue[pools.site] * swing_kw
    kg = kwh * _kg_per_kwh(problem, prices)[pools.site]
    carbon = marginal.carbon_weight(problem, prices) * kg
    return PriceParts(
        use=direct - power,
        rent=prices.load - direct,
        energy=power - carbon,
        carbon=carbon,
        kg=kg,
        kwh=np.broadcast_to(kwh, direct.shape).copy(),
    )


def _kg_per_kwh(problem: Problem, prices: Prices) -> Floats:
    """(S, T) emissions of one more kWh, ω included."""
    factor, weight = grid_factor(problem), marginal.carbon_weight(problem, prices)
    if problem.objective.basis is CarbonBasis.LOCATION:
        return problem.horizon.weight * factor
    if problem.objective.basis is CarbonBasis.MARKET and weight > 0:
        factor = np.minimum(factor, prices.surplus[:, None] / weight)
    direct = marginal.grid(problem, prices)
    from_grid = prices.energy >= direct - ROUNDING * np.abs(direct).max(initial=0.0)
    return np.where(from_grid, problem.horizon.weight * factor, 0.0)
