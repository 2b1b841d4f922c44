"""The demand charge is paid on each month's peak import.

grid[s,t] / Δ − peak[s, month(t)] ≤ 0      where the site has a demand charge in that month
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each site and period with a demand charge; (S, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    peak = variables.peak[:, problem.horizon.month]
    at = np.nonzero(peak != ABSENT)
    rows = np.full(peak.shape, ABSENT)
    rows[at] = assembly.assembler.add_rows("demand_charge", at, -np.inf, 0.0)
    assembly.assembler.add_entries(rows[at], variables.grid[at], 1.0 / problem.horizon.hours[at[1]])
    assembly.assembler.add_entries(rows[at], peak[at], -1.0)
    return rows
