"""Energy, money and emissions of every site and period, recomputed from the plan.

Amounts are over the time that the horizon stands for, so weighted with ω.

IT energy      owned, reserved: idle · Δ · availability · units + (busy − idle) · load, new units included
               on-demand: busy · load
grid           ω · price · grid kWh
contracts      ω · price · kWh: used (pay-as-used) or available (take-or-pay), and capacity price · chosen
               power, spread evenly over the time
certificates   price · kWh, spread evenly over the time
storage        ω · price · kWh discharged
demand charge  charge of the month × largest grid kWh / Δ
location       ω · location factor · (grid + contract kWh)
hourly         ω · (hourly factor · grid + contract factor · contract kWh)
market         ω · (market factor · (grid − covered) + contract factor · bought kWh)

**Covered.** Take-or-pay energy that is not used when it is generated (the surplus) may be counted
against grid energy of any period, and so may certificates: 0 ≤ covered ≤ grid, Σ ω covered ≤
Σ ω surplus + certificates. Crediting the
dirtiest periods first gives least emissions. Proof: one weighted kWh, ω · covered = 1, saves the
period's factor whatever ω is. If a plan leaves room in a period of factor f and covers in a
period of factor g < f, moving a weighted kWh from the second to the first saves f − g more, so
no such plan is least; what is left is to fill the periods in order of their factor. A period of
negative factor is not covered at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.requirements import idle_kw, usable_unit_h
from computeplan.problem import CarbonBasis, Decisions, Floats, Problem, Term
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class SiteFlows(ReadOnlyArrays):
    """What flows at each site (S, T), and at each pool (P, T), weighted with ω.

    Attributes
    ----------
    it_kwh, facility_kwh : (P, T)
        Energy of the pools' hardware, and with PUE. The only two without the weights.
    energy_cost, contract_cost, certificate_cost, storage_cost, opening_cost : (S, T)
        Currency.
    water_l : (S, T)
        Water used.
    peak_kw, demand_charge : (S, M)
        Largest import of each month, and its charge in currency.
    location_kg, market_kg, hourly_kg : (S, T)
    """

    it_kwh: Floats
    facility_kwh: Floats
    energy_cost: Floats
    contract_cost: Floats
    certificate_cost: Floats
    storage_cost: Floats
    opening_cost: Floats
    water_l: Floats
    peak_kw: Floats
    demand_charge: Floats
    location_kg: Floats
    market_kg: Floats
    hourly_kg: Floats


def site_flows(problem: Problem, load_unit_h: Floats, decisions: Decisions) -> SiteFlows:
    """Recompute the flows of a plan.

    Parameters
    ----------
    problem : Problem
    load_unit_h : (P, T)
        Busy unit·h of each pool.
    decisions : Decisions

    Returns
    -------
    SiteFlows
    """
    weight, grid = problem.horizon.weight, problem.grid
    it_kwh = it_energy_kwh(problem, load_unit_h, decisions)
    peak_kw = monthly_peak_kw(problem, decisions.grid_kwh)
    used = at_sites(problem, decisions.contract_kwh)
    own_kg = at_sites(problem, decisions.contract_kwh * problem.contracts.kg_per_kwh[:, None])
    return SiteFlows(
        it_kwh=it_kwh,
        facility_kwh=it_kwh * problem.sites.pue[problem.pools.site],
        energy_cost=weight * grid.price * decisions.grid_kwh,
        contract_cost=at_sites(problem, _contract_cost(problem, decisions)),
        opening_cost=_evenly(problem, problem.sites.opening_price * decisions.open_sites),
        certificate_cost=_evenly(problem, grid.certificate_price * decisions.certificate_kwh),
        storage_cost=_storage_cost(problem, decisions),
        water_l=weight * problem.sites.water_l_per_it_kwh * by_site(problem, it_kwh),
        peak_kw=peak_kw,
        demand_charge=grid.demand_charge * peak_kw,
        location_kg=weight * grid.location_kg_per_kwh * (decisions.grid_kwh + used),
        market_kg=_market_kg(problem, decisions),
        hourly_kg=weight * (grid.hourly_kg_per_kwh * decisions.grid_kwh + own_kg),
    )


def _contract_cost(problem: Problem, decisions: Decisions) -> Floats:
    """(C, T) currency."""
    horizon, contracts = problem.horizon, problem.contracts
    level = contracts.capacity_price * decisions.contracted_kw
    energy: Floats = horizon.weight * contracts.price * paid_kwh(problem, decisions)
    return energy + _evenly(problem, level)


def _evenly(problem: Problem, amount: Floats) -> Floats:
    """(n, T) amounts (n,) for the whole horizon, spread evenly over its time."""
    horizon = problem.horizon
    return np.outer(amount, horizon.weight * horizon.hours / horizon.real_hours)


def _storage_cost(problem: Problem, decisions: Decisions) -> Floats:
    """(S, T) currency."""
    batteries, cost = problem.batteries, np.zeros((problem.sites.size, problem.horizon.size))
    np.add.at(cost, batteries.site, batteries.price[:, None] * decisions.discharge_kwh)
    return cost * problem.horizon.weight


def stored_supply_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """(S, T) energy that the site's batteries deliver, less what they take."""
    supply = np.zeros((problem.sites.size, problem.horizon.size))
    np.add.at(supply, problem.batteries.site, decisions.discharge_kwh - decisions.charge_kwh)
    return supply


