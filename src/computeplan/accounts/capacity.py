"""Units of the pools: what there is, what work can use, what is paid, and the energy it takes.

IT energy   owned, reserved: idle · Δ · availability · units + (busy − idle) · load, new units included
            on-demand: busy · load
"""

from __future__ import annotations

import numpy as np

from computeplan.problem import CapMeasure, Decisions, Floats, Problem, Term
from computeplan.problem.arrays import times


def usable_unit_h(problem: Problem, units: Floats) -> Floats:
    """(P, T) unit·h that a number of units (P,) offers; inf units that are not available offer none."""
    available_h = problem.horizon.hours * problem.pools.availability
    return times(available_h, units[:, None])


def present_units(problem: Problem, decisions: Decisions) -> Floats:
    """(P,) units that are there whether used or not: owned, new or booked; 0 for on-demand pools."""
    pools = problem.pools
    there = pools.max_units * decisions.open_sites[pools.site] if problem.has_integers else pools.max_units
    owned = np.where(pools.term == Term.OWNED, there + decisions.new_units, 0.0)
    return np.where(pools.term == Term.RESERVED, decisions.booked_units, owned)


def capacity_unit_h(problem: Problem, decisions: Decisions) -> Floats:
    """(P, T) unit·h that work can use; inf for on-demand pools without limit."""
    pools = problem.pools
    is_open = decisions.open_sites[pools.site] > 0
    rentable = np.where(is_open, pools.max_units, 0.0)
    units = np.where(pools.term == Term.ON_DEMAND, rentable, present_units(problem, decisions))
    rented = decisions.rented_units * problem.horizon.hours * pools.availability
    return np.where(pools.rents_in_steps[:, None], rented, usable_unit_h(problem, units))


def paid_unit_h(problem: Problem, load_unit_h: Floats, decisions: Decisions) -> Floats:
    """(P, T) unit·h that the pool's price is paid for: busy, or booked or rented in steps."""
    pools, hours = problem.pools, problem.horizon.hours
    rented = np.where(pools.rents_in_steps[:, None], decisions.rented_units * hours, load_unit_h)
    booked = decisions.booked_units[:, None] * hours
    return np.where((pools.term == Term.RESERVED)[:, None], booked, rented)


def it_energy_kwh(problem: Problem, load_unit_h: Floats, decisions: Decisions) -> Floats:
    """(P, T) energy of the hardware of each pool."""
    idle, busy = problem.idle_kw, problem.busy_kw
    standing = present_units(problem, decisions)[:, None] * problem.pools.availability
    return idle[:, None] * problem.horizon.hours * standing + (busy - idle)[:, None] * load_unit_h


def use_of_caps(problem: Problem, unit_h: Floats, facility_kwh: Floats) -> Floats:
    """(G, T) unit·h or kWh under each cap, of unit·h that are paid (see `paid_unit_h`) and energy (P, T)."""
    caps = problem.caps
    is_power = np.array([measure is CapMeasure.POWER for measure in caps.measure], dtype=bool)
    return np.where(is_power[:, None], caps.weight @ facility_kwh, caps.weight @ unit_h)


def by_site(problem: Problem, by_pool: Floats) -> Floats:
    """(S, …) sums over each site's pools of (P, …) amounts."""
    total = np.zeros((problem.sites.size, *by_pool.shape[1:]))
    np.add.at(total, problem.pools.site, by_pool)
    return total
