"""What ties the periods: when each border variable is alive, and its place in the front meanwhile.

A border variable, row or column, is alive from the first period that it touches to the last. While it is
alive it has a slot of the *front*, a dense matrix as wide as the most that are alive at a time.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.problem import Bools, Floats, Ints

PIVOT, BLOCK, BORDER = 0, 1, 2
"""Kinds of rows: local ones that share no column with each other, other local ones, and the border's."""


@dataclass(frozen=True, eq=False)
class RowLayout:
    """Rows of a program by period, (m,) each."""

    periods: int
    """Number of them."""
    period: Ints
    """Of each local row."""
    kind: Ints
    """`PIVOT`, `BLOCK` or `BORDER`."""
    place: Ints
    """Place among the rows of its kind in its period; of border rows, the variable."""

    def most(self, kind: int) -> int:
        """Most rows of a kind in a period."""
        return int(self.place[self.kind == kind].max(initial=-1)) + 1


@dataclass(frozen=True, eq=False)
class Pairs:
    """All pairs of entries in a column outside the border, (p,) each; kind of `one` ≤ kind of `other`."""

    one: Ints
    other: Ints
    product: Floats
    column: Ints


@dataclass(frozen=True, eq=False)
class Border:
    """Border variables: its rows first, then its columns, b together."""

    rows: Ints
    columns: Ints
    is_pure: Bools
    """(b,) rows that hold border columns alone."""
    first: Ints
    last: Ints
    """(b,) first and last period in which each is alive."""
    slot: Ints
    """(b,) place in the front meanwhile."""
    width: int
    """Slots of the front."""
    leaving: tuple[tuple[Ints, ...], ...]
    """Variables that leave after each period, in groups, each of which is definite when its turn comes."""


@dataclass(frozen=True, eq=False)
class _Ties:
    """What the border variables touch."""

    variable: Ints
    period: Ints
    """(k,) a variable and a period of which it touches a local row."""
    one: Ints
    other: Ints
    """(l,) two border variables that touch each other."""


def find_border(matrix: Any, pairs: Pairs, rows: RowLayout, links: Ints) -> Border:
    """Find out when each border variable is alive, and give it a slot.

    `links`: columns of the border.
    """
    own = np.flatnonzero(rows.kind == BORDER)
    size, is_row = len(own) + len(links), np.arange(len(own) + len(links)) < len(own)
    summed = np.zeros(size, dtype=bool)
    summed[rows.place[pairs.other[rows.kind[pairs.other] == BORDER]]] = True
    ties = _ties(matrix, pairs, rows, links)
    is_pure = ~summed & is_row
    first, last = _lifetimes(ties, size, rows.periods, is_pure=is_pure)
    slot, width = _slots(first, last)
    # Rows before columns, and rows that hold border columns alone behind these.
    turn = np.where(~is_row, 1, np.where(is_pure, 2, 0))
    order = np.lexsort((turn, last))
    edges = np.searchsorted(last[order], np.arange(rows.periods + 1))
    leaving = tuple(
        tuple(some[turn[some] == k] for k in range(3) if np.any(turn[some] == k))
        for some in (order[edges[t] : edges[t + 1]] for t in range(rows.periods))
    )
    return Border(own, links, is_pure, first, last, slot, width, leaving)


def _ties(matrix: Any, pairs: Pairs, rows: RowLayout, links: Ints) -> _Ties:
    is_border, period, place = rows.kind == BORDER, rows.period, rows.place
    n_rows = int(is_border.sum())
    touching = is_border[pairs.other] & ~is_border[pairs.one]
    among = is_border[pairs.one] & (pairs.one != pairs.other)
    linked = matrix[:, links].tocoo()
    row, link = linked.coords
    inner = ~is_border[row]
    return _Ties(
        variable=np.concatenate((place[pairs.other[touching]], n_rows + link[inner])),
        period=np.concatenate((period[pairs.one[touching]], period[row[inner]])),
        one=np.concatenate((place[pairs.one[among]], place[row[~inner]])),
        other=np.concatenate((place[pairs.other[among]], n_rows + link[~inner])),
    )


def _lifetimes(ties: _Ties, size: int, periods: int, is_pure: Bools) -> tuple[Ints, Ints]:
    """First and last period of each border variable, so that two that touch each other meet.

    A variable without local rows, and a pure row (of border columns alone), lives where the last of those
    that it touches leaves. Of two that do not meet, the later one comes earlier.
    """
    first, last = np.full(size, periods), np.full(size, -1)
    np.minimum.at(first, ties.variable, ties.period)
    np.maximum.at(last, ties.variable, ties.period)
    last[is_pure] = -1
    both = np.concatenate((ties.one, ties.other)), np.concatenate((ties.other, ties.one))
    while True:
        reached = last.copy()
        np.maximum.at(reached, both[0], last[both[1]])
        new = (last < 0) & (reached >= 0)
        if not new.any():
            break
        first[new] = last[new] = reached[new]
    lonely = last < 0
    first[lonely], last[lonely] = 0, 0
    earlier = last[ties.one] <= last[ties.other]
    early, late = np.where(earlier, ties.one, ties.other), np.where(earlier, ties.other, ties.one)
    np.minimum.at(first, late, last[early])
    return first, last


def _slots(first: Ints, last: Ints) -> tuple[Ints, int]:
    """Give each variable a slot that no other has at the same time; also their number."""
    slot = np.zeros(len(first), dtype=np.int64)
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    used = 0
    for b in np.argsort(first, kind="stable").tolist():
        while busy and busy[0][0] < first[b]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if not free:
            heapq.heappush(free, used)
            used += 1
        slot[b] = heapq.heappop(free)
        heapq.heappush(busy, (int(last[b]), int(slot[b])))
    return slot, used
