"""What one more unit of each variable of the system costs directly, at given prices.

With c the cost weight plus the price of the budget, e the carbon weight plus that of the carbon cap, and
the prices of `Prices` (π energy, μ peak, σ surplus, γ cap, ρ rent):

grid        ω · (c · price + carbon) + μ / Δ,   carbon = e · factor; on the market basis
            min(e · factor, σ): a kWh of grid energy is either emitted or covered by surplus
            and ω · share · ν under a renewable share of price ν
contract    −ω · (1 − share) · ν, and ω · (c · price if paid by use + carbon): location e · grid factor,
            hourly e · contract factor, market e · contract factor if paid by use; σ if take-or-pay (used
            is no surplus)
sale        value of a kWh sold instead of used: ω · (c · feed-in price − (1 − share) · ν), and on the
            location and hourly bases ω · carbon of its use
traffic     ω · (c · price per GB + e · energy per GB · link factor)
kWh         PUE · (π + Σ_g power γ · weight / Δ)                              of IT energy
load        c · ω · price (not reserved) + kWh · (busy − idle) + Σ_g units γ · weight / Δ (not reserved)
new unit    c · price + e · embodied + Σ_t kWh · idle · Δ · availability
contracted  c · (capacity price + Σ_t ω · Δ · profile · price if take-or-pay); on the market basis, if
            take-or-pay, also Σ_t ω · Δ · profile · (e · contract factor − σ)
leased      c · price
battery     π − η_in v charged, ω · c · price − π + v / η_out discharged, v[t] − v[t+1] stored, with the
            value v of a stored kWh; these are reduced, so less what the kWh brings in
booking     Σ_t c · ω · Δ · price + kWh · idle · Δ · availability + Σ_g units γ · weight
each        and what the price of a measure adds to it (`Objective.charge`)
"""

from __future__ import annotations

import numpy as np

from computeplan.problem import CapMeasure, CarbonBasis, Floats, Prices, Problem, Term

NOISE = 1e-9
"""Share of a thing's largest price below which a difference is rounding."""


def rounding(prices: Floats) -> Floats:
    """(n, 1) largest difference of each thing's prices (n, T) that is a solver's rounding.

    What is free takes the lowest of the others. A price that keeps everybody away says nothing about others.
    """
    largest = np.abs(prices).max(axis=1, keepdims=True, initial=0.0)
    paid = largest[largest > 0]
    return NOISE * np.where(largest > 0, largest, paid.min() if paid.size else 0.0)


def carbon_weight(problem: Problem, prices: Prices) -> float:
    """Weight of one kg in the objective, with the price of the carbon cap."""
    return problem.objective.carbon_weight + prices.carbon


def money_weight(problem: Problem, prices: Prices) -> float:
    """Weight of one unit of money in the objective, with the price of the budget."""
    return problem.objective.cost_weight + prices.budget


def grid(problem: Problem, prices: Prices) -> Floats:
    """(S, T) of one kWh of grid energy."""
    horizon, supply = problem.horizon, problem.grid
    carbon = carbon_weight(problem, prices) * problem.grid_kg_per_kwh
    if problem.objective.basis is CarbonBasis.MARKET:
        carbon = np.minimum(carbon, prices.surplus[:, None])
    money = money_weight(problem, prices) * supply.price
    green = (supply.renewable_share * prices.renewable)[:, None]
    peak = np.take_along_axis(prices.peak, supply.interval_start, axis=1) / problem.interval_hours
    direct: Floats = horizon.weight * (money + carbon + green) + peak
    return direct


def contract(problem: Problem, prices: Prices) -> Floats:
    """(C, T) of one kWh of contract energy that the site uses."""
    contracts, paid_anyway = problem.contracts, problem.contracts.take_or_pay[:, None]
    money = np.where(paid_anyway, 0.0, money_weight(problem, prices) * contracts.price)
    carbon = _contract_carbon(problem, prices) - _green(problem, prices)
    direct: Floats = problem.horizon.weight * (money + carbon)
    return direct


def contract_value(problem: Problem, prices: Prices) -> Floats:
    """(C, T) value of one kWh taken of a contract: of energy at its site, or of its sale if that is more."""
    contracts, use = problem.contracts, prices.energy[problem.contracts.site]
    return np.where(contracts.may_sell[:, None], np.maximum(use, _sale(problem, prices)), use)


def _sale(problem: Problem, prices: Prices) -> Floats:
    """(C, T) of one kWh sold instead of used: its price, less what only use costs or counts for."""
    contracts, green = problem.contracts, _green(problem, prices)
    of_use = 0.0 if problem.objective.basis is CarbonBasis.MARKET else _contract_carbon(problem, prices)
    money = money_weight(problem, prices) * contracts.feed_in_price
    value: Floats = problem.horizon.weight * (money + of_use - green)
    return value


def _green(problem: Problem, prices: Prices) -> Floats:
    """(C, 1) value of one kWh used of a contract for the renewable share of its site."""
    return ((1.0 - problem.grid.renewable_share) * prices.renewable)[problem.contracts.site, None]


