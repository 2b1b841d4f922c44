"""One pass over an allocation that measures its usage and checks every workload.

nonnegative     x ≥ 0, u ≥ 0, all of them finite numbers
eligibility     x = 0 where the pool may not serve the workload
shortfall       u = 0 unless it has a price and the goal allows it
demand          interactive and fixed: Σ_p x + u = d in each period
                deferrable: Σ_t (Σ_p x + u) = Σ_t d in each block of the horizon
deferral        b[t] = b[t−1] + d[t] − Σ_p x[t] − u[t],   0 ≤ b[t] ≤ arrivals of the last D hours
fixed_split     x[p,t] = share[p] · d[t]
whole_workload  all of it is done by one pool, or none
job_volume      Σ_p,t x + u = volume
job_window      x = 0, u = 0 in periods that the window does not touch
job_rate        Σ_p x ≤ max_rate · hours of the period inside the window
run             x[p,t] = Σ_τ s[p,τ] · work of a run from τ on, s ≥ 0 (0 or 1 if whole)

The starts s are not stated either: the first to work in a period is the run that starts there, so that
they follow from x one after another.

Before a block b is 0 (`close`) or the b of its end (`cyclic`); the plan does not state that level,
so it is the least that fits. Work is done in the order of arrival, so that the two bounds on b say:
nothing is done before it arrives, and nothing later than D after it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from computeplan.accounts.requirements import (
    arrivals,
    hours_after_release,
    job_overlap_h,
    run_parts,
    run_starts,
    waiting_limit,
)
from computeplan.accounts.usage import Meter, Usage, fixed_shares, pieces
from computeplan.audit.context import AuditContext, Check
from computeplan.problem import Bools, Floats, HorizonEnd, Ints, Problem, WorkBlock
from computeplan.problem.arrays import times


def check_workloads(context: AuditContext, blocks: Iterable[WorkBlock], routed_gb: Floats) -> Usage:
    """Measure an allocation, its traffic routed (O, T), and check every constraint on its workloads."""
    problem, meter = context.problem, Meter(context.problem)
    seen = np.zeros(problem.workloads.size, dtype=np.int64)
    for block in pieces(problem, blocks):
        np.add.at(seen, block.workloads, 1)
        finite = _finite(context, block)
        _check_block(context, finite)
        meter.add(finite)
    context.ledger.record(Check.PRESENCE, np.abs(seen - 1.0), 1.0, context.workload)
    return meter.read(routed_gb)


def _check_block(context: AuditContext, block: WorkBlock) -> None:
    """Check one block, each workload by what it is."""
    _check_signs(context, block)
    _check_eligibility(context, block)
    _check_shortfall(context, block)
    register = context.problem.workloads
    job, waits = register.is_job[block.workloads], register.max_delay_h[block.workloads] > 0
    _check_jobs(context, block, np.flatnonzero(job))
    _check_runs(context, block, np.flatnonzero(register.runs_through[block.workloads]))
    _check_demand(context, block, np.flatnonzero(~job & ~waits))
    _check_deferral(context, block, np.flatnonzero(~job & waits))
    _check_split(context, block, np.flatnonzero(register.is_fixed[block.workloads]))
    _check_whole(context, block, np.flatnonzero(register.is_whole[block.workloads]))


def _served(problem: Problem, block: WorkBlock, rows: Ints) -> Floats:
    """(n, T) work done and shortfall of some rows of a block."""
    served = np.zeros((len(rows), problem.horizon.size))
    served[:, block.periods] = block.unit_h[rows].sum(axis=1) + block.short_unit_h[rows]
    return served


def _finite(context: AuditContext, block: WorkBlock) -> WorkBlock:
    """Record numbers that are not finite, and put 0 in their place, so that later checks see the rest."""
    broken = _not_finite(block)
    if not broken.any():
        return block
    context.ledger.record(
        Check.NONNEGATIVE,
        np.where(broken, np.inf, 0.0),
        1.0,
        lambda row: f"{context.workload(int(block.workloads[row]))}, no finite number",
    )
    unit_h = np.nan_to_num(block.unit_h, posinf=0.0, neginf=0.0)
    short_unit_h = np.nan_to_num(block.short_unit_h, posinf=0.0, neginf=0.0)
    return WorkBlock(block.workloads, block.pools, block.periods, unit_h, short_unit_h)


def _not_finite(block: WorkBlock) -> Bools:
    """(n,) workloads with a value that is no finite number."""
    # A sum is finite only where every term is: one pass without a mask of the block's size.
    with np.errstate(invalid="ignore", over="ignore"):
        total = block.unit_h.sum(axis=(1, 2)) + block.short_unit_h.sum(axis=1)
    broken: Bools = ~np.isfinite(total)
    return broken


def _check_signs(context: AuditContext, block: WorkBlock) -> None:
    """Hold x ≥ 0 and u ≥ 0."""
    size = context.work_size[block.workloads, None]
    if block.unit_h.min(initial=0.0) < 0:
        place = context.pool_places(block.workloads, block.pools, block.periods)
        context.ledger.record(Check.NONNEGATIVE, -block.unit_h, size[:, :, None], place)
    place_short = context.workload_places(block.workloads, block.periods, " (shortfall)")
    context.ledger.record(Check.NONNEGATIVE, -block.short_unit_h, size, place_short)


def _check_eligibility(context: AuditContext, block: WorkBlock) -> None:
    """Hold x = 0 for pools that may not serve the workload."""
    need = context.problem.workloads.need[block.workloads]
    row, column = np.nonzero(~context.allowed[np.ix_(need, block.pools)])
    workloads, pools = block.workloads[row], block.pools[column]
    pair_place = context.pool_places(workloads, pools, block.periods)
    context.ledger.record(
        Check.ELIGIBILITY,
        np.abs(block.unit_h[row, column]),
        context.work_size[workloads, None],
        lambda pair, period: pair_place(pair, pair, period),
    )


def _check_shortfall(context: AuditContext, block: WorkBlock) -> None:
    """Hold u = 0 for workloads that must be served."""
    barred = ~context.problem.may_fall_short[block.workloads]
    context.ledger.record(
        Check.SHORTFALL,
        np.where(barred[:, None], block.short_unit_h, 0.0),
        context.work_size[block.workloads, None],
        context.workload_places(block.workloads, block.periods),
    )


def _check_demand(context: AuditContext, block: WorkBlock, rows: Ints) -> None:
    """Hold that what arrives is served in the same period; rows that do not wait."""
    workloads = block.workloads[rows]
    missing = arrivals(context.problem, workloads) - _served(context.problem, block, rows)
    place = context.workload_places(workloads, np.arange(context.problem.horizon.size))
    context.ledger.record(Check.DEMAND, np.abs(missing), context.work_size[workloads, None], place)


def _check_deferral(context: AuditContext, block: WorkBlock, rows: Ints) -> None:
    """Hold that all is served, neither before it arrives nor too late; rows that may wait."""
    workloads = block.workloads[rows]
    due, limit = arrivals(context.problem, workloads), waiting_limit(context.problem, workloads)
    change = due - _served(context.problem, block, rows)
    for periods in context.problem.horizon.blocks:
        _check_total(context, workloads, due[:, periods], change[:, periods], periods)
        _check_backlog(context, workloads, limit[:, periods], change[:, periods], periods)


def _check_total(context: AuditContext, workloads: Ints, due: Floats, change: Floats, periods: slice) -> None:
    missing = np.abs(change.sum(axis=1))[:, None]
    size = np.maximum(context.work_size[workloads], due.sum(axis=1))[:, None]
    place = context.workload_places(
        workloads, np.array([periods.stop - 1]), " (all up to the end of the block)"
    )
    context.ledger.record(Check.DEMAND, missing, size, place)


def _check_backlog(
    context: AuditContext, workloads: Ints, limit: Floats, change: Floats, periods: slice
) -> None:
    backlog = np.cumsum(change, axis=1)
    if context.problem.horizon.end is HorizonEnd.CYCLIC:
        # The least level at which nothing is done too early.
        backlog += np.max(-backlog, axis=1, keepdims=True)
    size = context.work_size[workloads, None] + limit
    numbers = np.arange(periods.start, periods.stop)
    late, early = (
        context.workload_places(workloads, numbers, " too late"),
        context.workload_places(workloads, numbers, " too early"),
    )
    context.ledger.record(Check.DEFERRAL, backlog - limit, size, late)
    context.ledger.record(Check.DEFERRAL, -backlog, size, early)


def _check_split(context: AuditContext, block: WorkBlock, rows: Ints) -> None:
    """Hold that each pool does the same share of the demand in every period; fixed rows."""
    workloads = block.workloads[rows]
    due = arrivals(context.problem, workloads)[:, block.periods]
    shares = fixed_shares(context.problem, block, rows)
    strayed = np.abs(block.unit_h[rows] - shares[:, :, None] * due[:, None, :])
    place = context.pool_places(workloads, block.pools, block.periods)
    context.ledger.record(Check.FIXED_SPLIT, strayed, context.work_size[workloads, None, None], place)


def _check_jobs(context: AuditContext, block: WorkBlock, rows: Ints) -> None:
    """Hold volume, window and rate of the rows that are jobs."""
    _check_volume(context, block, rows)
    jobs = block.workloads[rows]
    overlap_h = job_overlap_h(context.problem, jobs, block.periods)
    size, place = context.work_size[jobs, None], context.workload_places(jobs, block.periods)
    done, short = block.unit_h[rows].sum(axis=1), np.abs(block.short_unit_h[rows])
    astray = np.abs(block.unit_h[rows]).sum(axis=1) + short
    context.ledger.record(Check.JOB_WINDOW, np.where(overlap_h > 0, 0.0, astray), size, place)
    most = times(overlap_h, context.problem.workloads.max_rate[jobs, None])
    context.ledger.record(Check.JOB_RATE, np.where(overlap_h > 0, done - most, 0.0), size, place)


def _check_volume(context: AuditContext, block: WorkBlock, rows: Ints) -> None:
    jobs = block.workloads[rows]
    served = block.unit_h[rows].sum(axis=(1, 2)) + block.short_unit_h[rows].sum(axis=1)
    missing = np.abs(context.problem.workloads.volume_unit_h[jobs] - served)
    context.ledger.record(
        Check.JOB_VOLUME, missing, context.volume_size[jobs], lambda row: context.workload(int(jobs[row]))
    )


def _check_runs(context: AuditContext, block: WorkBlock, rows: Ints) -> None:
    """Hold that the work of each of the rows, jobs that run through, is that of runs."""
    rows = rows[block.unit_h[rows].any(axis=(1, 2))]
    if not len(rows):
        return
    jobs = block.workloads[rows]
    excess = _off_one_run(context.problem, block, rows)
    for row in np.flatnonzero(excess > ONE_RUN * context.problem.workloads.volume_unit_h[jobs]).tolist():
        excess[row] = min(excess[row], _off_runs(context.problem, block, int(rows[row])))
    context.ledger.record(
        Check.RUN, excess, context.work_size[jobs], lambda row: context.workload(int(jobs[row]))
    )


ONE_RUN = 1e-9
"""Share of a job's volume by which the work of its only run may be off."""


