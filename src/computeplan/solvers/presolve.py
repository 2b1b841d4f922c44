"""Presolve: redundant rows, and coefficients that are larger than need be, found from bounds alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeplan.lp import LinearProgram, Scaling, scaling_for
from computeplan.problem import Bools, Floats, sum_by
from computeplan.solvers.options import SolverResult

PASSES = 3
"""Rounds of tightening: limits reach a load through its work, and energy through the load."""
MARGIN = 1e-9
"""A row is only redundant with this much to spare, relative to its size."""


def never_binding(lp: LinearProgram) -> Bools:
    """(n_rows,) whether an inequality holds for all values within the (implied) bounds.

    For a row with ``lower ≤ Σ a x ≤ upper``, every column has x ≤ (upper − least of the others) / a where
    a > 0, and x ≥ … where a < 0. After a few rounds of such implied bounds, a row whose greatest activity is
    at most its limit cannot bind. Only rows that stay are used to imply bounds.
    """
    column, low, high = lp.entry_columns, lp.column_lower, implied_upper_bounds(lp)
    most = _activity(lp, np.where(lp.values > 0, high[column], low[column]))
    least = _activity(lp, np.where(lp.values > 0, low[column], high[column]))
    spare = MARGIN * np.maximum(1.0, np.abs(np.nan_to_num(lp.row_upper, posinf=0.0)))
    above = (most <= lp.row_upper - spare) | np.isposinf(lp.row_upper)
    below = (least >= lp.row_lower + spare) | np.isneginf(lp.row_lower)
    never: Bools = (lp.row_lower != lp.row_upper) & above & below
    return never


def tighten_integers(lp: LinearProgram) -> LinearProgram:
    """Lower coefficients and bounds of whole numbers to what the other columns can make use of.

    In a row  Σ a x − M n ≤ b  with whole n ≥ 0, a coefficient M above what Σ a x − b can reach is lowered to
    that: n = 0 allows what it did, and n ≥ 1 allows everything that the bounds of x do. Where n has a cost
    and only such rows ask for it, it is at most  max ⌈(Σ a x − b) / M⌉. The optimum stays. Without this, n
    could be a rounding error above zero under a limit "as good as infinite".
    """
    if not len(lp.integer):
        return lp
    column, low, below = lp.entry_columns, lp.column_lower, np.isneginf(lp.row_lower)
    is_whole = np.zeros(lp.n_columns, dtype=bool)
    is_whole[lp.integer] = low[lp.integer] == 0
    most = _activity(lp, np.where(lp.values > 0, implied_upper_bounds(lp)[column], low[column]))
    entry = np.flatnonzero(is_whole[column] & (lp.values < 0) & (below & np.isfinite(lp.row_upper))[lp.rows])
    reach = np.maximum((most - lp.row_upper)[lp.rows[entry]], 0.0) * (1 + MARGIN)
    values, high = lp.values.copy(), lp.column_upper.copy()
    # A row that x alone keeps to needs no coefficient, but nothing asks for its removal.
    values[entry] = np.where(reach > 0, np.maximum(values[entry], -reach), values[entry])
    needed = np.zeros(lp.n_columns)
    np.maximum.at(needed, column[entry], np.ceil(-reach / values[entry]))
    needed[column[~below[lp.rows]]] = np.inf
    bounded = np.flatnonzero(is_whole & (lp.cost >= 0))
    high[bounded] = np.minimum(high[bounded], needed[bounded])
    return replace(lp, values=values, column_upper=high)


def implied_upper_bounds(lp: LinearProgram) -> Floats:
    """(n_columns,) upper bounds that the columns have by their own limits or by equalities."""
    high = lp.column_upper.copy()
    for _ in range(PASSES):
        high = _tighten_upper_bounds(lp, high)
    return high


def _tighten_upper_bounds(lp: LinearProgram, high: Floats) -> Floats:
    """Upper bounds implied by equalities, whose other columns are at their least."""
    column, low, equality = lp.entry_columns, lp.column_lower, lp.row_lower == lp.row_upper
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


def scale_program(lp: LinearProgram) -> tuple[LinearProgram, Scaling | None]:
    """Tighten a program and write it in units of ordinary size; None where it is in such units."""
    lp = tighten_integers(lp)
    scaling = scaling_for(lp)
    return (lp if scaling is None else scaling.apply(lp)), scaling


def unscale_result(result: SolverResult, scaling: Scaling | None) -> SolverResult:
    """Convert an answer to the units of the unscaled program."""
    if scaling is None:
        return result
    return replace(
        result,
        values=None if result.values is None else scaling.values(result.values),
        row_duals=None if result.row_duals is None else scaling.row_duals(result.row_duals),
        objective=None if result.objective is None else scaling.objective(result.objective),
        bound=None if result.bound is None else scaling.objective(result.bound),
    )
