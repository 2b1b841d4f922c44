"""What a plan decides once for the whole horizon: what to open, add, book, contract, lease, rent and buy.

Each is an amount of one thing, such as units of one kind of hardware at a site or power of one contract:
amounts of different things are never added up. What is there and paid for in any case is no decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, nan

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.accounts.costs import lease_cost
from computeplan.accounts.energy import paid_kwh
from computeplan.problem import GB_PER_H_PER_GBPS, Bools, Decisions, Floats, Problem, Term

KWH_PER_MWH = 1000.0
NOTHING = 1e-9
"""An amount below this, in its unit, is a solver's rounding."""


class DecisionKind(StrEnum):
    """What is done with a thing, in the order in which people read it."""

    OPEN = "open"
    ADD = "add"
    BOOK = "book"
    CONTRACT = "contract"
    LEASE = "lease"
    RENT = "rent"
    CERTIFY = "certify"


@dataclass(frozen=True)
class Decision:
    """An amount of one thing; money is over the time that the horizon stands for."""

    kind: DecisionKind
    name: str
    """Of the site, pool, contract or line."""
    site: str
    """Empty for a line."""
    item: str
    """What it is an amount of: hardware, contract or line; empty for a site."""
    amount: float
    """In `unit`; the most units rented at once, 1 for a site that is open."""
    unit: str
    there: float
    """Amount that is there, or has to be paid, without the decision."""
    price: float
    """Mean price that is paid, in `price_unit`; nan where nothing is."""
    price_unit: str
    peak_use: float
    mean_use: float
    """Greatest use in a period and mean over time, in `unit`; nan where nothing is used."""
    cost: float

    @property
    def key(self) -> tuple[DecisionKind, str]:
        """What is decided, whatever the amount."""
        return self.kind, self.name


def list_decisions(problem: Problem, decisions: Decisions, accounts: Accounts) -> tuple[Decision, ...]:
    """List all that can be decided, in the order of `DecisionKind`; amounts may be 0."""
    source = _Source(problem, decisions, accounts)
    return tuple(decision for kind in DecisionKind for decision in _LISTED[kind](source))


@dataclass(frozen=True)
class DecisionChange:
    """A decision, and the same one in a plan that it is compared with."""

    decision: Decision
    reference: Decision | None
    """Absent where there is nothing to compare with."""

    @property
    def change(self) -> float:
        """Amount more than in the reference; nan without one."""
        return self.decision.amount - self.reference.amount if self.reference else nan


COLUMNS: Mapping[str, tuple[type, Callable[[DecisionChange], str | float]]] = {
    "decision": (str, lambda each: each.decision.kind.value),
    "where": (str, lambda each: each.decision.name),
    "site": (str, lambda each: each.decision.site),
    "item": (str, lambda each: each.decision.item),
    "amount": (float, lambda each: each.decision.amount),
    "unit": (str, lambda each: each.decision.unit),
    "there": (float, lambda each: each.decision.there),
    "price": (float, lambda each: each.decision.price),
    "price_unit": (str, lambda each: each.decision.price_unit),
    "peak_use": (float, lambda each: each.decision.peak_use),
    "mean_use": (float, lambda each: each.decision.mean_use),
    "cost": (float, lambda each: each.decision.cost),
    "all_local": (float, lambda each: each.reference.amount if each.reference else nan),
    "change": (float, lambda each: each.change),
    "all_local_cost": (float, lambda each: each.reference.cost if each.reference else nan),
}
"""Of the table of decisions, and the keys in JSON: type and value."""


def decision_rows(made: Sequence[DecisionChange]) -> list[dict[str, str | float | None]]:
    """Give decisions, compared with the all-local plan, as rows with `COLUMNS`; None for no number."""
    return [{name: _known(read(each)) for name, (_, read) in COLUMNS.items()} for each in made]


def _known(value: str | float) -> str | float | None:
    return value if isinstance(value, str) or isfinite(value) else None


def compare_decisions(
    mine: Sequence[Decision], others: Sequence[Decision] | None
) -> tuple[DecisionChange, ...]:
    """Pair decisions with the same ones of another plan, where one of the two decides for some.

    They are in the order of `DecisionKind`, those of the highest cost first. What only one plan can decide
    has the amount 0 in the other.
    """
    here, there = ({each.key: each for each in side} for side in (mine, others or ()))
    pairs = [
        DecisionChange(
            here[key] if key in here else _without(there[key]),
            None if others is None else there[key] if key in there else _without(here[key]),
        )
        for key in dict.fromkeys((*here, *there))
    ]
    decided = [pair for pair in pairs if max(map(_amount, (pair.decision, pair.reference))) > NOTHING]
    order = {kind: place for place, kind in enumerate(DecisionKind)}
    return tuple(sorted(decided, key=lambda pair: (order[pair.decision.kind], -pair.decision.cost)))


