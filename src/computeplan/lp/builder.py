"""Collects columns, rows and entries, and turns them into a linear program.

Entries are added in pieces and laid out by column; only pieces out of order are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from computeplan.lp.program import Family, LinearForm, LinearProgram
from computeplan.problem import Floats, Ints, sum_by

Indices = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Entries:
    """A piece of a sparse matrix, (n,) each."""

    rows: Ints
    columns: Ints
    values: Floats

    def select(self, chosen: npt.NDArray[np.bool_] | Ints) -> Entries:
        """Take some of the entries."""
        return Entries(self.rows[chosen], self.columns[chosen], self.values[chosen])

    def sort_by_column(self) -> Entries:
        """Sort by column and leave out zeros."""
        some = self if self.values.all() else self.select(self.values != 0)
        if np.all(some.columns[1:] >= some.columns[:-1]):
            return some
        return some.select(np.argsort(some.columns, kind="stable"))


def lay_out_by_column(pieces: Sequence[Entries], n_columns: int) -> tuple[Indices, Indices, Floats]:
    """Lay nonzero entries out by column in the order of adding: starts (n_columns + 1,), rows and values."""
    ordered = [piece.sort_by_column() for piece in pieces]
    runs = [_runs(piece.columns) for piece in ordered]
    starts = np.zeros(n_columns + 1, dtype=np.int32)
    for columns, _, count in runs:
        starts[1:][columns] += count
    np.cumsum(starts, out=starts)
    rows, values = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1])
    free = starts[:-1].copy()
    for piece, (columns, turn, count) in zip(ordered, runs, strict=True):
        place = as_slice(free[columns] if isinstance(count, int) else np.repeat(free[columns], count) + turn)
        rows[place], values[place] = piece.rows, piece.values
        free[columns] += count
    return starts, rows, values


def is_ascending(columns: Ints) -> bool:
    """Whether no column comes twice and each is above the one before."""
    return bool(np.all(columns[1:] > columns[:-1]))


def as_slice(index: npt.NDArray[np.integer]) -> slice | npt.NDArray[np.integer]:
    """Evenly spaced ascending indices as a slice, which is faster to index by; others as they are."""
    if len(index) < 2:
        return index
    step = int(index[1]) - int(index[0])
    even = step > 0 and int(index[-1]) - int(index[0]) == step * (len(index) - 1)
    if even and np.all(index[1:] - index[:-1] == step):
        return slice(int(index[0]), int(index[-1]) + 1, step)
    return index


def _runs(columns: Ints) -> tuple[slice | npt.NDArray[np.integer], Indices | int, Indices | int]:
    """Columns of an ordered piece, each once; place of each entry in its column; entries of each column."""
    if is_ascending(columns):
        return as_slice(columns), 0, 1
    first = np.flatnonzero(np.append(True, columns[1:] > columns[:-1])).astype(np.int32)
    count = np.append(first[1:], np.int32(len(columns))) - first
    turn = np.arange(len(columns), dtype=np.int32) - np.repeat(first, count)
    return as_slice(columns[first]), turn, count


Values = float | npt.NDArray[np.float64]


class FormBuilder:
    """A linear form of the columns, collected term by term."""

    def __init__(self) -> None:
        self._constant = 0.0
        self._terms: list[tuple[Ints, Floats]] = []

    def add(self, columns: Ints, values: Values) -> None:
        """Add to the coefficients of some columns, amount for one natural unit."""
        amount = np.broadcast_to(np.asarray(values, dtype=float), columns.shape)
        self._terms.append((columns.reshape(-1), amount.reshape(-1)))

    def add_constant(self, amount: float) -> None:
        """Add an amount that no decision changes."""
        self._constant += amount

    def build(self, n_columns: int) -> LinearForm:
        """Sum the terms of each column."""
        coefficients = np.zeros(n_columns)
        for columns, amount in self._terms:
            if is_ascending(columns):
                coefficients[as_slice(columns)] += amount
            else:
                # A column may take several amounts in one call.
                coefficients += sum_by(columns, amount, n_columns)
        return LinearForm(coefficients, self._constant)


class ProgramBuilder:
    """Takes a linear program piece by piece, each piece an array.

    Every method takes arrays that are broadcast against each other, so that a family is one call.

    `cost, penalty`: money that the budget counts, and the shortfall penalty, which it does not. `emissions`:
    emissions on the objective's basis, kg.
    """

    def __init__(self) -> None:
        self.cost = FormBuilder()
        self.penalty = FormBuilder()
        self.emissions = FormBuilder()
        self._columns = _Axis()
        self._rows = _Axis()
        self._integer: list[Ints] = []
        self._entries: list[Entries] = []

    @classmethod
    def extending(cls, lp: LinearProgram) -> ProgramBuilder:
        """Start with the columns, rows and entries of a program, without its costs and whole numbers."""
        builder = cls()
        builder._columns.append(lp.column_families, lp.column_lower, lp.column_upper)
        builder._rows.append(lp.row_families, lp.row_lower, lp.row_upper)
        builder._entries.append(Entries(lp.rows.astype(np.int64), lp.entry_columns, lp.values))
        return builder

    @property
    def n_columns(self) -> int:
        """Number of decision variables so far."""
        return self._columns.size

    def add_columns(
        self, name: str, keys: tuple[Ints, ...], lower: Values = 0.0, upper: Values = np.inf
    ) -> Ints:
        """Add decision variables; returns their indices, in the order of `keys`."""
        return self._columns.extend(name, keys, lower, upper)

    def add_rows(self, name: str, keys: tuple[Ints, ...], lower: Values, upper: Values) -> Ints:
        """Add constraints; returns their indices, in the order of `keys`."""
        return self._rows.extend(name, keys, lower, upper)

    def column_keys(self, name: str) -> tuple[Ints, ...]:
        """Keys of a family of columns, each (n,)."""
        return next(family.keys for family in self._columns.families if family.name == name)

    def add_entries(self, rows: Ints, columns: Ints, values: Values) -> None:
        """Add matrix entries, each place once."""
        shape = np.broadcast_shapes(rows.shape, columns.shape, np.shape(values))
        amounts = np.broadcast_to(np.asarray(values, dtype=float), shape).reshape(-1)
        row, column = (np.broadcast_to(part, shape).reshape(-1) for part in (rows, columns))
        self._entries.append(Entries(row, column, amounts))

    def limit_form(self, name: str, form: LinearForm, limit: float) -> Ints:
        """Add one row, form ≤ limit, if the limit is finite; (0,) or (1,) row indices."""
        key = np.zeros(int(np.isfinite(limit)), dtype=np.int64)
        rows = self.add_rows(name, (key,), -np.inf, limit - form.constant)
        columns = np.flatnonzero(form.coefficients)
        self.add_entries(rows[:, None], columns[None, :], form.coefficients[columns])
        return rows

    def require_integers(self, columns: Ints) -> None:
        """Let some columns take whole numbers only."""
        self._integer.append(columns.reshape(-1))

    def build(self, objective: LinearForm) -> LinearProgram:
        """Sort the entries by column and freeze everything; the objective is minimized."""
        column_lower, column_upper = self._columns.bounds()
        row_lower, row_upper = self._rows.bounds()
        starts, rows, values = lay_out_by_column(self._entries, self._columns.size)
        return LinearProgram(
            cost=objective.coefficients,
            column_lower=column_lower,
            column_upper=column_upper,
            row_lower=row_lower,
            row_upper=row_upper,
            starts=starts,
            rows=rows,
            values=values,
            offset=objective.constant,
            column_families=tuple(self._columns.families),
            row_families=tuple(self._rows.families),
            integer=np.sort(np.concatenate((np.zeros(0, dtype=np.int64), *self._integer))),
        )


class _Axis:
    """The columns or the rows added so far."""

    def __init__(self) -> None:
        self.families: list[Family] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self.size = 0

    def extend(self, name: str, keys: tuple[Ints, ...], lower: Values, upper: Values) -> Ints:
        flat = tuple(key.ravel() for key in np.broadcast_arrays(*keys))
        size = len(flat[0])
        self.families.append(Family(name, self.size, flat))
        self._lower.append(_repeat(lower, size))
        self._upper.append(_repeat(upper, size))
        first, self.size = self.size, self.size + size
        return np.arange(first, self.size, dtype=np.int64)

    def append(self, families: tuple[Family, ...], lower: Floats, upper: Floats) -> None:
        self.families += families
        self._lower.append(lower)
        self._upper.append(upper)
        self.size += len(lower)

    def bounds(self) -> tuple[Floats, Floats]:
        if not self._lower:
            return np.zeros(0), np.zeros(0)
        return np.concatenate(self._lower), np.concatenate(self._upper)


def _repeat(values: Values, size: int) -> Floats:
    return np.broadcast_to(np.asarray(values, dtype=float).ravel(), (size,))
