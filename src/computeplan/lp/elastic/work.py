"""Work that may wait longer, end later, go faster or be left undone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.lp.arrivals import largest_backlog
from computeplan.lp.elastic.soft import Softening, SoftKind, SoftLimit
from computeplan.lp.slots import EDGE_H, job_windows
from computeplan.lp.variables import ABSENT
from computeplan.problem import Bools, Floats, Ints, Problem, sum_by
from computeplan.problem.arrays import ReadOnlyArrays

UNDONE = 10.0
"""Size of a unit·h left undone, in hours of the horizon."""
HOURS_A_DAY = 24.0


@dataclass(frozen=True, eq=False)
class Yielding(ReadOnlyArrays):
    """Which workloads may give way, and how.

    Attributes
    ----------
    delay : (W,)
        A longer `max_delay`, of deferrable demands.
    deadline, rate : (W,)
        A later deadline, a higher rate, of jobs.
    undone : (W,)
        Work may be left undone.
    """

    delay: Bools
    deadline: Bools
    rate: Bools
    undone: Bools


def loosened(problem: Problem, yielding: Yielding) -> Problem:
    """Widen windows as far as they go, and price work left undone, where that may give way."""
    work, horizon = problem.workloads, problem.horizon
    longest_h = max(block.stop - block.start for block in horizon.blocks) * horizon.period_h
    delay = yielding.delay & (work.max_delay_h > 0)
    undone = yielding.undone & np.isinf(work.shortfall_price) & problem.objective.allows_shortfall
    return replace(
        problem,
        workloads=replace(
            work,
            max_delay_h=np.where(delay, np.maximum(work.max_delay_h, longest_h), work.max_delay_h),
            deadline_h=np.where(yielding.deadline & work.is_job, _latest_h(problem), work.deadline_h),
            shortfall_price=np.where(undone, 1.0, work.shortfall_price),
        ),
    )


def _latest_h(problem: Problem) -> Floats:
    """(W,) latest deadlines: once around the block, short of the period of the release."""
    horizon, work = problem.horizon, problem.workloads
    first, length = _release_period(problem, np.arange(work.size))
    latest: Floats = np.maximum(work.deadline_h, (first + length) * horizon.period_h)
    return latest


def _release_period(problem: Problem, workload: Ints) -> tuple[Ints, Ints]:
    """(n,) period of each job's release, and number of periods of its block."""
    horizon, release_h = problem.horizon, problem.workloads.release_h[workload]
    first = np.floor(release_h / horizon.period_h + EDGE_H).astype(np.int64).clip(max=horizon.size - 1)
    return first, np.bincount(horizon.block)[horizon.block[first]]


def soften_work(soft: Softening, yielding: Yielding) -> dict[SoftKind, SoftLimit]:
    """Let work give way; the model is that of the loosened problem."""
    delay = _delay(soft, yielding)
    late, rate = _jobs(soft, yielding)
    found = {
        SoftKind.DELAY: delay,
        SoftKind.DEADLINE: late,
        SoftKind.RATE: rate,
        SoftKind.UNDONE: _undone(soft),
    }
    return {kind: limit for kind, limit in found.items() if len(limit.things)}


def _delay(soft: Softening, yielding: Yielding) -> SoftLimit:
    """Let backlog − relief ≤ what may wait within max_delay."""
    problem, model = soft.problem, soft.model
    waiting = np.flatnonzero(yielding.delay & (problem.workloads.max_delay_h > 0))
    row = np.full(problem.workloads.size, ABSENT)
    row[waiting] = np.arange(len(waiting))
    may_wait = largest_backlog(problem, model.demand, waiting)
    at = np.flatnonzero(row[model.slots.workload] != ABSENT)
    workload, period = model.slots.workload[at], model.slots.period[at]
    column, limit = model.variables.backlog[at], may_wait[row[workload], period]
    has_room = soft.upper[column] > limit
    place = _Place(workload[has_room], period[has_room], column[has_room])
    size = problem.horizon.hours[place.period] / HOURS_A_DAY
    return _one_by_one(soft, SoftKind.DELAY, place, limit[has_room], size)[0]


@dataclass(frozen=True, eq=False)
class _Place:
    """Columns of workloads in periods, (n,) each."""

    workload: Ints
    period: Ints
    column: Ints


def _one_by_one(
    soft: Softening, kind: SoftKind, place: _Place, limit: Floats, size: Floats
) -> tuple[SoftLimit, Ints]:
    """Let each column have a relief of its own: column − relief ≤ limit; also tell the rows."""
    keys = (place.workload, place.period)
    relief = soft.assembler.add_columns(f"relief_{kind}", keys)
    soft.assembler.add_cost(relief, size)
    rows = soft.assembler.add_rows(f"soft_{kind}", keys, -np.inf, limit)
    soft.assembler.add_entries(rows, place.column, 1.0)
    soft.assembler.add_entries(rows, relief, -1.0)
    return SoftLimit(*keys, relief, _no_uses(keys[0])), rows


def _no_uses(things: Ints) -> Ints:
    return np.zeros((len(things), 0), dtype=np.int64)


