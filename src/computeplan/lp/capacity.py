"""Capacity: load of pools, units booked, added and rented, caps, and sites that are open or closed."""

from __future__ import annotations

import numpy as np

from computeplan.lp.context import ABSENT, BuildContext
from computeplan.problem import CapMeasure, Floats, Ints, Problem, Term

FULL_STEP = 1e-9
"""Share of a step that may be missing at the most units."""


def add_load(build: BuildContext) -> Ints:
    """0 ≤ load[p,t] ≤ Δ · availability · units, busy unit·h; (P, T).

    Where the plan chooses the units, the limit is a constraint. Owned and on-demand units are paid as used.
    """
    problem, pools, horizon = build.problem, build.problem.pools, build.problem.horizon
    chosen = (pools.term == Term.RESERVED) | (pools.max_new_units > 0)
    units = np.where(chosen, np.inf, pools.max_units)[:, None]
    usable_h = horizon.hours * pools.availability
    # An unlimited pool that is not available has no capacity: inf × 0 would be nan.
    limit = np.where(usable_h > 0, units * np.where(usable_h > 0, usable_h, 1.0), 0.0)
    load = build.add_period_columns("load", pools.size, np.arange(pools.size), limit)
    used = (pools.term != Term.RESERVED) & ~pools.rents_in_steps
    build.program.cost.add(load[used], pools.price[used] * horizon.weight)
    build.balance.add(pools.site, load, -problem.pue * (problem.busy_kw - problem.idle_kw)[:, None])
    _add_idle_of_owned_units(build)
    return load


def _add_idle_of_owned_units(build: BuildContext) -> None:
    """Owned units draw idle power; at optional sites only where the site is open."""
    pools = build.problem.pools
    here = np.flatnonzero((pools.term == Term.OWNED) & ~build.problem.sites.is_optional[pools.site])
    idle_kwh = _idle_kwh_per_unit(build.problem)[here] * pools.max_units[here, None]
    build.balance.add_fixed_use(pools.site[here], idle_kwh)


def _idle_kwh_per_unit(problem: Problem) -> Floats:
    """(P, T) facility energy of an idle unit."""
    return problem.pue * problem.idle_kw[:, None] * problem.horizon.hours * problem.pools.availability


def add_booked(build: BuildContext) -> Ints:
    """min_units ≤ k[p] ≤ max_units of each reserved pool; from 0 where the site may be closed; (P,)."""
    problem, pools, horizon = build.problem, build.problem.pools, build.problem.horizon
    at = np.flatnonzero(pools.term == Term.RESERVED)
    least = np.where(problem.sites.is_optional[pools.site], 0.0, pools.min_units)
    booked = build.add_columns("booked", pools.size, at, least[at], pools.max_units[at])
    build.program.cost.add(booked[at], pools.price[at] @ (horizon.weight * horizon.hours))
    build.balance.add(pools.site[at], booked[at, None], -_idle_kwh_per_unit(problem)[at])
    return booked


def add_new(build: BuildContext) -> Ints:
    """0 ≤ new[p] ≤ max_new_units, units added to an owned pool; (P,)."""
    problem, pools = build.problem, build.problem.pools
    at = np.flatnonzero(pools.max_new_units > 0)
    new = build.add_columns("new", pools.size, at, upper=pools.max_new_units[at])
    build.program.cost.add(new[at], pools.new_unit_price[at])
    build.program.emissions.add(new[at], pools.new_unit_kg[at])
    build.balance.add(pools.site[at], new[at, None], -_idle_kwh_per_unit(problem)[at])
    return new


def add_steps(build: BuildContext) -> Ints:
    """steps[p] ≥ 0, whole steps of a pool's booked or new units; (P,)."""
    pools = build.problem.pools
    in_steps = (pools.step_units > 0) & (pools.term != Term.ON_DEMAND)
    at = np.flatnonzero(in_steps & (_most_chosen_units(build.problem) > 0))
    steps = build.add_columns("steps", pools.size, at, upper=_most_steps(build.problem, at))
    build.program.require_integers(steps[at])
    return steps


def add_rented_steps(build: BuildContext) -> Ints:
    """rented_steps[p,t] ≥ 0, whole steps of an on-demand pool's units, paid busy or not; (P, T)."""
    pools, horizon = build.problem.pools, build.problem.horizon
    at = np.flatnonzero(pools.rents_in_steps)
    most = _most_steps(build.problem, at)
    rented = build.add_period_columns("rented_steps", pools.size, at, most[:, None])
    of_step = pools.price[at] * horizon.weight * horizon.hours * pools.step_units[at, None]
    build.program.cost.add(rented[at], of_step)
    build.program.require_integers(rented[at])
    return rented


