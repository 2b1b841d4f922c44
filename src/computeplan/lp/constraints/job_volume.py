"""A job is done within its window.

Σ_{p, t in window} x[w,p,t] + u[w] = volume[w]      for every job w
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
    row_of_work = row_of_workload[assembly.slots.workload[variables.work_slot]]
    here = row_of_work != ABSENT
    assembly.assembler.add_entries(row_of_work[here], variables.work[here], 1.0)
    short = variables.short_job[jobs]
    priced = short != ABSENT
    assembly.assembler.add_entries(rows[priced], short[priced], 1.0)
    return rows
