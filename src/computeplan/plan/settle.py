"""What a plan costs and emits, recomputed from the problem.

objective = cost weight · (total + shortfall penalty) + carbon weight · emissions on the basis,

which for the goal ``cost`` is total + shortfall penalty + carbon charge, and for the goal
``carbon`` the emissions in kg.

magnitude = Σ |term|, but at least `LEAST_SHARE` of what the same work, energy and traffic would
cost at the dearest price and the highest factor there are. The latter only counts where a plan
gets by almost for nothing, so that rounding is not held against a zero.
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.accounting import Accounts, NetworkAccounts, PoolAccounts, SiteAccounts
from computeplan.plan.amounts import CostParts, Emissions
from computeplan.plan.arithmetic import ratio
from computeplan.plan.flows import (
    SiteFlows,
    at_sites,
    available_kwh,
    by_site,
    capacity_unit_h,
    grid_factor,
    paid_unit_h,
    site_flows,
)
from computeplan.plan.usage import Usage
from computeplan.problem import Decisions, Floats, Goal, Problem, Term

LEAST_SHARE = 1e-3


def settle(problem: Problem, usage: Usage, decisions: Decisions) -> Accounts:
    """Recompute the accounts of a plan.

    Parameters
    ----------
    problem : Problem
    usage : Usage
        Measured from the allocation.
    decisions : Decisions

    Returns
    -------
    Accounts
    """
    flows = site_flows(problem, usage.load_unit_h, decisions)
    pools = _pool_accounts(problem, usage, decisions)
    sites = _site_accounts(problem, usage, decisions, flows, pools)
    network = _network_accounts(problem, usage, decisions)
    cost = _total_cost(sites, network)
    emissions = sites.emissions_kg.map(lambda kg: float(kg.sum() + network.emissions_kg.sum()))
    penalty = _shortfall_penalty(problem, usage)
    terms = _objective_terms(problem, cost, penalty, emissions)
    dearest = _cost_at_the_dearest(problem, pools, sites, network)
    return Accounts(
        cost=cost,
        shortfall_penalty=penalty,
        shortfall_unit_h=float(usage.short_unit_h.sum()),
        carbon_charge=terms[-1] if problem.objective.goal is Goal.COST else 0.0,
        emissions_kg=emissions,
        objective=float(sum(terms)),
        magnitude=max(sum(abs(term) for term in terms), LEAST_SHARE * dearest),
        sites=sites,
        pools=pools,
        network=network,
    )


def _objective_terms(
    problem: Problem, cost: CostParts[float], penalty: float, emissions: Emissions[float]
) -> list[float]:
    """Weighted cost parts, shortfall penalty and, last, emissions."""
    goal = problem.objective
    money = [goal.cost_weight * part for part in (*cost.parts().values(), penalty)]
    return [*money, goal.carbon_weight * emissions.on(goal.basis)]


def _cost_at_the_dearest(
    problem: Problem, pools: PoolAccounts, sites: SiteAccounts, network: NetworkAccounts
) -> float:
    goal = problem.objective
    kwh_price = max(_highest(problem.grid.price), _highest(problem.contracts.price))
    money = (
        _highest(problem.pools.price) * pools.busy_unit_h.sum()
        + kwh_price * sites.facility_kwh.sum()
        + _highest(problem.network.price_per_gb) * (network.traffic_gb @ problem.horizon.weight).sum()
        + _highest(problem.needs.unit_cost) * pools.work_unit_h.sum()
    )
    emissions = _highest(grid_factor(problem)) * sites.facility_kwh.sum()
    return float(goal.cost_weight * money + goal.carbon_weight * emissions)


def _highest(prices: Floats) -> float:
    return float(np.abs(prices).max(initial=0.0))


def _shortfall_penalty(problem: Problem, usage: Usage) -> float:
    price = problem.workloads.shortfall_price
    # Work that must not be left undone has no price; the audit reports it instead.
    return float(np.where(np.isfinite(price), price, 0.0) @ usage.short_unit_h)


def _total_cost(sites: SiteAccounts, network: NetworkAccounts) -> CostParts[float]:
    totals = sites.cost.map(lambda part: float(part.sum())).parts()
    return CostParts(**{**totals, "network": float(network.cost.sum())})


def _pool_accounts(problem: Problem, usage: Usage, decisions: Decisions) -> PoolAccounts:
    pools, weight = problem.pools, problem.horizon.weight
    capacity = capacity_unit_h(problem, decisions)
    busy, usable = usage.load_unit_h @ weight, capacity @ weight
    paid = paid_unit_h(problem, usage.load_unit_h, decisions)
    limited = np.isfinite(usable) & (usable > 0)
    return PoolAccounts(
        load_unit_h=usage.load_unit_h,
        capacity_unit_h=capacity,
        booked_units=decisions.booked_units,
        new_units=decisions.new_units,
        work_unit_h=usage.work_unit_h @ weight,
        busy_unit_h=busy,
        utilization=np.where(limited, ratio(busy, usable), np.nan),
        cost=(pools.price * paid) @ weight,
        new_cost=pools.new_unit_price * decisions.new_units,
        embodied_kg=pools.new_unit_kg * decisions.new_units,
        moved_gb=usage.moved_gb,
    )


def _site_accounts(
    problem: Problem, usage: Usage, decisions: Decisions, flows: SiteFlows, pools: PoolAccounts
) -> SiteAccounts:
    weight, used = problem.horizon.weight, decisions.contract_kwh
    unused = available_kwh(problem, decisions) - used
    embodied_kg = by_site(problem, pools.embodied_kg)
    return SiteAccounts(
        work_unit_h=by_site(problem, pools.work_unit_h),
        it_kwh=by_site(problem, flows.it_kwh @ weight),
        facility_kwh=by_site(problem, flows.facility_kwh @ weight),
        grid_kwh=decisions.grid_kwh @ weight,
        contract_kwh=at_sites(problem, used) @ weight,
        spilled_kwh=at_sites(problem, unused) @ weight,
        water_l=flows.water_l.sum(axis=1),
        peak_kw=flows.peak_kw,
        cost=_site_cost(problem, usage, flows, pools),
        emissions_kg=Emissions(
            location=flows.location_kg.sum(axis=1) + embodied_kg,
            market=flows.market_kg.sum(axis=1) + embodied_kg,
            hourly=flows.hourly_kg.sum(axis=1) + embodied_kg,
        ),
    )


def _site_cost(problem: Problem, usage: Usage, flows: SiteFlows, pools: PoolAccounts) -> CostParts[Floats]:
    reserved = problem.pools.term == Term.RESERVED
    return CostParts(
        usage=by_site(problem, np.where(reserved, 0.0, pools.cost)),
        reserved=by_site(problem, np.where(reserved, pools.cost, 0.0)),
        energy=flows.energy_cost.sum(axis=1),
        demand_charge=flows.demand_charge.sum(axis=1),
        contracts=flows.contract_cost.sum(axis=1),
        network=np.zeros(problem.sites.size),
        placement=by_site(problem, usage.placement_cost),
        new_capacity=by_site(problem, pools.new_cost),
        certificates=flows.certificate_cost.sum(axis=1),
        storage=flows.storage_cost.sum(axis=1),
        opening=flows.opening_cost.sum(axis=1),
    )


def _network_accounts(problem: Problem, usage: Usage, decisions: Decisions) -> NetworkAccounts:
    network = problem.network
    traffic = usage.traffic_gb @ problem.horizon.weight
    return NetworkAccounts(
        traffic_gb=usage.traffic_gb,
        cost=network.price_per_gb * traffic + network.lease_price * decisions.leased_gb_per_h,
        lease_cost=network.lease_price * decisions.leased_gb_per_h,
        emissions_kg=network.energy_kwh_per_gb * network.kg_per_kwh * traffic,
    )