def _most_chosen_units(problem: Problem) -> Floats:
    """(P,) most units that are booked, added or rented."""
    pools = problem.pools
    return np.where(pools.term == Term.OWNED, pools.max_new_units, pools.max_units)


def _most_steps(problem: Problem, at: Ints) -> Floats:
    """(n,) most whole steps of some pools; inf where there is no limit."""
    ratio: Floats = _most_chosen_units(problem)[at] / problem.pools.step_units[at]
    return np.floor(ratio * (1 + FULL_STEP) + FULL_STEP)


def add_open(build: BuildContext) -> Ints:
    """0 ≤ open[s] ≤ 1, a whole number: whether an optional site is open; (S,)."""
    problem, sites, pools = build.problem, build.problem.sites, build.problem.pools
    at = np.flatnonzero(sites.is_optional)
    is_open = build.add_columns("open", sites.size, at, upper=1.0)
    build.program.cost.add(is_open[at], sites.opening_price[at])
    build.program.require_integers(is_open[at])
    owned = np.where(pools.term == Term.OWNED, pools.max_units, 0.0)[:, None]
    idle_kwh = np.zeros((sites.size, problem.horizon.size))
    np.add.at(idle_kwh, pools.site, _idle_kwh_per_unit(problem) * owned)
    build.balance.add(at, is_open[at, None], -idle_kwh[at])
    return is_open


def define_load(build: BuildContext) -> Ints:
    """Make the load of a pool the work done in it; (P, T).

    load[p,t] − Σ_q work[q,p,t] / efficiency[q,p] − Σ_w share[w,p] · d[w,t] / efficiency[w,p] = 0
    """
    problem, program, columns = build.problem, build.program, build.columns
    pools = problem.pools.size
    rows = build.add_period_rows("load", pools, np.arange(pools), 0.0, 0.0)
    program.add_entries(rows, columns["load"], 1.0)
    efficiency = problem.eligibility.efficiency[build.placements.need]
    per_load = -1.0 / np.where(efficiency > 0, efficiency, 1.0)
    placement, pool, period = program.column_keys("work")
    program.add_entries(rows[pool, period], columns["work"], per_load[placement, pool])
    workload, pool = program.column_keys("share")
    need = problem.workloads.need[workload]
    busy = build.arrivals.by_period(workload) / problem.eligibility.efficiency[need, pool][:, None]
    program.add_entries(rows[pool], columns["share"][:, None], -busy)
    return rows


def limit_to_booked(build: BuildContext) -> Ints:
    """Limit the load of a reserved pool to its booked level; (P, T).

    load[p,t] − Δ[t] · availability[p,t] · k[p] ≤ 0      for every reserved pool p
    """
    pools = build.problem.pools
    at = np.flatnonzero(pools.term == Term.RESERVED)
    usable_h = build.problem.horizon.hours * pools.availability[at]
    return build.limit("booking", at, "load", build.columns["booked"][at, None], per=usable_h)


def limit_to_new(build: BuildContext) -> Ints:
    """Limit the load of an owned pool that can grow to what it has and what is added; (P, T).

    load[p,t] − Δ[t] · availability[p,t] · new[p] ≤ Δ[t] · availability[p,t] · units[p]
    """
    pools = build.problem.pools
    at = np.flatnonzero(pools.max_new_units > 0)
    usable_h = build.problem.horizon.hours * pools.availability[at]
    there = usable_h * pools.max_units[at, None]
    return build.limit("new_capacity", at, "load", build.columns["new"][at, None], per=usable_h, there=there)


def limit_to_rented(build: BuildContext) -> Ints:
    """Limit the load of an on-demand pool in steps to what is rented in the period; (P, T).

    load[p,t] − Δ[t] · availability[p,t] · step[p] · rented_steps[p,t] ≤ 0
    """
    pools = build.problem.pools
    at = np.flatnonzero(pools.rents_in_steps)
    of_step = build.problem.horizon.hours * pools.availability[at] * pools.step_units[at, None]
    return build.limit("rented_steps", at, "load", build.columns["rented_steps"][at], per=of_step)


