"""A lower bound on the objective from dual prices, by weak duality.

Give every coupling constraint a price, and let each variable then choose its best value alone.
Whatever the prices, no plan costs less than that (the violated constraints cost ≥ 0 and the held
ones at most 0), and at optimal prices it is the optimum. With reduced costs r (direct costs of
`marginal` less the price received) and the prices of `Prices`:

bound =  Σ cheapest response of every workload                                  (see `response`)
       + Σ_p,t min(0, direct + ρ − λ) · Δ availability max_units                           load
       + Σ min(0, level cost − Σ_t of what it brings in) · most, of new units (ρ), contracted kW (offer)
         and leased bandwidth (lease)
       + Σ min(0, price of a certificate − σ) · most
       + Σ_b,t min(0, π − η_in v) · Δ power + min(0, ω · wear − π + v / η_out) · Δ power
             + min(0, v[t] − v[t+1]) · energy         batteries, with the value v of a stored kWh
       + Σ_p   min over k in [min, max] of k · (booking − Σ_t ρ Δ availability)    reserved level
       + Σ_s,t min(0, grid − π) · Δ import_limit                                           grid
       + Σ_c,t min(0, contract − π) · Δ available_kw                                  contracts
       + Σ_l,t min(0, traffic − η) · Δ bandwidth                                        traffic
       + 0                                                         peak, covered (never earn anything)
       + idle energy of owned units + take-or-pay energy, its cost and (market basis) carbon
       − Σ_g,t γ · limit − carbon price · carbon cap − Σ_s σ · take-or-pay energy (market basis)
       − Σ ρ · Δ availability units of pools that grow − Σ offer · available − Σ lease · Δ bandwidth
       − budget price · budget − Σ_u rule price · limit (0 for shares)

An unlimited variable with r < 0 makes it −∞; prices are repaired first so that this happens only
where the problem itself pays for consuming without end (see `repair`).
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.arithmetic import times
from computeplan.plan.audit import marginal
from computeplan.plan.audit.repair import repair, surplus_potential
from computeplan.plan.audit.response import least_cost_of_work
from computeplan.plan.requirements import usable_unit_h
from computeplan.plan.rules import rule_limits
from computeplan.problem import CarbonBasis, Floats, Prices, Problem, Term


def dual_bound(problem: Problem, prices: Prices) -> float:
    """Bound the objective of every plan from below.

    Parameters
    ----------
    problem : Problem
    prices : Prices
        Any values give a valid bound, optimal ones the optimum.

    Returns
    -------
    float
        In objective units; −inf where the prices prove nothing, inf where a workload cannot be
        served at all.
    """
    prices = repair(problem, prices)
    system = (
        _loads(problem, prices)
        + _bookings(problem, prices)
        + _supplies(problem, prices)
        + _links(problem, prices)
        + _levels(problem, prices)
        + _certificates(problem, prices)
        + _storage(problem, prices)
        + _constants(problem, prices)
    )
    return system + least_cost_of_work(problem, prices) if np.isfinite(system) else -np.inf


def _earned(reduced_cost: Floats, most: Floats) -> float:
    """Σ min(0, reduced cost) · most."""
    return float(times(np.minimum(reduced_cost, 0.0), most).sum())


def _loads(problem: Problem, prices: Prices) -> float:
    capacity = usable_unit_h(problem, problem.pools.most_units)
    return _earned(marginal.load(problem, prices) + prices.rent - prices.load, capacity)


def _bookings(problem: Problem, prices: Prices) -> float:
    pools = problem.pools
    rent = (prices.rent * problem.horizon.hours * pools.availability).sum(axis=1)
    net = marginal.booking(problem, prices) - rent
    reserved = pools.term == Term.RESERVED
    at_least = float((net * pools.min_units)[reserved].sum())
    return at_least + _earned(net[reserved], (pools.max_units - pools.min_units)[reserved])


def _supplies(problem: Problem, prices: Prices) -> float:
    hours, contracts = problem.horizon.hours, problem.contracts
    import_kwh = problem.grid.import_limit_kw[:, None] * hours
    from_contract = marginal.contract(problem, prices) + prices.offer - prices.energy[contracts.site]
    return _earned(marginal.grid(problem, prices) - prices.energy, import_kwh) + _earned(
        from_contract, contracts.most_kw * hours
    )


def _links(problem: Problem, prices: Prices) -> float:
    network = problem.network
    bandwidth = (network.bandwidth_gb_per_h + network.max_leased_gb_per_h)[:, None] * problem.horizon.hours
    return _earned(marginal.traffic(problem, prices) + prices.lease - prices.link, bandwidth)


def _levels(problem: Problem, prices: Prices) -> float:
    """Earn with what is chosen once, less what is earned with what is there anyway."""
    pools, contracts, network, hours = (
        problem.pools,
        problem.contracts,
        problem.network,
        problem.horizon.hours,
    )
    rent = prices.rent * hours * pools.availability
    new = marginal.new_unit(problem, prices) - rent.sum(axis=1)
    power = marginal.contracted_kw(problem, prices) - (prices.offer * hours * contracts.profile).sum(axis=1)
    lease = marginal.money_weight(problem, prices) * network.lease_price - (prices.lease * hours).sum(axis=1)
    grows = pools.max_new_units > 0
    there = (
        float(rent[grows].sum(axis=1) @ pools.max_units[grows])
        + float((prices.offer * hours * contracts.available_kw).sum())
        + float((times(prices.lease * hours, network.bandwidth_gb_per_h[:, None])).sum())
    )
    return (
        _earned(new, pools.max_new_units)
        + _earned(power, contracts.max_chosen_kw)
        + _earned(lease, network.max_leased_gb_per_h)
        - there
    )


def _certificates(problem: Problem, prices: Prices) -> float:
    if problem.objective.basis is not CarbonBasis.MARKET:
        return 0.0
    price = marginal.money_weight(problem, prices) * problem.grid.certificate_price
    return _earned(price - prices.surplus, problem.grid.max_certificates_kwh)


def _storage(problem: Problem, prices: Prices) -> float:
    batteries, horizon, value = problem.batteries, problem.horizon, prices.storage
    energy = prices.energy[batteries.site]
    wear = np.outer(marginal.money_weight(problem, prices) * batteries.price, horizon.weight)
    later = np.empty_like(value)
    for block in horizon.blocks:
        later[:, block] = np.roll(value[:, block], -1, axis=1)
    power_kwh = np.outer(batteries.power_kw, horizon.hours)
    return (
        _earned(energy - batteries.charge_efficiency[:, None] * value, power_kwh)
        + _earned(wear - energy + value / batteries.discharge_efficiency[:, None], power_kwh)
        + _earned(value - later, np.broadcast_to(batteries.energy_kwh[:, None], value.shape))
    )


def _constants(problem: Problem, prices: Prices) -> float:
    """Sum what is paid or granted whatever is decided."""
    granted = float(times(prices.cap, problem.caps.limit).sum())
    if prices.carbon > 0:
        granted += prices.carbon * problem.objective.carbon_cap_kg
    if prices.budget > 0:
        granted += prices.budget * problem.objective.budget
    granted += float(prices.rule @ rule_limits(problem))
    if problem.objective.basis is CarbonBasis.MARKET:
        granted += float(prices.surplus @ surplus_potential(problem))
    return _idle(problem, prices) + _take_or_pay(problem, prices) - granted


def _idle(problem: Problem, prices: Prices) -> float:
    """Energy of owned units that stand idle."""
    owned = problem.pools.term == Term.OWNED
    return float(marginal.standing(problem, prices)[owned] @ problem.pools.max_units[owned])


def _take_or_pay(problem: Problem, prices: Prices) -> float:
    """Energy that is paid whether used or not."""
    contracts, horizon = problem.contracts, problem.horizon
    each = marginal.money_weight(problem, prices) * contracts.price
    if problem.objective.basis is CarbonBasis.MARKET:
        each = each + marginal.carbon_weight(problem, prices) * contracts.kg_per_kwh[:, None]
    paid = (each * contracts.available_kw) @ (horizon.weight * horizon.hours)
    return float(paid[contracts.take_or_pay].sum())
