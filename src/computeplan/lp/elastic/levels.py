"""Limits of one level for the whole horizon: capacity, caps, import, bandwidth, carbon."""

from __future__ import annotations

import numpy as np

from computeplan.lp.constraints import cap
from computeplan.lp.elastic.soft import Softening, SoftKind, SoftLimit, Widening
from computeplan.lp.emissions import emissions_of
from computeplan.lp.variables import ABSENT
from computeplan.problem import CapMeasure, Floats, Ints, Problem, Term

Limits = dict[SoftKind, SoftLimit]


def soften_levels(soft: Softening) -> Limits:
    """Let every level give way that the problem limits."""
    found = {
        SoftKind.CAPACITY: _capacity(soft),
        SoftKind.BOOKING: _booking(soft),
        SoftKind.CAP: _caps(soft),
        SoftKind.IMPORT: _imports(soft),
        SoftKind.BANDWIDTH: _bandwidth(soft),
        SoftKind.CARBON: _carbon(soft),
    }
    return {kind: limit for kind, limit in found.items() if len(limit.things)}


def _capacity(soft: Softening) -> SoftLimit:
    """Widen load ≤ usable hours · units (owned, on-demand) and booked ≤ max_units (reserved)."""
    problem, variables = soft.problem, soft.model.variables
    pools, hours = problem.pools, problem.horizon.hours
    limited = np.isfinite(pools.max_units)
    used = np.flatnonzero(limited & (pools.term != Term.RESERVED))
    booked = np.flatnonzero(limited & (pools.term == Term.RESERVED))
    usable_h = hours * pools.availability[used]
    size = np.full(pools.size, hours.sum())
    limit = usable_h * pools.max_units[used, None]
    wide = Widening(used, variables.load[used], limit, usable_h, size[used])
    direct = soft.level(SoftKind.CAPACITY, wide)
    _add_idle(soft, used[pools.term[used] == Term.OWNED], direct)
    level = _bookable(soft, booked, size[booked])
    return SoftLimit(*(np.concatenate(pair) for pair in zip(_parts(direct), _parts(level), strict=True)))


def _parts(limit: SoftLimit) -> tuple[Ints, ...]:
    return limit.things, limit.periods, limit.columns, limit.uses


def _bookable(soft: Softening, pools: Ints, size: Floats) -> SoftLimit:
    """Let booked − relief ≤ max_units; the load beyond what could be booked tells when it is used."""
    problem, booked = soft.problem, soft.model.variables.booked[pools]
    most = problem.pools.max_units[pools]
    usable_h = problem.horizon.hours * problem.pools.availability[pools]
    load = soft.model.variables.load[pools]
    limit = soft.level(SoftKind.CAPACITY, Widening(pools, load, usable_h * most[:, None], usable_h, size))
    rows = soft.assembler.add_rows(f"soft_{SoftKind.CAPACITY}", (pools,), -np.inf, most)
    soft.assembler.add_entries(rows, booked, 1.0)
    soft.assembler.add_entries(rows, limit.columns, -1.0)
    soft.upper[booked] = np.inf
    return limit


def _add_idle(soft: Softening, owned: Ints, limit: SoftLimit) -> None:
    """More owned units draw idle power, used or not."""
    problem, pools = soft.problem, soft.problem.pools
    relief = limit.columns[np.searchsorted(limit.things, owned)][:, None]
    idle_kwh = problem.pue * problem.idle_kw[:, None] * problem.horizon.hours * pools.availability
    balance = soft.model.rows["energy_balance"][pools.site[owned]]
    soft.assembler.add_entries(balance, relief, -idle_kwh[owned])
    _, per_unit = cap.coefficients(problem)
    for g, rows in enumerate(soft.model.rows["cap"]):
        if problem.caps.measure[g] is CapMeasure.POWER:
            soft.assembler.add_entries(rows, relief, per_unit[g, owned])


