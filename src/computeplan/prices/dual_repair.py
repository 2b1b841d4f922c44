"""Make dual prices consistent, so that the bound is finite and as good as they allow.

Any prices give a valid bound, but one that is −∞ if a variable without upper limit has a negative
reduced cost, and a solver's prices are only accurate to its tolerance. Each repair keeps the
bound valid (it is valid for any prices) and does not lower it, but for the ones marked (*):

not a number    → 0; prices that must be ≥ 0 are clipped (*)
peak            Σ_t∈month μ ≤ c · demand charge: scaled down to it (*)
surplus         σ ≤ the price of certificates without limit (*); where there is nothing to cover with,
                σ = e · the dirtiest factor
energy          π ≥ its cheapest supply, unless a battery may be cheaper; ≤ the grid's marginal cost where
                imports are unlimited (*)
offer, lease    what the value of a kWh or a GB exceeds the direct cost by, where power or bandwidth is chosen
rent and load   reserved or growing: load price = direct cost + rent, so that all of the excess is rent;
                where booking is unlimited, Σ_t rent is scaled down to what a unit costs (*)
load            λ ≥ direct cost; equal where a pool is unlimited (*)
link            η ≥ direct cost; equal where bandwidth is unlimited (*)

A price that exceeds the direct cost by less than rounding is set to it (*): multiplied with a limit
that is far away, the solver's tolerance would spoil the bound.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeplan.accounts.capacity import usable_unit_h
from computeplan.prices import marginal
from computeplan.prices.marginal import rounding
from computeplan.problem import Bools, Floats, Prices, Problem, Term
from computeplan.problem.arrays import ratio

BELOW = 1 - 1e-12
"""Keeps a sum that was scaled to a limit on the right side of it."""


def repair_prices(problem: Problem, prices: Prices) -> Prices:
    """Make any prices consistent with each other.

    No variable without upper limit then has a negative reduced cost, unless even a rent of 0 leaves booked
    units that earn money; then the bound is −∞.
    """
    prices = _clean(problem, prices)
    prices = replace(prices, peak=_peak(problem, prices))
    prices = replace(prices, surplus=_surplus(problem, prices))
    prices = replace(prices, energy=_energy(problem, prices))
    prices = replace(prices, offer=_offer(problem, prices))
    prices = replace(prices, rent=_rent(problem, prices))
    prices = replace(prices, load=_load(problem, prices))
    prices = replace(prices, lease=_lease(problem, prices))
    return replace(prices, link=_link(problem, prices))


def _clean(problem: Problem, prices: Prices) -> Prices:
    limited_cap = np.isfinite(problem.caps.limit)
    has_cap = np.isfinite(problem.objective.carbon_cap_kg)
    return Prices(
        load=_number(prices.load),
        rent=_at_least_0(prices.rent),
        energy=_number(prices.energy),
        peak=_at_least_0(prices.peak),
        link=_number(prices.link),
        cap=np.where(limited_cap, _at_least_0(prices.cap), 0.0),
        carbon=float(_at_least_0(np.array(prices.carbon))) if has_cap else 0.0,
        cover=_at_least_0(prices.cover),
        surplus=_at_least_0(prices.surplus),
        budget=float(_at_least_0(np.array(prices.budget))) if np.isfinite(problem.objective.budget) else 0.0,
        rule=_at_least_0(prices.rule),
        offer=_at_least_0(prices.offer),
        lease=_at_least_0(prices.lease),
        storage=_number(prices.storage),
        renewable=np.where(problem.grid.renewable_share > 0, _at_least_0(prices.renewable), 0.0),
    )


def _number(values: Floats) -> Floats:
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def _at_least_0(values: Floats) -> Floats:
    return np.maximum(_number(values), 0.0)


def _peak(problem: Problem, prices: Prices) -> Floats:
    """(S, T) scaled so that a month's prices sum to its demand charge at most."""
    horizon = problem.horizon
    in_month = np.arange(len(horizon.months))[:, None] == horizon.month
    total = prices.peak @ in_month.T
    money = marginal.money_weight(problem, prices)
    charge = money * problem.grid.demand_charge + problem.objective.charge("peak")
    factor = np.where(total > charge, ratio(charge, total), 1.0)
    peak: Floats = prices.peak * factor[:, horizon.month]
    return peak


