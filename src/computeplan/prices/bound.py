"""A lower bound on the objective from dual prices, by weak duality, term by term.

Give every coupling constraint a price, and let each variable then choose its best value alone.
Whatever the prices, no plan costs less than that (in a plan all constraints hold, so that their terms are
at most 0), and at optimal prices it is the optimum. With reduced costs r (direct costs of
`marginal` less the price received) and the prices of `Prices`:

bound =  Σ cheapest response of every workload                       (see `least_cost_of_work`)
       + Σ_p,t min(0, direct + ρ − λ) · Δ availability max_units                           load
       + Σ min(0, level cost − Σ_t of what it brings in) · most, of new units (ρ), contracted kW (offer)
         and leased bandwidth (lease)
       + Σ min(0, price of a certificate − σ) · most
       + Σ_b,t min(0, π − η_in v) · Δ power + min(0, ω · wear − π + v / η_out) · Δ power
             + min(0, v[t] − v[t+1]) · energy         batteries, with the value v of a stored kWh
       + Σ_p   min over k in [min, max] of k · (booking − Σ_t ρ Δ availability)    reserved level
       + Σ_s,t min(0, grid − π) · Δ import_limit                                           grid
       + Σ_c,t min(0, contract + offer − value of a kWh taken) · Δ most_kw            contracts
       + Σ_l,t min(0, traffic − η) · Δ bandwidth                                        traffic
       + 0                                                         peak, covered (never earn anything)
       + idle energy of owned units + take-or-pay energy, its cost and (market basis) carbon
       + price of a measure · its constant part
       − Σ_g,t γ · limit − carbon price · carbon cap − Σ_s σ · take-or-pay energy (market basis)
       − Σ ρ · Δ availability units of pools that grow − Σ offer · available − Σ lease · Δ bandwidth
       − budget price · budget − Σ_u rule price · limit (0 for shares)

An unlimited variable with r < 0 makes it −∞; prices are repaired first so that this happens only
where the problem itself pays for consuming without end (see `repair_prices`).

Every term but the first belongs to one thing: a rent that it earns where it is scarce (negative), or a
cost that is there whatever work there is (positive). The first is a sum over workloads. So at optimal prices
the bound shares the objective out (see `computeplan.prices.charges`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from computeplan.accounts.capacity import usable_unit_h
from computeplan.accounts.requirements import rule_limits
from computeplan.prices import marginal
from computeplan.prices.dual_repair import repair_prices
from computeplan.prices.least_cost import least_cost_of_work
from computeplan.problem import CarbonBasis, Floats, Prices, Problem, Term, sum_by
from computeplan.problem.arrays import ReadOnlyArrays, times
from computeplan.problem.limits import LIMITS, LimitKind


class FixedCost(StrEnum):
    """What is paid whatever work there is."""

    IDLE_ENERGY = "idle energy"
    """Of owned units."""
    TAKE_OR_PAY = "take-or-pay energy"
    LEAST_BOOKED = "least booked units"

    @property
    def part(self) -> str:
        """Part of the problem whose things cost it."""
        return "contracts" if self is FixedCost.TAKE_OR_PAY else "pools"


@dataclass(frozen=True, eq=False)
class BoundTerm(ReadOnlyArrays):
    """What the things of one kind add to the bound."""

    kind: LimitKind | FixedCost
    names: tuple[str, ...]
    """Of all n things of the problem that can have such a limit or cost."""
    amount: Floats
    """(n,) in objective units: a rent is negative, a cost positive."""

    @property
    def part(self) -> str:
        """Part of the problem that the things are in, such as ``pools``."""
        kind = self.kind
        return kind.part if isinstance(kind, FixedCost) else LIMITS[kind].field.partition(".")[0]


def dual_bound(problem: Problem, prices: Prices) -> float:
    """Bound the objective of every plan from below.

    Any prices give a valid bound, optimal ones the optimum, in objective units: −inf where the prices prove
    nothing, inf where a workload cannot be served at all.
    """
    prices = repair_prices(problem, prices)
    system = sum(float(term.amount.sum()) for term in system_terms(problem, prices))
    system += float(problem.objective.charge("constant"))
    return system + float(least_cost_of_work(problem, prices).sum()) if np.isfinite(system) else -np.inf


def system_terms(problem: Problem, prices: Prices) -> Iterator[BoundTerm]:
    """Give all of the bound but the workloads' part, at repaired prices."""
    yield from _capacity(problem, prices)
    yield from _energy(problem, prices)
    yield from _storage(problem, prices)
    yield from _network(problem, prices)
    yield from _policies(problem, prices)


