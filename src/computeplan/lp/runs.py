"""Jobs that run through: when they start, in which pools, and the work that their runs do.

As for other work, *when* and *where* are separate decisions: a launch is what starts at one time and does the
same in each period, of all jobs of a placement.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.context import ABSENT, BuildContext
from computeplan.problem import Ints


def add_start(build: BuildContext) -> Ints:
    """start[w,τ] ≥ 0, work of jobs of a class that start at τ, in all pools, unit·h; (runs,)."""
    return build.program.add_columns("start", (build.runs.workload, build.runs.period))


def add_launch(build: BuildContext) -> Ints:
    """launch[g,p] ≥ 0, what of a launch is in a pool that can serve its jobs; (n,).

    In unit·h, or of whole jobs their number, which is whole.
    """
    workloads, job = build.problem.workloads, build.runs.workload[build.launches.run]
    launch, pool = np.nonzero(build.problem.eligibility.allowed[workloads.need[job]])
    columns = build.program.add_columns("launch", (launch, pool))
    build.program.require_integers(columns[workloads.is_whole[job[launch]]])
    return columns


def place_starts(build: BuildContext) -> Ints:
    """Place the jobs that start in pools; (launches,).

    Σ_p v[g] · launch[g,p] − Σ_{w,τ in g} start[w,τ] = 0      v: volume of a whole job, 1 of others
    """
    launches = build.launches
    rows = build.program.add_rows("launch", (np.arange(len(launches.run)),), 0.0, 0.0)
    launch, _ = build.program.column_keys("launch")
    build.program.add_entries(rows[launch], build.columns["launch"], build.launch_unit_h[launch])
    build.program.add_entries(rows[launches.of], build.columns["start"], -1.0)
    return rows


def do_runs(build: BuildContext) -> Ints:
    """Do the work of the runs in the pool in which they start; (n,).

    work[q,p,t] − Σ_g v[g] · part[g,t] · launch[g,p] = 0      part: max_rate · overlap_h / volume

    Over the launches g of placement q, for every pool and period of its work.
    """
    program, runs = build.program, build.runs
    placement, pool, period = program.column_keys("work")
    done = np.flatnonzero(build.placements.runs_through[placement])
    rows = program.add_rows("run", (placement[done], pool[done], period[done]), 0.0, 0.0)
    program.add_entries(rows, build.columns["work"][done], 1.0)
    kinds, kind = np.unique(placement[done], return_inverse=True)
    row_of = np.full((len(kinds), build.problem.pools.size, build.problem.horizon.size), ABSENT)
    row_of[kind, pool[done], period[done]] = rows
    launch, launch_pool = program.column_keys("launch")
    run = build.launches.run[launch]
    column, entry = runs.entries(run)
    of_kind = np.searchsorted(kinds, build.placements.of[runs.workload[run]])
    each = -build.launch_unit_h[launch][column] * runs.part[entry]
    at = row_of[of_kind[column], launch_pool[column], runs.when[entry]]
    program.add_entries(at, build.columns["launch"][column], each)
    return rows
