"""Demands: interactive, fixed and deferrable.

demand        interactive and fixed: Σ_p x + u = d in each period
              deferrable: Σ_t (Σ_p x + u) = Σ_t d in each block of the horizon
deferral      b[t] = b[t−1] + d[t] − Σ_p x[t] − u[t],   0 ≤ b[t] ≤ arrivals of the last D hours
fixed_split   x[p,t] = share[p] · d[t]

Before a block b is 0 (`close`) or the b of its end (`cyclic`); the plan does not state that level,
so it is the least that fits. Work is done in the order of arrival, so that the two bounds on b say:
nothing is done before it arrives, and nothing later than D after it.
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.audit.desk import Desk
from computeplan.plan.audit.violations import Family
from computeplan.plan.requirements import arrivals, waiting_limit
from computeplan.plan.usage import fixed_shares
from computeplan.problem import Floats, HorizonEnd, Ints, WorkBlock


def check_demand(desk: Desk, block: WorkBlock, rows: Ints) -> None:
    """Hold that what arrives is served in the same period.

    Parameters
    ----------
    desk : Desk
    block : WorkBlock
    rows : (n,)
        Rows of the block whose workloads do not wait.
    """
    workloads = block.workloads[rows]
    missing = arrivals(desk.problem, workloads) - desk.served(block, rows)
    place = desk.at(workloads, np.arange(desk.problem.horizon.size))
    desk.ledger.record(Family.DEMAND, np.abs(missing), desk.size[workloads, None], place)


def check_deferral(desk: Desk, block: WorkBlock, rows: Ints) -> None:
    """Hold that everything is served, and not before it arrives nor too late.

    Parameters
    ----------
    desk : Desk
    block : WorkBlock
    rows : (n,)
        Rows of the block whose workloads may wait.
    """
    workloads = block.workloads[rows]
    due, limit = arrivals(desk.problem, workloads), waiting_limit(desk.problem, workloads)
    change = due - desk.served(block, rows)
    for periods in desk.problem.horizon.blocks:
        _check_total(desk, workloads, due[:, periods], change[:, periods], periods)
        _check_backlog(desk, workloads, limit[:, periods], change[:, periods], periods)


def _check_total(desk: Desk, workloads: Ints, due: Floats, change: Floats, periods: slice) -> None:
    missing = np.abs(change.sum(axis=1))[:, None]
    size = np.maximum(desk.size[workloads], due.sum(axis=1))[:, None]
    place = desk.at(workloads, np.array([periods.stop - 1]), ", all up to the end of the block")
    desk.ledger.record(Family.DEMAND, missing, size, place)


def _check_backlog(desk: Desk, workloads: Ints, limit: Floats, change: Floats, periods: slice) -> None:
    backlog = np.cumsum(change, axis=1)
    if desk.problem.horizon.end is HorizonEnd.CYCLIC:
        # The least level at which nothing is done too early.
        backlog += np.max(-backlog, axis=1, keepdims=True)
    size = desk.size[workloads, None] + limit
    numbers = np.arange(periods.start, periods.stop)
    late, early = desk.at(workloads, numbers, " too late"), desk.at(workloads, numbers, " too early")
    desk.ledger.record(Family.DEFERRAL, backlog - limit, size, late)
    desk.ledger.record(Family.DEFERRAL, -backlog, size, early)


def check_split(desk: Desk, block: WorkBlock, rows: Ints) -> None:
    """Hold that each pool does the same share of the demand in every period.

    Parameters
    ----------
    desk : Desk
    block : WorkBlock
    rows : (n,)
        Rows of the block whose workloads are fixed.
    """
    workloads = block.workloads[rows]
    due = arrivals(desk.problem, workloads)[:, block.periods]
    shares = fixed_shares(desk.problem, block, rows)
    strayed = np.abs(block.unit_h[rows] - shares[:, :, None] * due[:, None, :])
    place = desk.at_pool(workloads, block.pools, block.periods)
    desk.ledger.record(Family.FIXED_SPLIT, strayed, desk.size[workloads, None, None], place)
