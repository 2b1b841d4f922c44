"""A sparse linear program in load form: plain arrays, ready for a solver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from computeplan.problem import Floats, Ints
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class Family:
    """A run of columns or rows that belong together.

    Attributes
    ----------
    name : str
        Such as ``work`` or ``energy_balance``.
    first : int
        Index of the first one.
    keys : tuple of (n,)
        Index of each one in the problem, such as (workload, pool, period).
    """

    name: str
    first: int
    keys: tuple[Ints, ...]

    @property
    def size(self) -> int:
        """Number of columns or rows."""
        return len(self.keys[0])

    def labels(self) -> Iterator[str]:
        """Name of each one, such as ``work_3_0_12``."""
        for key in zip(*(k.tolist() for k in self.keys), strict=True):
            yield "_".join((self.name, *map(str, key)))


@dataclass(frozen=True, eq=False)
class LinearForm(ReadOnlyArrays):
    """``coefficients @ x + constant``.

    Attributes
    ----------
    coefficients : (n,)
    constant : float
    """

    coefficients: Floats
    constant: float

    def times(self, factor: float) -> LinearForm:
        """Multiply by a number."""
        if factor == 1.0:
            return self
        return LinearForm(factor * self.coefficients, factor * self.constant)

    def plus(self, other: LinearForm) -> LinearForm:
        """Add another form."""
        return LinearForm(self.coefficients + other.coefficients, self.constant + other.constant)


@dataclass(frozen=True, eq=False)
class LinearProgram(ReadOnlyArrays):
    """Minimize ``cost @ x + offset`` with ``row_lower ≤ A x ≤ row_upper`` and bounds on x.

    Attributes
    ----------
    cost, column_lower, column_upper : (n,)
    row_lower, row_upper : (m,)
    starts : (n + 1,)
        Start of each column in `rows` and `values`.
    rows, values : (nonzeros,)
        The matrix A by columns.
    offset : float
        Constant part of the objective.
    column_families, row_families : tuple of Family
        What the columns and rows stand for, in order.
    integer : (k,)
        Columns that are whole numbers; with any it is a mixed-integer program, which has no duals.
    """

    cost: Floats
    column_lower: Floats
    column_upper: Floats
    row_lower: Floats
    row_upper: Floats
    starts: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]
    values: Floats
    offset: float
    column_families: tuple[Family, ...]
    row_families: tuple[Family, ...]
    integer: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def n_columns(self) -> int:
        """Number of decision variables."""
        return len(self.cost)

    @property
    def n_rows(self) -> int:
        """Number of constraints."""
        return len(self.row_lower)

    @property
    def n_nonzeros(self) -> int:
        """Number of entries of the matrix."""
        return len(self.values)

    def column_names(self) -> list[str]:
        """Name of every column, for files that people read."""
        return [label for family in self.column_families for label in family.labels()]

    def row_names(self) -> list[str]:
        """Name of every row, for files that people read."""
        return [label for family in self.row_families for label in family.labels()]
