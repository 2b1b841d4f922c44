"""The load of a pool is the work done in it.

load[p,t] − Σ_q work[q,p,t] / efficiency[q,p] − Σ_w share[w,p] · d[w,t] / efficiency[w,p] = 0

The capacity of owned and rented pools is a bound of load (see variables.py).
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each pool and period; (P, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    zero = np.zeros((1, 1))
    rows = assembly.row_per_period("load", np.arange(problem.pools.size), zero, zero)
    assembly.assembler.add_entries(rows, variables.load, 1.0)
    efficiency = problem.eligibility.efficiency[assembly.placements.need]
    per_load = -1.0 / np.where(efficiency > 0, efficiency, 1.0)
    pool = variables.work_pool
    assembly.assembler.add_entries(
        rows[pool, variables.work_period], variables.work, per_load[variables.work_placement, pool]
    )
    workload, pool = variables.share_workload, variables.share_pool
    need = problem.workloads.need[workload]
    busy = assembly.demand.of(workload) / problem.eligibility.efficiency[need, pool][:, None]
    assembly.assembler.add_entries(rows[pool], variables.share[:, None], -busy)
    return rows
