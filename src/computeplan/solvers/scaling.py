"""Numbers of ordinary size for the solver: its tolerances are absolute, the config's units are anybody's.

Column j is counted in units of ``column[j] · size``, row i in ``size / row[i]``, the objective in
``money · size``. All factors are powers of two, so nothing is rounded, and the optimum is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Floats
from computeplan.solvers.options import SolverResult

ORDINARY_ENTRIES = (1e-4, 1e5)
"""Smallest and largest coefficient of a matrix that is left as it is."""
ORDINARY_SIZE = (1e-2, 1e5)
"""Mean magnitude of limits, and of costs, that are left as they are."""
PASSES = 6
"""Of the equilibration: after each, rows and columns are nearer to a mean magnitude of one."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """Factors between a program and the one that is solved.

    Attributes
    ----------
    column : (n_columns,)
    row : (n_rows,)
    size, money : float
    """

    column: Floats
    row: Floats
    size: float
    money: float

    def apply(self, lp: LinearProgram) -> LinearProgram:
        """Write a program in these units.

        Parameters
        ----------
        lp : LinearProgram
            With the matrix that the factors were made for; costs and limits may be others.
        """
        each = np.repeat(self.column, np.diff(lp.starts))
        unit, limit = self.column * self.size, self.row / self.size
        return replace(
            lp,
            cost=lp.cost * self.column / self.money,
            column_lower=lp.column_lower / unit,
            column_upper=lp.column_upper / unit,
            row_lower=lp.row_lower * limit,
            row_upper=lp.row_upper * limit,
            values=lp.values * self.row[lp.rows] * each,
            offset=lp.offset / (self.money * self.size),
        )

    def undo(self, result: SolverResult) -> SolverResult:
        """Write an answer in the units of the program it was asked for."""
        values, duals, objective = result.values, result.row_duals, result.objective
        return replace(
            result,
            values=None if values is None else values * self.column * self.size,
            row_duals=None if duals is None else duals * self.row * self.money,
            objective=None if objective is None else objective * self.money * self.size,
        )


def scaling_for(lp: LinearProgram) -> Scaling | None:
    """Find the units in which a program's numbers are of ordinary size.

    Parameters
    ----------
    lp : LinearProgram

    Returns
    -------
    Scaling or None
        None where they are as it stands.
    """
    entries = np.abs(lp.values[lp.values != 0])
    low, high = ORDINARY_ENTRIES
    even = not len(entries) or bool(entries.min() >= low and entries.max() <= high)
    column, row = (np.ones(lp.n_columns), np.ones(lp.n_rows)) if even else _equilibrated(lp)
    plain = Scaling(column, row, 1.0, 1.0)
    scaled = lp if even else plain.apply(lp)
    size, money = _ordinary(_limits(scaled)), _ordinary(scaled.cost)
    return None if even and size == money == 1.0 else replace(plain, size=size, money=money)


def _ordinary(numbers: Floats) -> float:
    """Unit in which numbers have a mean magnitude near one; 1 where it is ordinary already."""
    magnitude = _mean_magnitude(numbers)
    low, high = ORDINARY_SIZE
    return 1.0 if low <= magnitude <= high else float(_power_of_two(np.array(magnitude)))


def _limits(lp: LinearProgram) -> Floats:
    return np.concatenate([lp.row_lower, lp.row_upper, lp.column_lower, lp.column_upper])


def _mean_magnitude(numbers: Floats) -> float:
    sizes = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)])
    return float(np.exp(np.log(sizes).mean())) if len(sizes) else 1.0


def _equilibrated(lp: LinearProgram) -> tuple[Floats, Floats]:
    """(n_columns,) and (n_rows,) factors that bring the mean magnitude of rows and columns near one."""
    some = lp.values != 0
    rows = lp.rows[some]
    columns = np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))[some]
    size = np.log2(np.abs(lp.values[some]))
    in_row, in_column = (
        np.maximum(np.bincount(i, minlength=n), 1) for i, n in ((rows, lp.n_rows), (columns, lp.n_columns))
    )
    row, column = np.zeros(lp.n_rows), np.zeros(lp.n_columns)
    for _ in range(PASSES):
        row = -np.bincount(rows, size + column[columns], lp.n_rows) / in_row
        column = -np.bincount(columns, size + row[rows], lp.n_columns) / in_column
    return np.exp2(np.round(column)), np.exp2(np.round(row))


def _power_of_two(numbers: Floats) -> Floats:
    nearest: Floats = np.exp2(np.round(np.log2(numbers)))
    return nearest
