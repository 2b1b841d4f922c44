"""A solution in the problem's own terms: decisions, and the prices that prove them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from computeplan.problem.arrays import Floats, Ints, ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class Work(ReadOnlyArrays):
    """Work done and work left undone, non-zero entries only, sorted by workload, pool, period.

    Attributes
    ----------
    workload, pool, period : (n,)
    unit_h : (n,)
        Work x done by the pool in the period.
    short_workload, short_period : (m,)
    short_unit_h : (m,)
        Shortfall u. A job's shortfall stands in the last period of its window.
    """

    workload: Ints
    pool: Ints
    period: Ints
    unit_h: Floats
    short_workload: Ints
    short_period: Ints
    short_unit_h: Floats


@dataclass(frozen=True, eq=False)
class Decisions(ReadOnlyArrays):
    """What the plan does with capacity and energy.

    Attributes
    ----------
    booked_units : (P,)
        Level of reserved pools; 0 for the others.
    grid_kwh : (S, T)
    contract_kwh : (C, T)
        Contract energy used.
    contracted_kw : (C,)
        Power chosen of a contract; 0 where it is given.
    leased_gb_per_h : (L,)
        Bandwidth leased of a link.
    new_units : (P,)
        Units added to an owned pool.
    certificate_kwh : (S,)
        Green certificates bought, over the time that the horizon stands for.
    rented_units : (P, T)
        Units rented of an on-demand pool in steps; 0 for the others.
    open_sites : (S,)
        1 where the site is open, 0 where an optional one is closed.
    charge_kwh, discharge_kwh : (B, T)
        Energy into and out of a battery, at the site's side.
    stored_kwh : (B, T)
        Energy in a battery at the end of each period.
    """

    booked_units: Floats
    grid_kwh: Floats
    contract_kwh: Floats
    contracted_kw: Floats
    leased_gb_per_h: Floats
    new_units: Floats
    certificate_kwh: Floats
    rented_units: Floats
    open_sites: Floats
    charge_kwh: Floats
    discharge_kwh: Floats
    stored_kwh: Floats


def without_choices(
    booked_units: Floats, grid_kwh: Floats, contract_kwh: Floats, links: int, batteries: int
) -> Decisions:
    """Make decisions that add, lease, contract and store nothing; all sites are open.

    Parameters
    ----------
    booked_units : (P,)
    grid_kwh : (S, T)
    contract_kwh : (C, T)
    links, batteries : int
        Numbers of the problem.
    """
    sites, periods = grid_kwh.shape
    stored = np.zeros((batteries, periods))
    return Decisions(
        booked_units=booked_units,
        grid_kwh=grid_kwh,
        contract_kwh=contract_kwh,
        contracted_kw=np.zeros(len(contract_kwh)),
        leased_gb_per_h=np.zeros(links),
        new_units=np.zeros(len(booked_units)),
        certificate_kwh=np.zeros(sites),
        rented_units=np.zeros((len(booked_units), periods)),
        open_sites=np.ones(sites),
        charge_kwh=stored,
        discharge_kwh=stored,
        stored_kwh=stored,
    )


@dataclass(frozen=True, eq=False)
class Prices(ReadOnlyArrays):
    """Dual prices of everything scarce, in objective units, weights ω included.

    Any values give a valid lower bound on the objective; those of an optimal solution give the optimum.
    Work then chooses its cheapest pools and periods by itself, so no price per workload is needed.

    Attributes
    ----------
    load : (P, T)
        Of one unit·h of a pool: dual of ``Σ x / efficiency = load``.
    rent : (P, T)
        Of one unit·h of a reserved pool's booked capacity, ≥ 0: ``load ≤ Δ availability booked``; of an
        owned pool that can grow, of what is there: ``load ≤ Δ availability (units + new)``.
    energy : (S, T)
        Of one kWh at a site: dual of ``PUE × IT energy = Σ supplies``.
    peak : (S, T)
        Of one kW under the month's peak, ≥ 0: ``grid / Δ ≤ peak``.
    link : (L, T)
        Of one GB: dual of ``Σ traffic of work = traffic``.
    cap : (G, T)
        Of one unit or kW under a cap, ≥ 0.
    carbon : float
        Of one kg under the carbon cap, ≥ 0.
    cover : (S, T)
        Of one kWh of grid energy that surplus contract energy covers, ≥ 0: ``covered ≤ grid``.
    surplus : (S,)
        Of one kWh of surplus contract energy, ≥ 0: ``Σ ω covered ≤ Σ ω surplus``.
    budget : float
        Of one unit of money under the budget, ≥ 0.
    rule : (U,)
        Of one unit·h, unit of money or kg under a rule, ≥ 0.
    renewable : (S,)
        Of one kWh that contracts have to deliver, ≥ 0: ``share · Σ ω energy ≤ Σ ω contracts``.
    offer : (C, T)
        Of one kWh that a contract of chosen power can deliver, ≥ 0: ``contract ≤ Δ profile chosen``.
    lease : (L, T)
        Of one GB that fits through a link with leased bandwidth, ≥ 0: ``traffic ≤ Δ (bandwidth + leased)``.
    storage : (B, T)
        Of one kWh in a battery at the end of a period: dual of ``stored = before + charged − discharged``.
    """

    load: Floats
    rent: Floats
    energy: Floats
    peak: Floats
    link: Floats
    cap: Floats
    carbon: float
    cover: Floats
    surplus: Floats
    budget: float
    rule: Floats
    renewable: Floats
    offer: Floats
    lease: Floats
    storage: Floats


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
    """The work of some workloads, unmerged; a dense piece of an allocation.

    Attributes
    ----------
    workloads : (n,)
    pools : (p,)
        Pools that do any work of these workloads.
    periods : (t,)
        Periods in which they do it.
    unit_h : (n, p, t)
        Work done.
    short_unit_h : (n, t)
        Work left undone.
    """

    workloads: Ints
    pools: Ints
    periods: Ints
    unit_h: Floats
    short_unit_h: Floats
