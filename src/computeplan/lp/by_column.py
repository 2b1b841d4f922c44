"""Entries of a matrix, added piece by piece, laid out by column; only pieces out of order are sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from computeplan.problem import Floats, Ints

Indices = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Entries:
    """A piece of a sparse matrix.

    Attributes
    ----------
    rows, columns, values : (n,)
    """

    rows: Ints
    columns: Ints
    values: Floats

    def of(self, chosen: npt.NDArray[np.bool_] | Ints) -> Entries:
        """Take some of the entries."""
        return Entries(self.rows[chosen], self.columns[chosen], self.values[chosen])

    def in_order(self) -> Entries:
        """Sort by column and leave out zeros."""
        some = self if self.values.all() else self.of(self.values != 0)
        if np.all(some.columns[1:] >= some.columns[:-1]):
            return some
        return some.of(np.argsort(some.columns, kind="stable"))


def by_column(pieces: Sequence[Entries], n_columns: int) -> tuple[Indices, Indices, Floats]:
    """Lay the entries other than zero out by column, each column's in the order in which they were added.

    Parameters
    ----------
    pieces : sequence of Entries
    n_columns : int

    Returns
    -------
    starts : (n_columns + 1,)
    rows, values : (nonzeros,)
    """
    ordered = [piece.in_order() for piece in pieces]
    runs = [_runs(piece.columns) for piece in ordered]
    starts = np.zeros(n_columns + 1, dtype=np.int32)
    for columns, _, count in runs:
        starts[1:][columns] += count
    np.cumsum(starts, out=starts)
    rows, values = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1])
    free = starts[:-1].copy()
    for piece, (columns, turn, count) in zip(ordered, runs, strict=True):
        place = span(free[columns] if isinstance(count, int) else np.repeat(free[columns], count) + turn)
        rows[place], values[place] = piece.rows, piece.values
        free[columns] += count
    return starts, rows, values


def is_ascending(columns: Ints) -> bool:
    """Whether no column comes twice and each is above the one before."""
    return bool(np.all(columns[1:] > columns[:-1]))


def span(index: npt.NDArray[np.integer]) -> slice | npt.NDArray[np.integer]:
    """Evenly spaced ascending indices as a slice, which is faster to index by; others as they are."""
    if len(index) < 2:
        return index
    step = int(index[1]) - int(index[0])
    even = step > 0 and int(index[-1]) - int(index[0]) == step * (len(index) - 1)
    if even and np.all(index[1:] - index[:-1] == step):
        return slice(int(index[0]), int(index[-1]) + 1, step)
    return index


def _runs(columns: Ints) -> tuple[slice | npt.NDArray[np.integer], Indices | int, Indices | int]:
    """Give the columns of an ordered piece, each once; each entry's turn in its column; entries a column."""
    if is_ascending(columns):
        return span(columns), 0, 1
    first = np.flatnonzero(np.append(True, columns[1:] > columns[:-1])).astype(np.int32)
    count = np.append(first[1:], np.int32(len(columns))) - first
    turn = np.arange(len(columns), dtype=np.int32) - np.repeat(first, count)
    return span(columns[first]), turn, count
