"""Jobs.

job_volume   Σ_p,t x + u = volume
job_window   x = 0, u = 0 in periods that the window does not touch
job_rate     Σ_p x ≤ max_rate · hours of the period inside the window
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.arithmetic import times
from computeplan.plan.audit.desk import Desk
from computeplan.plan.audit.violations import Family
from computeplan.plan.requirements import job_overlap_h
from computeplan.problem import Ints, WorkBlock


def check_jobs(desk: Desk, block: WorkBlock, rows: Ints) -> None:
    """Hold every constraint of the jobs in a block.

    Parameters
    ----------
    desk : Desk
    block : WorkBlock
    rows : (n,)
        Rows of the block whose workloads are jobs.
    """
    _check_volume(desk, block, rows)
    jobs = block.workloads[rows]
    overlap_h = job_overlap_h(desk.problem, jobs, block.periods)
    size, place = desk.size[jobs, None], desk.at(jobs, block.periods)
    done, short = block.unit_h[rows].sum(axis=1), np.abs(block.short_unit_h[rows])
    astray = np.abs(block.unit_h[rows]).sum(axis=1) + short
    desk.ledger.record(Family.JOB_WINDOW, np.where(overlap_h > 0, 0.0, astray), size, place)
    most = times(overlap_h, desk.problem.workloads.max_rate[jobs, None])
    desk.ledger.record(Family.JOB_RATE, np.where(overlap_h > 0, done - most, 0.0), size, place)


def _check_volume(desk: Desk, block: WorkBlock, rows: Ints) -> None:
    jobs = block.workloads[rows]
    served = block.unit_h[rows].sum(axis=(1, 2)) + block.short_unit_h[rows].sum(axis=1)
    missing = np.abs(desk.problem.workloads.volume_unit_h[jobs] - served)
    desk.ledger.record(
        Family.JOB_VOLUME, missing, desk.volume[jobs], lambda row: desk.places.workload(int(jobs[row]))
    )
