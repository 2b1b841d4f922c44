"""The numeric problem as a whole, and what two problems have in common."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from computeplan.problem.arrays import Bools, Floats, Ints
from computeplan.problem.eligibility import Eligibility, derive_eligibility
from computeplan.problem.energy import Batteries, Contracts, Grid
from computeplan.problem.fields import Axis, Meaning, meanings
from computeplan.problem.held import Held
from computeplan.problem.horizon import Horizon
from computeplan.problem.network import Network, Routing, derive_routing
from computeplan.problem.rules import Goal, Objective, Rules
from computeplan.problem.sites import Caps, HardwareKinds, Pools, Sites, Term
from computeplan.problem.solution import Decisions
from computeplan.problem.workloads import Companies, Needs, Workloads
from computeplan.vocabulary import CarbonBasis


class Split(StrEnum):
    """How interchangeable workloads share what they do together.

    ``few_pools``: each on as few pools as possible, and there from period to period. ``proportional``: each
    the same part of its work in every pool, so that all are served alike.
    """

    FEW_POOLS = "few_pools"
    PROPORTIONAL = "proportional"


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything a plan depends on, in base units.

    Time h, power kW, energy kWh, emissions kg CO2e, data GB, latency ms, money in `currency`, work
    in unit·h. Axis order is always workload, need, site, pool, supply, link, cap before period.
    """

    name: str
    currency: str
    horizon: Horizon
    companies: Companies
    workloads: Workloads
    needs: Needs
    sites: Sites
    hardware: HardwareKinds
    pools: Pools
    caps: Caps
    grid: Grid
    contracts: Contracts
    batteries: Batteries
    network: Network
    rules: Rules
    objective: Objective
    split: Split = Split.FEW_POOLS
    held: Held | None = None
    """What happened already, where the rest of a horizon is planned."""

    def __repr__(self) -> str:
        return f"Problem({self.name}: {self.workloads.size:,} workloads, {self.sites.size:,} sites)"

    @cached_property
    def names(self) -> dict[Axis, tuple[str, ...]]:
        """Names of the things on each axis that has some."""
        return {
            Axis.WORKLOAD: self.workloads.names,
            Axis.SITE: self.sites.names,
            Axis.LABEL: self.sites.label_names,
            Axis.ZONE: self.network.zone_names,
            Axis.HARDWARE: self.hardware.names,
            Axis.KIND: self.hardware.kind_names,
            Axis.POOL: self.pools.names,
            Axis.CAP: self.caps.names,
            Axis.CONTRACT: self.contracts.names,
            Axis.BATTERY: self.batteries.names,
            Axis.LINK: self.network.link_names,
            Axis.RULE: self.rules.names,
            Axis.MONTH: self.horizon.months,
        }

    @cached_property
    def sizes(self) -> dict[Axis, int]:
        """Length of each axis."""
        return {axis: len(names) for axis, names in self.names.items()} | {
            Axis.NEED: self.needs.size,
            Axis.PROFILE: len(self.workloads.profiles),
            Axis.PATH: len(self.network.path_from),
            Axis.OPTION: len(self.routing.option_flow),
            Axis.PERIOD: self.horizon.size,
        }

    def shape(self, meaning: Meaning) -> tuple[int, ...]:
        """Shape that an array with these axes has."""
        return tuple(self.sizes[axis] for axis in meaning.axes)

    @cached_property
    def eligibility(self) -> Eligibility:
        """Which pool can serve which need."""
        return derive_eligibility(self.needs, self.sites, self.hardware, self.pools, self.network)

    @cached_property
    def routing(self) -> Routing:
        """Which traffic has several paths to choose from."""
        return derive_routing(self.needs, self.network)

    @cached_property
    def origin(self) -> Ints:
        """(R,) row of `ways` of each need: its zone, or one of several where needs may take other paths."""
        if not self.routing.flows:
            return self.needs.zone
        keys = np.column_stack((self.needs.zone, self.routing.flow_of))
        _, origin = np.unique(keys, axis=0, return_inverse=True)
        return np.asarray(origin.reshape(-1), dtype=np.int64)

    @cached_property
    def ways(self) -> Bools:
        """(origins, P, L + F) links, or the flow, that traffic between an origin and a pool takes."""
        if not self.routing.flows:
            return self.network.route[:, self.pool_zone, :]
        _, first = np.unique(self.origin, return_index=True)
        flow = self.routing.flow_of[first][:, self.pool_zone]
        fixed = self.network.route[self.needs.zone[first]][:, self.pool_zone]
        chosen = flow[:, :, None] == np.arange(self.routing.flows)
        return np.concatenate((fixed & (flow < 0)[:, :, None], chosen), axis=2)

    def extend_to_flows(self, per_link: Floats) -> Floats:
        """(L + F, …) amounts of a GB on each link, and on each flow's path where they add up to least."""
        routing = self.routing
        of_option = np.tensordot(self.network.path[routing.option_path].astype(float), per_link, axes=1)
        least = np.full((routing.flows, *per_link.shape[1:]), np.inf)
        np.minimum.at(least, routing.option_flow, of_option)
        return np.concatenate((per_link, least))

    @property
    def objective_unit(self) -> str:
        """Unit of the objective: the currency, or kg for the goal ``carbon``."""
        return self.currency if self.objective.goal is Goal.COST else "kg"

    @property
    def has_integers(self) -> bool:
        """Whether some decisions are whole numbers, so that there are no dual prices."""
        any_step, any_mode = bool((self.pools.step_units > 0).any()), bool(self.battery_modes.any())
        any_whole, any_optional = bool(self.workloads.is_whole.any()), bool(self.sites.is_optional.any())
        return any_step or any_mode or any_whole or any_optional

    @property
    def is_bounded_by_solver(self) -> bool:
        """Whether dual prices prove nothing: with whole numbers, and where a part of the answer is held."""
        return self.has_integers or self.held is not None

    @cached_property
    def battery_modes(self) -> Bools:
        """(B, T) whether a whole number must say if a battery charges or discharges.

        Both at once lose energy and change nothing that is stored. Where every kWh that a site draws costs
        or emits something or nothing, a plan that draws less instead is as good: of a battery that does
        both, take the lesser from both sides, and what is then too much from the grid, a contract, or the
        discharge of a battery, which was charged for it before. So only these need a whole number: all
        periods of a block in which the site may be paid to draw (a negative price or factor), and sites
        with a renewable share, which losses of contract energy would help to meet.
        """
        grid, contracts, batteries = self.grid, self.contracts, self.batteries
        paid = (grid.price < 0) | (self.grid_kg_per_kwh < 0)
        paid = (paid & (grid.import_limit_kw > 0)[:, None]) | (grid.renewable_share > 0)[:, None]
        taken = (contracts.price < 0) & ~contracts.take_or_pay[:, None] | (contracts.kg_per_kwh < 0)[:, None]
        np.logical_or.at(paid, contracts.site, taken & (contracts.most_kw > 0))
        for block in self.horizon.blocks:
            paid[:, block] = paid[:, block].any(axis=1, keepdims=True)
        loses = batteries.charge_efficiency * batteries.discharge_efficiency < 1
        modes: Bools = paid[batteries.site] & loses[:, None]
        return modes

    @cached_property
    def interval_hours(self) -> Floats:
        """(S, T) length of the interval of the demand charge that each period is in."""
        start, hours = self.grid.interval_start, self.horizon.hours
        length = np.zeros(start.shape)
        rows = np.arange(len(start))[:, None]
        np.add.at(length, (rows, start), hours)
        return length[rows, start]

    @cached_property
    def local(self) -> Bools:
        """(R, P) whether the pool is in the need's own zone."""
        local: Bools = self.needs.zone[:, None] == self.pool_zone
        return local

    @cached_property
    def traffic_gb_per_unit_h(self) -> Floats:
        """(W,) GB that travel with a unit·h, a job's data set included."""
        workloads = self.workloads
        volume = np.where(workloads.volume_unit_h > 0, workloads.volume_unit_h, np.inf)
        moved = np.where(workloads.is_job, workloads.data_gb, 0.0) / volume
        gb: Floats = self.needs.traffic_gb_per_unit_h[workloads.need] + moved
        return gb

    @cached_property
    def may_fall_short(self) -> Bools:
        """(W,) whether a shortfall is possible: it has a price and the objective allows it."""
        priced: Bools = np.isfinite(self.workloads.shortfall_price)
        return priced & self.objective.allows_shortfall

    @cached_property
    def rule_sets(self) -> Ints:
        """(W,) number of the combination of rules that each workload is under."""
        if not self.rules.size:
            return np.zeros(self.workloads.size, dtype=np.int64)
        _, rule_set = np.unique(self.rules.member, axis=1, return_inverse=True)
        return np.asarray(rule_set.reshape(-1), dtype=np.int64)

    @property
    def grid_kg_per_kwh(self) -> Floats:
        """(S, T) emissions of grid energy on the objective's basis."""
        factors = {
            CarbonBasis.LOCATION: self.grid.location_kg_per_kwh,
            CarbonBasis.MARKET: self.grid.market_kg_per_kwh,
            CarbonBasis.HOURLY: self.grid.hourly_kg_per_kwh,
        }
        return factors[self.objective.basis]

    @cached_property
    def pool_zone(self) -> Ints:
        """(P,) zone of each pool's site."""
        zone: Ints = self.sites.zone[self.pools.site]
        return zone

    @cached_property
    def idle_kw(self) -> Floats:
        """(P,) IT power of an idle unit; a rented unit is only there while it is busy."""
        idle = self.hardware.idle_kw[self.pools.hardware]
        return np.where(self.pools.term == Term.ON_DEMAND, 0.0, idle)

    @cached_property
    def busy_kw(self) -> Floats:
        """(P,) IT power of a busy unit."""
        return self.hardware.busy_kw[self.pools.hardware]

    @cached_property
    def pue(self) -> Floats:
        """(P, T) PUE of each pool's site."""
        return self.sites.pue[self.pools.site]


