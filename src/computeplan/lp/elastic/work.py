"""Work that may wait longer, end later, go faster or be left undone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.lp.arrivals import largest_backlog
from computeplan.lp.elastic.soft import SoftKind, SoftLimit, Softening
from computeplan.lp.slots import job_windows
from computeplan.lp.variables import ABSENT
from computeplan.problem import Bools, Floats, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays

UNDONE = 10.0
"""Size of a unit·h left undone, in hours of the horizon."""
HOURS_A_DAY = 24.0
LONG = 1e6
"""Hours; longer than any block."""


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
            deadline_h=np.where(yielding.deadline & work.is_job, work.release_h + LONG, work.deadline_h),
            shortfall_price=np.where(undone, 1.0, work.shortfall_price),
        ),
    )


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
    room = soft.upper[column] > limit
    workload, period, column, limit = (each[room] for each in (workload, period, column, limit))
    size = problem.horizon.hours[period] / HOURS_A_DAY
    return _one_by_one(soft, SoftKind.DELAY, workload, period, column, limit, size)


def _one_by_one(
    soft: Softening,
    kind: SoftKind,
    workload: Ints,
    period: Ints,
    column: Ints,
    limit: Floats,
    size: Floats,
) -> SoftLimit:
    """Let each column have a relief of its own: column − relief ≤ limit."""
    keys = (workload, period)
    relief = soft.assembler.add_columns(f"relief_{kind}", keys)
    soft.assembler.add_cost(relief, size)
    rows = soft.assembler.add_rows(f"soft_{kind}", keys, -np.inf, limit)
    soft.assembler.add_entries(rows, column, 1.0)
    soft.assembler.add_entries(rows, relief, -1.0)
    return SoftLimit(workload, period, relief, rows[:, None])


def _jobs(soft: Softening, yielding: Yielding) -> tuple[SoftLimit, SoftLimit]:
    """Let served − late − hours inside the old window · rate relief ≤ hours inside · max_rate.

    In all of the wider window: served − hours · rate relief ≤ hours · max_rate.
    """
    problem, slots = soft.problem, soft.model.slots
    work = problem.workloads
    at = np.flatnonzero(work.is_job[slots.workload])
    workload, period, wide_h = slots.workload[at], slots.period[at], slots.overlap_h[at]
    column, inside_h = soft.model.variables.served[at], _hours_inside(problem, workload, period)
    rate = work.max_rate[workload]
    late = np.flatnonzero(wide_h > inside_h)
    most = np.multiply(rate[late], inside_h[late], out=np.zeros(len(late)), where=inside_h[late] > 0)
    after_h = (hours_to(problem, workload[late], period[late]) - _window_h(problem)[workload[late]]).clip(min=0)
    size = np.maximum(after_h, problem.horizon.period_h / 2) / HOURS_A_DAY
    held = np.isfinite(most)
    late, most, size = late[held], most[held], size[held]
    ended = _one_by_one(soft, SoftKind.DEADLINE, workload[late], period[late], column[late], most, size)
    faster = np.flatnonzero(yielding.rate & work.is_job & np.isfinite(work.max_rate))
    relief = soft.relief(SoftKind.RATE, faster, _window_h(problem)[faster])
    of = np.full(work.size, ABSENT)
    of[faster] = relief
    with_relief = np.flatnonzero(of[workload[late]] != ABSENT)
    rows, slot = ended.rows[with_relief, 0], late[with_relief]
    soft.assembler.add_entries(rows, of[workload[slot]], -inside_h[slot])
    quick = np.flatnonzero(of[workload] != ABSENT)
    keys = (workload[quick], period[quick])
    rows = soft.assembler.add_rows(f"soft_{SoftKind.RATE}", keys, -np.inf, (rate * wide_h)[quick])
    soft.assembler.add_entries(rows, column[quick], 1.0)
    soft.assembler.add_entries(rows, of[workload[quick]], -wide_h[quick])
    soft.upper[column[quick]] = np.inf
    whole = np.full(len(faster), -1)
    return ended, SoftLimit(faster, whole, relief, np.full((len(faster), 1), ABSENT))


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
    window: Floats = np.bincount(workload, weights=overlap_h, minlength=problem.workloads.size)
    return window


def hours_to(problem: Problem, workload: Ints, period: Ints) -> Floats:
    """(n,) hours from the release of jobs to the end of periods, forward within the block.

    Parameters
    ----------
    problem : Problem
    workload, period : (n,)
    """
    horizon, release_h = problem.horizon, problem.workloads.release_h[workload]
    first = np.floor(release_h / horizon.period_h + 1e-9).astype(np.int64).clip(max=horizon.size - 1)
    length = np.bincount(horizon.block)[horizon.block[first]]
    ahead = (period - first) % length
    hours: Floats = (first + ahead + 1) * horizon.period_h - release_h
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
    return SoftLimit(things, periods, columns, np.full((len(things), 1), ABSENT))
