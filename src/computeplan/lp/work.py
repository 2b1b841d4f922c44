"""Work: when and in which pools it is done, and its shortfall.

Deferral, jobs, placement in pools, fixed splits and whole workloads; extra costs of a site and the shortfall
penalty.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.context import ABSENT, BuildContext
from computeplan.lp.windows import largest_backlog
from computeplan.problem import HorizonEnd, Ints, sum_by


def add_work(build: BuildContext) -> Ints:
    """work[q,p,t] ≥ 0 of each placement in pools that can serve it and periods with a slot of it; (n,)."""
    problem, placements, slots = build.problem, build.placements, build.slots
    active = np.zeros((placements.size, problem.horizon.size), dtype=bool)
    active[placements.of[slots.workload], slots.period] = True
    placement, pool = np.nonzero(problem.eligibility.allowed[placements.need])
    when = active[placement]
    periods = when.sum(axis=1)
    period = np.broadcast_to(np.arange(problem.horizon.size), when.shape)[when]
    keys = (np.repeat(placement, periods), np.repeat(pool, periods), period)
    work = build.program.add_columns("work", keys)
    unit_cost = problem.needs.unit_cost[:, problem.pools.site][placements.need]
    build.program.cost.add(work, unit_cost[keys[0], keys[1]] * problem.horizon.weight[period])
    return work


def add_share(build: BuildContext) -> Ints:
    """0 ≤ share[w,p] ≤ 1 of each fixed workload with demand in each pool that can serve it; (n,)."""
    problem, some = build.problem, _split_workloads(build)
    row, pool = np.nonzero(problem.eligibility.allowed[problem.workloads.need[some]])
    workload = some[row]
    share = build.program.add_columns("share", (workload, pool), upper=1.0)
    unit_cost = problem.needs.unit_cost[:, problem.pools.site][problem.workloads.need[workload], pool]
    build.program.cost.add(share, unit_cost * (build.arrivals.by_period(workload) @ problem.horizon.weight))
    build.program.require_integers(share[problem.workloads.is_whole[workload]])
    return share


def _split_workloads(build: BuildContext) -> Ints:
    """Find the fixed workloads that have a split: without demand nothing is split or moved."""
    fixed = np.flatnonzero(build.problem.workloads.is_fixed)
    some: Ints = fixed[build.arrivals.by_period(fixed).sum(axis=1) > 0]
    return some


def add_short(build: BuildContext) -> Ints:
    """u[w,t] ≥ 0, and ≤ d[w,t] for interactive demand, of free demands; (slots,)."""
    problem, slots, workloads = build.problem, build.slots, build.problem.workloads
    at = np.flatnonzero(build.problem.may_fall_short[slots.workload] & ~workloads.is_job[slots.workload])
    workload, period = slots.workload[at], slots.period[at]
    most = np.where(workloads.max_delay_h[workload] > 0, np.inf, build.arrivals.of_pairs(workload, period))
    short = np.full(slots.size, ABSENT)
    short[at] = build.program.add_columns("short", (workload, period), upper=most)
    build.program.penalty.add(short[at], workloads.shortfall_price[workload] * problem.horizon.weight[period])
    return short


def add_short_job(build: BuildContext) -> Ints:
    """u[w] ≥ 0 of jobs, unit·h; (W,)."""
    problem, slots = build.problem, build.slots
    jobs = np.flatnonzero(build.problem.may_fall_short & problem.workloads.is_job)
    short = build.add_columns("short_job", problem.workloads.size, jobs)
    # All periods of a job's window have the weight of its block.
    weight = problem.horizon.weight[slots.period[slots.start[jobs]]]
    build.program.penalty.add(short[jobs], problem.workloads.shortfall_price[jobs] * weight)
    return short


def add_short_share(build: BuildContext) -> Ints:
    """short_share[w] ≥ 0, the part of a fixed workload's demand that is not served; (W,)."""
    problem, fixed = build.problem, _split_workloads(build)
    at = fixed[build.problem.may_fall_short[fixed]]
    short = build.add_columns("short_share", problem.workloads.size, at)
    demand = build.arrivals.by_period(at) @ problem.horizon.weight
    build.program.penalty.add(short[at], problem.workloads.shortfall_price[at] * demand)
    build.program.require_integers(short[at[problem.workloads.is_whole[at]]])
    return short


def add_served(build: BuildContext) -> Ints:
    """0 ≤ served[w,t] ≤ max_rate · overlap_h of jobs, without limit of deferrable demands; (slots,).

    Not of jobs that run through.
    """
    workloads, slots = build.problem.workloads, build.slots
    waits = workloads.is_job[slots.workload] | (workloads.max_delay_h[slots.workload] > 0)
    at = np.flatnonzero(waits & ~workloads.runs_through[slots.workload])
    workload = slots.workload[at]
    most = np.where(workloads.is_job, workloads.max_rate, np.inf)[workload] * slots.overlap_h[at]
    served = np.full(slots.size, ABSENT)
    served[at] = build.program.add_columns("served", (workload, slots.period[at]), upper=most)
    return served


def add_backlog(build: BuildContext) -> Ints:
    """0 ≤ b[w,t] ≤ arrivals of the last `max_delay` hours, work waiting at the end of a period; (slots,)."""
    problem, slots = build.problem, build.slots
    deferrable = np.flatnonzero(problem.workloads.max_delay_h > 0)
    row = np.full(problem.workloads.size, ABSENT)
    row[deferrable] = np.arange(len(deferrable))
    at = np.flatnonzero(row[slots.workload] != ABSENT)
    workload, period = slots.workload[at], slots.period[at]
    most = largest_backlog(problem, build.arrivals, deferrable)[row[workload], period]
    backlog = np.full(slots.size, ABSENT)
    backlog[at] = build.program.add_columns("backlog", (workload, period), upper=most)
    return backlog


