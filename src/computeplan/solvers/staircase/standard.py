"""The form that the method works on: minimize c x, A x = b, 0 ≤ x ≤ u, in numbers near one.

A column is counted from its lower limit, or downwards from its upper one; fixed columns are left out, and
a column without limits stays free. Every inequality has a slack, which is the last part of x:

    row_lower ≤ a x ≤ row_upper    →    a x + s = row_upper,  0 ≤ s ≤ row_upper − row_lower

or  a x − s = row_lower  where there is no upper limit. Rows without limits are left out. Rows and columns are
then divided by the square root of their largest entry, again and again (Ruiz), b and c by one number each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats, Ints

PASSES = 6
"""Of the scaling; the largest entry of every row and column is near one after them."""
SIZE = 100.0
"""Largest number of b, and of c."""


@dataclass(frozen=True, eq=False)
class StandardForm:
    """A program in the form above."""

    matrix: Any
    """(m, n) A, sparse by columns."""
    right: Floats
    """(m,) b."""
    cost: Floats
    """(n,) c."""
    upper: Floats
    """(n,) u; infinite where there is none."""
    is_free: Bools
    """(n,) columns that may be negative too."""
    rows: Ints
    """(m,) rows of the program."""
    columns: Ints
    """(k,) columns of the program: the first k of x."""
    slack_of: Ints
    """(n − k,) row of the program of each slack."""
    sign: Floats
    """(n,) −1 where a column is counted downwards; of a slack, its entry."""
    base: Floats
    """(n_columns,) values of the program's columns where x is zero."""
    column_unit: Floats
    """(n,) what a column's one is in units of the program."""
    row_unit: Floats
    """(m,) what one of a dual is."""

    def values(self, x: Floats) -> Floats:
        """(n_columns,) values of the program's columns."""
        k = len(self.columns)
        found = self.base.copy()
        found[self.columns] += (self.sign * self.column_unit * x)[:k]
        return found

    def row_duals(self, y: Floats, n_rows: int) -> Floats:
        """(n_rows,) duals of the program's rows."""
        found = np.zeros(n_rows)
        found[self.rows] = y * self.row_unit
        return found


def standard_form(lp: LinearProgram) -> StandardForm:
    """Write a program in the form above."""
    from scipy import sparse

    columns = np.flatnonzero(lp.column_lower < lp.column_upper)
    rows = np.flatnonzero(np.isfinite(lp.row_lower) | np.isfinite(lp.row_upper))
    base, sign = _bases(lp)
    every = sparse.csc_array((lp.values, lp.rows, lp.starts), shape=(lp.n_rows, lp.n_columns))
    low, high = lp.row_lower[rows], lp.row_upper[rows]
    limit = np.where(np.isfinite(high), high, low)
    unequal = np.flatnonzero(low != high)
    entry = np.where(np.isfinite(high), 1.0, -1.0)[unequal]
    slacks = sparse.csc_array((entry, (unequal, np.arange(len(unequal)))), shape=(len(rows), len(unequal)))
    moving = every[rows][:, columns] * sign[columns]
    matrix, row_factor, column_factor = _scale(sparse.hstack([moving, slacks], format="csc"))
    right = (limit - (every @ base)[rows]) * row_factor
    cost = np.concatenate((lp.cost[columns] * sign[columns], np.zeros(len(unequal)))) * column_factor
    width = np.concatenate(((lp.column_upper - lp.column_lower)[columns], (high - low)[unequal]))
    size, money = (max(float(np.abs(a).max(initial=0.0)) / SIZE, 1e-12) for a in (right, cost))
    is_free = np.zeros(len(cost), dtype=bool)
    is_free[: len(columns)] = np.isinf(lp.column_lower[columns]) & np.isinf(lp.column_upper[columns])
    return StandardForm(
        matrix=matrix,
        right=right / size,
        cost=cost / money,
        upper=width / column_factor / size,
        is_free=is_free,
        rows=rows,
        columns=columns,
        slack_of=rows[unequal],
        sign=np.concatenate((sign[columns], entry)),
        base=base,
        column_unit=column_factor * size,
        row_unit=row_factor * money,
    )


def _bases(lp: LinearProgram) -> tuple[Floats, Floats]:
    """Where each column of a program is counted from, and −1 where downwards; (n_columns,) each."""
    down = np.isinf(lp.column_lower) & np.isfinite(lp.column_upper)
    base = np.where(down, lp.column_upper, lp.column_lower)
    return np.where(np.isfinite(base), base, 0.0), np.where(down, -1.0, 1.0)


def _scale(matrix: Any) -> tuple[Any, Floats, Floats]:
    """Bring the largest entry of every row and column near one; gives the factors of both."""
    m, n = matrix.shape
    row, column = np.ones(m), np.ones(n)
    scaled, at = matrix.copy(), np.repeat(np.arange(n), np.diff(matrix.indptr))
    for _ in range(PASSES):
        largest = abs(scaled)
        by_row, by_column = (np.sqrt(largest.max(axis=axis).toarray().ravel()) for axis in (1, 0))
        by_row[by_row == 0], by_column[by_column == 0] = 1.0, 1.0
        row, column = row / by_row, column / by_column
        scaled.data = matrix.data * row[matrix.indices] * column[at]
    return scaled, row, column