def _booking(soft: Softening) -> SoftLimit:
    """Lower booked ≥ min_units."""
    pools = soft.problem.pools
    at = np.flatnonzero((pools.term == Term.RESERVED) & (pools.min_units > 0))
    booked = soft.model.variables.booked[at]
    relief = soft.relief(SoftKind.BOOKING, at, np.full(len(at), soft.problem.horizon.hours.sum()))
    rows = soft.assembler.add_rows(f"soft_{SoftKind.BOOKING}", (at,), -np.inf, -pools.min_units[at])
    soft.assembler.add_entries(rows, booked, -1.0)
    soft.assembler.add_entries(rows, relief, -1.0)
    soft.lower[booked] = 0.0
    return SoftLimit(at, np.full(len(at), -1), relief, np.zeros((len(at), 0), np.int64))


def _caps(soft: Softening) -> SoftLimit:
    """Widen the rows of caps."""
    problem = soft.problem
    rows = soft.model.rows["cap"]
    at = np.arange(problem.caps.size)
    is_power = np.array([measure is CapMeasure.POWER for measure in problem.caps.measure], dtype=bool)
    group = (problem.caps.weight > 0).astype(float)
    per_kw = np.where(is_power, 1.0 / _busy_kw(problem, group), 1.0)
    limit = soft.reliefs(SoftKind.CAP, at, per_kw * problem.horizon.hours.sum())
    soft.assembler.add_entries(rows, limit.uses, -1.0)
    return limit


def _imports(soft: Softening) -> SoftLimit:
    """Widen grid ≤ Δ · import_limit."""
    problem, hours = soft.problem, soft.problem.horizon.hours
    limit_kw = problem.grid.import_limit_kw
    at = np.flatnonzero(np.isfinite(limit_kw))
    here = (problem.pools.site[None, :] == at[:, None]).astype(float)
    columns = soft.model.variables.grid[at]
    per_use = np.broadcast_to(hours, columns.shape)
    size = hours.sum() / _busy_kw(problem, here)
    wide = Widening(at, columns, limit_kw[at, None] * hours, per_use, size)
    return soft.level(SoftKind.IMPORT, wide)


def _busy_kw(problem: Problem, group: Floats) -> Floats:
    """(n,) mean facility power of a busy unit over the pools of each group; 1 where it is nothing."""
    busy_kw = group @ (problem.pue.mean(axis=1) * problem.busy_kw) / group.sum(axis=1).clip(min=1.0)
    return np.where(busy_kw > 0, busy_kw, 1.0)


def _bandwidth(soft: Softening) -> SoftLimit:
    """Widen traffic ≤ Δ · bandwidth."""
    problem, traffic = soft.problem, soft.model.variables.traffic
    most = problem.network.bandwidth_gb_per_h
    at = np.flatnonzero(np.isfinite(most) & (traffic[:, 0] != ABSENT))
    hours = problem.horizon.hours
    per_use = np.broadcast_to(hours, (len(at), len(hours)))
    size = np.full(len(at), hours.sum() / _gb_per_unit_h(soft))
    wide = Widening(at, traffic[at], most[at, None] * hours, per_use, size)
    return soft.level(SoftKind.BANDWIDTH, wide)


def _gb_per_unit_h(soft: Softening) -> float:
    """Mean traffic of work that has some; 1 where none has."""
    gb = soft.model.placements.gb_per_unit_h
    return float(gb[gb > 0].mean()) if (gb > 0).any() else 1.0


def _carbon(soft: Softening) -> SoftLimit:
    """Widen the carbon cap."""
    problem, rows = soft.problem, soft.model.rows["carbon_cap"]
    at = np.zeros(len(rows), dtype=np.int64)
    (_, kg), *_ = emissions_of(problem, soft.model.variables).terms
    kg_per_unit_h = float(kg.mean()) * float(_busy_kw(problem, np.ones((1, problem.pools.size)))[0])
    size = np.full(len(rows), 1.0 / kg_per_unit_h if kg_per_unit_h > 0 else 1.0)
    relief = soft.relief(SoftKind.CARBON, at, size)
    soft.assembler.add_entries(rows, relief, -1.0)
    return SoftLimit(at, np.full(len(at), -1), relief, np.zeros((len(at), 0), np.int64))
