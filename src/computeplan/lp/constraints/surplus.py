"""No more grid energy is covered than contracts bought and did not use, and certificates (market basis).

Σ_t ω · covered[s,t] + Σ_{c,t} ω · contract[c,t] − Σ_{c,t} ω · Δ · profile[c,t] · contracted[c]
    − certificates[s] ≤ Σ_{c,t} ω · Δ · available_kw[c,t]

over the take-or-pay contracts c of site s.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import Ints, sum_by


def add(assembly: Assembly) -> Ints:
    """Add one row for each site with take-or-pay contracts or certificates; (S,) row indices."""
    problem, variables = assembly.problem, assembly.variables
    contracts, horizon = problem.contracts, problem.horizon
    sites = np.flatnonzero(variables.covered[:, 0] != ABSENT)
    bought_kwh = contracts.available_kw @ (horizon.weight * horizon.hours)
    bought_kwh = np.where(contracts.take_or_pay, bought_kwh, 0.0)
    at_site = sum_by(contracts.site, bought_kwh, problem.sites.size)
    rows = np.full(problem.sites.size, ABSENT)
    rows[sites] = assembly.assembler.add_rows("surplus", (sites,), -np.inf, at_site[sites])
    assembly.assembler.add_entries(rows[sites, None], variables.covered[sites], horizon.weight)
    paid = np.flatnonzero(contracts.take_or_pay & (rows[contracts.site] != ABSENT))
    assembly.assembler.add_entries(rows[contracts.site[paid], None], variables.contract[paid], horizon.weight)
    chosen = paid[variables.contracted[paid] != ABSENT]
    per_kw = contracts.profile[chosen] @ (horizon.weight * horizon.hours)
    assembly.assembler.add_entries(rows[contracts.site[chosen]], variables.contracted[chosen], -per_kw)
    certified = np.flatnonzero(variables.certificates != ABSENT)
    assembly.assembler.add_entries(rows[certified], variables.certificates[certified], -1.0)
    return rows
