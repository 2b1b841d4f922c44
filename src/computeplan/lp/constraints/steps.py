"""Booked and new units are a multiple of the pool's step.

k[p] − step[p] · steps[p] = 0      new[p] − step[p] · steps[p] = 0
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each pool with steps; (P,) row indices."""
    problem, variables = assembly.problem, assembly.variables
    steps = variables.integers.steps
    pools = np.flatnonzero(steps != ABSENT)
    level = np.where(variables.booked != ABSENT, variables.booked, variables.new)
    rows = np.full(problem.pools.size, ABSENT)
    rows[pools] = assembly.assembler.add_rows("steps", (pools,), 0.0, 0.0)
    assembly.assembler.add_entries(rows[pools], level[pools], 1.0)
    assembly.assembler.add_entries(rows[pools], steps[pools], -problem.pools.step_units[pools])
    return rows
