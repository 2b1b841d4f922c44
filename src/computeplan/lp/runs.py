"""Jobs that run through: when and in which pool they start, and the work that their runs do."""

from __future__ import annotations

import numpy as np

from computeplan.grouping import Runs
from computeplan.lp.context import ABSENT, BuildContext
from computeplan.problem import Ints, Problem


def add_start(build: BuildContext) -> Ints:
    """start[w,p,τ] ≥ 0, jobs of a class that start in a period in a pool that can serve them; (n,).

    Whole numbers for whole jobs.
    """
    problem, runs = build.problem, build.runs
    run, pool = np.nonzero(problem.eligibility.allowed[problem.workloads.need[runs.workload]])
    workload = runs.workload[run]
    start = build.program.add_columns("start", (workload, pool, runs.period[run]))
    build.program.require_integers(start[problem.workloads.is_whole[workload]])
    return start


def do_runs(build: BuildContext) -> Ints:
    """Do the work of the runs in the pool in which they start; (n,).

    work[q,p,t] − Σ_{w,τ} v[w] · part[w,τ,t] · start[w,p,τ] = 0      part: max_rate · overlap_h / volume

    Over the jobs w of placement q that run through, v the volume of one of them, for every pool and period of
    work.
    """
    program, placements, runs = build.program, build.placements, build.runs
    placement, pool, period = program.column_keys("work")
    done = np.flatnonzero(placements.runs_through[placement])
    rows = program.add_rows("run", (placement[done], pool[done], period[done]), 0.0, 0.0)
    program.add_entries(rows, build.columns["work"][done], 1.0)
    kinds, kind = np.unique(placement[done], return_inverse=True)
    row_of = np.full((len(kinds), build.problem.pools.size, build.problem.horizon.size), ABSENT)
    row_of[kind, pool[done], period[done]] = rows
    workload, start_pool, _ = program.column_keys("start")
    column, entry = runs.entries(runs_of_columns(build.problem, runs))
    owner = workload[column]
    of_kind = np.searchsorted(kinds, placements.of[owner])
    each = -build.job_unit_h[owner] * runs.part[entry]
    at = row_of[of_kind, start_pool[column], runs.when[entry]]
    program.add_entries(at, build.columns["start"][column], each)
    return rows


def runs_of_columns(problem: Problem, runs: Runs) -> Ints:
    """(n,) run of each column of starts; those of a run lie next to each other."""
    need = problem.workloads.need[runs.workload]
    return np.repeat(np.arange(len(need)), problem.eligibility.allowed[need].sum(axis=1))