def _surplus(problem: Problem, prices: Prices) -> Floats:
    """(S,) high enough that a site without take-or-pay energy cannot cover anything."""
    dirtiest = problem.grid_kg_per_kwh.max(axis=1, initial=0.0)
    chosen = problem.contracts.take_or_pay & (problem.contracts.max_chosen_kw > 0)
    nothing = surplus_potential(problem) <= 0
    nothing[problem.contracts.site[chosen]] = False
    certified = problem.grid.max_certificates_kwh
    nothing &= certified <= 0
    money = marginal.money_weight(problem, prices) * problem.grid.certificate_price
    surplus = np.where(np.isinf(certified), np.minimum(prices.surplus, money), prices.surplus)
    enough = marginal.carbon_weight(problem, prices) * np.maximum(dirtiest, 0.0)
    return np.where(nothing, np.maximum(surplus, enough), surplus)


def surplus_potential(problem: Problem) -> Floats:
    """(S,) take-or-pay energy of each site if none of it were used, weighted, kWh."""
    contracts, horizon = problem.contracts, problem.horizon
    available = contracts.available_kw @ (horizon.weight * horizon.hours)
    potential = np.zeros(problem.sites.size)
    np.add.at(potential, contracts.site, np.where(contracts.take_or_pay, available, 0.0))
    return potential


def _energy(problem: Problem, prices: Prices) -> Floats:
    """(S, T) between the cheapest supply and, where imports are unlimited, the grid."""
    grid = marginal.grid(problem, prices)
    cheapest = grid.copy()
    available = problem.contracts.most_kw > 0
    offers = np.where(available, marginal.contract(problem, prices), np.inf)
    np.minimum.at(cheapest, problem.contracts.site, offers)
    cheapest[problem.batteries.site] = -np.inf
    unlimited = ~np.isfinite(problem.grid.import_limit_kw)[:, None]
    above = prices.energy - grid
    lowered = np.where((above > 0) & (unlimited | (above <= rounding(grid))), grid, prices.energy)
    return np.maximum(lowered, cheapest)


def _rent(problem: Problem, prices: Prices) -> Floats:
    """(P, T) all that load price exceeds direct cost by where units are chosen; 0 for other pools."""
    pools = problem.pools
    reserved = pools.term == Term.RESERVED
    excess = prices.load - marginal.load(problem, prices)
    rent = _where_chosen(prices.rent, excess, reserved | (pools.max_new_units > 0))
    earned = (rent * problem.horizon.hours * pools.availability).sum(axis=1)
    most = np.maximum(marginal.booking(problem, prices), 0.0)
    too_much = reserved & ~np.isfinite(pools.max_units) & (earned > most)
    factor = np.where(too_much, ratio(most * BELOW, earned), 1.0)
    return np.where(pools.availability > 0, rent * factor[:, None], rent)


def _load(problem: Problem, prices: Prices) -> Floats:
    """(P, T) direct cost, plus rent where units are chosen, plus the excess elsewhere."""
    direct = marginal.load(problem, prices) + prices.rent
    pools = problem.pools
    chosen = ((pools.term == Term.RESERVED) | (pools.max_new_units > 0))[:, None]
    unlimited = ~np.isfinite(usable_unit_h(problem, pools.max_units))
    return _at_least(direct, prices.load, chosen | unlimited)


def _offer(problem: Problem, prices: Prices) -> Floats:
    """(C, T) all that the value of a kWh exceeds the direct cost by where power is chosen; else 0."""
    excess = marginal.contract_value(problem, prices) - marginal.contract(problem, prices)
    return _where_chosen(prices.offer, excess, problem.contracts.max_chosen_kw > 0)


def _lease(problem: Problem, prices: Prices) -> Floats:
    """(L, T) all that the link price exceeds the direct cost by where bandwidth is leased; else 0."""
    excess = prices.link - marginal.traffic(problem, prices)
    return _where_chosen(prices.lease, excess, problem.network.max_leased_gb_per_h > 0)


def _link(problem: Problem, prices: Prices) -> Floats:
    """(L, T) direct cost, plus the lease where bandwidth is leased, plus the excess elsewhere."""
    network = problem.network
    unlimited = (network.max_leased_gb_per_h > 0) | ~np.isfinite(network.bandwidth_gb_per_h)
    direct = marginal.traffic(problem, prices) + prices.lease
    return _at_least(direct, prices.link, unlimited[:, None])


def _where_chosen(price: Floats, excess: Floats, chosen: Bools) -> Floats:
    """(n, T) at least the price and the excess where the amount (n,) is chosen; 0 elsewhere."""
    return np.where(chosen[:, None], np.maximum(np.maximum(price, excess), 0.0), 0.0)


def _at_least(direct: Floats, price: Floats, unlimited: Bools) -> Floats:
    """At least the direct cost, and no more where there is no limit or the excess is rounding."""
    limited = ~unlimited & (price - direct > rounding(direct))
    return np.where(limited, price, direct)
