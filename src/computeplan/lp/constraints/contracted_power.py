"""A contract of chosen power delivers up to that power × profile.

contract[c,t] − Δ[t] · profile[c,t] · contracted[c] ≤ Δ[t] · available_kw[c,t]
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each contract of chosen power and period; (C, T) row indices."""
    problem, variables, hours = assembly.problem, assembly.variables, assembly.problem.horizon.hours
    chosen = np.flatnonzero(problem.contracts.max_chosen_kw > 0)
    there = problem.contracts.available_kw[chosen] * hours
    rows = assembly.row_per_period("contracted_power", chosen, np.array(-np.inf), there)
    assembly.assembler.add_entries(rows, variables.contract[chosen], 1.0)
    of_kw = -problem.contracts.profile[chosen] * hours
    assembly.assembler.add_entries(rows, variables.contracted[chosen][:, None], of_kw)
    return assembly.all_periods(problem.contracts.size, chosen, rows)
