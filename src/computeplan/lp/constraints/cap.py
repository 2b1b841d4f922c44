"""Caps over groups of pools.

units:  Σ_p weight · (load[p,t] / Δ   or, reserved, k[p])                       ≤ limit[g,t]
power:  Σ_p weight · PUE[p,t] · (idle · availability · units + (busy − idle) · load / Δ) ≤ limit[g,t]

with units = k for reserved pools, with new ones for owned pools; idle is 0 for rented ones.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.variables import ABSENT
from computeplan.problem import CapMeasure, Floats, Ints, Problem, Term


def add(assembly: Assembly) -> Ints:
    """Add one row for each cap and period; (G, T) row indices."""
    problem, variables = assembly.problem, assembly.variables
    caps, pools = problem.caps, problem.pools
    per_load, per_unit = _coefficients(problem)
    owned = np.where(pools.term == Term.OWNED, pools.max_units, 0.0)
    always = np.einsum("gpt,p->gt", per_unit, owned)
    rows = assembly.row_per_period("cap", np.arange(caps.size), np.array(-np.inf), caps.limit - always)
    g, p = np.nonzero(caps.weight)
    assembly.assembler.add_entries(rows[g], variables.load[p], per_load[g, p])
    reserved = pools.term[p] == Term.RESERVED
    grows = variables.new[p] != ABSENT
    for of, level in ((reserved, variables.booked), (grows, variables.new)):
        assembly.assembler.add_entries(rows[g[of]], level[p[of]][:, None], per_unit[g[of], p[of]])
    return rows


def _coefficients(problem: Problem) -> tuple[Floats, Floats]:
    """(G, P, T) use of a cap by one unit·h of load, and by one unit that is owned or booked."""
    caps, pools, hours = problem.caps, problem.pools, problem.horizon.hours
    is_power = np.array([m is CapMeasure.POWER for m in caps.measure], dtype=bool)[:, None, None]
    reserved = (pools.term == Term.RESERVED)[:, None]
    swing_kw = problem.pue * (problem.busy_kw - problem.idle_kw)[:, None]
    idle_kw = problem.pue * problem.idle_kw[:, None] * pools.availability
    weight = caps.weight[:, :, None]
    per_load = weight * np.where(is_power, swing_kw, ~reserved) / hours
    per_unit = weight * np.where(is_power, idle_kw, reserved)
    return per_load, per_unit
