"""What a site uses is what its supplies deliver.

grid[s,t] + Σ_c contract[c,t] + Σ_b (discharge[b,t] − charge[b,t])
    − Σ_p PUE · ((busy − idle) · load[p,t] + idle · Δ · availability · k[p])
    = Σ_p PUE · idle · Δ · availability · units     (k: booked or new units, units: owned pools of s)

At an optional site the right side is multiplied with open[s].
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints, Term


def add(assembly: Assembly) -> Ints:
    """Add one row for each site and period; (S, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    pools, sites = problem.pools, problem.sites
    idle_kwh = problem.pue * problem.idle_kw[:, None] * problem.horizon.hours * pools.availability
    owned = np.where(pools.term == Term.OWNED, pools.max_units, 0.0)[:, None]
    always = np.zeros((sites.size, problem.horizon.size))
    np.add.at(always, pools.site, idle_kwh * owned)
    optional = sites.is_optional[:, None]
    fixed = np.where(optional, 0.0, always)
    rows = assembly.row_per_period("energy_balance", np.arange(sites.size), fixed, fixed)
    at = np.flatnonzero(sites.is_optional)
    assembly.assembler.add_entries(rows[at], variables.integers.open[at][:, None], -always[at])
    assembly.assembler.add_entries(rows, variables.grid, 1.0)
    assembly.assembler.add_entries(rows[problem.contracts.site], variables.contract, 1.0)
    battery_rows, storage = rows[problem.batteries.site], variables.storage
    assembly.assembler.add_entries(battery_rows, storage.discharge, 1.0)
    assembly.assembler.add_entries(battery_rows, storage.charge, -1.0)
    swing = problem.pue * (problem.busy_kw - problem.idle_kw)[:, None]
    assembly.assembler.add_entries(rows[pools.site], variables.load, -swing)
    for level in (variables.booked, variables.new):
        chosen = np.flatnonzero(level != ABSENT)
        assembly.assembler.add_entries(rows[pools.site[chosen]], level[chosen][:, None], -idle_kwh[chosen])
    return rows
