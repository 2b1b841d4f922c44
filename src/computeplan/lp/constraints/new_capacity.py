"""An owned pool that can grow is used up to what it has and what is added.

load[p,t] − Δ[t] · availability[p,t] · new[p] ≤ Δ[t] · availability[p,t] · units[p]
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each pool that can grow and period; (P, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    pools = np.flatnonzero(problem.pools.max_new_units > 0)
    usable_h = problem.horizon.hours * problem.pools.availability[pools]
    there = usable_h * problem.pools.max_units[pools, None]
    rows = assembly.row_per_period("new_capacity", pools, np.array(-np.inf), there)
    assembly.assembler.add_entries(rows, variables.load[pools], 1.0)
    assembly.assembler.add_entries(rows, variables.new[pools][:, None], -usable_h)
    return assembly.all_periods(problem.pools.size, pools, rows)