def place_served_work(build: BuildContext) -> Ints:
    """Place the work that is served in pools; interactive demand is served when it arrives; (Q, T).

    Σ_p work[q,p,t] − Σ_waiting served[w,t] + Σ_interactive u[w,t] = Σ_interactive d[w,t]

    Over the workloads w of placement q, for every period with a slot of one of them; not for jobs that run
    through.
    """
    slots, columns, program = build.slots, build.columns, build.program
    shape = (build.placements.size, build.problem.horizon.size)
    place = build.placements.of[slots.workload] * shape[1] + slots.period
    at_once = columns["served"] == ABSENT
    arrivals = np.where(at_once, build.arrivals.of_pairs(slots.workload, slots.period), 0.0)
    due = sum_by(place, arrivals, shape[0] * shape[1])
    has_slot = np.zeros(shape[0] * shape[1], dtype=bool)
    has_slot[place] = ~build.placements.runs_through[build.placements.of[slots.workload]]
    there = np.flatnonzero(has_slot)
    rows = np.full(shape[0] * shape[1], ABSENT)
    keys = (there // shape[1], there % shape[1])
    rows[there] = program.add_rows("placement", keys, due[there], due[there])
    placement, _, period = program.column_keys("work")
    placed = np.flatnonzero(~build.placements.runs_through[placement])
    at = rows.reshape(shape)[placement[placed], period[placed]]
    program.add_entries(at, columns["work"][placed], 1.0)
    program.add_entries(rows[place[~at_once]], columns["served"][~at_once], -1.0)
    short = at_once & (columns["short"] != ABSENT)
    program.add_entries(rows[place[short]], columns["short"][short], 1.0)
    return rows.reshape(shape)


def carry_backlog(build: BuildContext) -> Ints:
    """Carry the backlog of deferrable demand, which waits at most `max_delay`; (n,).

    b[w,t] − b[w,t−1] + served[w,t] + u[w,t] = d[w,t]      for every free demand w with max_delay > 0
    0 ≤ b[w,t] ≤ arrivals of the last max_delay hours      (bounds of b)

    Before the first period of a block, b is 0 (`close`) or the b of its last period (`cyclic`).
    """
    slots, columns, program = build.slots, build.columns, build.program
    backlog = columns["backlog"]
    at = np.flatnonzero(backlog != ABSENT)
    keys = (slots.workload[at], slots.period[at])
    arrivals = build.arrivals.of_pairs(*keys)
    rows = program.add_rows("deferral", keys, arrivals, arrivals)
    program.add_entries(rows, columns["served"][at], 1.0)
    short = columns["short"][at]
    priced = short != ABSENT
    program.add_entries(rows[priced], short[priced], 1.0)
    horizon = build.problem.horizon
    before, wraps = horizon.before[keys[1]], horizon.end is HorizonEnd.CYCLIC
    # In a block of one period that wraps onto itself nothing is carried: its two entries would be one.
    carries = before != keys[1]
    program.add_entries(rows[carries], backlog[at[carries]], 1.0)
    joined = carries & (wraps | (before < keys[1]))
    # A deferrable demand has a slot in every period, so periods back are slots back.
    previous = at[joined] - (keys[1] - before)[joined]
    program.add_entries(rows[joined], backlog[previous], -1.0)
    return rows


def complete_jobs(build: BuildContext) -> Ints:
    """Complete each job within its window; (n,).

    Σ_{t in window} served[w,t] + u[w] = volume[w]      for every job w

    Its rate, served[w,t] ≤ max_rate[w] · overlap_h[w,t], is a bound of served. Of jobs that run through
    Σ_τ start[w,τ] takes the place of Σ served.
    """
    workloads, slots, columns = build.problem.workloads, build.slots, build.columns
    jobs = np.flatnonzero(workloads.is_job)
    volume = workloads.volume_unit_h[jobs]
    rows = build.add_rows("job_volume", workloads.size, jobs, volume, volume)
    of_job = np.flatnonzero(workloads.is_job[slots.workload] & (columns["served"] != ABSENT))
    build.program.add_entries(rows[slots.workload[of_job]], columns["served"][of_job], 1.0)
    short = np.flatnonzero(columns["short_job"] != ABSENT)
    build.program.add_entries(rows[short], columns["short_job"][short], 1.0)
    build.program.add_entries(rows[build.runs.workload], columns["start"], 1.0)
    return rows[jobs]


def split_fixed_work(build: BuildContext) -> Ints:
    """Split each fixed workload over the pools once for the whole horizon; (n,).

    Σ_p share[w,p] + short_share[w] = 1      for every fixed workload w with demand
    """
    columns, fixed = build.columns, _split_workloads(build)
    rows = build.add_rows("fixed_split", build.problem.workloads.size, fixed, 1.0, 1.0)
    workload, _ = build.program.column_keys("share")
    build.program.add_entries(rows[workload], columns["share"], 1.0)
    short = np.flatnonzero(columns["short_share"] != ABSENT)
    build.program.add_entries(rows[short], columns["short_share"][short], 1.0)
    return rows[fixed]
