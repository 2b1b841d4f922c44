"""Emissions as a linear form of the variables.

location:  Σ ω · location · (grid + contracts)
hourly:    Σ ω · (hourly · grid + contract factor · used)
market:    Σ ω · (market · (grid − covered) + contract factor · bought)
each:      + Σ ω · link factor · energy per GB · traffic + Σ embodied · new units

Energy bought under take-or-pay is all that was generated, also of power that the plan chooses; else what
was used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp.variables import ABSENT, Variables
from computeplan.problem import CarbonBasis, Floats, Ints, Problem


@dataclass(frozen=True, eq=False)
class Emissions:
    """``constant_kg + Σ kg @ columns`` over the terms.

    Attributes
    ----------
    terms : tuple of ((n,), (n,))
        Columns and their kg for one natural unit.
    constant_kg : float
    """

    terms: tuple[tuple[Ints, Floats], ...]
    constant_kg: float


def emissions_of(problem: Problem, variables: Variables) -> Emissions:
    """Emissions on the objective's basis, kg."""
    grid, contracts, weight = problem.grid, problem.contracts, problem.horizon.weight
    own = np.broadcast_to(contracts.kg_per_kwh[:, None], contracts.available_kw.shape)
    bought_kg, per_kw = 0.0, np.zeros(contracts.size)
    match problem.objective.basis:
        case CarbonBasis.LOCATION:
            factor, own = grid.location_kg_per_kwh, grid.location_kg_per_kwh[contracts.site]
        case CarbonBasis.HOURLY:
            factor = grid.hourly_kg_per_kwh
        case CarbonBasis.MARKET:
            factor = grid.market_kg_per_kwh
            bought_kwh = contracts.available_kw @ (weight * problem.horizon.hours)
            bought_kg = float(np.where(contracts.take_or_pay, contracts.kg_per_kwh, 0.0) @ bought_kwh)
            own = np.where(contracts.take_or_pay[:, None], 0.0, own)
            generated_h = contracts.profile @ (weight * problem.horizon.hours)
            per_kw = np.where(contracts.take_or_pay, contracts.kg_per_kwh, 0.0) * generated_h
    network = problem.network
    per_gb = np.broadcast_to(
        (network.energy_kwh_per_gb * network.kg_per_kwh)[:, None], variables.traffic.shape
    )
    terms = (
        (variables.grid, factor * weight),
        (variables.contract, own * weight),
        (variables.covered, -factor * weight),
        (variables.traffic, per_gb * weight),
        (variables.contracted, per_kw),
        (variables.new, problem.pools.new_unit_kg),
    )
    return Emissions(tuple(_present(columns, kg) for columns, kg in terms), bought_kg)


def _present(columns: Ints, kg: Floats) -> tuple[Ints, Floats]:
    there = columns != ABSENT
    return columns[there], np.broadcast_to(kg, columns.shape)[there]