def _amount(decision: Decision | None) -> float:
    return decision.amount if decision else 0.0


def _without(decision: Decision) -> Decision:
    """Give a decision for none of a thing."""
    return Decision(
        decision.kind,
        decision.name,
        decision.site,
        decision.item,
        amount=0.0,
        unit=decision.unit,
        there=0.0,
        price=nan,
        price_unit=decision.price_unit,
        peak_use=nan,
        mean_use=nan,
        cost=0.0,
    )


@dataclass(frozen=True, eq=False)
class _Source:
    """What decisions are read from."""

    problem: Problem
    decisions: Decisions
    accounts: Accounts

    def mean(self, used: Floats) -> Floats:
        """(n,) mean over the real time of (n, T) amounts of the periods."""
        mean: Floats = used @ self.problem.horizon.weight / self.problem.horizon.real_hours
        return mean

    def peak(self, used: Floats) -> Floats:
        """(n,) greatest rate of (n, T) amounts of the periods."""
        peak: Floats = (used / self.problem.horizon.hours).max(axis=1, initial=0.0)
        return peak


@dataclass(frozen=True)
class _Things:
    """All things of one kind, n of them."""

    names: Sequence[str]
    sites: Sequence[str]
    items: Sequence[str]
    unit: str
    price_unit: str


def _rows(kind: DecisionKind, things: _Things, chosen: Bools, **amounts: Floats) -> list[Decision]:
    """Make the decisions on the things chosen (n,), from (n,) amounts by field of `Decision`."""
    absent = {"there": 0.0, "peak_use": nan, "mean_use": nan}
    return [
        Decision(
            kind,
            things.names[n],
            things.sites[n],
            things.items[n],
            unit=things.unit,
            price_unit=things.price_unit,
            **(absent | {name: float(values[n]) for name, values in amounts.items()}),
        )
        for n in np.flatnonzero(chosen).tolist()
    ]


def _prices(cost: Floats, paid: Floats) -> Floats:
    """(n,) cost of one; nan where nothing is paid for."""
    prices: Floats = np.divide(cost, paid, out=np.full(len(cost), nan), where=paid > 0)
    return prices


def _open(source: _Source) -> list[Decision]:
    """List optional sites."""
    problem, sites = source.problem, source.problem.sites
    things = _Things(sites.names, sites.names, ("",) * sites.size, "site", f"{problem.currency}/site")
    return _rows(
        DecisionKind.OPEN,
        things,
        sites.is_optional,
        amount=source.decisions.open_sites,
        price=sites.opening_price,
        cost=source.accounts.charges["open_sites"],
    )


def _pool_rows(
    source: _Source, kind: DecisionKind, price_unit: str, chosen: Bools, **amounts: Floats
) -> list[Decision]:
    problem, pools = source.problem, source.problem.pools
    sites = [problem.sites.names[s] for s in pools.site.tolist()]
    hardware = [problem.hardware.names[h] for h in pools.hardware.tolist()]
    return _rows(kind, _Things(pools.names, sites, hardware, "unit", price_unit), chosen, **amounts)


def _add(source: _Source) -> list[Decision]:
    """List new units; their use is what the owned ones could not do."""
    problem, pools, new = source.problem, source.problem.pools, source.decisions.new_units
    owned = np.where(pools.term == Term.OWNED, pools.max_units, 0.0)[:, None]
    over = source.accounts.pools.load_unit_h - problem.horizon.hours * pools.availability * owned
    used = over.clip(min=0.0)
    cost, unit = source.accounts.charges["new_units"], f"{problem.currency}/unit"
    return _pool_rows(
        source,
        DecisionKind.ADD,
        unit,
        pools.max_new_units > 0,
        amount=new,
        there=pools.max_units,
        price=pools.new_unit_price,
        peak_use=source.peak(used),
        mean_use=source.mean(used),
        cost=cost,
    )


def _book(source: _Source) -> list[Decision]:
    """List units of reserved pools."""
    problem, pools, horizon = source.problem, source.problem.pools, source.problem.horizon
    load = source.accounts.pools.load_unit_h
    return _pool_rows(
        source,
        DecisionKind.BOOK,
        f"{problem.currency}/unit/h",
        pools.term == Term.RESERVED,
        amount=source.decisions.booked_units,
        there=pools.min_units,
        price=pools.price @ (horizon.hours * horizon.weight) / horizon.real_hours,
        peak_use=source.peak(load),
        mean_use=source.mean(load),
        cost=source.accounts.charges["booked_units"],
    )