def _off_one_run(problem: Problem, block: WorkBlock, rows: Ints) -> Floats:
    """(n,) most that is not as if the job ran in the pool with most of its work, from where it begins on."""
    jobs, work = block.workloads[rows], block.unit_h[rows]
    here = np.take_along_axis(work, work.sum(axis=2).argmax(axis=1)[:, None, None], axis=1)[:, 0]
    elsewhere = work.sum(axis=(1, 2)) - here.sum(axis=1)
    after_h = hours_after_release(problem, jobs, block.periods)
    begin_h = np.maximum(np.where(here > 0, after_h, np.inf).min(axis=1), 0.0)
    end_h = begin_h + problem.workloads.volume_unit_h[jobs] / problem.workloads.max_rate[jobs]
    hours = np.minimum(after_h + problem.horizon.period_h, end_h[:, None]) - np.maximum(
        after_h, begin_h[:, None]
    )
    run = np.maximum(hours, 0.0) * problem.workloads.max_rate[jobs, None]
    missing = np.abs(problem.workloads.volume_unit_h[jobs] - run.sum(axis=1))
    off: Floats = np.maximum(np.abs(here - run).max(axis=1), np.maximum(elsewhere, missing))
    return off


def _off_runs(problem: Problem, block: WorkBlock, row: int) -> float:
    """Most that the work of a job is not that of runs, in parts or, if it is whole, one."""
    job = int(block.workloads[row])
    volume = float(problem.workloads.volume_unit_h[job])
    starts = run_starts(problem, np.array([job]))
    if not len(starts.period):
        return volume
    work = np.zeros((len(block.pools), problem.horizon.size))
    work[:, block.periods] = block.unit_h[row]
    part = run_parts(problem, job, starts.start_h)
    amount = np.linalg.solve(part[:, starts.period].T, work[:, starts.period].T).T
    off = max(float(np.abs(work - amount @ part).max()), -float(amount.min()))
    whole = problem.workloads.is_whole[job]
    return max(off, volume - float(amount.max())) if whole else off


def _check_whole(context: AuditContext, block: WorkBlock, rows: Ints) -> None:
    """Hold that one pool does all of a workload; rows in one piece."""
    workloads = block.workloads[rows]
    by_pool = block.unit_h[rows].sum(axis=2)
    short = block.short_unit_h[rows].sum(axis=1)
    parts = np.column_stack((by_pool, short))
    elsewhere = parts.sum(axis=1) - parts.max(axis=1, initial=0.0)

    def place(row: int) -> str:
        return context.workload(int(workloads[row]))

    context.ledger.record(Check.WHOLE_WORKLOAD, elsewhere, context.work_size[workloads], place)
