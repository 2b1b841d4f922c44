"""Checks of every constraint on pools, sites, links and the plan as a whole.

capacity        load ≤ Δ · availability · units (booked for reserved pools, new ones included for owned)
reserved_level  min_units ≤ booked ≤ max_units; 0 for pools that cannot be booked
energy_balance  PUE · IT energy = grid + Σ contracts + Σ (discharge − charge)
import_limit    0 ≤ grid ≤ Δ · import_limit
contract        0 ≤ contract ≤ Δ · (available_kw + profile · contracted)
bandwidth       traffic ≤ Δ · (bandwidth + leased)
chosen_level    0 ≤ new units, contracted, leased, certificates ≤ the most of each
step, closed_site  (see `integers`)
storage         stored = before + η_in · charge − discharge / η_out, within power and energy
cap             units: Σ weight · (load / Δ, or booked) ≤ limit
                power: Σ weight · PUE · IT energy / Δ ≤ limit
carbon_cap      emissions on the objective's basis ≤ cap
budget, rule, renewable_share  (see `policies`)

Each is measured against its own limit or the average one of its family (see `violations`), the
energy balance against the energy, the carbon cap against it or the emissions on all three bases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from computeplan.plan.accounting import Accounts
from computeplan.plan.audit.integers import check_integers
from computeplan.plan.audit.levels import check_levels
from computeplan.plan.audit.policies import check_policies
from computeplan.plan.audit.storage import check_storage
from computeplan.plan.audit.violations import Family, Ledger, Places, yardstick
from computeplan.plan.flows import (
    at_sites,
    available_kwh,
    by_site,
    capacity_unit_h,
    it_energy_kwh,
    stored_supply_kwh,
)
from computeplan.plan.usage import Usage
from computeplan.problem import CapMeasure, Decisions, Floats, Problem, Term


def check_system(
    problem: Problem, usage: Usage, decisions: Decisions, accounts: Accounts, ledger: Ledger
) -> None:
    """Check everything that is not a constraint on one workload.

    Parameters
    ----------
    problem : Problem
    usage : Usage
    decisions : Decisions
    accounts : Accounts
        Of the same plan, recomputed.
    ledger : Ledger
        Takes the violations.
    """
    facility_kwh = it_energy_kwh(problem, usage.load_unit_h, decisions)
    facility_kwh *= problem.sites.pue[problem.pools.site]
    _check_capacity(problem, usage, decisions, ledger)
    _check_booking(problem, decisions, ledger)
    _check_energy(problem, facility_kwh, decisions, ledger)
    _check_supplies(problem, decisions, ledger)
    _check_bandwidth(problem, usage, decisions, ledger)
    check_levels(problem, decisions, ledger)
    check_storage(problem, decisions, ledger)
    check_integers(problem, decisions, ledger)
    _check_caps(problem, usage, facility_kwh, decisions, ledger)
    _check_carbon(problem, accounts, ledger)
    check_policies(problem, usage, decisions, accounts, ledger)


def finite_decisions(problem: Problem, decisions: Decisions, ledger: Ledger) -> Decisions:
    """Record what is no finite number.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
    ledger : Ledger
        Takes the violations.

    Returns
    -------
    Decisions
        With 0 in its place, so that later checks see the rest.
    """
    places = {
        "pool": (problem.pools.names, ("booked_units", "new_units", "rented_units")),
        "site": (problem.sites.names, ("grid_kwh", "certificate_kwh", "open_sites")),
        "battery": (problem.batteries.names, ("charge_kwh", "discharge_kwh", "stored_kwh")),
        "contract": (problem.contracts.names, ("contract_kwh", "contracted_kw")),
        "link": (problem.network.link_names, ("leased_gb_per_h",)),
    }
    finite = {
        field: _finite(getattr(decisions, field), ledger, kind, names)
        for kind, (names, kinds) in places.items()
        for field in kinds
    }
    return Decisions(**finite)


def _finite(values: Floats, ledger: Ledger, kind: str, names: Sequence[str]) -> Floats:
    broken = np.where(np.isfinite(values), 0.0, np.inf)
    ledger.record(
        Family.NONNEGATIVE, broken, 1.0, lambda thing, *_: f"{kind} {names[thing]}, no finite number"
    )
    return np.nan_to_num(values, posinf=0.0, neginf=0.0)


def _check_capacity(problem: Problem, usage: Usage, decisions: Decisions, ledger: Ledger) -> None:
    pools = problem.pools
    capacity = capacity_unit_h(problem, decisions)
    place = _at(problem, "pool", pools.names)
    ledger.record(Family.CAPACITY, usage.load_unit_h - capacity, yardstick(capacity), place)


def _check_booking(problem: Problem, decisions: Decisions, ledger: Ledger) -> None:
    pools, booked = problem.pools, decisions.booked_units
    reserved = pools.term == Term.RESERVED
    least, most = (np.where(reserved, units, 0.0) for units in (pools.min_units, pools.max_units))
    least = least * decisions.open_sites[pools.site]
    size = yardstick(most)
    place = Places(problem).pool
    ledger.record(Family.RESERVED_LEVEL, booked - most, size, place)
    ledger.record(Family.RESERVED_LEVEL, least - booked, size, place)


def _check_energy(problem: Problem, facility_kwh: Floats, decisions: Decisions, ledger: Ledger) -> None:
    needed = by_site(problem, facility_kwh)
    missing = needed - decisions.grid_kwh - at_sites(problem, decisions.contract_kwh)
    missing -= stored_supply_kwh(problem, decisions)
    place = _at(problem, "site", problem.sites.names)
    ledger.record(Family.ENERGY_BALANCE, np.abs(missing), yardstick(needed), place)


def _check_supplies(problem: Problem, decisions: Decisions, ledger: Ledger) -> None:
    hours, contracts = problem.horizon.hours, problem.contracts
    offered = available_kwh(problem, decisions)
    limits = (
        (
            Family.IMPORT_LIMIT,
            "site",
            problem.sites.names,
            decisions.grid_kwh,
            problem.grid.import_limit_kw[:, None] * hours,
        ),
        (Family.CONTRACT, "contract", contracts.names, decisions.contract_kwh, offered),
    )
    for family, kind, names, kwh, limit in limits:
        most = np.broadcast_to(limit, kwh.shape)
        # Without a limit the energy itself tells what is small.
        size, place = yardstick(np.where(np.isfinite(most), most, kwh)), _at(problem, kind, names)
        ledger.record(family, kwh - most, size, place)
        ledger.record(family, -kwh, size, place)


def _check_bandwidth(problem: Problem, usage: Usage, decisions: Decisions, ledger: Ledger) -> None:
    network = problem.network
    there = network.bandwidth_gb_per_h + decisions.leased_gb_per_h
    most = there[:, None] * problem.horizon.hours
    place = _at(problem, "link", network.link_names)
    ledger.record(Family.BANDWIDTH, usage.traffic_gb - most, yardstick(most), place)


def _check_caps(
    problem: Problem, usage: Usage, facility_kwh: Floats, decisions: Decisions, ledger: Ledger
) -> None:
    reserved = (problem.pools.term == Term.RESERVED)[:, None]
    used = usage.load_unit_h / problem.horizon.hours
    used = np.where(problem.pools.rents_in_steps[:, None], decisions.rented_units, used)
    units = np.where(reserved, decisions.booked_units[:, None], used)
    amounts = {CapMeasure.UNITS: units, CapMeasure.POWER: facility_kwh / problem.horizon.hours}
    caps = problem.caps
    for measure, amount in amounts.items():
        rows = np.flatnonzero([m is measure for m in caps.measure])
        excess = caps.weight[rows] @ amount - caps.limit[rows]
        place = _at(problem, "cap", [caps.names[row] for row in rows])
        ledger.record(Family.CAP, excess, yardstick(caps.limit[rows]), place)


def _check_carbon(problem: Problem, accounts: Accounts, ledger: Ledger) -> None:
    objective = problem.objective
    emitted = accounts.emissions_kg
    excess = np.array([emitted.on(objective.basis) - objective.carbon_cap_kg])
    emissions = max(abs(kg) for kg in emitted.bases().values())
    size = max(emissions, objective.carbon_cap_kg) if np.isfinite(objective.carbon_cap_kg) else 1.0
    ledger.record(Family.CARBON_CAP, excess, size or 1.0, lambda _: f"{objective.basis} basis, whole horizon")


def _at(problem: Problem, kind: str, names: Sequence[str]) -> Callable[[int, int], str]:
    """Words for an index (thing, period)."""
    period = Places(problem).period
    return lambda thing, t: f"{kind} {names[thing]}, {period(t)}"
