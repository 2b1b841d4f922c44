"""The catalog of cost parts: what a plan pays for, where, how much, and who is charged for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Generic, cast

import numpy as np

from computeplan.accounts.capacity import by_site, it_energy_kwh, paid_unit_h
from computeplan.accounts.energy import Amount, Other, at_sites, monthly_peak_kw, paid_kwh
from computeplan.accounts.usage import Usage
from computeplan.problem import Decisions, Floats, Problem, Term
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.problem.fields import Axis


@dataclass(frozen=True, eq=False)
class Activity:
    """What a plan does: what its workloads use, and its decisions."""

    problem: Problem
    usage: Usage
    decisions: Decisions

    @cached_property
    def it_kwh(self) -> Floats:
        """(P, T) energy of the pools' hardware, without the weights."""
        return it_energy_kwh(self.problem, self.usage.load_unit_h, self.decisions)

    @cached_property
    def facility_kwh(self) -> Floats:
        """(P, T) the same with PUE."""
        return self.it_kwh * self.problem.pue

    @property
    def water_l(self) -> Floats:
        """(S, T) water used, weighted with ω."""
        per_kwh = self.problem.horizon.weight * self.problem.sites.water_l_per_it_kwh
        return np.asarray(per_kwh * by_site(self.problem, self.it_kwh))

    @cached_property
    def peak_kw(self) -> Floats:
        """(S, M) largest import of each month."""
        return monthly_peak_kw(self.problem, self.decisions.grid_kwh)


class Sharing(StrEnum):
    """Who is charged for a cost.

    ``work``: the work that causes it. ``use``: each busy unit·h pays the pool's price of its period, and what
    nobody used is spread like ``pool``, over all busy unit·h of the pool. The others are split over a site's
    energy: ``energy`` over the kWh of the same period, ``month`` over those of the same month, ``time``
    evenly over the time and then over the kWh of each period.
    """

    WORK = "work"
    USE = "use"
    POOL = "pool"
    ENERGY = "energy"
    MONTH = "month"
    TIME = "time"


@dataclass(frozen=True)
class CostPart:
    """One part of a plan's cost."""

    name: str
    """In tables and JSON; with spaces for underscores the English words."""
    zh: str
    """The Chinese words."""
    place: Axis
    """Where it arises."""
    sharing: Sharing
    charge: Callable[[Activity], Floats]
    """Currency over the time that the horizon stands for: one row for each place; the columns are periods
    (``use``, ``energy``), months, or a single one."""
    prices: tuple[str, ...]
    """Fields of the problem that it is proportional to."""

    def words(self, language: str) -> str:
        """Name the part in ``en`` or ``zh``."""
        return self.zh if language == "zh" else self.name.replace("_", " ")


def _weighted(problem: Problem, amount: Floats) -> Floats:
    weighted: Floats = problem.horizon.weight * amount
    return weighted


def _price_of_units(plan: Activity) -> Floats:
    paid = paid_unit_h(plan.problem, plan.usage.load_unit_h, plan.decisions)
    return _weighted(plan.problem, plan.problem.pools.price * paid)


def _units_in_use(plan: Activity) -> Floats:
    """Price of busy owned units, and of on-demand units busy or rented."""
    reserved = (plan.problem.pools.term == Term.RESERVED)[:, None]
    return np.where(reserved, 0.0, _price_of_units(plan))


def _booked_units(plan: Activity) -> Floats:
    """Price of booked units, used or not."""
    reserved = (plan.problem.pools.term == Term.RESERVED)[:, None]
    return np.where(reserved, _price_of_units(plan), 0.0)


def _new_units(plan: Activity) -> Floats:
    """Annualized cost of units added."""
    return (plan.problem.pools.new_unit_price * plan.decisions.new_units)[:, None]


def _grid_energy(plan: Activity) -> Floats:
    return _weighted(plan.problem, plan.problem.grid.price * plan.decisions.grid_kwh)


def _demand_charge(plan: Activity) -> Floats:
    """Charge on each month's peak import."""
    return plan.problem.grid.demand_charge * plan.peak_kw


def _energy_contracts(plan: Activity) -> Floats:
    """Price of the energy that is paid, and of chosen power evenly over the time."""
    problem, contracts = plan.problem, plan.problem.contracts
    energy = _weighted(problem, contracts.price * paid_kwh(problem, plan.decisions))
    power = contracts.capacity_price * plan.decisions.contracted_kw
    return at_sites(problem, energy + evenly(problem, power[:, None]))


def _sales(plan: Activity) -> Floats:
    """Revenue from contract energy sold, a negative cost."""
    problem = plan.problem
    revenue = problem.contracts.feed_in_price * plan.decisions.sold_kwh
    return _weighted(problem, at_sites(problem, -revenue))


def _certificates(plan: Activity) -> Floats:
    return (plan.problem.grid.certificate_price * plan.decisions.certificate_kwh)[:, None]


def _batteries(plan: Activity) -> Floats:
    """Price of energy discharged from batteries."""
    batteries, horizon = plan.problem.batteries, plan.problem.horizon
    cost = np.zeros((plan.problem.sites.size, horizon.size))
    np.add.at(cost, batteries.site, batteries.price[:, None] * plan.decisions.discharge_kwh)
    return _weighted(plan.problem, cost)


