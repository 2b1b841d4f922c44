"""The load of a pool is the work done in it.

load[p,t] − Σ_w x[w,p,t] / efficiency[w,p] − Σ_w share[w,p] · d[w,t] / efficiency[w,p] = 0

The capacity of owned and rented pools is a bound of load (see variables.py).
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each pool and period; (P, T) row indices."""
    problem, slots, variables = assembly.problem, assembly.slots, assembly.variables
    zero = np.zeros((1, 1))
    rows = assembly.row_per_period("load", np.arange(problem.pools.size), zero, zero)
    assembly.assembler.add_entries(rows, variables.load, 1.0)
    need, pool = problem.workloads.need, variables.work_pool
    efficiency = problem.eligibility.efficiency[need[slots.workload[variables.work_slot]], pool]
    period = slots.period[variables.work_slot]
    assembly.assembler.add_entries(rows[pool, period], variables.work, -1.0 / efficiency)
    workload, pool = variables.share_workload, variables.share_pool
    busy = assembly.demand[workload] / problem.eligibility.efficiency[need[workload], pool][:, None]
    assembly.assembler.add_entries(rows[pool], variables.share[:, None], -busy)
    return rows
