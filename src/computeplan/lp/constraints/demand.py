"""Interactive demand is served when it arrives.

Σ_p x[w,p,t] + u[w,t] = d[w,t]        for every free demand w with max_delay 0 and every t with d > 0
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.constraints.served import add_served_entries
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each slot of an interactive demand; (n,) row indices."""
    slots, workloads = assembly.slots, assembly.problem.workloads
    interactive = (workloads.max_delay_h == 0) & ~workloads.is_job
    at = np.flatnonzero(interactive[slots.workload])
    keys = (slots.workload[at], slots.period[at])
    arrivals = assembly.demand[keys]
    rows = assembly.assembler.add_rows("demand", keys, arrivals, arrivals)
    add_served_entries(assembly, at, rows)
    return rows
