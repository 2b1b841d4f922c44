"""Moves: work that runs elsewhere than it did, where that has a price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp.context import ABSENT, BuildContext
from computeplan.problem import Floats, Ints
from computeplan.problem.arrays import ReadOnlyArrays


def add_moved(build: BuildContext) -> Ints:
    """moved[q,k,t] ≥ 0, work of a placement that comes to place k, hardware at a site, unit·h; (n,).

    Of placements whose moves have a price, in periods with demand that follow another one in their block.
    """
    arrivals, horizon = _arrivals(build), build.problem.horizon
    keys = arrivals.placement, arrivals.place, arrivals.period
    moved = build.program.add_columns("moved", keys)
    price = build.problem.workloads.move_price[arrivals.workload] / horizon.period_h
    build.program.cost.add(moved, price * horizon.weight[arrivals.period])
    return moved


def count_moved(build: BuildContext) -> Ints:
    """Count what moves: the increase of a share of the demand, in a place, times the demand; (n,).

    moved[q,k,t] ≥ Σ_{p in k} work[q,p,t] − d[q,t] / d[q,t'] · Σ_{p in k} work[q,p,t']

    t' is the last period with demand before t in its block. Where demand grows, the row is divided by its
    growth.
    """
    arrivals, program = _arrivals(build), build.program
    keys = arrivals.placement, arrivals.place, arrivals.period
    rows = program.add_rows("move", keys, -np.inf, 0.0)
    size = np.maximum(arrivals.growth, 1.0)
    program.add_entries(rows, build.columns["moved"], -1.0 / size)
    _add_work(build, rows, arrivals.period, arrivals, 1.0 / size)
    _add_work(build, rows, arrivals.before, arrivals, -arrivals.growth / size)
    return rows


@dataclass(frozen=True, eq=False)
class _Arrivals(ReadOnlyArrays):
    """Where and when work may come to, (n,) each."""

    workload: Ints
    placement: Ints
    place: Ints
    period: Ints
    before: Ints
    """The last period with demand before."""
    growth: Floats
    """Demand compared with that of then."""


def _arrivals(build: BuildContext) -> _Arrivals:
    problem, slots = build.problem, build.slots
    later = np.flatnonzero(problem.workloads.pays_moves[slots.workload])
    # Slots are periods with demand, workload by workload.
    later = later[later > 0]
    block = problem.horizon.block[slots.period]
    follows = (slots.workload[later - 1] == slots.workload[later]) & (block[later - 1] == block[later])
    later = later[follows]
    place = problem.pools.place
    serves = np.zeros((problem.needs.size, int(place.max(initial=-1)) + 1), dtype=bool)
    need, pool = np.nonzero(problem.eligibility.allowed)
    serves[need, place[pool]] = True
    row, to = np.nonzero(serves[problem.workloads.need[slots.workload[later]]])
    slot = later[row]
    workload, period, before = slots.workload[slot], slots.period[slot], slots.period[slot - 1]
    demand, demand_before = (build.arrivals.of_pairs(workload, each) for each in (period, before))
    return _Arrivals(workload, build.placements.of[workload], to, period, before, demand / demand_before)


def _add_work(build: BuildContext, rows: Ints, period: Ints, arrivals: _Arrivals, factor: Floats) -> None:
    """Add to each row the work that is done in its place in a period, times a factor; (n,) each."""
    if not len(rows):
        return
    place = build.problem.pools.place
    shape = build.placements.size, int(place.max(initial=-1)) + 1, build.problem.horizon.size
    which = np.full(shape, ABSENT)
    which[arrivals.placement, arrivals.place, period] = np.arange(len(rows))
    placement, pool, when = build.program.column_keys("work")
    row = which[placement, place[pool], when]
    there = np.flatnonzero(row != ABSENT)
    build.program.add_entries(rows[row[there]], build.columns["work"][there], factor[row[there]])
