"""The cost stays within the budget.

usage + reserved + energy + demand charge + contracts + network + placement ≤ budget

The shortfall penalty and the carbon charge are no part of it.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add the one row, if there is a budget; (0,) or (1,) row indices."""
    budget = assembly.problem.objective.budget
    key = np.zeros(int(np.isfinite(budget)), dtype=np.int64)
    if not len(key):
        return key
    cost = assembly.assembler.money()
    rows = assembly.assembler.add_rows("budget", (key,), -np.inf, budget - cost.constant)
    paid = np.flatnonzero(cost.coefficients)
    assembly.assembler.add_entries(rows[:, None], paid[None, :], cost.coefficients[paid])
    return rows
