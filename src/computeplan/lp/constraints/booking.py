"""A reserved pool can be used up to its booked level.

load[p,t] − Δ[t] · availability[p,t] · k[p] ≤ 0      for every reserved pool p
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Ints, Term


def add(assembly: Assembly) -> Ints:
    """Add one row for each reserved pool and period; (P, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    pools = np.flatnonzero(problem.pools.term == Term.RESERVED)
    rows = assembly.row_per_period("booking", pools, np.array(-np.inf), np.zeros((1, 1)))
    usable_h = problem.horizon.hours * problem.pools.availability[pools]
    assembly.assembler.add_entries(rows, variables.load[pools], 1.0)
    assembly.assembler.add_entries(rows, variables.booked[pools][:, None], -usable_h)
    return assembly.all_periods(problem.pools.size, pools, rows)
