"""At a closed site nothing is booked or added; at an open one at least the least is booked.

level[p] − most[p] · open[s] ≤ 0      min_units[p] · open[s] − k[p] ≤ 0

with the booked or new units as level, at optional sites.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Floats, Ints, Term


def add(assembly: Assembly) -> Ints:
    """Add the rows of each pool with a level at an optional site; (P, 2) row indices, most and least."""
    problem, variables, pools = assembly.problem, assembly.variables, assembly.problem.pools
    level = np.where(variables.booked != ABSENT, variables.booked, variables.new)
    optional = problem.sites.is_optional[pools.site] & (level != ABSENT)
    reserved = pools.term == Term.RESERVED
    most = np.where(reserved, pools.max_units, pools.max_new_units)
    rows = np.full((pools.size, 2), ABSENT)
    for side, (at, sign, limit) in enumerate(
        ((optional, 1.0, most), (optional & reserved & (pools.min_units > 0), -1.0, pools.min_units))
    ):
        rows[at, side] = _add(assembly, np.flatnonzero(at), level, sign, limit)
    return rows


def _add(assembly: Assembly, pools: Ints, level: Ints, sign: float, limit: Floats) -> Ints:
    side = np.full(len(pools), 0 if sign > 0 else 1)
    rows = assembly.assembler.add_rows("open_level", (pools, side), -np.inf, 0.0)
    is_open = assembly.variables.integers.open[assembly.problem.pools.site[pools]]
    assembly.assembler.add_entries(rows, level[pools], sign)
    assembly.assembler.add_entries(rows, is_open, -sign * limit[pools])
    return rows