def _jobs(soft: Softening, yielding: Yielding) -> tuple[SoftLimit, SoftLimit]:
    """Let jobs end later and go faster."""
    problem, model = soft.problem, soft.model
    work = problem.workloads
    at = np.flatnonzero(work.is_job[model.slots.workload])
    workload, period = model.slots.workload[at], model.slots.period[at]
    slots = _JobSlots(
        _Place(workload, period, model.variables.served[at]),
        model.slots.overlap_h[at],
        _hours_inside(problem, workload, period),
    )
    faster = np.flatnonzero(yielding.rate & work.is_job & np.isfinite(work.max_rate))
    relief = soft.relief(SoftKind.RATE, faster, _window_h(problem)[faster])
    rate_relief = np.full(work.size, ABSENT)
    rate_relief[faster] = relief
    later = _later(soft, slots, rate_relief)
    _faster(soft, slots, rate_relief)
    return later, SoftLimit(faster, np.full(len(faster), -1), relief, _no_uses(faster))


@dataclass(frozen=True, eq=False)
class _JobSlots:
    """Periods of the widest windows of jobs, with `served`; hours in that window, and in the one as it is."""

    place: _Place
    wide_h: Floats
    inside_h: Floats

    def only(self, chosen: Bools) -> _JobSlots:
        place = self.place
        picked = _Place(place.workload[chosen], place.period[chosen], place.column[chosen])
        return _JobSlots(picked, self.wide_h[chosen], self.inside_h[chosen])


def _later(soft: Softening, slots: _JobSlots, rate_relief: Ints) -> SoftLimit:
    """Let served − late − hours in the window · rate relief ≤ hours in the window · max_rate."""
    problem = soft.problem
    unlimited = np.isinf(problem.workloads.max_rate[slots.place.workload])
    # A rate without limit does all in a part of the window.
    late = slots.only((slots.wide_h > slots.inside_h) & ~(unlimited & (slots.inside_h > 0)))
    workload, period = late.place.workload, late.place.period
    most = np.zeros(len(workload))
    np.multiply(problem.workloads.max_rate[workload], late.inside_h, out=most, where=late.inside_h > 0)
    after_h = hours_to(problem, workload, period) - _window_h(problem)[workload]
    size = np.maximum(after_h, problem.horizon.period_h / 2) / HOURS_A_DAY
    limit, rows = _one_by_one(soft, SoftKind.DEADLINE, late.place, most, size)
    quick = np.flatnonzero(rate_relief[workload] != ABSENT)
    soft.assembler.add_entries(rows[quick], rate_relief[workload[quick]], -late.inside_h[quick])
    return limit


def _faster(soft: Softening, slots: _JobSlots, rate_relief: Ints) -> None:
    """Let served − hours in the widest window · rate relief ≤ hours in the widest window · max_rate."""
    quick = slots.only(rate_relief[slots.place.workload] != ABSENT)
    workload, column = quick.place.workload, quick.place.column
    most = quick.wide_h * soft.problem.workloads.max_rate[workload]
    rows = soft.assembler.add_rows(f"soft_{SoftKind.RATE}", (workload, quick.place.period), -np.inf, most)
    soft.assembler.add_entries(rows, column, 1.0)
    soft.assembler.add_entries(rows, rate_relief[workload], -quick.wide_h)
    soft.upper[column] = np.inf


def _hours_inside(problem: Problem, workload: Ints, period: Ints) -> Floats:
    """(n,) hours of each period that lie in the job's window as it is."""
    size = problem.horizon.size
    job, at, overlap_h = job_windows(problem)
    place = job * size + at
    order = np.argsort(place)
    wanted = workload * size + period
    found = np.searchsorted(place[order], wanted).clip(max=max(len(place) - 1, 0))
    match = place[order][found] == wanted
    inside: Floats = np.where(match, overlap_h[order][found], 0.0)
    return inside


def _window_h(problem: Problem) -> Floats:
    """(W,) hours of each job's window as it is."""
    workload, _, overlap_h = job_windows(problem)
    return sum_by(workload, overlap_h, problem.workloads.size)


def hours_to(problem: Problem, workload: Ints, period: Ints) -> Floats:
    """(n,) hours from the release of jobs to the end of periods, forward within the block.

    Parameters
    ----------
    problem : Problem
    workload, period : (n,)
    """
    first, length = _release_period(problem, workload)
    end_h = (first + (period - first) % length + 1) * problem.horizon.period_h
    hours: Floats = end_h - problem.workloads.release_h[workload]
    return hours


def _undone(soft: Softening) -> SoftLimit:
    """Let work be left undone whose shortfall has a price in the loosened problem only."""
    problem, variables, slots = soft.problem, soft.model.variables, soft.model.slots
    new = np.isinf(problem.workloads.shortfall_price)
    slot = np.flatnonzero((variables.short != ABSENT) & new[slots.workload])
    job = np.flatnonzero((variables.short_job != ABSENT) & new)
    fixed = np.flatnonzero((variables.short_share != ABSENT) & new)
    things = np.concatenate((slots.workload[slot], job, fixed))
    periods = np.concatenate((slots.period[slot], np.full(len(job) + len(fixed), -1)))
    columns = np.concatenate((variables.short[slot], variables.short_job[job], variables.short_share[fixed]))
    unit_h = np.ones(len(things))
    unit_h[len(slot) + len(job) :] = soft.model.demand.of(fixed).sum(axis=1)
    soft.assembler.add_cost(columns, unit_h * UNDONE * problem.horizon.hours.sum())
    return SoftLimit(things, periods, columns, _no_uses(things))
