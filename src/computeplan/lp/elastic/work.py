"""Reliefs of workloads: to wait longer, end later, go faster, be split over pools, or fall short."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.lp.context import ABSENT
from computeplan.lp.elastic.softening import WHOLE_HORIZON, Reliefs, Softening, family, most_needed_units
from computeplan.lp.windows import EDGE_H, job_windows, largest_backlog
from computeplan.problem import Batteries, Bools, Floats, Ints, Problem, Term, sum_by
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.problem.limits import LimitKind

SHORTFALL = 10.0
"""Size of a unit·h of shortfall, in hours of the horizon."""
HOURS_A_DAY = 24.0
WORK_KINDS = (
    LimitKind.MAX_DELAY,
    LimitKind.DEADLINE,
    LimitKind.MAX_RATE,
    LimitKind.WHOLE_WORKLOAD,
    LimitKind.SHORTFALL,
)
"""Limits of workloads that may give way."""


@dataclass(frozen=True, eq=False)
class Relaxable(ReadOnlyArrays):
    """Which workloads may give way, and how."""

    delay: Bools
    """(W,) a longer `max_delay`, of deferrable demands."""
    deadline: Bools
    rate: Bools
    """(W,) a later deadline, a higher rate, of jobs."""
    split: Bools
    """(W,) whole work that may be split over pools."""
    shortfall: Bools
    """(W,) work that may fall short."""


def relaxed(problem: Problem, relaxable: Relaxable) -> Problem:
    """Widen windows as far as they go, enlarge batteries, and price shortfall, where that may give way."""
    work, horizon = problem.workloads, problem.horizon
    longest_h = max(block.stop - block.start for block in horizon.blocks) * horizon.period_h
    delay = relaxable.delay & (work.max_delay_h > 0)
    shortfall = relaxable.shortfall & np.isinf(work.shortfall_price) & problem.objective.allows_shortfall
    return replace(
        problem,
        workloads=replace(
            work,
            max_delay_h=np.where(delay, np.maximum(work.max_delay_h, longest_h), work.max_delay_h),
            deadline_h=np.where(relaxable.deadline & work.is_job, _latest_h(problem), work.deadline_h),
            shortfall_price=np.where(shortfall, 1.0, work.shortfall_price),
        ),
        batteries=_largest_batteries(problem),
    )


def _largest_batteries(problem: Problem) -> Batteries:
    """Enlarge batteries to what could be needed: all that a site draws in a block, charged in one period.

    Rows that hold the size of a battery as a coefficient then leave it to the soft limits.
    """
    batteries, pools, horizon = problem.batteries, problem.pools, problem.horizon
    if not batteries.size:
        return batteries
    is_kept = (pools.term == Term.OWNED) & np.isfinite(pools.max_units)
    kept = np.where(is_kept, pools.max_units, pools.min_units)
    it_kw = most_needed_units(problem) * problem.busy_kw + kept * problem.idle_kw
    site_kw = sum_by(pools.site, it_kw * problem.pue.max(axis=1), problem.sites.size)[batteries.site]
    periods = max(block.stop - block.start for block in horizon.blocks)
    block_kw = periods * site_kw / (batteries.charge_efficiency * batteries.discharge_efficiency)
    return replace(
        batteries,
        power_kw=batteries.power_kw + block_kw,
        energy_kwh=batteries.energy_kwh + block_kw * horizon.period_h,
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


def soften_work(soft: Softening, relaxable: Relaxable) -> dict[LimitKind, Reliefs]:
    """Let work give way; the model is that of the relaxed problem."""
    late, rate = _jobs(soft, relaxable)
    reliefs = (_delay(soft, relaxable), late, rate, _splits(soft, relaxable), _shortfall(soft))
    found = dict(zip(WORK_KINDS, reliefs, strict=True))
    return {kind: each for kind, each in found.items() if len(each.things)}


def _delay(soft: Softening, relaxable: Relaxable) -> Reliefs:
    """Let backlog − relief ≤ what may wait within max_delay."""
    problem, model = soft.problem, soft.model
    waiting = np.flatnonzero(relaxable.delay & (problem.workloads.max_delay_h > 0))
    row = np.full(problem.workloads.size, ABSENT)
    row[waiting] = np.arange(len(waiting))
    may_wait = largest_backlog(problem, model.arrivals, waiting)
    at = np.flatnonzero(row[model.slots.workload] != ABSENT)
    workload, period = model.slots.workload[at], model.slots.period[at]
    column, limit = model.columns["backlog"][at], may_wait[row[workload], period]
    has_room = soft.upper[column] > limit
    place = _WorkColumns(workload[has_room], period[has_room], column[has_room])
    size = problem.horizon.hours[place.period] / HOURS_A_DAY
    return _one_by_one(soft, LimitKind.MAX_DELAY, place, limit[has_room], size)[0]


@dataclass(frozen=True, eq=False)
class _WorkColumns:
    """Columns of workloads in periods, (n,) each."""

    workload: Ints
    period: Ints
    column: Ints


def _one_by_one(
    soft: Softening, kind: LimitKind, place: _WorkColumns, limit: Floats, size: Floats
) -> tuple[Reliefs, Ints]:
    """Let each column have a relief of its own: column − relief ≤ limit; gives reliefs and rows."""
    keys = (place.workload, place.period)
    reliefs = soft.add_reliefs(kind, place.workload, size, place.period)
    rows = soft.program.add_rows(family("soft", kind), keys, -np.inf, limit)
    there = place.column != ABSENT
    soft.program.add_entries(rows[there], place.column[there], 1.0)
    soft.program.add_entries(rows, reliefs.columns, -1.0)
    return reliefs, rows


def _jobs(soft: Softening, relaxable: Relaxable) -> tuple[Reliefs, Reliefs]:
    """Let jobs end later and go faster."""
    problem, model = soft.problem, soft.model
    work = problem.workloads
    at = np.flatnonzero(work.is_job[model.slots.workload])
    workload, period = model.slots.workload[at], model.slots.period[at]
    slots = _JobSlots(
        _WorkColumns(workload, period, model.columns["served"][at]),
        model.slots.overlap_h[at],
        _hours_inside(problem, workload, period),
    )
    faster = np.flatnonzero(relaxable.rate & work.is_job & ~work.runs_through & np.isfinite(work.max_rate))
    rates = soft.add_reliefs(LimitKind.MAX_RATE, faster, _window_h(problem)[faster])
    rate_relief = np.full(work.size, ABSENT)
    rate_relief[faster] = rates.columns
    later = _later(soft, slots, rate_relief)
    _faster(soft, slots, rate_relief)
    return later, rates


@dataclass(frozen=True, eq=False)
class _JobSlots:
    """Periods of the widest windows of jobs; hours in that window, and in the one as it is.

    `place` has the columns `served`, which jobs that run through do not have.
    """

    place: _WorkColumns
    wide_h: Floats
    inside_h: Floats

    def only(self, chosen: Bools) -> _JobSlots:
        place = self.place
        picked = _WorkColumns(place.workload[chosen], place.period[chosen], place.column[chosen])
        return _JobSlots(picked, self.wide_h[chosen], self.inside_h[chosen])


def _later(soft: Softening, slots: _JobSlots, rate_relief: Ints) -> Reliefs:
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
    limit, rows = _one_by_one(soft, LimitKind.DEADLINE, late.place, most, size)
    _add_runs(soft, rows, workload, period)
    quick = np.flatnonzero(rate_relief[workload] != ABSENT)
    soft.program.add_entries(rows[quick], rate_relief[workload[quick]], -late.inside_h[quick])
    return limit


def _add_runs(soft: Softening, rows: Ints, workload: Ints, period: Ints) -> None:
    """Add to rows of jobs and periods, in their order, what the runs of the job do in the period."""
    model, size = soft.model, soft.problem.horizon.size
    column, entry = model.runs.entries(np.arange(len(model.runs.period)))
    row_of = np.full(soft.problem.workloads.size * size, ABSENT)
    row_of[workload * size + period] = rows
    at = row_of[model.runs.workload[column] * size + model.runs.when[entry]]
    late = np.flatnonzero(at != ABSENT)
    started = model.columns["start"][column[late]]
    soft.program.add_entries(at[late], started, model.runs.part[entry[late]])


def _faster(soft: Softening, slots: _JobSlots, rate_relief: Ints) -> None:
    """Let served − hours in the widest window · rate relief ≤ hours in the widest window · max_rate."""
    quick = slots.only(rate_relief[slots.place.workload] != ABSENT)
    workload, column = quick.place.workload, quick.place.column
    most = quick.wide_h * soft.problem.workloads.max_rate[workload]
    rows = soft.program.add_rows(
        family("soft", LimitKind.MAX_RATE), (workload, quick.place.period), -np.inf, most
    )
    soft.program.add_entries(rows, column, 1.0)
    soft.program.add_entries(rows, rate_relief[workload], -quick.wide_h)
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
    """(n,) hours from the release of jobs to the end of periods, forward within the block."""
    first, length = _release_period(problem, workload)
    end_h = (first + (period - first) % length + 1) * problem.horizon.period_h
    hours: Floats = end_h - problem.workloads.release_h[workload]
    return hours


def _splits(soft: Softening, relaxable: Relaxable) -> Reliefs:
    """Let share[w,p] ≤ one[w,p] + relief[w] with Σ_p one[w,p] ≤ 1; `one` and relief are 0 or 1."""
    problem, model = soft.problem, soft.model
    whole = relaxable.split & problem.workloads.is_whole
    workload, pool = next(each.keys for each in model.lp.column_families if each.name == "share")
    at = np.flatnonzero(whole[workload])
    workload, pool, share = workload[at], pool[at], model.columns["share"][at]
    things = np.unique(workload)
    unit_h = soft.model.arrivals.by_period(things).sum(axis=1)
    reliefs = soft.add_reliefs(LimitKind.WHOLE_WORKLOAD, things, np.maximum(unit_h / HOURS_A_DAY, 1.0))
    relief = np.full(problem.workloads.size, ABSENT)
    relief[things] = reliefs.columns
    one = soft.program.add_columns("one", (workload, pool), upper=1.0)
    rows = soft.program.add_rows(family("soft", LimitKind.WHOLE_WORKLOAD), (workload, pool), -np.inf, 0.0)
    soft.program.add_entries(rows, share, 1.0)
    soft.program.add_entries(rows, one, -1.0)
    soft.program.add_entries(rows, relief[workload], -1.0)
    rows = soft.program.add_rows("one_pool", (things,), -np.inf, 1.0)
    row_of = np.full(problem.workloads.size, ABSENT)
    row_of[things] = rows
    soft.program.add_entries(row_of[workload], one, 1.0)
    soft.integers.extend((one, reliefs.columns))
    soft.continuous.append(share)
    return reliefs


def _shortfall(soft: Softening) -> Reliefs:
    """Let work fall short whose shortfall has a price in the relaxed problem only."""
    problem, columns, slots = soft.problem, soft.model.columns, soft.model.slots
    new = np.isinf(problem.workloads.shortfall_price)
    slot = np.flatnonzero((columns["short"] != ABSENT) & new[slots.workload])
    job = np.flatnonzero((columns["short_job"] != ABSENT) & new)
    fixed = np.flatnonzero((columns["short_share"] != ABSENT) & new)
    things = np.concatenate((slots.workload[slot], job, fixed))
    periods = np.concatenate((slots.period[slot], np.full(len(job) + len(fixed), WHOLE_HORIZON)))
    parts = (columns["short"][slot], columns["short_job"][job], columns["short_share"][fixed])
    short = np.concatenate(parts)
    unit_h = np.ones(len(things))
    unit_h[len(slot) + len(job) :] = soft.model.arrivals.by_period(fixed).sum(axis=1)
    soft.program.cost.add(short, unit_h * SHORTFALL * problem.horizon.hours.sum())
    return Reliefs(things, periods, short, np.zeros((len(things), 0), dtype=np.int64))
