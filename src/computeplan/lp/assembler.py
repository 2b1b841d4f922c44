"""Collects columns, rows and entries, and turns them into a linear program."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from computeplan.lp.linear_program import Family, LinearProgram
from computeplan.problem import Floats, Ints, sum_by

Values = float | npt.NDArray[np.float64]


class Assembler:
    """Takes a linear program piece by piece, each piece an array.

    Every method takes arrays that are broadcast against each other, so that a family is one call.
    """

    def __init__(self) -> None:
        self._columns = _Axis()
        self._rows = _Axis()
        self._cost: list[tuple[Ints, Floats]] = []
        self._entries: list[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Floats]] = []
        self._offset = 0.0

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
        """Add to the objective's coefficients."""
        amount = np.broadcast_to(np.asarray(values, dtype=float), columns.shape)
        self._cost.append((columns.ravel(), amount.ravel()))

    def add_offset(self, amount: float) -> None:
        """Add to the objective's constant."""
        self._offset += amount

    def build(self) -> LinearProgram:
        """Sort the entries by column and freeze everything."""
        column_lower, column_upper = self._columns.bounds()
        row_lower, row_upper = self._rows.bounds()
        cost = np.zeros(len(column_lower))
        for columns, amount in self._cost:
            # Not fancy indexing: a column may take several amounts in one call.
            cost += sum_by(columns, amount, len(cost))
        starts, rows, values = self._by_column(len(column_lower))
        return LinearProgram(
            cost=cost,
            column_lower=column_lower,
            column_upper=column_upper,
            row_lower=row_lower,
            row_upper=row_upper,
            starts=starts,
            rows=rows,
            values=values,
            offset=self._offset,
            column_families=tuple(self._columns.families),
            row_families=tuple(self._rows.families),
        )

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


class _Axis:
    """The columns or the rows added so far."""

    def __init__(self) -> None:
        self.families: list[Family] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._size = 0

    def extend(self, name: str, keys: tuple[Ints, ...], lower: Values, upper: Values) -> Ints:
        flat = tuple(key.ravel() for key in np.broadcast_arrays(*keys))
        size = len(flat[0])
        self.families.append(Family(name, self._size, flat))
        self._lower.append(_spread(lower, size))
        self._upper.append(_spread(upper, size))
        first, self._size = self._size, self._size + size
        return np.arange(first, self._size, dtype=np.int64)

    def bounds(self) -> tuple[Floats, Floats]:
        if not self._lower:
            return np.zeros(0), np.zeros(0)
        return np.concatenate(self._lower), np.concatenate(self._upper)


def _spread(values: Values, size: int) -> Floats:
    return np.broadcast_to(np.asarray(values, dtype=float).ravel(), (size,))
