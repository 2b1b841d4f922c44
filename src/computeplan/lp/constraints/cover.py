"""Surplus contract energy covers at most the grid energy of a period (market basis).

covered[s,t] − grid[s,t] ≤ 0      at sites with take-or-pay contracts or certificates
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each such site and period; (S, T) row indices."""
    variables = assembly.variables
    sites = np.flatnonzero(variables.covered[:, 0] != ABSENT)
    rows = assembly.row_per_period("cover", sites, np.array(-np.inf), np.zeros((1, 1)))
    assembly.assembler.add_entries(rows, variables.covered[sites], 1.0)
    assembly.assembler.add_entries(rows, variables.grid[sites], -1.0)
    return assembly.all_periods(assembly.problem.sites.size, sites, rows)