def _earned(reduced_cost: Floats, most: Floats) -> Floats:
    """(n,) min(0, reduced cost) · most, summed over periods if there are any."""
    earned = times(np.minimum(reduced_cost, 0.0), most)
    return np.asarray(earned if earned.ndim == 1 else earned.sum(axis=1))


def _capacity(problem: Problem, prices: Prices) -> Iterator[BoundTerm]:
    pools, names = problem.pools, problem.pools.names
    rent = prices.rent * problem.horizon.hours * pools.availability
    grows = pools.max_new_units > 0
    excess = marginal.load(problem, prices) + prices.rent - prices.load
    # Of an owned pool that can grow, the units that are there anyway.
    there = times(np.where(grows, rent.sum(axis=1), 0.0), pools.max_units)
    usable = usable_unit_h(problem, pools.most_units)
    yield BoundTerm(LimitKind.CAPACITY, names, _earned(excess, usable) - there)
    net = net_booking(problem, prices)
    yield BoundTerm(LimitKind.BOOKABLE_UNITS, names, _earned(net, pools.max_units))
    yield BoundTerm(FixedCost.LEAST_BOOKED, names, np.maximum(net, 0.0) * pools.min_units)
    new = _earned(net_new_unit(problem, prices), pools.max_new_units)
    yield BoundTerm(LimitKind.NEW_UNITS, names, new)
    owned = np.where(pools.term == Term.OWNED, pools.max_units, 0.0)
    yield BoundTerm(FixedCost.IDLE_ENERGY, names, times(owned, marginal.idle_unit(problem, prices)))


def net_booking(problem: Problem, prices: Prices) -> Floats:
    """(P,) of one booked unit over the whole horizon, less the rent that it brings in; 0 if not reserved."""
    net = marginal.booking(problem, prices) - _rent_of_unit(problem, prices)
    return np.where(problem.pools.term == Term.RESERVED, net, 0.0)


def net_new_unit(problem: Problem, prices: Prices) -> Floats:
    """(P,) of one new unit over the whole horizon, less the rent that it brings in."""
    return marginal.new_unit(problem, prices) - _rent_of_unit(problem, prices)


def _rent_of_unit(problem: Problem, prices: Prices) -> Floats:
    rent: Floats = (prices.rent * problem.horizon.hours * problem.pools.availability).sum(axis=1)
    return rent


def net_contracted_kw(problem: Problem, prices: Prices) -> Floats:
    """(C,) of one kW of chosen contract power, less what its energy brings in."""
    brought: Floats = (prices.offer * problem.horizon.hours * problem.contracts.profile).sum(axis=1)
    return marginal.contracted_kw(problem, prices) - brought


def net_lease(problem: Problem, prices: Prices) -> Floats:
    """(L,) of one GB/h leased of a line, less what its use brings in; the line's first link stands for it."""
    network, of_link = problem.network, (prices.lease * problem.horizon.hours).sum(axis=1)
    brought = sum_by(network.line, of_link, network.links)
    paid = marginal.money_weight(problem, prices) * network.lease_price
    return paid + problem.objective.charge("leased") - brought


