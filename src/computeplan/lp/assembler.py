"""Collects columns, rows and entries, and turns them into a linear program."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from computeplan.lp.linear_program import Family, LinearForm, LinearProgram
from computeplan.problem import Floats, Ints, sum_by

Values = float | npt.NDArray[np.float64]


class Assembler:
    """Takes a linear program piece by piece, each piece an array.

    Every method takes arrays that are broadcast against each other, so that a family is one call.
    """

    def __init__(self) -> None:
        self._columns = _Axis()
        self._rows = _Axis()
        self._money = _Form()
        self._emissions = _Form()
        self._entries: list[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Floats]] = []

    @classmethod
    def extending(cls, lp: LinearProgram) -> Assembler:
        """Start with the columns, rows and entries of a program that is built; its costs are left behind."""
        assembler = cls()
        assembler._columns.take(lp.column_families, lp.column_lower, lp.column_upper)
        assembler._rows.take(lp.row_families, lp.row_lower, lp.row_upper)
        column = np.repeat(np.arange(lp.n_columns, dtype=np.int32), np.diff(lp.starts))
        assembler._entries.append((lp.rows, column, lp.values))
        return assembler

    def add_columns(
        self, name: str, keys: tuple[Ints, ...], lower: Values = 0.0, upper: Values = np.inf
    ) -> Ints:
        """Add decision variables; returns their indices, in the order of `keys`."""
        return self._columns.extend(name, keys, lower, upper)

    def add_rows(self, name: str, keys: tuple[Ints, ...], lower: Values, upper: Values) -> Ints:
        """Add constraints; returns their indices, in the order of `keys`."""
        return self._rows.extend(name, keys, lower, upper)

    def add_entries(self, rows: Ints, columns: Ints, values: Values) -> None:
        """Add matrix entries; several for one place are summed by the solver's rules, so add one each."""
        shape = np.broadcast_shapes(rows.shape, columns.shape, np.shape(values))
        self._entries.append(
            (
                np.broadcast_to(rows, shape).astype(np.int32).ravel(),
                np.broadcast_to(columns, shape).astype(np.int32).ravel(),
                np.broadcast_to(np.asarray(values, dtype=float), shape).ravel(),
            )
        )

    def add_cost(self, columns: Ints, values: Values) -> None:
        """Add to what the columns cost, money for one natural unit."""
        self._money.add(columns, values)

    def add_fixed_cost(self, amount: float) -> None:
        """Add money that is paid whatever is decided."""
        self._money.constant += amount

    def add_emissions(self, columns: Ints, values: Values) -> None:
        """Add to what the columns emit, kg for one natural unit."""
        self._emissions.add(columns, values)

    def add_fixed_emissions(self, amount: float) -> None:
        """Add kg that are emitted whatever is decided."""
        self._emissions.constant += amount

    def build(self, cost_weight: float = 1.0, carbon_weight: float = 0.0) -> LinearProgram:
        """Sort the entries by column and freeze everything.

        Parameters
        ----------
        cost_weight, carbon_weight : float
            Of money and of kg in the objective.
        """
        column_lower, column_upper = self._columns.bounds()
        row_lower, row_upper = self._rows.bounds()
        starts, rows, values = self._by_column(len(column_lower))
        objective = self.money().times(cost_weight).plus(self.emissions().times(carbon_weight))
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
        )

    def money(self) -> LinearForm:
        """Everything that is paid."""
        return self._money.freeze(self._columns.size)

    def emissions(self) -> LinearForm:
        """Everything that is emitted on the objective's basis."""
        return self._emissions.freeze(self._columns.size)

    def _by_column(self, n_columns: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Floats]:
        if not self._entries:
            empty = np.zeros(0, dtype=np.int32)
            return np.zeros(n_columns + 1, dtype=np.int32), empty, np.zeros(0)
        rows, columns, values = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        kept = np.flatnonzero(values)
        order = kept[np.argsort(columns[kept], kind="stable")]
        counts = np.bincount(columns[kept], minlength=n_columns)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        return starts, rows[order], values[order]


class _Form:
    """A linear form added so far."""

    def __init__(self) -> None:
        self.constant = 0.0
        self._terms: list[tuple[Ints, Floats]] = []

    def add(self, columns: Ints, values: Values) -> None:
        amount = np.broadcast_to(np.asarray(values, dtype=float), columns.shape)
        self._terms.append((columns.ravel(), amount.ravel()))

    def freeze(self, size: int) -> LinearForm:
        coefficients = np.zeros(size)
        for columns, amount in self._terms:
            # Not fancy indexing: a column may take several amounts in one call.
            coefficients += sum_by(columns, amount, size)
        return LinearForm(coefficients, self.constant)


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
        self._lower.append(_spread(lower, size))
        self._upper.append(_spread(upper, size))
        first, self.size = self.size, self.size + size
        return np.arange(first, self.size, dtype=np.int64)

    def take(self, families: tuple[Family, ...], lower: Floats, upper: Floats) -> None:
        self.families += families
        self._lower.append(lower)
        self._upper.append(upper)
        self.size += len(lower)

    def bounds(self) -> tuple[Floats, Floats]:
        if not self._lower:
            return np.zeros(0), np.zeros(0)
        return np.concatenate(self._lower), np.concatenate(self._upper)


def _spread(values: Values, size: int) -> Floats:
    return np.broadcast_to(np.asarray(values, dtype=float).ravel(), (size,))
