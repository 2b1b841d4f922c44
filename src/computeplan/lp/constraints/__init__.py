"""The constraints, one family a file, each with its formula on top.

Every family is a function ``add(assembly) -> rows`` that adds its rows and returns their indices in
the shape that its dual prices have; `ABSENT` where the problem needs no row.
"""

from collections.abc import Callable

from computeplan.lp.assembly import Assembly
from computeplan.lp.constraints import (
    booking,
    budget,
    cap,
    carbon_cap,
    contracted_power,
    cover,
    deferral,
    demand_charge,
    energy_balance,
    fixed_split,
    job_volume,
    leased_bandwidth,
    load,
    new_capacity,
    open_level,
    open_load,
    placement,
    renewable_share,
    rented_steps,
    rule,
    steps,
    storage,
    surplus,
    traffic,
)
from computeplan.problem import Ints

FAMILIES: dict[str, Callable[[Assembly], Ints]] = {
    "placement": placement.add,
    "deferral": deferral.add,
    "job_volume": job_volume.add,
    "fixed_split": fixed_split.add,
    "load": load.add,
    "booking": booking.add,
    "cap": cap.add,
    "energy_balance": energy_balance.add,
    "demand_charge": demand_charge.add,
    "traffic": traffic.add,
    "carbon_cap": carbon_cap.add,
    "cover": cover.add,
    "surplus": surplus.add,
    "budget": budget.add,
    "renewable_share": renewable_share.add,
    "rule": rule.add,
    "contracted_power": contracted_power.add,
    "leased_bandwidth": leased_bandwidth.add,
    "new_capacity": new_capacity.add,
    "storage": storage.add,
    "steps": steps.add,
    "rented_steps": rented_steps.add,
    "open_load": open_load.add,
    "open_level": open_level.add,
}
"""All constraint families by name, in the order of their rows."""

__all__ = ["FAMILIES"]
