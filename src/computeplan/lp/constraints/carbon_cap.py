"""Emissions on the objective's basis stay under the cap.

Σ ω · factor · (grid, contract, covered, traffic energy) ≤ carbon_cap_kg      (see emissions.py)
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.emissions import emissions_of
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add the one row, if there is a cap; (0,) or (1,) row indices."""
    cap_kg = assembly.problem.objective.carbon_cap_kg
    key = np.zeros(int(np.isfinite(cap_kg)), dtype=np.int64)
    emissions = emissions_of(assembly.problem, assembly.variables)
    rows = assembly.assembler.add_rows("carbon_cap", (key,), -np.inf, cap_kg - emissions.constant_kg)
    for columns, kg in emissions.terms:
        assembly.assembler.add_entries(rows[:, None], columns[None, :], kg)
    return rows
