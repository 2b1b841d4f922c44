"""Checks of decisions in whole numbers.

whole_workload  all of it is done by one pool, or left undone
step            booked, new and rented units are a multiple of the pool's step
closed_site     a site is open or closed, and only an optional one is closed; no units are booked, added or
                rented at a closed one (and its load has no capacity)
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.audit.desk import Desk
from computeplan.plan.audit.violations import Family, Ledger, Places
from computeplan.problem import Decisions, Ints, Problem, WorkBlock


def check_whole(desk: Desk, block: WorkBlock, rows: Ints) -> None:
    """Hold that one pool does all of a workload.

    Parameters
    ----------
    desk : Desk
    block : WorkBlock
    rows : (n,)
        Rows of the block whose workloads are whole.
    """
    workloads = block.workloads[rows]
    by_pool = block.unit_h[rows].sum(axis=2)
    undone = block.short_unit_h[rows].sum(axis=1)
    parts = np.column_stack((by_pool, undone))
    elsewhere = parts.sum(axis=1) - parts.max(axis=1, initial=0.0)

    def place(row: int) -> str:
        return desk.places.workload(int(workloads[row]))

    desk.ledger.record(Family.WHOLE_WORKLOAD, elsewhere, desk.size[workloads], place)


def check_integers(problem: Problem, decisions: Decisions, ledger: Ledger) -> None:
    """Check steps and closed sites.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
    ledger : Ledger
        Takes the violations.
    """
    pools, sites, places = problem.pools, problem.sites, Places(problem)
    step = np.where(pools.step_units > 0, pools.step_units, 1.0)[:, None]
    chosen = np.column_stack((decisions.booked_units, decisions.new_units, decisions.rented_units))
    off = np.where(pools.step_units[:, None] > 0, np.abs(chosen - step * np.round(chosen / step)), 0.0)
    ledger.record(Family.STEP, off, step, lambda pool, _: places.pool(pool))
    rented = decisions.rented_units
    allowed = np.where(pools.rents_in_steps, pools.max_units, 0.0)[:, None]
    size = np.where(np.isfinite(allowed) & (allowed > 0), allowed, step)
    for excess in (rented - allowed, -rented):
        ledger.record(Family.STEP, excess, size, lambda pool, _: places.pool(pool))
    is_open = decisions.open_sites
    neither = np.minimum(np.abs(is_open), np.abs(1.0 - is_open))
    wrong = np.where(sites.is_optional, neither, np.abs(1.0 - is_open))
    ledger.record(Family.CLOSED_SITE, wrong, 1.0, places.site)
    at_closed = np.where(is_open[pools.site] > 0, 0.0, chosen.max(axis=1, initial=0.0))
    ledger.record(Family.CLOSED_SITE, at_closed, 1.0, places.pool)
