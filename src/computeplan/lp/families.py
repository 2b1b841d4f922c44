"""The catalog of the model: every family of variables and of constraints, in the order of the program.

Each family has one function, in the module of its thing (work, capacity, energy, storage,
network, policy, moves, runs).
That of variables sets bounds and adds cost, emissions and the part in the energy balance; that of
constraints adds rows. Its docstring holds the formula and the shape of the indices that it returns; they
are `ABSENT` where there is no variable or row. docs/formulas.md is written from this catalog.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import getdoc

from computeplan.lp import capacity, energy, moves, network, policy, runs, storage, work
from computeplan.lp.context import BuildContext
from computeplan.problem import Ints


@dataclass(frozen=True)
class Definition:
    """How a family of variables or constraints is made."""

    add: Callable[[BuildContext], Ints]
    """Adds the family to the program of a context and returns its indices."""
    decision: str = ""
    """Field of `Decisions` that the variables are read into; empty for other variables and constraints."""
    whole: str = ""
    """Setting that makes its variables whole numbers, in the words of the config."""

    @property
    def module(self) -> str:
        """Name of the module that makes it, such as ``energy``."""
        return self.add.__module__.rpartition(".")[2]

    @property
    def formula(self) -> str:
        """What it holds, and its formula."""
        return getdoc(self.add) or ""


VARIABLES: Mapping[str, Definition] = {
    "work": Definition(work.add_work),
    "share": Definition(work.add_share, whole="`mobility: whole`"),
    "short": Definition(work.add_short),
    "short_job": Definition(work.add_short_job),
    "short_share": Definition(work.add_short_share, whole="`mobility: whole`"),
    "served": Definition(work.add_served),
    "backlog": Definition(work.add_backlog),
    "load": Definition(capacity.add_load),
    "booked": Definition(capacity.add_booked, "booked_units"),
    "grid": Definition(energy.add_grid, "grid_kwh"),
    "contract": Definition(energy.add_contract, "contract_kwh"),
    "peak": Definition(energy.add_peak),
    "traffic": Definition(network.add_traffic),
    "covered": Definition(energy.add_covered),
    "sold": Definition(energy.add_sold, "sold_kwh"),
    "contracted": Definition(energy.add_contracted, "contracted_kw"),
    "leased": Definition(network.add_leased, "leased_gb_per_h"),
    "new": Definition(capacity.add_new, "new_units"),
    "certificates": Definition(energy.add_certificates, "certificate_kwh"),
    "charge": Definition(storage.add_charge, "charge_kwh"),
    "discharge": Definition(storage.add_discharge, "discharge_kwh"),
    "stored": Definition(storage.add_stored, "stored_kwh"),
    "steps": Definition(capacity.add_steps, whole="`step` of a pool"),
    "rented_steps": Definition(capacity.add_rented_steps, "rented_units", whole="`step` of a pool"),
    "open": Definition(capacity.add_open, "open_sites", whole="`opening` of a site"),
    "routed": Definition(network.add_routed, "routed_gb"),
    "charging": Definition(
        storage.add_charging, whole="batteries with losses under negative prices or `renewable_share`"
    ),
    "moved": Definition(moves.add_moved),
    "start": Definition(runs.add_start),
    "launch": Definition(runs.add_launch, whole="`mobility: whole` of a job"),
}
"""Families of variables by name, in the order of their columns."""

FAMILIES: Mapping[str, Definition] = {
    "placement": Definition(work.place_served_work),
    "deferral": Definition(work.carry_backlog),
    "job_volume": Definition(work.complete_jobs),
    "fixed_split": Definition(work.split_fixed_work),
    "load": Definition(capacity.define_load),
    "booking": Definition(capacity.limit_to_booked),
    "cap": Definition(capacity.limit_caps),
    "energy_balance": Definition(energy.balance_energy),
    "demand_charge": Definition(energy.limit_to_peak),
    "traffic": Definition(network.define_traffic),
    "carbon_cap": Definition(policy.cap_emissions),
    "cover": Definition(energy.limit_covered),
    "surplus": Definition(energy.limit_to_surplus),
    "budget": Definition(policy.limit_budget),
    "renewable_share": Definition(energy.require_renewables),
    "rule": Definition(policy.limit_rules),
    "contracted_power": Definition(energy.limit_to_contracted),
    "sale": Definition(energy.limit_sold),
    "leased_bandwidth": Definition(network.limit_to_leased),
    "new_capacity": Definition(capacity.limit_to_new),
    "storage": Definition(storage.carry_storage),
    "steps": Definition(capacity.book_in_steps),
    "rented_steps": Definition(capacity.limit_to_rented),
    "open_load": Definition(capacity.close_load),
    "open_level": Definition(capacity.close_levels),
    "routing": Definition(network.route_flows),
    "direction": Definition(storage.choose_direction),
    "open_battery": Definition(storage.close_batteries),
    "move": Definition(moves.count_moved),
    "launch": Definition(runs.place_starts),
    "run": Definition(runs.do_runs),
}
"""Families of constraints by name, in the order of their rows."""
