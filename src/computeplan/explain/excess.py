"""Where what has to be done exceeds what can be, in a period or over a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.explain.due import DueWork
from computeplan.explain.rush import SLACK
from computeplan.explain.wording import counted, moment
from computeplan.problem import Floats, Horizon

MOST_EDGES = 169
"""Stretches begin and end at this many points of a block at most (every hour of a week)."""


@dataclass(frozen=True)
class Excess:
    """More than can be done.

    Attributes
    ----------
    first, last : int
        First period, and the period after the last.
    others : int
        More periods with an excess.
    needed, has : float
        What has to be and what can be done, in the unit of the weighted work.
    at_once : bool
        In single periods, where work that can wait does not count.
    """

    first: int
    last: int
    others: int
    needed: float
    has: float
    at_once: bool

    def when(self, horizon: Horizon) -> str:
        """Write the time."""
        if not self.at_once:
            return f"from {moment(horizon, self.first)} to {moment(horizon, self.last)}"
        more = f" (and in {counted(self.others, 'more period')})" if self.others else ""
        return f"at {moment(horizon, self.first)}{more}"


def worst_excess(horizon: Horizon, due: DueWork, weight: Floats, supply: Floats) -> Excess | None:
    """Find the worst excess, in single periods first.

    Parameters
    ----------
    horizon : Horizon
    due : DueWork
    weight : (C,)
        What a unit·h of each class takes up; 0 leaves it out.
    supply : (T,)
        Most that can be taken up in each period.

    Returns
    -------
    Excess, optional
        None where all fits.
    """
    at_once = _worst_period(horizon, due, weight, supply)
    if at_once or np.isinf(supply).any():
        return at_once
    found = (_worst_stretch(due, weight, supply, block) for block in horizon.blocks)
    return next((excess for excess in found if excess), None)


def _worst_period(horizon: Horizon, due: DueWork, weight: Floats, supply: Floats) -> Excess | None:
    periods = np.arange(horizon.size)
    work = due.arrivals_within(weight, periods, periods + 1)
    excess = work - supply * (1 + SLACK)
    worst, times = int(excess.argmax()), int((excess > 0).sum())
    if not times:
        return None
    return Excess(worst, worst + 1, times - 1, float(work[worst]), float(supply[worst]), at_once=True)


def _worst_stretch(due: DueWork, weight: Floats, supply: Floats, block: slice) -> Excess | None:
    count = min(block.stop - block.start + 1, MOST_EDGES)
    edges = np.linspace(block.start, block.stop, count).round().astype(np.int64)
    row, column = np.triu_indices(count, k=1)
    first, last = edges[row], edges[column]
    work = due.arrivals_within(weight, first, last)
    work += due.jobs_within(weight, edges)[row, column]
    total = np.concatenate([[0.0], np.cumsum(supply)])
    most = total[last] - total[first]
    excess = work - most * (1 + SLACK)
    worst = int(excess.argmax())
    if excess[worst] <= SLACK * work.max():
        return None
    return Excess(
        int(first[worst]), int(last[worst]), 0, float(work[worst]), float(most[worst]), at_once=False
    )
