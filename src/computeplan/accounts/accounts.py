"""What a plan costs and emits, recomputed from the problem: the whole, sites, pools and links.

All amounts are over the time that the horizon stands for (Σ ω), unless they have a period axis.

objective = cost weight · (total + shortfall penalty) + carbon weight · emissions on the basis
            + measure price · measure,

which for the goal ``cost`` is total + shortfall penalty + carbon charge, and for the goal
``carbon`` the emissions in kg.

magnitude = Σ |term| of what the plan pays, but at least `LEAST_SHARE` of what the same work, energy or
traffic, whichever is least, would cost at the lowest price or factor other than 0. The latter only counts
where a plan costs almost nothing, so that rounding is not held against a zero; no price that keeps everybody
away counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from computeplan.accounts.capacity import by_site, capacity_unit_h
from computeplan.accounts.costs import Activity, CostParts, charges, cost_by_site
from computeplan.accounts.energy import Emissions, at_sites, available_kwh, energy_emissions_kg
from computeplan.accounts.measured import measured_amount
from computeplan.accounts.usage import Usage
from computeplan.problem import KG_PER_T, Decisions, Floats, Goal, Problem, Rates
from computeplan.problem.arrays import ReadOnlyArrays, ratio

LEAST_SHARE = 1e-3
ROUNDING_SIZE = 10.0
"""Least of `Accounts.gross`, as a multiple of the least magnitude. Where a plan costs almost nothing, all
that a solver says is its rounding of columns at their bounds, which was seen to exceed the audit's tolerance
of the least magnitude itself by a little."""
L_PER_M3 = 1000.0


@dataclass(frozen=True, eq=False)
class SiteAccounts(ReadOnlyArrays):
    """One row for each site, without the network."""

    work_unit_h: Floats
    """(S,)"""
    it_kwh: Floats
    facility_kwh: Floats
    """(S,)"""
    grid_kwh: Floats
    contract_kwh: Floats
    spilled_kwh: Floats
    """(S,) drawn from the grid, used of contracts, and available of contracts but not taken."""
    water_l: Floats
    """(S,)"""
    peak_kw: Floats
    """(S, M) largest import of each month."""
    cost: CostParts[Floats]
    emissions_kg: Emissions[Floats]
    """(S,)"""


@dataclass(frozen=True, eq=False)
class PoolAccounts(ReadOnlyArrays):
    """One row for each pool."""

    load_unit_h: Floats
    capacity_unit_h: Floats
    """(P, T) busy and usable unit·h of each period, without the weights; capacity is inf without limit."""
    booked_units: Floats
    """(P,) level of reserved pools; 0 for the others."""
    new_units: Floats
    """(P,) units added to owned pools."""
    work_unit_h: Floats
    busy_unit_h: Floats
    """(P,)"""
    utilization: Floats
    """(P,) busy over usable unit·h; nan where there is none or no limit."""
    embodied_kg: Floats
    """(P,) embodied emissions of new units."""
    moved_gb: Floats
    """(P,) data sets moved to the pool."""


@dataclass(frozen=True, eq=False)
class NetworkAccounts(ReadOnlyArrays):
    """One row for each link."""

    traffic_gb: Floats
    """(L, T) without the weights."""
    cost: Floats
    """(L,) of traffic and leased bandwidth."""
    emissions_kg: Floats
    """(L,) the same on every basis."""


@dataclass(frozen=True, eq=False)
class Accounts:
    """What a plan costs and emits."""

    cost: CostParts[float]
    charges: Mapping[str, Floats]
    """Cost of each part (see `COST_PARTS`) at each of its places."""
    shortfall_penalty: float
    """Price of the shortfall."""
    shortfall_unit_h: float
    carbon_charge: float
    """Carbon price times emissions on the objective's basis; 0 for the goal ``carbon``."""
    emissions_kg: Emissions[float]
    objective: float
    """Currency, or kg for the goal ``carbon``."""
    magnitude: float
    """What errors of the objective are measured against: the sum of the sizes of its terms, with a floor for
    plans that cost next to nothing."""
    gross: float
    """The same with emissions before they are covered, against which sums of both are rounded, and a floor
    `ROUNDING_SIZE` times as high."""
    sites: SiteAccounts
    pools: PoolAccounts
    network: NetworkAccounts
    usage: Usage

    @property
    def emissions_t(self) -> Emissions[float]:
        """Emissions on the three bases, t."""
        return self.emissions_kg.map(lambda kg: kg / KG_PER_T)


def compute_accounts(problem: Problem, usage: Usage, decisions: Decisions) -> Accounts:
    """Recompute the accounts of a plan from what its allocation uses and its decisions."""
    plan = Activity(problem, usage, decisions)
    by_place = charges(plan)
    pools = _pool_accounts(plan)
    sites = _site_accounts(plan, pools, by_place)
    network = _network_accounts(plan, by_place["network"])
    cost = CostParts.of({name: float(amounts.sum()) for name, amounts in by_place.items()})
    emissions = sites.emissions_kg.map(lambda kg: float(kg.sum() + network.emissions_kg.sum()))
    penalty = _shortfall_penalty(problem, usage)
    terms = _objective_terms(plan, cost, penalty, emissions)
    uncovered_kg = max(abs(kg) for kg in emissions.bases().values())
    floor = LEAST_SHARE * _cost_at_lowest_prices(problem, pools, sites, network)
    return Accounts(
        cost=cost,
        charges=by_place,
        shortfall_penalty=penalty,
        shortfall_unit_h=float(usage.short_unit_h.sum()),
        carbon_charge=terms[-1] if problem.objective.goal is Goal.COST else 0.0,
        emissions_kg=emissions,
        objective=float(sum(terms)),
        magnitude=max(sum(abs(term) for term in terms), floor),
        gross=max(
            sum(map(abs, terms)) + problem.objective.carbon_weight * uncovered_kg, ROUNDING_SIZE * floor
        ),
        sites=sites,
        pools=pools,
        network=network,
        usage=usage,
    )


