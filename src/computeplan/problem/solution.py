"""A solution in the problem's own terms: decisions, and the prices that prove them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from computeplan.problem.arrays import Floats, Ints, ReadOnlyArrays
from computeplan.problem.fields import decision, dual


@dataclass(frozen=True, eq=False)
class Work(ReadOnlyArrays):
    """Work done and shortfall, nonzero entries only, sorted by workload, pool, period."""

    workload: Ints
    pool: Ints
    period: Ints
    """(n,)"""
    unit_h: Floats
    """(n,) work x done by the pool in the period."""
    short_workload: Ints
    short_period: Ints
    """(m,)"""
    short_unit_h: Floats
    """(m,) shortfall u. A job's shortfall is in the last period of its window."""


@dataclass(frozen=True, eq=False)
class Decisions(ReadOnlyArrays):
    """Decisions of the plan on capacity, energy and bandwidth."""

    booked_units: Annotated[Floats, decision("P", "unit")]
    """Level of reserved pools; 0 for the others."""
    grid_kwh: Annotated[Floats, decision("ST", "kWh")]
    contract_kwh: Annotated[Floats, decision("CT", "kWh")]
    """Contract energy taken, to be used at the site or sold."""
    sold_kwh: Annotated[Floats, decision("CT", "kWh")]
    """Contract energy sold to the grid."""
    contracted_kw: Annotated[Floats, decision("C", "kW")]
    """Power chosen of a contract; 0 where it is given."""
    leased_gb_per_h: Annotated[Floats, decision("L", "GB/h")]
    """Bandwidth leased of a link."""
    routed_gb: Annotated[Floats, decision("OT", "GB")]
    """Traffic of each flow over each path that it may take."""
    new_units: Annotated[Floats, decision("P", "unit")]
    """Units added to an owned pool."""
    certificate_kwh: Annotated[Floats, decision("S", "kWh")]
    """Green certificates bought, over the time that the horizon stands for."""
    rented_units: Annotated[Floats, decision("PT", "unit")]
    """Units rented of an on-demand pool in steps; 0 for the others."""
    open_sites: Annotated[Floats, decision("S")]
    """1 where the site is open, 0 where an optional one is closed."""
    charge_kwh: Annotated[Floats, decision("BT", "kWh")]
    """Energy into a battery, at the site's side."""
    discharge_kwh: Annotated[Floats, decision("BT", "kWh")]
    """Energy out of a battery, at the site's side."""
    stored_kwh: Annotated[Floats, decision("BT", "kWh")]
    """Energy in a battery at the end of each period."""

    @property
    def used_kwh(self) -> Floats:
        """(C, T) contract energy that the site uses: what is taken and not sold."""
        return self.contract_kwh - self.sold_kwh


@dataclass(frozen=True, eq=False)
class Prices(ReadOnlyArrays):
    """Dual prices, in objective units for one more unit, weights ω included.

    Any values give a valid lower bound on the objective; those of an optimal solution give the optimum.
    Work then chooses its cheapest pools and periods by itself, so no price per workload is needed.
    """

    load: Annotated[Floats, dual("PT", "(unit·h)")]
    """Of a pool: ``Σ x / efficiency = load``."""
    rent: Annotated[Floats, dual("PT", "(unit·h)")]
    """Of a reserved pool's booked capacity, ≥ 0: ``load ≤ Δ availability booked``; of an owned pool that can
    grow, of what is there: ``load ≤ Δ availability (units + new)``."""
    energy: Annotated[Floats, dual("ST", "kWh")]
    """At a site: ``PUE × IT energy = Σ supplies``."""
    peak: Annotated[Floats, dual("ST", "kW")]
    """Under the month's peak, ≥ 0: mean import of an interval ≤ peak; 0 but where an interval begins."""
    link: Annotated[Floats, dual("LT", "GB")]
    """``Σ traffic of work = traffic``."""
    cap: Annotated[Floats, dual("GT", "(unit or kW)")]
    """Under a cap, ≥ 0."""
    carbon: Annotated[float, dual("", "kg")]
    """Under the carbon cap, ≥ 0."""
    cover: Annotated[Floats, dual("ST", "kWh")]
    """Of grid energy that surplus contract energy covers, ≥ 0: ``covered ≤ grid``."""
    surplus: Annotated[Floats, dual("S", "kWh")]
    """Of surplus contract energy, ≥ 0: ``Σ ω covered ≤ Σ ω surplus``."""
    budget: Annotated[float, dual("", "money")]
    """Under the budget, ≥ 0."""
    rule: Annotated[Floats, dual("U", "(unit·h, money or kg)")]
    """Under a rule, ≥ 0."""
    renewable: Annotated[Floats, dual("S", "kWh")]
    """That contracts have to deliver, ≥ 0: ``share · Σ ω energy ≤ Σ ω contracts``."""
    offer: Annotated[Floats, dual("CT", "kWh")]
    """That a contract of chosen power can deliver, ≥ 0: ``contract ≤ Δ profile chosen``."""
    lease: Annotated[Floats, dual("LT", "GB")]
    """That fits through a link with leased bandwidth, ≥ 0: ``traffic ≤ Δ (bandwidth + leased)``."""
    storage: Annotated[Floats, dual("BT", "kWh")]
    """In a battery at the end of a period: ``stored = before + charged − discharged``."""


class Status(StrEnum):
    """How a solve ended. Only ``optimal`` and ``feasible`` come with a plan."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    NO_PLAN = "no_plan"

    @property
    def has_plan(self) -> bool:
        """Whether decisions exist."""
        return self in (Status.OPTIMAL, Status.FEASIBLE)


@dataclass(frozen=True, eq=False)
class WorkBlock(ReadOnlyArrays):
    """The work of some workloads, unmerged; a dense piece of an allocation."""

    workloads: Ints
    """(n,)"""
    pools: Ints
    """(p,) pools that do any work of these workloads."""
    periods: Ints
    """(t,) periods in which they do it."""
    unit_h: Floats
    """(n, p, t) work done."""
    short_unit_h: Floats
    """(n, t) shortfall."""