def _energy(problem: Problem, prices: Prices) -> Iterator[BoundTerm]:
    hours, contracts, sites = problem.horizon.hours, problem.contracts, problem.sites.names
    import_kwh = problem.grid.import_limit_kw[:, None] * hours
    from_grid = marginal.grid(problem, prices) - prices.energy
    yield BoundTerm(LimitKind.IMPORT_LIMIT, sites, _earned(from_grid, import_kwh))
    taken = marginal.contract(problem, prices) + prices.offer - marginal.contract_value(problem, prices)
    given = (prices.offer * hours * contracts.available_kw).sum(axis=1)
    used = _earned(taken, contracts.most_kw * hours) - given - _covering(problem, prices)
    yield BoundTerm(LimitKind.CONTRACT, contracts.names, used)
    power = _earned(net_contracted_kw(problem, prices), contracts.max_chosen_kw)
    yield BoundTerm(LimitKind.CONTRACTED_POWER, contracts.names, power)
    yield BoundTerm(FixedCost.TAKE_OR_PAY, contracts.names, _take_or_pay(problem, prices))
    if problem.objective.basis is CarbonBasis.MARKET:
        certificate = marginal.money_weight(problem, prices) * problem.grid.certificate_price
        covered = _earned(certificate - prices.surplus, problem.grid.max_certificates_kwh)
        yield BoundTerm(LimitKind.CERTIFICATES, sites, covered)


def _covering(problem: Problem, prices: Prices) -> Floats:
    """(C,) value of take-or-pay energy for covering grid energy, if none of it were used."""
    contracts, horizon = problem.contracts, problem.horizon
    if problem.objective.basis is not CarbonBasis.MARKET:
        return np.zeros(contracts.size)
    potential = contracts.available_kw @ (horizon.weight * horizon.hours)
    return np.where(contracts.take_or_pay, prices.surplus[contracts.site] * potential, 0.0)


def _take_or_pay(problem: Problem, prices: Prices) -> Floats:
    """(C,) energy that is paid whether used or not."""
    contracts, horizon = problem.contracts, problem.horizon
    each = marginal.money_weight(problem, prices) * contracts.price
    if problem.objective.basis is CarbonBasis.MARKET:
        each = each + marginal.carbon_weight(problem, prices) * contracts.kg_per_kwh[:, None]
    paid = (each * contracts.available_kw) @ (horizon.weight * horizon.hours)
    return np.where(contracts.take_or_pay, paid, 0.0)


def _storage(problem: Problem, prices: Prices) -> Iterator[BoundTerm]:
    batteries = problem.batteries
    charge, discharge, stored = marginal.battery(problem, prices)
    power_kwh = np.outer(batteries.power_kw, problem.horizon.hours)
    energy_kwh = np.broadcast_to(batteries.energy_kwh[:, None], stored.shape)
    power = _earned(charge, power_kwh) + _earned(discharge, power_kwh)
    yield BoundTerm(LimitKind.BATTERY_POWER, batteries.names, power)
    yield BoundTerm(LimitKind.BATTERY_ENERGY, batteries.names, _earned(stored, energy_kwh))


def _network(problem: Problem, prices: Prices) -> Iterator[BoundTerm]:
    network, hours = problem.network, problem.horizon.hours
    bandwidth, leases = network.bandwidth_gb_per_h[:, None], network.max_leased_gb_per_h[:, None]
    excess = marginal.traffic(problem, prices) + prices.lease - prices.link
    carried = _earned(excess, (bandwidth + leases) * hours)
    there = times(prices.lease * hours, bandwidth).sum(axis=1)
    yield BoundTerm(LimitKind.BANDWIDTH, network.link_names, carried - there)
    most_leased = np.where(network.leases, network.max_leased_gb_per_h, 0.0)
    leased = _earned(net_lease(problem, prices), most_leased)
    yield BoundTerm(LimitKind.LEASED_BANDWIDTH, network.line_names, leased)


def _policies(problem: Problem, prices: Prices) -> Iterator[BoundTerm]:
    """Give what limits on groups of things and on the whole plan grant."""
    goal = problem.objective
    caps = times(prices.cap, problem.caps.limit).sum(axis=1)
    yield BoundTerm(LimitKind.CAP, problem.caps.names, -caps)
    yield BoundTerm(LimitKind.RULE, problem.rules.names, -times(prices.rule, rule_limits(problem)))
    for kind, price, limit in (
        (LimitKind.CARBON_CAP, prices.carbon, goal.carbon_cap_kg),
        (LimitKind.BUDGET, prices.budget, goal.budget),
    ):
        yield BoundTerm(kind, ("",), -times(np.array([price]), limit))
