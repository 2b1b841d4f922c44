"""An on-demand pool in steps can be used up to what is rented in the period.

load[p,t] − Δ[t] · availability[p,t] · step[p] · rented_steps[p,t] ≤ 0
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each on-demand pool in steps and period; (P, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    pools = np.flatnonzero(problem.pools.rents_in_steps)
    rows = assembly.row_per_period("rented_steps", pools, np.array(-np.inf), np.zeros((1, 1)))
    usable_h = problem.horizon.hours * problem.pools.availability[pools]
    assembly.assembler.add_entries(rows, variables.load[pools], 1.0)
    of_step = -usable_h * problem.pools.step_units[pools, None]
    assembly.assembler.add_entries(rows, variables.integers.rented_steps[pools], of_step)
    return assembly.all_periods(problem.pools.size, pools, rows)
