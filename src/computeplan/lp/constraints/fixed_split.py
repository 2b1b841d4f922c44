"""A fixed workload has one split over the pools for the whole horizon.

Σ_p share[w,p] + short_share[w] = 1      for every fixed workload w with demand
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT, with_share
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each fixed workload; (n,) row indices."""
    workloads, variables = assembly.problem.workloads, assembly.variables
    fixed = with_share(assembly.problem, assembly.demand)
    rows = assembly.assembler.add_rows("fixed_split", (fixed,), 1.0, 1.0)
    row_of_workload = np.full(workloads.size, ABSENT)
    row_of_workload[fixed] = rows
    assembly.assembler.add_entries(row_of_workload[variables.share_workload], variables.share, 1.0)
    short = variables.short_share[fixed]
    priced = short != ABSENT
    assembly.assembler.add_entries(rows[priced], short[priced], 1.0)
    return rows
