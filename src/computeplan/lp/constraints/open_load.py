"""A closed site does no work.

load[p,t] − Δ[t] · availability[p,t] · most units[p] · open[s] ≤ 0

for owned and on-demand pools of optional sites.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Ints, Term


def add(assembly: Assembly) -> Ints:
    """Add one row for each such pool and period; (P, T) row indices."""
    problem, variables, pools = assembly.problem, assembly.variables, assembly.problem.pools
    optional = problem.sites.is_optional[pools.site]
    at = np.flatnonzero(optional & (pools.term != Term.RESERVED))
    rows = assembly.row_per_period("open_load", at, np.array(-np.inf), np.zeros((1, 1)))
    most = problem.horizon.hours * pools.availability[at] * pools.most_units[at, None]
    assembly.assembler.add_entries(rows, variables.load[at], 1.0)
    is_open = variables.integers.open[pools.site[at]]
    assembly.assembler.add_entries(rows, is_open[:, None], -most)
    return assembly.all_periods(pools.size, at, rows)
