"""What is scarce, and what one more of it would be worth.

The worth of a limit is its price × the limit. Its price is what the thing is worth above what it costs
to use (see `computeplan.plan.audit.marginal`):

capacity      load − cost of a busy unit·h, or rent where it is booked
bookable      Σ_t Δ availability · rent − cost of a booked unit; the same of a new one, and of a kW of
              contract or a GB/h of bandwidth that is chosen
import        energy − cost of a grid kWh
contract      energy − cost of a contract kWh
bandwidth     link − cost of a GB
cap, carbon, budget, rule, renewable share   as they stand
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from computeplan.plan.audit import marginal
from computeplan.plan.requirements import usable_unit_h
from computeplan.problem import CapMeasure, Floats, Goal, Prices, Problem, RuleMeasure, Term
from computeplan.problem.arrays import ReadOnlyArrays

ROUNDING = 1e-9
"""A difference below this share of the largest price is rounding."""


class Limit(StrEnum):
    """Kinds of limits that can bind."""

    CAPACITY = "capacity"
    BOOKABLE = "bookable units"
    IMPORT = "import limit"
    CONTRACT = "contract"
    LINK = "bandwidth"
    CAP = "cap"
    CARBON = "carbon cap"
    NEW = "new units"
    CONTRACTED = "contracted power"
    LEASED = "leased bandwidth"
    CERTIFICATES = "certificates"
    BUDGET = "budget"
    RULE = "rule"
    RENEWABLE = "renewable share"


@dataclass(frozen=True, eq=False)
class Scarcity(ReadOnlyArrays):
    """Prices of the limits of one kind, in objective units (money, or kg for the goal ``carbon``).

    Attributes
    ----------
    limit : Limit
    names : tuple of str
        The n things that are limited.
    units : tuple of str
        Natural unit of each, such as ``unit·h``, ``kWh`` or ``GB``.
    price : (n, T) or (n, 1)
        Of one unit, weights ω included; one column where the limit is on the whole horizon.
    worth : (n,)
        Σ price × limit over the horizon.
    """

    limit: Limit
    names: tuple[str, ...]
    units: tuple[str, ...]
    price: Floats
    worth: Floats


def scarcities(problem: Problem, prices: Prices) -> tuple[Scarcity, ...]:
    """Price every limit.

    Parameters
    ----------
    problem : Problem
    prices : Prices

    Returns
    -------
    tuple of Scarcity
        One for each kind of limit that the problem has.
    """
    found = (
        _capacity(problem, prices),
        _bookable(problem, prices),
        *_chosen(problem, prices),
        _import(problem, prices),
        _contracts(problem, prices),
        _links(problem, prices),
        _caps(problem, prices),
        _carbon(problem, prices),
        *_policies(problem, prices),
    )
    return tuple(scarcity for scarcity in found if scarcity.names)


def _capacity(problem: Problem, prices: Prices) -> Scarcity:
    pools = problem.pools
    reserved = ((pools.term == Term.RESERVED) | (pools.max_new_units > 0))[:, None]
    value = np.where(reserved, prices.rent, prices.load)
    cost = np.where(reserved, 0.0, marginal.load(problem, prices))
    # What is booked or bought is limited by the plan's own choice, and counts as such.
    usable = np.where(reserved, 0.0, usable_unit_h(problem, pools.max_units))
    return _scarcity(Limit.CAPACITY, pools.names, "unit·h", value, cost, limited_to=usable)


def _bookable(problem: Problem, prices: Prices) -> Scarcity:
    """Value one more unit that may be booked for the whole horizon."""
    pools = problem.pools
    chosen = np.flatnonzero(pools.term == Term.RESERVED)
    value = (usable_unit_h(problem, np.ones(pools.size)) * prices.rent).sum(axis=1)[chosen, None]
    cost = marginal.booking(problem, prices)[chosen, None]
    names = tuple(pools.names[p] for p in chosen.tolist())
    return _scarcity(Limit.BOOKABLE, names, "unit", value, cost, limited_to=pools.max_units[chosen, None])


def _chosen(problem: Problem, prices: Prices) -> tuple[Scarcity, ...]:
    """Value one more new unit, kW of contract, GB/h of bandwidth or certificate that may be chosen."""
    pools, contracts, network, hours = (
        problem.pools,
        problem.contracts,
        problem.network,
        problem.horizon.hours,
    )
    rent = (usable_unit_h(problem, np.ones(pools.size)) * prices.rent).sum(axis=1)
    offer = (prices.offer * hours * contracts.profile).sum(axis=1)
    lease = (prices.lease * hours).sum(axis=1)
    lease_price = marginal.money_weight(problem, prices) * network.lease_price
    options = (
        (Limit.NEW, pools.names, "unit", rent, marginal.new_unit(problem, prices), pools.max_new_units),
        (
            Limit.CONTRACTED,
            contracts.names,
            "kW",
            offer,
            marginal.contracted_kw(problem, prices),
            contracts.max_chosen_kw,
        ),
        (
            Limit.CERTIFICATES,
            problem.sites.names,
            "kWh",
            prices.surplus,
            marginal.money_weight(problem, prices) * problem.grid.certificate_price,
            problem.grid.max_certificates_kwh,
        ),
        (Limit.LEASED, network.link_names, "GB/h", lease, lease_price, network.max_leased_gb_per_h),
    )
    found = []
    for limit, names, unit, value, cost, most in options:
        at = np.flatnonzero(most > 0)
        some = tuple(names[i] for i in at.tolist())
        columns = (each[at, None] for each in (value, cost, most))
        found.append(_scarcity(limit, some, unit, next(columns), next(columns), limited_to=next(columns)))
    return tuple(found)


def _import(problem: Problem, prices: Prices) -> Scarcity:
    limit = problem.grid.import_limit_kw[:, None] * problem.horizon.hours
    cost = marginal.grid(problem, prices)
    return _scarcity(Limit.IMPORT, problem.sites.names, "kWh", prices.energy, cost, limited_to=limit)


def _contracts(problem: Problem, prices: Prices) -> Scarcity:
    contracts = problem.contracts
    limit = contracts.available_kw * problem.horizon.hours
    value, cost = prices.energy[contracts.site], marginal.contract(problem, prices) + prices.offer
    return _scarcity(Limit.CONTRACT, contracts.names, "kWh", value, cost, limited_to=limit)


def _links(problem: Problem, prices: Prices) -> Scarcity:
    network = problem.network
    limit = network.bandwidth_gb_per_h[:, None] * problem.horizon.hours
    cost = marginal.traffic(problem, prices) + prices.lease
    return _scarcity(Limit.LINK, network.link_names, "GB", prices.link, cost, limited_to=limit)


def _caps(problem: Problem, prices: Prices) -> Scarcity:
    """Per unit·h or kWh under the cap, so that prices compare with those of pools and energy."""
    caps, hours = problem.caps, problem.horizon.hours
    units = tuple("kWh" if measure is CapMeasure.POWER else "unit·h" for measure in caps.measure)
    value = prices.cap / hours
    return _scarcity(Limit.CAP, caps.names, units, value, np.zeros_like(value), limited_to=caps.limit * hours)


def _carbon(problem: Problem, prices: Prices) -> Scarcity:
    cap_kg = problem.objective.carbon_cap_kg
    names = ("carbon",) if np.isfinite(cap_kg) and problem.objective.goal is Goal.COST else ()
    shape = (len(names), 1)
    value = np.full(shape, prices.carbon)
    return _scarcity(Limit.CARBON, names, "kg", value, np.zeros(shape), limited_to=np.full(shape, cap_kg))


def _policies(problem: Problem, prices: Prices) -> tuple[Scarcity, ...]:
    """Value budget, rules and renewable shares; a share is worth what a unit·h or kWh of it is."""
    rules, share = problem.rules, problem.grid.renewable_share
    budget = ("budget",) if np.isfinite(problem.objective.budget) else ()
    units = {RuleMeasure.COST: problem.currency, RuleMeasure.CARBON: "kg"}
    sites = np.flatnonzero(share > 0)
    return (
        _flat(Limit.BUDGET, budget, problem.currency, np.full(len(budget), prices.budget)),
        _flat(Limit.RULE, rules.names, tuple(units.get(m, "unit·h") for m in rules.measure), prices.rule),
        _flat(
            Limit.RENEWABLE,
            tuple(problem.sites.names[s] for s in sites.tolist()),
            "kWh",
            prices.renewable[sites],
        ),
    )


def _flat(limit: Limit, names: tuple[str, ...], units: str | tuple[str, ...], price: Floats) -> Scarcity:
    """Price a limit on the whole horizon; its worth is the price of one unit."""
    value = price[:, None]
    one = np.ones_like(value)
    return _scarcity(limit, names, units, value, np.zeros_like(value), limited_to=one)


def _scarcity(
    limit: Limit,
    names: tuple[str, ...],
    units: str | tuple[str, ...],
    value: Floats,
    cost: Floats,
    *,
    limited_to: Floats,
) -> Scarcity:
    """Price a limit at the value above the cost of use; what has no limit is not scarce."""
    rent = value - cost
    counts = np.isfinite(limited_to) & (rent > ROUNDING * np.abs(value).max(initial=0.0))
    price = np.where(counts, rent, 0.0)
    worth = (price * np.where(counts, limited_to, 0.0)).sum(axis=1)
    each = (units,) * len(names) if isinstance(units, str) else units
    return Scarcity(limit, names, each, price, worth)
