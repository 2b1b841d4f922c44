"""Traffic fits through a link with what is leased beside its bandwidth.

traffic[l,t] − Δ[t] · leased[l] ≤ Δ[t] · bandwidth[l]
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each link with a lease that work may use and period; (L, T) row indices."""
    problem, variables, hours = assembly.problem, assembly.variables, assembly.problem.horizon.hours
    links = np.flatnonzero((variables.leased != ABSENT) & (variables.traffic[:, 0] != ABSENT))
    there = problem.network.bandwidth_gb_per_h[links, None] * hours
    rows = assembly.row_per_period("leased_bandwidth", links, np.array(-np.inf), there)
    assembly.assembler.add_entries(rows, variables.traffic[links], 1.0)
    assembly.assembler.add_entries(rows, variables.leased[links][:, None], -hours)
    return assembly.all_periods(problem.network.links, links, rows)