def _open_sites(plan: Activity) -> Floats:
    """Price of optional sites that are open."""
    return (plan.problem.sites.opening_price * plan.decisions.open_sites)[:, None]


def _placement(plan: Activity) -> Floats:
    """Extra cost of work at a site."""
    return by_site(plan.problem, plan.usage.placement_cost)[:, None]


def _moving(plan: Activity) -> Floats:
    """Price of work that comes to a site from elsewhere."""
    return plan.usage.move_cost_by_site[:, None]


def lease_cost(problem: Problem, decisions: Decisions) -> Floats:
    """(L,) cost of leased bandwidth."""
    return problem.network.lease_price * decisions.leased_gb_per_h


def _network(plan: Activity) -> Floats:
    """Price of traffic, and of leased bandwidth."""
    problem = plan.problem
    traffic = plan.usage.traffic_gb @ problem.horizon.weight
    return (problem.network.price_per_gb * traffic + lease_cost(problem, plan.decisions))[:, None]


def evenly(problem: Problem, amounts: Floats) -> Floats:
    """(n, T) amounts (n, 1) for the whole horizon, spread evenly over its time."""
    horizon = problem.horizon
    spread: Floats = amounts * (horizon.weight * horizon.hours / horizon.real_hours)
    return spread


COST_PARTS: tuple[CostPart, ...] = (
    CostPart("units_in_use", "使用费", Axis.POOL, Sharing.USE, _units_in_use, ("pools.price",)),
    CostPart("booked_units", "预订容量", Axis.POOL, Sharing.USE, _booked_units, ("pools.price",)),
    CostPart("grid_energy", "电网电费", Axis.SITE, Sharing.ENERGY, _grid_energy, ("grid.price",)),
    CostPart("demand_charge", "需量电费", Axis.SITE, Sharing.MONTH, _demand_charge, ("grid.demand_charge",)),
    CostPart(
        "energy_contracts",
        "绿电合同",
        Axis.SITE,
        Sharing.ENERGY,
        _energy_contracts,
        ("contracts.price", "contracts.capacity_price"),
    ),
    CostPart("sales", "售电收入", Axis.SITE, Sharing.ENERGY, _sales, ("contracts.feed_in_price",)),
    CostPart(
        "network",
        "网络",
        Axis.LINK,
        Sharing.WORK,
        _network,
        ("network.price_per_gb", "network.lease_price"),
    ),
    CostPart("placement", "部署附加费", Axis.SITE, Sharing.WORK, _placement, ("needs.unit_cost",)),
    CostPart("new_units", "新增设备", Axis.POOL, Sharing.POOL, _new_units, ("pools.new_unit_price",)),
    CostPart("certificates", "绿色证书", Axis.SITE, Sharing.TIME, _certificates, ("grid.certificate_price",)),
    CostPart("batteries", "储能", Axis.SITE, Sharing.ENERGY, _batteries, ("batteries.price",)),
    CostPart("open_sites", "站点开设", Axis.SITE, Sharing.TIME, _open_sites, ("sites.opening_price",)),
    CostPart("moving", "迁移", Axis.SITE, Sharing.WORK, _moving, ("workloads.move_price",)),
)
"""Every part of the cost, in the order in which people read them."""

PART_NAMES = tuple(part.name for part in COST_PARTS)


@dataclass(frozen=True, eq=False)
class CostParts(ReadOnlyArrays, Generic[Amount]):
    """Cost by part, currency; for one plan numbers, for the rows of a table arrays."""

    amounts: Floats
    """(parts,) or (parts, n) in the order of `COST_PARTS`."""

    @classmethod
    def of(cls, parts: Mapping[str, Amount]) -> CostParts[Amount]:
        """Take the amounts by name of the part, in any order."""
        return cls(np.array([parts[name] for name in PART_NAMES], dtype=np.float64))

    def __getitem__(self, name: str) -> Amount:
        return self._plain(self.amounts[PART_NAMES.index(name)])

    @property
    def total(self) -> Amount:
        """Sum of the parts."""
        return self._plain(self.amounts.sum(axis=0))

    def parts(self) -> dict[str, Amount]:
        """Each part by name, without the total."""
        return {name: self[name] for name in PART_NAMES}

    def map(self, change: Callable[[Amount], Other]) -> CostParts[Other]:
        """Change each part in the same way."""
        return CostParts.of({name: change(part) for name, part in self.parts().items()})

    def _plain(self, amount: Floats) -> Amount:
        return cast("Amount", amount if self.amounts.ndim > 1 else float(amount))


def charges(plan: Activity) -> dict[str, Floats]:
    """(places,) cost by part and place."""
    return {part.name: part.charge(plan).sum(axis=1) for part in COST_PARTS}


def cost_by_site(problem: Problem, by_place: Mapping[str, Floats]) -> CostParts[Floats]:
    """Sum the costs of places by site; links belong to none."""

    def at_site(part: CostPart) -> Floats:
        amounts = by_place[part.name]
        if part.place is Axis.POOL:
            return by_site(problem, amounts)
        return amounts if part.place is Axis.SITE else np.zeros(problem.sites.size)

    return CostParts.of({part.name: at_site(part) for part in COST_PARTS})
