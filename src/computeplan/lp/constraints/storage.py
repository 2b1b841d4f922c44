"""A battery holds what it held, what is charged, less what is taken out.

stored[b,t] − stored[b,t−1] − η_in · charge[b,t] + discharge[b,t] / η_out = 0

Before the first period of a block is its last one.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Horizon, Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each battery and period; (B, T) row indices."""
    batteries, variables = assembly.problem.batteries, assembly.variables.storage
    zero = np.zeros((1, 1))
    rows = assembly.row_per_period("storage", np.arange(batteries.size), zero, zero)
    before = _before(assembly.problem.horizon)
    # In a block of one period nothing is carried: its two entries would be one.
    carried = np.flatnonzero(before != np.arange(len(before)))
    assembly.assembler.add_entries(rows[:, carried], variables.stored[:, carried], 1.0)
    assembly.assembler.add_entries(rows[:, carried], variables.stored[:, before[carried]], -1.0)
    assembly.assembler.add_entries(rows, variables.charge, -batteries.charge_efficiency[:, None])
    assembly.assembler.add_entries(rows, variables.discharge, 1.0 / batteries.discharge_efficiency[:, None])
    return rows


def _before(horizon: Horizon) -> Ints:
    """(T,) period before each one; that before the first of a block is the last of it."""
    before = np.arange(horizon.size) - 1
    for block in horizon.blocks:
        before[block.start] = block.stop - 1
    return before