def measured_total(problem: Problem, accounts: Accounts, decisions: Decisions, rates: Rates) -> float:
    """Measure a plan by its accounts."""
    money = accounts.cost.total + accounts.shortfall_penalty
    kg = accounts.emissions_kg.on(problem.objective.basis)
    own = measured_amount(Activity(problem, accounts.usage, decisions), rates)
    return own + rates.money * money + rates.kg * kg


def _objective_terms(
    plan: Activity, cost: CostParts[float], penalty: float, emissions: Emissions[float]
) -> list[float]:
    """Weighted cost parts, shortfall penalty, measure and, last, emissions."""
    goal = plan.problem.objective
    terms = [goal.cost_weight * part for part in (*cost.parts().values(), penalty)]
    if goal.measured is not None:
        terms.append(goal.measure_price * measured_amount(plan, goal.measured))
    return [*terms, goal.carbon_weight * emissions.on(goal.basis)]


def _cost_at_lowest_prices(
    problem: Problem, pools: PoolAccounts, sites: SiteAccounts, network: NetworkAccounts
) -> float:
    """Least that use of one kind would cost at the lowest price of its kind; 0 where nothing is paid for."""
    goal, kwh = problem.objective, sites.facility_kwh.sum()
    money = (
        _lowest(problem.pools.price) * pools.busy_unit_h.sum(),
        _lowest(np.concatenate((problem.grid.price, problem.contracts.price))) * kwh,
        _lowest(problem.network.price_per_gb) * (network.traffic_gb @ problem.horizon.weight).sum(),
        _lowest(problem.needs.unit_cost) * pools.work_unit_h.sum(),
    )
    costs = [goal.cost_weight * float(cost) for cost in money]
    costs.append(goal.carbon_weight * _lowest(problem.grid_kg_per_kwh) * float(kwh))
    return min((cost for cost in costs if cost > 0), default=0.0)


def _lowest(prices: Floats) -> float:
    sizes = np.abs(prices[prices != 0])
    return float(sizes.min()) if sizes.size else 0.0


def _shortfall_penalty(problem: Problem, usage: Usage) -> float:
    price = problem.workloads.shortfall_price
    # Shortfall that is not allowed has no price; the audit reports it instead.
    return float(np.where(np.isfinite(price), price, 0.0) @ usage.short_unit_h)


def _pool_accounts(plan: Activity) -> PoolAccounts:
    problem, usage, decisions = plan.problem, plan.usage, plan.decisions
    weight = problem.horizon.weight
    capacity = capacity_unit_h(problem, decisions)
    busy, usable = usage.load_unit_h @ weight, capacity @ weight
    limited = np.isfinite(usable) & (usable > 0)
    return PoolAccounts(
        load_unit_h=usage.load_unit_h,
        capacity_unit_h=capacity,
        booked_units=decisions.booked_units,
        new_units=decisions.new_units,
        work_unit_h=usage.work_unit_h @ weight,
        busy_unit_h=busy,
        utilization=np.where(limited, ratio(busy, usable), np.nan),
        embodied_kg=problem.pools.new_unit_kg * decisions.new_units,
        moved_gb=usage.moved_gb,
    )


def _site_accounts(plan: Activity, pools: PoolAccounts, by_place: Mapping[str, Floats]) -> SiteAccounts:
    problem, decisions, weight = plan.problem, plan.decisions, plan.problem.horizon.weight
    spilled = available_kwh(problem, decisions) - decisions.contract_kwh
    embodied_kg = by_site(problem, pools.embodied_kg)
    return SiteAccounts(
        work_unit_h=by_site(problem, pools.work_unit_h),
        it_kwh=by_site(problem, plan.it_kwh @ weight),
        facility_kwh=by_site(problem, plan.facility_kwh @ weight),
        grid_kwh=decisions.grid_kwh @ weight,
        contract_kwh=at_sites(problem, decisions.used_kwh) @ weight,
        spilled_kwh=at_sites(problem, spilled) @ weight,
        water_l=plan.water_l.sum(axis=1),
        peak_kw=plan.peak_kw,
        cost=cost_by_site(problem, by_place),
        emissions_kg=energy_emissions_kg(problem, decisions).map(lambda kg: kg.sum(axis=1) + embodied_kg),
    )


def _network_accounts(plan: Activity, cost: Floats) -> NetworkAccounts:
    network, traffic_gb = plan.problem.network, plan.usage.traffic_gb
    kg_per_gb = network.energy_kwh_per_gb * network.kg_per_kwh
    return NetworkAccounts(traffic_gb, cost, kg_per_gb * (traffic_gb @ plan.problem.horizon.weight))
