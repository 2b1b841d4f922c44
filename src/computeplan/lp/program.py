"""A sparse linear program as plain arrays, ready for a solver, and how two programs differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from computeplan.problem import Floats, Ints, sum_by
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class Family:
    """A run of columns or rows that belong together."""

    name: str
    """Such as ``work`` or ``energy_balance``."""
    first: int
    """Index of the first one."""
    keys: tuple[Ints, ...]
    """(n,) index of each one in the problem, such as (workload, pool, period)."""

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
    """``coefficients @ x + constant``."""

    coefficients: Floats
    """(n,)"""
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
    """Minimize ``cost @ x + offset`` with ``row_lower ≤ A x ≤ row_upper`` and bounds on x."""

    cost: Floats
    column_lower: Floats
    column_upper: Floats
    """(n,)"""
    row_lower: Floats
    row_upper: Floats
    """(m,)"""
    starts: npt.NDArray[np.int32]
    """(n + 1,) start of each column in `rows` and `values`."""
    rows: npt.NDArray[np.int32]
    values: Floats
    """(nonzeros,) the matrix A by columns."""
    offset: float
    """Constant part of the objective."""
    column_families: tuple[Family, ...]
    row_families: tuple[Family, ...]
    """What the columns and rows stand for, in order."""
    integer: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """(k,) columns that are whole numbers; with any it is a mixed-integer program, which has no duals."""

    def column_keys(self, name: str) -> tuple[Ints, ...]:
        """Keys of a family of columns, each (n,)."""
        return next(family.keys for family in self.column_families if family.name == name)

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

    @property
    def entry_columns(self) -> Ints:
        """(nonzeros,) column of each entry of the matrix."""
        return np.repeat(np.arange(self.n_columns), np.diff(self.starts))

    def reduced_costs(self, row_duals: Floats) -> Floats:
        """(n_columns,) costs less what the rows pay at these duals."""
        paid = self.values * row_duals[self.rows]
        return self.cost - sum_by(self.entry_columns, paid, self.n_columns)

    def column_names(self) -> list[str]:
        """Name of every column, for files that people read."""
        return [label for family in self.column_families for label in family.labels()]

    def row_names(self) -> list[str]:
        """Name of every row, for files that people read."""
        return [label for family in self.row_families for label in family.labels()]


class ProgramDiff(StrEnum):
    """What differs between two programs, from least to most work for a solver that goes on with the other."""

    NOTHING = "nothing"
    COSTS = "costs"
    LIMITS = "limits"
    MATRIX = "matrix"
    SHAPE = "shape"


@dataclass(frozen=True)
class Digest:
    """Fingerprint of each part of a program."""

    shape: tuple[int, int]
    """Columns and rows."""
    costs: str
    limits: str
    matrix: str

    def diff(self, other: Digest) -> ProgramDiff:
        """Find the heaviest difference to another program."""
        if self.shape != other.shape:
            return ProgramDiff.SHAPE
        if self.matrix != other.matrix:
            return ProgramDiff.MATRIX
        if self.limits != other.limits:
            return ProgramDiff.LIMITS
        return ProgramDiff.NOTHING if self.costs == other.costs else ProgramDiff.COSTS


def digest(lp: LinearProgram) -> Digest:
    """Take a program's fingerprint."""
    return Digest(
        shape=(lp.n_columns, lp.n_rows),
        costs=_hash(lp.cost, np.array([lp.offset])),
        limits=_hash(lp.column_lower, lp.column_upper, lp.row_lower, lp.row_upper),
        matrix=_hash(lp.starts, lp.rows, lp.values),
    )


def _hash(*arrays: npt.NDArray[np.generic]) -> str:
    found = blake2b(digest_size=12)
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
