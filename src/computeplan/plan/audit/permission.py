"""Where and whether work may be done at all.

nonnegative   x ≥ 0, u ≥ 0, all of them finite numbers
eligibility   x = 0 where the pool may not serve the workload
shortfall     u = 0 unless it has a price and the goal allows it
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.audit.desk import Desk
from computeplan.plan.audit.violations import Family
from computeplan.problem import Bools, WorkBlock


def finite(desk: Desk, block: WorkBlock) -> WorkBlock:
    """Record what is no finite number.

    Returns
    -------
    WorkBlock
        The block with 0 in its place, so that later checks see the rest.
    """
    broken = _not_finite(block)
    if not broken.any():
        return block
    desk.ledger.record(
        Family.NONNEGATIVE,
        np.where(broken, np.inf, 0.0),
        1.0,
        lambda row: f"{desk.places.workload(int(block.workloads[row]))}, no finite number",
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


def check_signs(desk: Desk, block: WorkBlock) -> None:
    """Hold x ≥ 0 and u ≥ 0."""
    size = desk.size[block.workloads, None]
    if block.unit_h.min(initial=0.0) < 0:
        place = desk.at_pool(block.workloads, block.pools, block.periods)
        desk.ledger.record(Family.NONNEGATIVE, -block.unit_h, size[:, :, None], place)
    place_short = desk.at(block.workloads, block.periods, " (shortfall)")
    desk.ledger.record(Family.NONNEGATIVE, -block.short_unit_h, size, place_short)


def check_eligibility(desk: Desk, block: WorkBlock) -> None:
    """Hold x = 0 for pools that may not serve the workload."""
    need = desk.problem.workloads.need[block.workloads]
    row, column = np.nonzero(~desk.allowed[np.ix_(need, block.pools)])
    workloads, pools = block.workloads[row], block.pools[column]
    pair_place = desk.at_pool(workloads, pools, block.periods)
    desk.ledger.record(
        Family.ELIGIBILITY,
        np.abs(block.unit_h[row, column]),
        desk.size[workloads, None],
        lambda pair, period: pair_place(pair, pair, period),
    )


def check_shortfall(desk: Desk, block: WorkBlock) -> None:
    """Hold u = 0 for workloads that must be served."""
    barred = ~desk.may_fall_short[block.workloads]
    desk.ledger.record(
        Family.SHORTFALL,
        np.where(barred[:, None], block.short_unit_h, 0.0),
        desk.size[block.workloads, None],
        desk.at(block.workloads, block.periods),
    )
