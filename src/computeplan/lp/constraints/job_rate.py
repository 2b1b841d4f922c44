"""A job keeps at most `max_rate` units busy while its window is open.

Σ_p x[w,p,t] ≤ max_rate[w] · overlap_h[w,t]      for every job w with a max_rate, t in its window
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each slot of a rate-limited job; (n,) row indices."""
    slots, workloads, variables = assembly.slots, assembly.problem.workloads, assembly.variables
    limited = workloads.is_job & np.isfinite(workloads.max_rate)
    at = np.flatnonzero(limited[slots.workload])
    most = workloads.max_rate[slots.workload[at]] * slots.overlap_h[at]
    keys = (slots.workload[at], slots.period[at])
    rows = assembly.assembler.add_rows("job_rate", keys, -np.inf, most)
    row_of_slot = np.full(slots.size, ABSENT)
    row_of_slot[at] = rows
    row_of_work = row_of_slot[variables.work_slot]
    here = row_of_work != ABSENT
    assembly.assembler.add_entries(row_of_work[here], variables.work[here], 1.0)
    return rows
