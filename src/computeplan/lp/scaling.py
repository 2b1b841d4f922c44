"""Units in which a program's numbers are of ordinary size, as the solver's tolerances are absolute.

Column j is counted in units of ``column[j] · size``, row i in ``size / row[i]``, the objective in
``money · size``. All factors are powers of two, so nothing is rounded, and the optimum is the same.
Columns of whole numbers have no other unit: ``column[j] · size`` is 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from computeplan.lp.program import LinearProgram
from computeplan.problem import Floats, Ints, sum_by

ORDINARY_ENTRIES = (1e-4, 1e5)
"""Smallest and largest coefficient of a matrix that is left as it is."""
ORDINARY_SIZE = (1e-2, 1e5)
"""Mean magnitude of limits, and of costs, that are left as they are."""
NEGLIGIBLE_COST = 1e-30
"""Share of the largest cost below which one is not balanced: it decides nothing, and would spoil the rest."""
PASSES = 12
"""Of the balancing: after each, all numbers are nearer to one."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """Factors between a program and the one that is solved."""

    column: Floats
    """(n_columns,)"""
    row: Floats
    """(n_rows,)"""
    size: float
    money: float

    def apply(self, lp: LinearProgram) -> LinearProgram:
        """Express a program with the matrix that the factors were made for in these units."""
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

    def values(self, scaled: Floats) -> Floats:
        """(n_columns,) values in the units of the program as it was."""
        return scaled * self.column * self.size

    def row_duals(self, scaled: Floats) -> Floats:
        """(n_rows,) duals in the units of the program as it was."""
        return scaled * self.row * self.money

    def objective(self, scaled: float) -> float:
        """Objective in the unit of the program as it was."""
        return scaled * self.money * self.size

    def prices(self, reduced_costs: Floats, row_duals: Floats, cost: Floats) -> tuple[Floats, Floats, Floats]:
        """Reduced costs, duals and costs of the program as it was, in these units."""
        per_column = self.column / self.money
        return reduced_costs * per_column, row_duals / (self.row * self.money), cost * per_column


def scaling_for(lp: LinearProgram) -> Scaling | None:
    """Find the units in which a program's numbers are of ordinary size; None where they already are."""
    low, high = ORDINARY_ENTRIES
    entries = np.abs(lp.values[lp.values != 0])
    if entries.min(initial=low) < low or entries.max(initial=high) > high:
        return _balance(lp)
    limits = np.concatenate([lp.row_lower, lp.row_upper, lp.column_lower, lp.column_upper])
    return None if _is_ordinary(limits) and _is_ordinary(lp.cost) else _balance(lp)


def _is_ordinary(numbers: Floats) -> bool:
    sizes = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)])
    mean = float(np.exp(np.log(sizes).mean())) if len(sizes) else 1.0
    return ORDINARY_SIZE[0] <= mean <= ORDINARY_SIZE[1]


@dataclass(frozen=True, eq=False)
class _Entries:
    """Nonzero numbers of one sort as logarithms, and the row or column of each."""

    log: Floats
    at: Ints

    @classmethod
    def from_numbers(cls, numbers: Floats) -> _Entries:
        at = np.flatnonzero(np.isfinite(numbers) & (numbers != 0))
        return cls(np.log2(np.abs(numbers[at])), at)

    def sum(self, change: Floats, size: int) -> tuple[Floats, Floats]:
        """(size,) sums of the changed logarithms by row or column, and their number."""
        return sum_by(self.at, self.log + change, size), sum_by(self.at, np.ones(len(self.at)), size)


def _balance(lp: LinearProgram) -> Scaling:
    """Bring coefficients, limits and costs as near to one as possible, by least squares of logarithms."""
    n, m = lp.n_columns, lp.n_rows
    matrix = np.flatnonzero(lp.values)
    rows = _Entries(np.log2(np.abs(lp.values[matrix])), lp.rows[matrix].astype(np.int64))
    columns = _Entries(rows.log, lp.entry_columns[matrix])
    limits = [_Entries.from_numbers(lp.row_lower), _Entries.from_numbers(lp.row_upper)]
    bounds = [_Entries.from_numbers(lp.column_lower), _Entries.from_numbers(lp.column_upper)]
    least = NEGLIGIBLE_COST * float(np.abs(lp.cost).max(initial=0.0))
    costs = _Entries.from_numbers(np.where(np.abs(lp.cost) > least, lp.cost, 0.0))
    row, column, size, money = np.zeros(m), np.zeros(n), 0.0, 0.0
    for _ in range(PASSES):
        sums = [rows.sum(column[columns.at], m), *(e.sum(np.full(len(e.at), -size), m) for e in limits)]
        row = -_mean(sums)
        sums = [columns.sum(row[rows.at], n), costs.sum(np.full(len(costs.at), -money), n)]
        sums += [(-total, count) for total, count in (e.sum(np.full(len(e.at), -size), n) for e in bounds)]
        column = -_mean(sums)
        column[lp.integer] = -size
        scaled = [e.log + row[e.at] for e in limits] + [e.log - column[e.at] for e in bounds]
        size, money = _center(np.concatenate(scaled)), _center(costs.log + column[costs.at])
    column[lp.integer] = -round(size)
    return Scaling(np.exp2(np.round(column)), np.exp2(np.round(row)), 2.0 ** round(size), 2.0 ** round(money))


def _mean(sums: Sequence[tuple[Floats, Floats]]) -> Floats:
    totals, counts = (np.sum(part, axis=0) for part in zip(*sums, strict=True))
    mean: Floats = totals / np.maximum(counts, 1)
    return mean


def _center(logarithms: Floats) -> float:
    return float(logarithms.mean()) if len(logarithms) else 0.0
