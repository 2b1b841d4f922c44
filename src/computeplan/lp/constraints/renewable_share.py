"""Contracts deliver at least a share of a site's energy.

share · Σ_t ω · grid[s,t] − (1 − share) · Σ_{c at s, t} ω · contract[c,t] ≤ 0
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints


def add(assembly: Assembly) -> Ints:
    """Add one row for each site with such a share; (S,) row indices."""
    problem, variables, weight = assembly.problem, assembly.variables, assembly.problem.horizon.weight
    share, of_contract = problem.grid.renewable_share, problem.contracts.site
    sites = np.flatnonzero(share > 0)
    rows = np.full(problem.sites.size, ABSENT)
    rows[sites] = assembly.assembler.add_rows("renewable_share", (sites,), -np.inf, 0.0)
    assembly.assembler.add_entries(rows[sites, None], variables.grid[sites], share[sites, None] * weight)
    held = np.flatnonzero(rows[of_contract] != ABSENT)
    part = (share[of_contract[held]] - 1.0)[:, None] * weight
    assembly.assembler.add_entries(rows[of_contract[held], None], variables.contract[held], part)
    return rows
