"""What the price of a busy unit·h is made of, and what workloads are charged at the margin.

A unit·h pays what the last one in its pool and hour is worth (see `PriceParts`): full pools cost more than
what they use. The rest of the objective belongs to those who own what is scarce, or what costs something
whatever work there is: nothing is scaled, and all of it adds up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from computeplan.prices import marginal
from computeplan.prices.bound import BoundTerm, FixedCost, system_terms
from computeplan.prices.dual_repair import repair_prices
from computeplan.prices.least_cost import least_cost_of_work
from computeplan.problem import CarbonBasis, Floats, Prices, Problem
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.problem.limits import LimitKind

ROUNDING = 1e-12
"""Share of the largest line below which a line is a solver's rounding, and part of the gap."""


@dataclass(frozen=True, eq=False)
class PriceParts(ReadOnlyArrays):
    """Parts of the price λ of one busy unit·h (see `Prices`), in objective units, weights ω included.

    use       the pool's own price, and that of caps on its units
    carbon    weight of a kg · kg
    energy    the rest of what its power costs, cooling, peak and import limit included
    rent      λ − all of these: what one more unit of a full pool is worth

    kg are kWh · the grid's factor on the objective's basis. On the market and hourly basis there are none
    where energy is worth less than the grid's: a contract has some left over. On the location basis a
    contract's kWh emits as much as the grid's.
    """

    use: Floats
    rent: Floats
    energy: Floats
    carbon: Floats
    """(P, T) add up to `Prices.load`."""
    kg: Floats
    """(P, T) emissions at the margin on the objective's basis."""
    kwh: Floats
    """(P, T) facility energy at the margin, without ω."""


def price_parts(problem: Problem, prices: Prices) -> PriceParts:
    """Split the price of every pool's unit·h; the prices are repaired ones."""
    pools = problem.pools
    swing_kw = (problem.busy_kw - problem.idle_kw)[:, None]
    direct, power = marginal.load(problem, prices), marginal.it_kwh(problem, prices) * swing_kw
    kwh = problem.pue * swing_kw
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
    factor, weight = problem.grid_kg_per_kwh, marginal.carbon_weight(problem, prices)
    if problem.objective.basis is CarbonBasis.LOCATION:
        return problem.horizon.weight * factor
    if problem.objective.basis is CarbonBasis.MARKET and weight > 0:
        factor = np.minimum(factor, prices.surplus[:, None] / weight)
    direct = marginal.grid(problem, prices)
    from_grid = prices.energy >= direct - marginal.rounding(direct)
    return np.where(from_grid, problem.horizon.weight * factor, 0.0)


@dataclass(frozen=True)
class OwnerLine:
    """What one thing earns or costs its owner at the margin, in objective units."""

    owner: str
    """Of the pool; the company that alone is under a rule; else empty, the operator."""
    kind: LimitKind | FixedCost
    name: str
    amount: float
    """Negative: a rent that the thing earns, as it is scarce. Positive: a cost whatever work there is."""


@dataclass(frozen=True, eq=False)
class MarginalStatement(ReadOnlyArrays):
    """The objective of a plan, shared out at the margin; charges, lines and gap add up to it."""

    charge: Floats
    """(W,) of each workload, in objective units: what serving it costs at the prices of one more."""
    lines: tuple[OwnerLine, ...]
    """Of those who own what is scarce or is paid for anyway; the largest first."""
    gap: float
    """What the prices leave unproved of the objective."""


def marginal_statement(problem: Problem, prices: Prices, objective: float) -> MarginalStatement:
    """Share out the objective of a plan by its dual prices (Owen).

    A workload pays the least that serving it costs at these prices: the sum of the duals of its demand times
    the demand. Whatever a thing that is limited earns at them goes to its owner. By weak duality no
    group of companies and owners pays more than it would alone, with what it owns.
    """
    prices = repair_prices(problem, prices)
    charge = least_cost_of_work(problem, prices)
    lines = [line for term in system_terms(problem, prices) for line in _lines(problem, term)]
    least = ROUNDING * max((abs(line.amount) for line in lines), default=0.0)
    shown = sorted((line for line in lines if abs(line.amount) > least), key=lambda line: -abs(line.amount))
    gap = objective - float(charge.sum()) - sum(line.amount for line in shown)
    return MarginalStatement(charge, tuple(shown), gap)


def _lines(problem: Problem, term: BoundTerm) -> Iterator[OwnerLine]:
    owners = _owners(problem, term)
    for owner, name, amount in zip(owners, term.names, term.amount.tolist(), strict=True):
        yield OwnerLine(owner, term.kind, name, amount)


def _owners(problem: Problem, term: BoundTerm) -> tuple[str, ...]:
    if term.part == "pools":
        return problem.pools.owners
    if term.part != "rules":
        return ("",) * len(term.names)
    under = [np.unique(problem.workloads.company[member]) for member in problem.rules.member]
    return tuple(problem.companies.names[own[0]] if len(own) == 1 else "" for own in under)
