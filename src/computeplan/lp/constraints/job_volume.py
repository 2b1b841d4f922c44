"""A job is done within its window.

Σ_{t in window} served[w,t] + u[w] = volume[w]      for every job w

Its rate, served[w,t] ≤ max_rate[w] · overlap_h[w,t], is a bound of served (see variables.py).
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each job; (n,) row indices."""
    workloads, variables = assembly.problem.workloads, assembly.variables
    jobs = np.flatnonzero(workloads.is_job)
    volume = workloads.volume_unit_h[jobs]
    rows = assembly.assembler.add_rows("job_volume", (jobs,), volume, volume)
    row_of_workload = np.full(workloads.size, ABSENT)
    row_of_workload[jobs] = rows
    slots = assembly.slots
    of_job = np.flatnonzero(workloads.is_job[slots.workload])
    assembly.assembler.add_entries(row_of_workload[slots.workload[of_job]], variables.served[of_job], 1.0)
    short = variables.short_job[jobs]
    priced = short != ABSENT
    assembly.assembler.add_entries(rows[priced], short[priced], 1.0)
    return rows
