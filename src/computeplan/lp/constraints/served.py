"""The part that demand and deferral share: what is served of a slot."""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints


def add_served_entries(assembly: Assembly, slots: Ints, rows: Ints) -> None:
    """Add ``Σ_p x[w,p,t] + u[w,t]`` to one row for each of these slots."""
    variables = assembly.variables
    row_of_slot = np.full(assembly.slots.size, ABSENT)
    row_of_slot[slots] = rows
    row_of_work = row_of_slot[variables.work_slot]
    here = row_of_work != ABSENT
    assembly.assembler.add_entries(row_of_work[here], variables.work[here], 1.0)
    short = variables.short[slots]
    priced = short != ABSENT
    assembly.assembler.add_entries(rows[priced], short[priced], 1.0)
