"""Collects columns, rows and entries, and turns them into a linear program."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from computeplan.lp.by_column import Entries, by_column, is_ascending, span
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
        self._entries: list[Entries] = []

    @classmethod
    def extending(cls, lp: LinearProgram) -> Assembler:
        """Start with the columns, rows and entries of a program that is built; its costs are left behind."""
        assembler = cls()
        assembler._columns.take(lp.column_families, lp.column_lower, lp.column_upper)
        assembler._rows.take(lp.row_families, lp.row_lower, lp.row_upper)
        column = np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))
        assembler._entries.append(Entries(lp.rows.astype(np.int64), column, lp.values))
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
        amounts = np.broadcast_to(np.asarray(values, dtype=float), shape).reshape(-1)
        row, column = (np.broadcast_to(part, shape).reshape(-1) for part in (rows, columns))
        self._entries.append(Entries(row, column, amounts))

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

    def build(self, objective: LinearForm) -> LinearProgram:
        """Sort the entries by column and freeze everything.

        Parameters
        ----------
        objective : LinearForm
            To be minimized: `money`, `emissions` or a sum of both with weights.
        """
        column_lower, column_upper = self._columns.bounds()
        row_lower, row_upper = self._rows.bounds()
        starts, rows, values = by_column(self._entries, self._columns.size)
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


class _Form:
    """A linear form added so far."""

    def __init__(self) -> None:
        self.constant = 0.0
        self._terms: list[tuple[Ints, Floats]] = []

    def add(self, columns: Ints, values: Values) -> None:
        amount = np.broadcast_to(np.asarray(values, dtype=float), columns.shape)
        self._terms.append((columns.reshape(-1), amount.reshape(-1)))

    def freeze(self, size: int) -> LinearForm:
        coefficients = np.zeros(size)
        for columns, amount in self._terms:
            if is_ascending(columns):
                coefficients[span(columns)] += amount
            else:
                # A column may take several amounts in one call.
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
