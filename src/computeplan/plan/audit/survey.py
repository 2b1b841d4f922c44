"""One pass over an allocation that measures its usage and checks every workload."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from computeplan.plan.audit.demand import check_deferral, check_demand, check_split
from computeplan.plan.audit.desk import Desk
from computeplan.plan.audit.integers import check_whole
from computeplan.plan.audit.jobs import check_jobs
from computeplan.plan.audit.permission import check_eligibility, check_shortfall, check_signs, finite
from computeplan.plan.audit.violations import Family, Ledger
from computeplan.plan.usage import Meter, Usage, pieces
from computeplan.problem import Problem, WorkBlock


def survey(problem: Problem, blocks: Iterable[WorkBlock], ledger: Ledger) -> Usage:
    """Measure an allocation and check every constraint on its workloads.

    Parameters
    ----------
    problem : Problem
    blocks : iterable of WorkBlock
        The work of all workloads.
    ledger : Ledger
        Takes the violations.

    Returns
    -------
    Usage
    """
    desk, meter = Desk(problem, ledger), Meter(problem)
    seen = np.zeros(problem.workloads.size, dtype=np.int64)
    for block in pieces(problem, blocks):
        np.add.at(seen, block.workloads, 1)
        sound = finite(desk, block)
        _inspect(desk, sound)
        meter.add(sound)
    times_off = np.abs(seen - 1.0)
    ledger.record(Family.PRESENCE, times_off, 1.0, desk.places.workload)
    return meter.read()


def _inspect(desk: Desk, block: WorkBlock) -> None:
    """Check one block, each workload by what it is."""
    check_signs(desk, block)
    check_eligibility(desk, block)
    check_shortfall(desk, block)
    register = desk.problem.workloads
    job, waits = register.is_job[block.workloads], register.max_delay_h[block.workloads] > 0
    check_jobs(desk, block, np.flatnonzero(job))
    check_demand(desk, block, np.flatnonzero(~job & ~waits))
    check_deferral(desk, block, np.flatnonzero(~job & waits))
    check_split(desk, block, np.flatnonzero(register.is_fixed[block.workloads]))
    check_whole(desk, block, np.flatnonzero(register.is_whole[block.workloads]))
