"""Deferrable demand waits at most `max_delay`.

b[w,t] − b[w,t−1] + served[w,t] + u[w,t] = d[w,t]      for every free demand w with max_delay > 0
0 ≤ b[w,t] ≤ arrivals of the last max_delay hours      (bounds of b; see arrivals.py)

Before the first period of a block, b is 0 (`close`) or the b of its last period (`cyclic`).
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Horizon, HorizonEnd, Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each slot of a deferrable demand; (n,) row indices."""
    slots, backlog = assembly.slots, assembly.variables.backlog
    at = np.flatnonzero(backlog != ABSENT)
    keys = (slots.workload[at], slots.period[at])
    arrivals = assembly.demand.at(*keys)
    rows = assembly.assembler.add_rows("deferral", keys, arrivals, arrivals)
    assembly.assembler.add_entries(rows, assembly.variables.served[at], 1.0)
    short = assembly.variables.short[at]
    priced = short != ABSENT
    assembly.assembler.add_entries(rows[priced], short[priced], 1.0)
    assembly.assembler.add_entries(rows, backlog[at], 1.0)
    back = _periods_back(assembly.problem.horizon)[slots.period[at]]
    carried = back != 0
    # A deferrable demand has a slot in every period, so periods back are slots back.
    before = at[carried] - back[carried]
    assembly.assembler.add_entries(rows[carried], backlog[before], -1.0)
    return rows


def _periods_back(horizon: Horizon) -> Ints:
    """(T,) distance to the period before, negative where a block wraps, 0 where there is none."""
    back = np.ones(horizon.size, dtype=np.int64)
    for block in horizon.blocks:
        wraps = horizon.end is HorizonEnd.CYCLIC
        back[block.start] = block.start - (block.stop - 1) if wraps else 0
    return back
