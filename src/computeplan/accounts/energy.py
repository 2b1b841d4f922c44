"""Energy that reaches each site, and its emissions on the three bases, recomputed from a plan.

location   ω · location factor · (grid + used contract kWh)
hourly     ω · (hourly factor · grid + contract factor · used contract kWh)
market     ω · (market factor · (grid − covered) + contract factor · bought kWh)

**Covered.** Take-or-pay energy that is not taken when it is generated (the surplus) may be counted
against grid energy of any period, and so may certificates: 0 ≤ covered ≤ grid, Σ ω covered ≤
Σ ω surplus + certificates. Crediting the
dirtiest periods first gives least emissions. Proof: one weighted kWh, ω · covered = 1, saves the
period's factor whatever ω is. If a plan leaves room in a period of factor f and covers in a
period of factor g < f, moving a weighted kWh from the second to the first saves f − g more, so
no such plan is least; what is left is to fill the periods in order of their factor. A period of
negative factor is not covered at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Generic, TypeVar

import numpy as np

from computeplan.problem import CarbonBasis, Decisions, Floats, Problem

Amount = TypeVar("Amount", float, Floats)
Other = TypeVar("Other", float, Floats)


@dataclass(frozen=True, eq=False)
class Emissions(Generic[Amount]):
    """Emissions on the three bases; kg or t as the field that holds them says."""

    location: Amount
    market: Amount
    hourly: Amount

    def on(self, basis: CarbonBasis) -> Amount:
        """Emissions on one basis."""
        return self.bases()[str(basis)]

    def bases(self) -> dict[str, Amount]:
        """Each basis by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def map(self, change: Callable[[Amount], Other]) -> Emissions[Other]:
        """Change each basis in the same way."""
        return Emissions(**{name: change(amount) for name, amount in self.bases().items()})


def monthly_peak_kw(problem: Problem, grid_kwh: Floats) -> Floats:
    """(S, M) largest mean import of an interval of the demand charge in each month, kW."""
    horizon, start = problem.horizon, problem.grid.interval_start
    kwh = np.zeros(grid_kwh.shape)
    np.add.at(kwh, (np.arange(len(kwh))[:, None], start), grid_kwh)
    mean_kw = kwh / problem.interval_hours  # 0 but where an interval begins
    peak = np.zeros((problem.sites.size, len(horizon.months)))
    for month in range(len(horizon.months)):
        peak[:, month] = mean_kw[:, horizon.month == month].max(axis=1, initial=0.0)
    return peak


def available_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """(C, T) contract energy that there is, given or chosen."""
    contracts = problem.contracts
    chosen = contracts.profile * decisions.contracted_kw[:, None]
    return np.asarray((contracts.available_kw + chosen) * problem.horizon.hours)


def paid_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """(C, T) contract energy that is paid: all that is available, or what is taken."""
    take_or_pay = problem.contracts.take_or_pay[:, None]
    return np.where(take_or_pay, available_kwh(problem, decisions), decisions.contract_kwh)


def at_sites(problem: Problem, by_contract: Floats) -> Floats:
    """(S, T) sums over each site's contracts of (C, T) amounts."""
    total = np.zeros((problem.sites.size, problem.horizon.size))
    np.add.at(total, problem.contracts.site, by_contract)
    return total


def stored_supply_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """(S, T) energy that the site's batteries deliver, less what they take."""
    supply = np.zeros((problem.sites.size, problem.horizon.size))
    np.add.at(supply, problem.batteries.site, decisions.discharge_kwh - decisions.charge_kwh)
    return supply


def energy_emissions_kg(problem: Problem, decisions: Decisions) -> Emissions[Floats]:
    """(S, T) emissions of each site's energy, weighted with ω."""
    weight, grid = problem.horizon.weight, problem.grid
    used = at_sites(problem, decisions.used_kwh)
    own_kg = at_sites(problem, decisions.used_kwh * problem.contracts.kg_per_kwh[:, None])
    return Emissions(
        location=weight * grid.location_kg_per_kwh * (decisions.grid_kwh + used),
        market=_market_kg(problem, decisions),
        hourly=weight * (grid.hourly_kg_per_kwh * decisions.grid_kwh + own_kg),
    )


def _market_kg(problem: Problem, decisions: Decisions) -> Floats:
    weight, contracts = problem.horizon.weight, problem.contracts
    bought_kg = contracts.kg_per_kwh[:, None] * paid_kwh(problem, decisions)
    uncovered = decisions.grid_kwh - covered_kwh(problem, decisions)
    factor = problem.grid.market_kg_per_kwh
    kg: Floats = weight * (factor * uncovered + at_sites(problem, bought_kg))
    return kg


def covered_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """(S, T) grid energy that surplus and certificates cover, the dirtiest periods first; without ω."""
    weight, factor = problem.horizon.weight, problem.grid.market_kg_per_kwh
    spilled = at_sites(problem, paid_kwh(problem, decisions) - decisions.contract_kwh)
    surplus = (np.maximum(spilled @ weight, 0.0) + decisions.certificate_kwh)[:, None]
    room = np.where(factor > 0, weight * np.maximum(decisions.grid_kwh, 0.0), 0.0)
    order = np.argsort(-factor, axis=1, kind="stable")
    ordered = np.take_along_axis(room, order, axis=1)
    before = np.cumsum(ordered, axis=1) - ordered
    covered = np.empty_like(room)
    np.put_along_axis(covered, order, np.clip(surplus - before, 0.0, ordered), axis=1)
    return covered / weight