def it_energy_kwh(problem: Problem, load_unit_h: Floats, decisions: Decisions) -> Floats:
    """(P, T) energy of the hardware of each pool."""
    idle, busy = idle_kw(problem), problem.hardware.busy_kw[problem.pools.hardware]
    standing = present_units(problem, decisions)[:, None] * problem.pools.availability
    return idle[:, None] * problem.horizon.hours * standing + (busy - idle)[:, None] * load_unit_h


def present_units(problem: Problem, decisions: Decisions) -> Floats:
    """(P,) units that stand there whether used or not: owned, new or booked; 0 for on-demand pools."""
    pools = problem.pools
    there = pools.max_units * decisions.open_sites[pools.site] if problem.has_integers else pools.max_units
    owned = np.where(pools.term == Term.OWNED, there + decisions.new_units, 0.0)
    return np.where(pools.term == Term.RESERVED, decisions.booked_units, owned)


def capacity_unit_h(problem: Problem, decisions: Decisions) -> Floats:
    """(P, T) unit·h that work can use; inf for on-demand pools without limit."""
    pools = problem.pools
    is_open = decisions.open_sites[pools.site] > 0
    rentable = np.where(is_open, pools.max_units, 0.0)
    units = np.where(pools.term == Term.ON_DEMAND, rentable, present_units(problem, decisions))
    rented = decisions.rented_units * problem.horizon.hours * pools.availability
    return np.where(pools.rents_in_steps[:, None], rented, usable_unit_h(problem, units))


def paid_unit_h(problem: Problem, load_unit_h: Floats, decisions: Decisions) -> Floats:
    """(P, T) unit·h that the pool's price is paid for: busy, or booked or rented in steps."""
    pools, hours = problem.pools, problem.horizon.hours
    rented = np.where(pools.rents_in_steps[:, None], decisions.rented_units * hours, load_unit_h)
    booked = decisions.booked_units[:, None] * hours
    return np.where((pools.term == Term.RESERVED)[:, None], booked, rented)


def available_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """(C, T) contract energy that there is, given or chosen."""
    contracts = problem.contracts
    chosen = contracts.profile * decisions.contracted_kw[:, None]
    return np.asarray((contracts.available_kw + chosen) * problem.horizon.hours)


def paid_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """(C, T) contract energy that is paid: all that is available, or what is used."""
    take_or_pay = problem.contracts.take_or_pay[:, None]
    return np.where(take_or_pay, available_kwh(problem, decisions), decisions.contract_kwh)


def at_sites(problem: Problem, by_contract: Floats) -> Floats:
    """(S, T) sums over each site's contracts of (C, T) amounts."""
    total = np.zeros((problem.sites.size, problem.horizon.size))
    np.add.at(total, problem.contracts.site, by_contract)
    return total


def by_site(problem: Problem, by_pool: Floats) -> Floats:
    """(S, …) sums over each site's pools of (P, …) amounts."""
    total = np.zeros((problem.sites.size, *by_pool.shape[1:]))
    np.add.at(total, problem.pools.site, by_pool)
    return total


def monthly_peak_kw(problem: Problem, grid_kwh: Floats) -> Floats:
    """(S, M) largest import of each month, kW."""
    horizon = problem.horizon
    peak = np.zeros((problem.sites.size, len(horizon.months)))
    for month in range(len(horizon.months)):
        at = horizon.month == month
        peak[:, month] = (grid_kwh[:, at] / horizon.hours[at]).max(axis=1, initial=0.0)
    return peak


def _market_kg(problem: Problem, decisions: Decisions) -> Floats:
    """(S, T) emissions on the market basis."""
    weight, contracts = problem.horizon.weight, problem.contracts
    bought_kg = contracts.kg_per_kwh[:, None] * paid_kwh(problem, decisions)
    uncovered = decisions.grid_kwh - covered_kwh(problem, decisions)
    factor = problem.grid.market_kg_per_kwh
    kg: Floats = weight * (factor * uncovered + at_sites(problem, bought_kg))
    return kg


def covered_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """Grid energy that surplus contract energy and certificates cover, the dirtiest periods first.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions

    Returns
    -------
    (S, T) array
        Without the weights.
    """
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


def grid_factor(problem: Problem) -> Floats:
    """(S, T) kg per kWh of grid energy on the objective's basis."""
    factors = {
        CarbonBasis.LOCATION: problem.grid.location_kg_per_kwh,
        CarbonBasis.MARKET: problem.grid.market_kg_per_kwh,
        CarbonBasis.HOURLY: problem.grid.hourly_kg_per_kwh,
    }
    return factors[problem.objective.basis]