def _contract_carbon(problem: Problem, prices: Prices) -> Floats:
    """(C, T) or (C, 1)."""
    contracts, weight = problem.contracts, carbon_weight(problem, prices)
    own = weight * contracts.kg_per_kwh[:, None]
    match problem.objective.basis:
        case CarbonBasis.LOCATION:
            return weight * problem.grid.location_kg_per_kwh[contracts.site]
        case CarbonBasis.HOURLY:
            return own
        case CarbonBasis.MARKET:
            return np.where(contracts.take_or_pay[:, None], prices.surplus[contracts.site, None], own)


def traffic(problem: Problem, prices: Prices) -> Floats:
    """(L, T) of one GB on a link."""
    network = problem.network
    money = money_weight(problem, prices) * network.price_per_gb
    carbon = carbon_weight(problem, prices) * network.energy_kwh_per_gb * network.kg_per_kwh
    return np.outer(money + carbon, problem.horizon.weight) + problem.objective.charge("traffic")


def it_kwh(problem: Problem, prices: Prices) -> Floats:
    """(P, T) of one kWh of IT energy, cooling and power caps included."""
    under_caps = _cap_price(problem, prices, CapMeasure.POWER) / problem.horizon.hours
    site = problem.pools.site
    return problem.pue * (prices.energy[site] + under_caps)


def load(problem: Problem, prices: Prices) -> Floats:
    """(P, T) of one busy unit·h, without the rent of reserved capacity."""
    horizon, pools = problem.horizon, problem.pools
    swing_kw = problem.busy_kw - problem.idle_kw
    money = money_weight(problem, prices) * horizon.weight * pools.price
    under_caps = _cap_price(problem, prices, CapMeasure.UNITS) / horizon.hours
    by_use = np.where((pools.term == Term.RESERVED)[:, None], 0.0, money + under_caps)
    return by_use + it_kwh(problem, prices) * swing_kw[:, None] + problem.objective.charge("load")


def idle_unit(problem: Problem, prices: Prices) -> Floats:
    """(P,) of the idle energy of one unit over the whole horizon, which it draws busy or not."""
    available_h = problem.horizon.hours * problem.pools.availability
    one_kw: Floats = (it_kwh(problem, prices) * available_h).sum(axis=1)
    return one_kw * problem.idle_kw


def booking(problem: Problem, prices: Prices) -> Floats:
    """(P,) of one booked unit over the whole horizon, without what its rent brings in."""
    horizon, pools = problem.horizon, problem.pools
    money = money_weight(problem, prices) * (pools.price @ (horizon.weight * horizon.hours))
    under_caps: Floats = _cap_price(problem, prices, CapMeasure.UNITS).sum(axis=1)
    return money + under_caps + idle_unit(problem, prices) + problem.objective.charge("booked")


def new_unit(problem: Problem, prices: Prices) -> Floats:
    """(P,) of one new unit over the whole horizon, without what its rent brings in."""
    pools = problem.pools
    money = money_weight(problem, prices) * pools.new_unit_price
    embodied = carbon_weight(problem, prices) * pools.new_unit_kg
    return np.asarray(money + embodied + idle_unit(problem, prices) + problem.objective.charge("new"))


def contracted_kw(problem: Problem, prices: Prices) -> Floats:
    """(C,) of one kW of chosen contract power, without what its energy brings in."""
    contracts, horizon = problem.contracts, problem.horizon
    money = money_weight(problem, prices)
    generated_h = horizon.weight * horizon.hours * contracts.profile
    each = money * contracts.price
    if problem.objective.basis is CarbonBasis.MARKET:
        own = carbon_weight(problem, prices) * contracts.kg_per_kwh
        each = each + (own - prices.surplus[contracts.site])[:, None]
    bought = (generated_h * each).sum(axis=1)
    always = money * contracts.capacity_price + problem.objective.charge("contracted")
    return np.asarray(always + np.where(contracts.take_or_pay, bought, 0.0))


def battery(problem: Problem, prices: Prices) -> tuple[Floats, Floats, Floats]:
    """(B, T) reduced costs of a kWh charged, of one discharged, and of one stored at the end of a period.

    At the end of a block a battery holds what it held at the block's start.
    """
    batteries, value = problem.batteries, prices.storage
    energy = prices.energy[batteries.site]
    wear = np.outer(money_weight(problem, prices) * batteries.price, problem.horizon.weight)
    later = np.empty_like(value)
    for block in problem.horizon.blocks:
        later[:, block] = np.roll(value[:, block], -1, axis=1)
    charge: Floats = energy - batteries.charge_efficiency[:, None] * value
    discharge: Floats = wear - energy + value / batteries.discharge_efficiency[:, None]
    return charge, discharge, value - later


def _cap_price(problem: Problem, prices: Prices, measure: CapMeasure) -> Floats:
    """(P, T) price of one unit or kW of a pool under the caps of one measure."""
    counts = np.array([m is measure for m in problem.caps.measure], dtype=bool)
    price: Floats = problem.caps.weight[counts].T @ prices.cap[counts]
    return price