def _rent(source: _Source) -> list[Decision]:
    """List units on demand: the most at once, which a quota has to allow."""
    problem, pools, horizon = source.problem, source.problem.pools, source.problem.horizon
    load, cost = source.accounts.pools.load_unit_h, source.accounts.charges["units_in_use"]
    rented = np.where(pools.rents_in_steps[:, None], source.decisions.rented_units * horizon.hours, load)
    return _pool_rows(
        source,
        DecisionKind.RENT,
        f"{problem.currency}/unit/h",
        pools.term == Term.ON_DEMAND,
        amount=source.peak(rented),
        price=_prices(cost, rented @ horizon.weight),
        peak_use=source.peak(load),
        mean_use=source.mean(load),
        cost=cost,
    )


def _contract(source: _Source) -> list[Decision]:
    """List power of contracts that the plan chooses, or whose energy it takes or leaves."""
    problem, contracts = source.problem, source.problem.contracts
    energy_kwh, taken = paid_kwh(problem, source.decisions), source.decisions.contract_kwh
    paid = energy_kwh @ problem.horizon.weight
    energy = (contracts.price * energy_kwh) @ problem.horizon.weight
    cost = energy + contracts.capacity_price * source.decisions.contracted_kw
    things = _Things(
        contracts.names,
        [problem.sites.names[s] for s in contracts.site.tolist()],
        [name.partition("/")[2] for name in contracts.names],
        "kW",
        f"{problem.currency}/kWh",
    )
    return _rows(
        DecisionKind.CONTRACT,
        things,
        (contracts.max_chosen_kw > 0) | ~contracts.take_or_pay,
        amount=_contracted_kw(source),
        price=_prices(cost, paid),
        peak_use=source.peak(taken),
        mean_use=source.mean(taken),
        cost=cost,
    )


def _contracted_kw(source: _Source) -> Floats:
    """(C,) power chosen, as little as is needed where it costs nothing; power given if any of it is used."""
    contracts, taken = source.problem.contracts, source.decisions.contract_kwh
    highest = contracts.profile.max(axis=1, initial=0.0)
    given = _prices(contracts.available_kw.max(axis=1, initial=0.0), highest)
    hours = contracts.profile * source.problem.horizon.hours
    needed = np.divide(taken, hours, out=np.zeros_like(taken), where=hours > 0).max(axis=1, initial=0.0)
    is_free = (contracts.capacity_price == 0) & ~contracts.take_or_pay
    chosen = source.decisions.contracted_kw
    chosen = np.where(is_free, np.minimum(needed, chosen), chosen)
    return np.where(contracts.max_chosen_kw > 0, chosen, np.where(taken.any(axis=1), given, 0.0))


def _lease(source: _Source) -> list[Decision]:
    """List bandwidth of lines, on each of their links; its use is what that there could not carry."""
    problem, network, horizon = source.problem, source.problem.network, source.problem.horizon
    there = network.bandwidth_gb_per_h
    over = source.accounts.network.traffic_gb - there[:, None] * horizon.hours
    used = over.clip(min=0.0) / GB_PER_H_PER_GBPS
    of_line = np.zeros((network.links, horizon.size))
    np.maximum.at(of_line, network.line, used)
    lines, price_unit = network.line_names, f"{problem.currency}/Gbps"
    return _rows(
        DecisionKind.LEASE,
        _Things(lines, ("",) * network.links, lines, "Gbps", price_unit),
        network.leases,
        amount=source.decisions.leased_gb_per_h / GB_PER_H_PER_GBPS,
        there=there / GB_PER_H_PER_GBPS,
        price=network.lease_price * GB_PER_H_PER_GBPS,
        peak_use=source.peak(of_line),
        mean_use=source.mean(of_line),
        cost=lease_cost(problem, source.decisions),
    )


def _certify(source: _Source) -> list[Decision]:
    """List green certificates."""
    problem, grid, names = source.problem, source.problem.grid, source.problem.sites.names
    return _rows(
        DecisionKind.CERTIFY,
        _Things(names, names, ("",) * len(names), "MWh", f"{problem.currency}/MWh"),
        grid.max_certificates_kwh > 0,
        amount=source.decisions.certificate_kwh / KWH_PER_MWH,
        price=grid.certificate_price * KWH_PER_MWH,
        cost=source.accounts.charges["certificates"],
    )


_LISTED: Mapping[DecisionKind, Callable[[_Source], list[Decision]]] = {
    DecisionKind.OPEN: _open,
    DecisionKind.ADD: _add,
    DecisionKind.BOOK: _book,
    DecisionKind.CONTRACT: _contract,
    DecisionKind.LEASE: _lease,
    DecisionKind.RENT: _rent,
    DecisionKind.CERTIFY: _certify,
}