def keep_workloads(problem: Problem, kept: Ints) -> Problem:
    """Leave of a problem some workloads, by number, and everything that there is to serve them."""
    register = problem.workloads
    arrays = {
        name: getattr(register, name)[kept]
        for name, meaning in meanings(Workloads).items()
        if meaning.axes[0] is Axis.WORKLOAD
    }
    names = tuple(register.names[workload] for workload in kept.tolist())
    rules = replace(problem.rules, member=problem.rules.member[:, kept])
    return replace(problem, workloads=replace(register, names=names, **arrays), rules=rules)


def decisions_without_choices(problem: Problem, **made: Floats) -> Decisions:
    """Make decisions of which only some are given, by field: all else is 0, and all sites are open."""
    nothing = {name: np.zeros(problem.shape(meaning)) for name, meaning in meanings(Decisions).items()}
    return Decisions(**(nothing | {"open_sites": np.ones(problem.sites.size)} | made))


def share_equal_parts(problem: Problem, other: Problem) -> Problem:
    """Replace every part of a problem that equals another problem's part by that very object.

    Equal parts are then found by identity, and whatever was computed from them can be kept.
    """
    parts = {
        field.name: (getattr(problem, field.name), getattr(other, field.name)) for field in fields(problem)
    }
    return replace(problem, **{name: old for name, (new, old) in parts.items() if _equal(new, old)})


def _equal(one: Any, other: Any) -> bool:
    if one is other or type(one) is not type(other):
        return one is other
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if hasattr(one, "__dataclass_fields__"):
        return all(_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return bool(one == other)
