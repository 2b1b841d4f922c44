"""Work that is served is placed in a pool; interactive demand is served when it arrives.

Σ_p work[q,p,t] − Σ_waiting served[w,t] + Σ_interactive u[w,t] = Σ_interactive d[w,t]

over the workloads w of placement q, for every period with a slot of one of them.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints, sum_by


def add(assembly: Assembly) -> Ints:
    """Add one row for each placement and period with work; (Q, T) row indices."""
    slots, placements, variables = assembly.slots, assembly.placements, assembly.variables
    shape = (placements.size, assembly.problem.horizon.size)
    place = placements.of[slots.workload] * shape[1] + slots.period
    at_once = variables.served == ABSENT
    arrivals = np.where(at_once, assembly.demand.at(slots.workload, slots.period), 0.0)
    due = sum_by(place, arrivals, shape[0] * shape[1])
    has_slot = np.zeros(shape[0] * shape[1], dtype=bool)
    has_slot[place] = True
    there = np.flatnonzero(has_slot)
    rows = np.full(shape[0] * shape[1], ABSENT)
    keys = (there // shape[1], there % shape[1])
    rows[there] = assembly.assembler.add_rows("placement", keys, due[there], due[there])
    of_work = rows.reshape(shape)[variables.work_placement, variables.work_period]
    assembly.assembler.add_entries(of_work, variables.work, 1.0)
    assembly.assembler.add_entries(rows[place[~at_once]], variables.served[~at_once], -1.0)
    short = at_once & (variables.short != ABSENT)
    assembly.assembler.add_entries(rows[place[short]], variables.short[short], 1.0)
    return rows.reshape(shape)
