"""Limit prices: what one more of everything that is limited would save.

The price of a limit is what the thing is worth above what it costs to use (see
`computeplan.prices.marginal`); its value is price × limit.

capacity      load − cost of a busy unit·h, or rent where it is booked
bookable      Σ_t Δ availability · rent − cost of a booked unit; the same of a new one, and of a kW of
              contract or a GB/h of bandwidth that is chosen
import        energy − cost of a grid kWh
contract      value of a kWh taken − cost of a contract kWh
battery       − reduced cost of a kWh charged, discharged or stored
bandwidth     link − cost of a GB
cap, carbon, budget, rule, renewable share   their own dual price
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.accounts.capacity import usable_unit_h
from computeplan.accounts.limits import LimitedThings, limited_things
from computeplan.prices import marginal
from computeplan.problem import KG_PER_T, Floats, Prices, Problem, Term, sum_by
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.problem.limits import LimitKind

PER_UNIT = frozenset({LimitKind.BUDGET, LimitKind.RULE, LimitKind.RENEWABLE_SHARE})
"""Limits whose value is the price of one unit."""


@dataclass(frozen=True, eq=False)
class LimitPrices(ReadOnlyArrays):
    """Prices of the limits of one kind, in objective units (money, or kg for the goal ``carbon``)."""

    kind: LimitKind
    names: tuple[str, ...]
    """The n things that are limited."""
    units: tuple[str, ...]
    """Unit of which each is the price, such as ``unit·h``, ``kWh`` or ``GB``."""
    price: Floats
    """(n, T) or (n, 1) of one unit, weights ω included; one column for a limit on the whole horizon."""
    by_period: bool
    """Whether there is a limit in each period, even if there is only one period."""
    value: Floats
    """(n,) Σ price × limit over the horizon."""


def limit_prices(problem: Problem, prices: Prices) -> tuple[LimitPrices, ...]:
    """Price every limit; one entry for each kind of limit that the problem has."""
    things = limited_things(problem)
    worth = worth_and_cost(problem, prices)
    return tuple(_above_cost(kind, things[kind], *worth[kind]) for kind in worth if things[kind].names)


def _above_cost(kind: LimitKind, things: LimitedThings, worth: Floats, cost: Floats | float) -> LimitPrices:
    """Price limits at what their use is worth above its cost; 0 where there is no limit."""
    worth = _rows(worth, things)
    excess = worth - (cost if isinstance(cost, float) else _rows(cost, things))
    most = np.ones_like(things.most) if kind in PER_UNIT else things.most
    counts = np.isfinite(most) & (excess > marginal.rounding(worth))
    price = np.where(counts, excess, 0.0)
    value = (price * np.where(counts, most, 0.0)).sum(axis=1)
    return LimitPrices(kind, things.names, things.units, price, things.by_period, value)


def _rows(amounts: Floats, things: LimitedThings) -> Floats:
    """Take the rows of some things, one column where they have no periods."""
    rows: Floats = (amounts if amounts.ndim == 2 else amounts[:, None])[things.index]
    return rows


Worth = dict[LimitKind, tuple[Floats, Floats | float]]
"""Of everything in a field of the problem: (n, T), or (n,) over the horizon."""


def worth_and_cost(problem: Problem, prices: Prices) -> Worth:
    """Find what the use of everything that is limited is worth and costs, in objective units."""
    return {**_of_capacity(problem, prices), **_of_energy(problem, prices), **_of_others(problem, prices)}


def _of_capacity(problem: Problem, prices: Prices) -> Worth:
    pools = problem.pools
    chosen = ((pools.term == Term.RESERVED) | (pools.max_new_units > 0))[:, None]
    load_worth = np.where(chosen, prices.rent, prices.load)
    load_cost = np.where(chosen, 0.0, marginal.load(problem, prices))
    # Rent that one more unit earns over the horizon.
    rent = (usable_unit_h(problem, np.ones(pools.size)) * prices.rent).sum(axis=1)
    return {
        LimitKind.CAPACITY: (load_worth, load_cost),
        LimitKind.BOOKABLE_UNITS: (rent, marginal.booking(problem, prices)),
        LimitKind.NEW_UNITS: (rent, marginal.new_unit(problem, prices)),
    }


def _of_energy(problem: Problem, prices: Prices) -> Worth:
    hours, contracts, network = problem.horizon.hours, problem.contracts, problem.network
    charge, discharge, stored = (np.maximum(-reduced, 0.0) for reduced in marginal.battery(problem, prices))
    money = marginal.money_weight(problem, prices)
    return {
        LimitKind.CONTRACTED_POWER: (
            (prices.offer * hours * contracts.profile).sum(axis=1),
            marginal.contracted_kw(problem, prices),
        ),
        LimitKind.CERTIFICATES: (prices.surplus, money * problem.grid.certificate_price),
        LimitKind.LEASED_BANDWIDTH: (
            sum_by(network.line, (prices.lease * hours).sum(axis=1), network.links),
            money * network.lease_price,
        ),
        LimitKind.IMPORT_LIMIT: (prices.energy, marginal.grid(problem, prices)),
        LimitKind.CONTRACT: (
            marginal.contract_value(problem, prices),
            marginal.contract(problem, prices) + prices.offer,
        ),
        LimitKind.BATTERY_POWER: (charge + discharge, 0.0),
        LimitKind.BATTERY_ENERGY: (stored, 0.0),
    }


def _of_others(problem: Problem, prices: Prices) -> Worth:
    """Of the network, and of limits that have a dual price of their own."""
    return {
        LimitKind.BANDWIDTH: (prices.link, marginal.traffic(problem, prices) + prices.lease),
        # Per unit·h or kWh under the cap, so that prices compare with those of pools and energy.
        LimitKind.CAP: (prices.cap / problem.horizon.hours, 0.0),
        LimitKind.CARBON_CAP: (np.array([prices.carbon]), 0.0),
        LimitKind.BUDGET: (np.array([prices.budget]), 0.0),
        LimitKind.RULE: (prices.rule, 0.0),
        LimitKind.RENEWABLE_SHARE: (prices.renewable, 0.0),
    }


@dataclass(frozen=True)
class LimitPrice:
    """A limit that binds, and what one more unit of it saves."""

    kind: LimitKind
    name: str
    """What is limited."""
    one_more: float
    """Saved by one more unit, on average over the real hours in which it binds; currency, or kg."""
    unit: str
    share: float
    """Of the periods, those in which it binds; 1 where it is on the whole horizon."""
    value: float
    """Price times limit, which ranks limits: nothing saves as much, as the price falls on the way."""


def list_limit_prices(problem: Problem, prices: Prices) -> list[LimitPrice]:
    """List the limits that bind, those of which all together could save most first."""
    found = [
        price_limit(problem, limits, thing)
        for limits in limit_prices(problem, prices)
        for thing in np.flatnonzero(limits.value > 0).tolist()
    ]
    return sorted(found, key=lambda limit: -limit.value)


def price_limit(problem: Problem, limits: LimitPrices, thing: int) -> LimitPrice:
    """Give the price of one of some limits, and how often it binds."""
    price, unit = limits.price[thing], limits.units[thing]
    real_hours = problem.horizon.weight[price > 0].sum() if limits.by_period else 1.0
    mean = float(price.sum() / real_hours)
    if unit == "kg":
        mean, unit = KG_PER_T * mean, "t"
    share = float((price > 0).mean()) if limits.by_period else 1.0
    return LimitPrice(limits.kind, limits.names[thing], mean, unit, share, float(limits.value[thing]))
