"""The independent parts of a linear program: components of the graph of its columns and rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Ints
from computeplan.problem.arrays import ReadOnlyArrays

PART_COLUMNS = 8_000
"""Smaller parts are bundled up to about this size: a solver has a price of its own for each."""
DAY = 24
"""Larger bundles hold a multiple of this many components: whole days of hours look like their neighbors."""


@dataclass(frozen=True, eq=False)
class Part(ReadOnlyArrays):
    """One part of a program.

    Attributes
    ----------
    lp : LinearProgram
    columns, rows : (…)
        Where its columns and rows stand in the whole.
    """

    lp: LinearProgram
    columns: Ints
    rows: Ints


def component_of(lp: LinearProgram, kept: Bools) -> tuple[Ints, Ints, int]:
    """Give the components that remain without some rows a number each.

    Parameters
    ----------
    lp : LinearProgram
    kept : (n_rows,)

    Returns
    -------
    columns : (n_columns,)
        Component of each column, numbered by first column.
    rows : (n_rows,)
        Component of each row; −1 for rows left out or without entries.
    count : int
    """
    entry = np.flatnonzero(kept[lp.rows])
    row, column = lp.rows[entry], _column_of_entry(lp)[entry] + lp.n_rows
    label = np.arange(lp.n_rows + lp.n_columns)
    while True:
        before = label.copy()
        lowest = np.minimum(label[row], label[column])
        np.minimum.at(label, row, lowest)
        np.minimum.at(label, column, lowest)
        # Pointer jumping: long chains of periods shrink by half each time.
        label = label[label]
        if np.array_equal(before, label):
            break
    _, first, columns = np.unique(label[lp.n_rows :], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    rows = np.full(lp.n_rows, -1)
    rows[row] = rank[columns[column - lp.n_rows]]
    return rank[columns], rows, len(first)


def bundled(component: Ints, count: int) -> Ints:
    """(count,) bundle of each component: as many neighbors in each, with about `PART_COLUMNS` columns.

    Bundles of as many components often have the same shape, so that one starts from the basis of another.
    """
    size = max(1, PART_COLUMNS * count // max(1, len(component)))
    if size > DAY:
        size -= size % DAY
    return np.arange(count) // size


def extract(lp: LinearProgram, part_of_column: Ints, part_of_row: Ints) -> tuple[Part, ...]:
    """Cut a program into its parts; rows of part −1 are left out."""
    column_order = np.argsort(part_of_column, kind="stable")
    count = int(part_of_column.max(initial=-1)) + 1
    edges = np.searchsorted(part_of_column[column_order], np.arange(count + 1))
    row_order = np.argsort(part_of_row, kind="stable")
    row_edges = np.searchsorted(part_of_row[row_order], np.arange(count + 1))
    return tuple(
        restricted(
            lp,
            column_order[edges[i] : edges[i + 1]],
            row_order[row_edges[i] : row_edges[i + 1]],
        )
        for i in range(count)
    )


def restricted(lp: LinearProgram, columns: Ints, rows: Ints) -> Part:
    """Take some columns and rows out of a program.

    Parameters
    ----------
    lp : LinearProgram
    columns, rows : (…)
        Ascending. Entries in other rows are left out.
    """
    counts = np.diff(lp.starts)[columns]
    entry = np.repeat(lp.starts[columns] - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    owner = np.repeat(np.arange(len(columns)), counts)
    row = np.searchsorted(rows, lp.rows[entry])
    inside = rows[np.minimum(row, len(rows) - 1)] == lp.rows[entry] if len(rows) else np.zeros(0, bool)
    entry, owner, row = entry[inside], owner[inside], row[inside]
    starts = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(columns)))))
    part = LinearProgram(
        cost=lp.cost[columns],
        column_lower=lp.column_lower[columns],
        column_upper=lp.column_upper[columns],
        row_lower=lp.row_lower[rows],
        row_upper=lp.row_upper[rows],
        starts=starts.astype(np.int32),
        rows=row.astype(np.int32),
        values=lp.values[entry],
        offset=0.0,
        column_families=(),
        row_families=(),
    )
    return Part(part, columns, rows)


def _column_of_entry(lp: LinearProgram) -> Ints:
    return np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))
