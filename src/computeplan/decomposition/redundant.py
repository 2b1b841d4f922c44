"""Rows that no plan can break, found from the bounds of the columns alone."""

from __future__ import annotations

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats, sum_by

PASSES = 3
"""Rounds of tightening: limits reach a load through its work, and energy through the load."""
MARGIN = 1e-9
"""A row is only redundant with this much to spare, relative to its size."""


def never_binding(lp: LinearProgram) -> Bools:
    """(n_rows,) whether an inequality holds for all values within the (implied) bounds.

    For a row with ``lower ≤ Σ a x ≤ upper``, every column has x ≤ (upper − least of the others) / a where
    a > 0, and x ≥ … where a < 0. After a few rounds of such implied bounds, a row whose greatest activity is
    at most its limit cannot bind. Only rows that stay are used to imply bounds.

    Parameters
    ----------
    lp : LinearProgram
    """
    column = np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))
    equality = lp.row_lower == lp.row_upper
    low, high = lp.column_lower.copy(), lp.column_upper.copy()
    for _ in range(PASSES):
        high = _tightened(lp, column, equality, low, high)
    most = _activity(lp, np.where(lp.values > 0, high[column], low[column]))
    least = _activity(lp, np.where(lp.values > 0, low[column], high[column]))
    spare = MARGIN * np.maximum(1.0, np.abs(np.nan_to_num(lp.row_upper, posinf=0.0)))
    above = (most <= lp.row_upper - spare) | np.isposinf(lp.row_upper)
    below = (least >= lp.row_lower + spare) | np.isneginf(lp.row_lower)
    never: Bools = ~equality & above & below
    return never


def _tightened(
    lp: LinearProgram, column: np.typing.NDArray[np.int64], equality: Bools, low: Floats, high: Floats
) -> Floats:
    """Upper bounds implied by equalities, whose other columns are at their least."""
    least = _activity(lp, np.where(lp.values > 0, low[column], high[column]))
    own = lp.values * np.where(lp.values > 0, low[column], high[column])
    with np.errstate(invalid="ignore", divide="ignore"):
        room = lp.row_upper[lp.rows] - (least[lp.rows] - own)
        implied = room / lp.values
    usable = equality[lp.rows] & (lp.values > 0) & np.isfinite(implied)
    tight = high.copy()
    np.minimum.at(tight, column[usable], np.maximum(implied[usable], low[column[usable]]))
    return tight


def _activity(lp: LinearProgram, at: Floats) -> Floats:
    """Σ a x of each row; infinite where a column is."""
    return sum_by(lp.rows, lp.values * at, lp.n_rows)
