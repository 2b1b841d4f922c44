"""Which rows belong to which period, and what ties the periods: found in the program, once.

A row of one period is local, unless its family links each period with the next one, as waiting work
does: then all its rows are part of the *border*, together with the rows of no period (a job's volume, a
cap on emissions) and the columns with local rows in several periods (a booking, a month's peak). No column
outside the border has local rows of two periods, so that the local rows are independent from period to
period. Any assignment of periods is right; a good one has small blocks and a narrow border.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats, Ints
from computeplan.solvers.staircase.border import BLOCK, BORDER, PIVOT, Border, Pairs, RowLayout, find_border
from computeplan.solvers.staircase.standard import StandardForm

TIMED = frozenset(
    {
        "placement",
        "deferral",
        "load",
        "booking",
        "cap",
        "energy_balance",
        "demand_charge",
        "traffic",
        "cover",
        "contracted_power",
        "sale",
        "leased_bandwidth",
        "new_capacity",
        "storage",
        "rented_steps",
        "open_load",
        "routing",
        "open_battery",
    }
)
"""Families of rows whose last key is the period."""
LINKED = 0.5
"""Columns a row that lead to other periods, above which a family links the periods."""
MOST_ENTRIES = 40
"""Entries of a column above which it is part of the border: each pair of entries would be a product."""
COMMON = 0.05
"""Share of all rows (columns) above which a column (row) is of no period; at least `MOST_ENTRIES`."""
ROUNDS = 100
"""Of the search for pivots."""


@dataclass(frozen=True, eq=False)
class Staircase:
    """A program in the form of blocks and a border."""

    rows: RowLayout
    pivots: int
    block: int
    """Most rows of a period of these two kinds."""
    border: Border


def row_periods(lp: LinearProgram) -> Ints:
    """(n_rows,) period of each row, counted without gaps; −1 for those of none."""
    period = np.full(lp.n_rows, -1)
    for family in lp.row_families:
        if family.name in TIMED:
            period[family.first : family.first + family.size] = family.keys[-1]
    if not np.any(period >= 0):
        period = _components(lp)
    timed = period >= 0
    period[timed] = np.unique(period[timed], return_inverse=True)[1]
    return period


def _components(lp: LinearProgram) -> Ints:
    """(n_rows,) independent part of each row once what is common to many is left out; −1 for such rows."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    by_row, by_column = np.bincount(lp.rows, minlength=lp.n_rows), np.diff(lp.starts)
    common_row = by_row > max(MOST_ENTRIES, COMMON * lp.n_columns)
    common_column = by_column > max(MOST_ENTRIES, COMMON * lp.n_rows)
    column = lp.entry_columns
    kept = ~common_row[lp.rows] & ~common_column[column]
    size = lp.n_rows + lp.n_columns
    edges = (np.ones(int(kept.sum())), (lp.rows[kept], lp.n_rows + column[kept]))
    _, part = connected_components(sparse.coo_array(edges, shape=(size, size)), directed=False)
    return np.where(common_row, -1, part[: lp.n_rows])


def local_rows(lp: LinearProgram, period: Ints) -> Bools:
    """(n_rows,) rows of a period in whose family few columns lead to other periods."""
    local: Bools = period >= 0
    column = lp.entry_columns
    for family in lp.row_families:
        rows = slice(family.first, family.first + family.size)
        if not local[rows].any():
            continue
        own = (lp.rows >= rows.start) & (lp.rows < rows.stop)
        spread = _spans(column[own], period[lp.rows[own]], lp.n_columns)
        if spread.sum() > LINKED * family.size:
            local[rows] = False
    return local


def _spans(column: Ints, period: Ints, n_columns: int) -> Bools:
    """(n_columns,) whether a column has entries in more than one period."""
    first, last = np.full(n_columns, np.iinfo(np.int64).max), np.full(n_columns, -1)
    np.minimum.at(first, column, period)
    np.maximum.at(last, column, period)
    return last > first


def find_structure(lp: LinearProgram, form: StandardForm) -> tuple[Staircase, Pairs]:
    """Find the blocks and the border of a program, and the pairs of entries in its other columns."""
    every = row_periods(lp)
    local = local_rows(lp, every)[form.rows]
    period = np.where(local, every[form.rows], -1)
    matrix = form.matrix
    m, n = matrix.shape
    column = np.repeat(np.arange(n), np.diff(matrix.indptr))
    inner = local[matrix.indices]
    spans = _spans(column[inner], period[matrix.indices[inner]], n)
    linking = spans | form.is_free | (np.diff(matrix.indptr) > MOST_ENTRIES)
    one, other, product, of = _products(matrix, np.flatnonzero(~linking))
    kind = np.where(local, BLOCK, BORDER)
    apart = (one != other) & local[one] & local[other]
    kind[_independent(one[apart], other[apart], local)] = PIVOT
    swap = kind[one] > kind[other]
    pairs = Pairs(np.where(swap, other, one), np.where(swap, one, other), product, of)
    place = np.full(m, -1)
    for each in (PIVOT, BLOCK):
        of_kind = np.flatnonzero(kind == each)
        place[of_kind] = _rank_in_group(period[of_kind])
    place[kind == BORDER] = np.arange(np.count_nonzero(kind == BORDER))
    rows = RowLayout(int(period.max(initial=0)) + 1, period, kind, place)
    border = find_border(matrix, pairs, rows, np.flatnonzero(linking))
    return Staircase(rows, rows.most(PIVOT), rows.most(BLOCK), border), pairs


def _products(matrix: Any, columns: Ints) -> tuple[Ints, Ints, Floats, Ints]:
    """All pairs of entries in each of some columns: both rows, product and column."""
    count, found = np.diff(matrix.indptr)[columns], []
    for k in np.unique(count[count > 0]):
        some = columns[count == k]
        first, second = np.triu_indices(k)
        start = matrix.indptr[some, None]
        found.append(((start + first).ravel(), (start + second).ravel(), np.repeat(some, len(first))))
    if not found:
        return (np.zeros(0, dtype=np.int64),) * 2 + (np.zeros(0), np.zeros(0, dtype=np.int64))
    a, b, of = (np.concatenate(part) for part in zip(*found, strict=True))
    return matrix.indices[a], matrix.indices[b], matrix.data[a] * matrix.data[b], of


def _independent(one: Ints, other: Ints, local: Bools) -> Bools:
    """(m,) a set of local rows that share no column, those with few neighbors first."""
    m = len(local)
    degree = np.bincount(one, minlength=m) + np.bincount(other, minlength=m)
    rank = np.empty(m, dtype=np.int64)
    rank[np.argsort(degree, kind="stable")] = np.arange(m)
    chosen, undecided = np.zeros(m, dtype=bool), local.copy()
    for _ in range(ROUNDS):
        if not undecided.any():
            break
        least = np.full(m, m)
        np.minimum.at(least, one, rank[other])
        np.minimum.at(least, other, rank[one])
        new = undecided & (rank < least)
        chosen |= new
        undecided &= ~new
        undecided[other[new[one]]] = False
        undecided[one[new[other]]] = False
        live = undecided[one] & undecided[other]
        one, other = one[live], other[live]
    return chosen


def _rank_in_group(group: Ints) -> Ints:
    """Count within its group what comes before each element."""
    order = np.argsort(group, kind="stable")
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = np.arange(len(group)) - np.searchsorted(group[order], group[order])
    return ranks
