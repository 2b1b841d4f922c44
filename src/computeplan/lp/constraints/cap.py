"""Caps over groups of pools.

units:  Σ_p weight · (load[p,t] / Δ   or, reserved, k[p])                       ≤ limit[g,t]
power:  Σ_p weight · PUE[p,t] · (idle · availability · units + (busy − idle) · load / Δ) ≤ limit[g,t]

with units = k for reserved pools, with new ones for owned pools; idle is 0 for rented ones. Of pools that
rent in steps the rented units count, and owned units at an optional site only where it is open.
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
    per_load, per_unit = coefficients(problem)
    owned = np.where(pools.term == Term.OWNED, pools.max_units, 0.0)
    optional = problem.sites.is_optional[pools.site]
    always = np.einsum("gpt,p->gt", per_unit, np.where(optional, 0.0, owned))
    rows = assembly.row_per_period("cap", np.arange(caps.size), np.array(-np.inf), caps.limit - always)
    g, p = np.nonzero(caps.weight)
    assembly.assembler.add_entries(rows[g], variables.load[p], per_load[g, p])
    _add_integers(assembly, rows, per_unit * np.where(optional, owned, 0.0)[:, None])
    reserved = pools.term[p] == Term.RESERVED
    grows = variables.new[p] != ABSENT
    for of, level in ((reserved, variables.booked), (grows, variables.new)):
        assembly.assembler.add_entries(rows[g[of]], level[p[of]][:, None], per_unit[g[of], p[of]])
    return rows


def _add_integers(assembly: Assembly, rows: Ints, when_open: Floats) -> None:
    """Count owned units (G, P, T) where their site is open, and units rented in steps."""
    problem, integers = assembly.problem, assembly.variables.integers
    for site in np.flatnonzero(problem.sites.is_optional).tolist():
        use = when_open[:, problem.pools.site == site].sum(axis=1)
        assembly.assembler.add_entries(rows, np.full(rows.shape, integers.open[site]), use)
    in_units = np.array([m is CapMeasure.UNITS for m in problem.caps.measure], dtype=bool)
    g, p = np.nonzero((problem.caps.weight * in_units[:, None]) * problem.pools.rents_in_steps)
    of_step = problem.caps.weight[g, p] * problem.pools.step_units[p]
    assembly.assembler.add_entries(rows[g], integers.rented_steps[p], of_step[:, None])


def coefficients(problem: Problem) -> tuple[Floats, Floats]:
    """(G, P, T) use of a cap by one unit·h of load, and by one unit that is owned or booked."""
    caps, pools, hours = problem.caps, problem.pools, problem.horizon.hours
    is_power = np.array([m is CapMeasure.POWER for m in caps.measure], dtype=bool)[:, None, None]
    reserved = (pools.term == Term.RESERVED)[:, None]
    swing_kw = problem.pue * (problem.busy_kw - problem.idle_kw)[:, None]
    idle_kw = problem.pue * problem.idle_kw[:, None] * pools.availability
    weight = caps.weight[:, :, None]
    by_load = ~reserved & ~pools.rents_in_steps[:, None]
    per_load = weight * np.where(is_power, swing_kw, by_load) / hours
    per_unit = weight * np.where(is_power, idle_kw, reserved)
    return per_load, per_unit