def limit_caps(build: BuildContext) -> Ints:
    """Limit the units or the power of groups of pools; (G, T).

    units:  Σ_p weight · (load[p,t] / Δ   or, reserved, k[p])                       ≤ limit[g,t]
    power:  Σ_p weight · PUE[p,t] · (idle · availability · units + (busy − idle) · load / Δ) ≤ limit[g,t]

    Units are k for reserved pools, with new ones for owned pools; idle is 0 for rented ones. Of pools
    that rent in steps the rented units count, and owned units at an optional site only where it is open.
    """
    problem, caps, pools = build.problem, build.problem.caps, build.problem.pools
    per_load, per_unit = cap_coefficients(problem)
    owned = np.where(pools.term == Term.OWNED, pools.max_units, 0.0)
    optional = problem.sites.is_optional[pools.site]
    always = np.einsum("gpt,p->gt", per_unit, np.where(optional, 0.0, owned))
    rows = build.add_period_rows("cap", caps.size, np.arange(caps.size), -np.inf, caps.limit - always)
    g, p = np.nonzero(caps.weight)
    build.program.add_entries(rows[g], build.columns["load"][p], per_load[g, p])
    _count_open_sites(build, rows, per_unit * np.where(optional, owned, 0.0)[:, None])
    _count_rented_steps(build, rows)
    for level in (build.columns["booked"], build.columns["new"]):
        of = level[p] != ABSENT
        build.program.add_entries(rows[g[of]], level[p[of], None], per_unit[g[of], p[of]])
    return rows


def cap_coefficients(problem: Problem) -> tuple[Floats, Floats]:
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


def _count_open_sites(build: BuildContext, rows: Ints, use: Floats) -> None:
    """Count owned units, (G, P, T) use, where their optional site is open."""
    for site in np.flatnonzero(build.problem.sites.is_optional).tolist():
        at_site = use[:, build.problem.pools.site == site].sum(axis=1)
        is_open = np.full(rows.shape, build.columns["open"][site])
        build.program.add_entries(rows, is_open, at_site)


def _count_rented_steps(build: BuildContext, rows: Ints) -> None:
    """Count units rented in steps under the caps on units."""
    caps, pools = build.problem.caps, build.problem.pools
    in_units = np.array([m is CapMeasure.UNITS for m in caps.measure], dtype=bool)
    g, p = np.nonzero((caps.weight * in_units[:, None]) * pools.rents_in_steps)
    of_step = caps.weight[g, p] * pools.step_units[p]
    build.program.add_entries(rows[g], build.columns["rented_steps"][p], of_step[:, None])


def book_in_steps(build: BuildContext) -> Ints:
    """Choose booked and new units in multiples of the pool's step; (P,).

    k[p] − step[p] · steps[p] = 0      new[p] − step[p] · steps[p] = 0
    """
    pools, steps = build.problem.pools, build.columns["steps"]
    at, level = np.flatnonzero(steps != ABSENT), _levels(build)
    rows = build.add_rows("steps", pools.size, at, 0.0, 0.0)
    build.program.add_entries(rows[at], level[at], 1.0)
    build.program.add_entries(rows[at], steps[at], -pools.step_units[at])
    return rows


def _levels(build: BuildContext) -> Ints:
    """(P,) columns of booked or new units."""
    booked = build.columns["booked"]
    return np.where(booked != ABSENT, booked, build.columns["new"])


def close_load(build: BuildContext) -> Ints:
    """Allow no work at a closed site; (P, T).

    load[p,t] − Δ[t] · availability[p,t] · most units[p] · open[s] ≤ 0

    For owned and on-demand pools of optional sites.
    """
    problem, pools = build.problem, build.problem.pools
    at = np.flatnonzero(problem.sites.is_optional[pools.site] & (pools.term != Term.RESERVED))
    most = problem.horizon.hours * pools.availability[at] * pools.most_units[at, None]
    return build.limit("open_load", at, "load", build.columns["open"][pools.site[at], None], per=most)


def close_levels(build: BuildContext) -> Ints:
    """Book and add nothing at a closed site, and at least the least at an open one; (P, 2).

    level[p] − most[p] · open[s] ≤ 0      min_units[p] · open[s] − k[p] ≤ 0

    At optional sites; level is the booked or new units.
    """
    pools, level = build.problem.pools, _levels(build)
    optional = build.problem.sites.is_optional[pools.site] & (level != ABSENT)
    has_least = optional & (pools.term == Term.RESERVED) & (pools.min_units > 0)
    rows = np.full((pools.size, 2), ABSENT)
    sides = ((optional, 1.0, _most_chosen_units(build.problem)), (has_least, -1.0, pools.min_units))
    for side, (chosen, sign, limit) in enumerate(sides):
        at = np.flatnonzero(chosen)
        rows[at, side] = build.program.add_rows("open_level", (at, np.full(len(at), side)), -np.inf, 0.0)
        build.program.add_entries(rows[at, side], level[at], sign)
        is_open = build.columns["open"][pools.site[at]]
        build.program.add_entries(rows[at, side], is_open, -sign * limit[at])
    return rows
