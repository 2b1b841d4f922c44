"""Which members of a class move as its places are used more or less: the same ones again and again.

The work of members whose demand has one shape is a strand, which is cut into pieces. In each period, places
that do less than before release pieces, those first that have moved most, and places that do more take
them, the most restless to the place that will release soonest. Then the pieces of a strand are laid end to
end by their moves and widths, and over them the members by size: few large members lie on the restless
pieces, most members on pieces that never move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from computeplan.grouping.overlap import find_overlaps
from computeplan.problem import Floats, Ints
from computeplan.problem.arrays import ReadOnlyArrays

SLIVER = 1e-10
"""Differences below this share of a period's work are a solver's rounding, for which nothing is cut."""
NOWHERE = -1
"""Place of a piece that has not worked yet."""


@dataclass(frozen=True, eq=False)
class Layout(ReadOnlyArrays):
    """Where the members of a class run: each lies on one or more pieces."""

    place: npt.NDArray[np.int16]
    """(k, t) place of each piece in each period; its last one where it does not work."""
    member: Ints
    """(m,) a member, ascending."""
    piece: Ints
    """(m,) a piece on which it lies."""
    part: Floats
    """(m,) part of its work that does."""

    def split(self, first: int, amounts: Floats, places: int) -> Floats:
        """(n, places, t) work of the members from `first` on, (n, t), by place."""
        size, periods = amounts.shape
        some = slice(*np.searchsorted(self.member, (first, first + size)))
        row = self.member[some] - first
        cell = row[:, None] * places + np.maximum(self.place[self.piece[some]], 0)
        cell = cell * periods + np.arange(periods)
        work = self.part[some, None] * amounts[row]
        flat = np.bincount(cell.ravel(), weights=work.ravel(), minlength=size * places * periods)
        return flat.reshape(size, places, periods).astype(np.float64, copy=False)


def lay_members(strand: Ints, size: Floats, strand_work: Floats, place_work: Floats) -> Layout:
    """Cut strands into pieces that move little, and lay the members over them.

    Parameters
    ----------
    strand, size
        (n,) strand of each member, numbered from 0, and its size compared with others of the strand.
    strand_work
        (strands, t) work of each strand.
    place_work
        (places, t) work of each place; the same in sum.
    """
    pieces = _Pieces(strand_work, place_work)
    for period in range(strand_work.shape[1]):
        pieces.follow(period)
    return pieces.lay(strand, size)


class _Pieces:
    """Pieces of strands, followed from period to period."""

    def __init__(self, strand_work: Floats, place_work: Floats) -> None:
        self._strand_work, self._place_work = strand_work, place_work
        self._release = _next_release(place_work)
        count = len(strand_work)
        self._strand, self._width = np.arange(count), np.ones(count)
        self._place, self._moves, self._since = (
            np.full(count, NOWHERE),
            np.zeros(count, int),
            np.zeros(count, int),
        )
        self._path = np.full((count, strand_work.shape[1]), NOWHERE, dtype=np.int16)

    @property
    def _size(self) -> int:
        return len(self._width)

    def follow(self, period: int) -> None:
        """Let pieces move so that every place does its work of the period."""
        work = self._work(period)
        least = SLIVER * float(work.sum())
        if least > 0:
            placed = (work > 0) & (self._place != NOWHERE)
            new = np.flatnonzero((work > 0) & (self._place == NOWHERE))
            wanted = self._place_work[:, period]
            there = np.bincount(self._place[placed], weights=work[placed], minlength=len(wanted))
            less = np.flatnonzero(there > wanted + least)
            released = [
                self._take(period, place, there[place] - wanted[place], least) for place in less.tolist()
            ]
            free = np.concatenate((*released, new))
            more = np.flatnonzero(wanted > there + least)
            if len(free) and len(more):
                self._give(period, free, more, (wanted - there)[more], least)
        self._path[: self._size, period] = self._place

    def _work(self, period: int) -> Floats:
        """(k,) work of each piece in a period."""
        work: Floats = self._width * self._strand_work[self._strand, period]
        return work

    def _take(self, period: int, place: int, amount: float, least: float) -> Ints:
        """Take an amount of work from a place: the pieces that have moved most, and last."""
        work = self._work(period)
        mine = np.flatnonzero((self._place == place) & (work > 0))
        mine = mine[np.lexsort((-self._since[mine], -self._moves[mine]))]
        end = np.cumsum(work[mine])
        last = min(int(np.searchsorted(end, amount - least)), len(mine) - 1)
        if end[last] > amount + least:
            self._cut(mine[last], (end[last] - amount) / work[mine[last]], period)
        return mine[: last + 1]

    def _give(self, period: int, free: Ints, places: Ints, amounts: Floats, least: float) -> None:
        """Give pieces to places that do more, the most restless to the place that releases soonest."""
        free = free[np.argsort(-self._moves[free], kind="stable")]
        order = np.argsort(self._release[places, period], kind="stable")
        places, edges = places[order], np.cumsum(amounts[order])[:-1]
        work = self._work(period)[free]
        end = np.cumsum(work)
        first = np.searchsorted(edges, end - work + least, side="right")
        last = np.maximum(np.searchsorted(edges, end - least, side="left"), first)
        for each in np.flatnonzero(last > first).tolist():
            stop = end[each]
            for edge in range(last[each], first[each], -1):
                # What lies beyond the edge is a piece of its own.
                rest = (stop - edges[edge - 1]) / (stop - end[each] + work[each])
                self._move(np.array([self._cut(free[each], rest, period)]), places[edge], period)
                stop = edges[edge - 1]
        self._move(free, places[first], period)

    def _move(self, pieces: Ints, places: Ints | np.int64, period: int) -> None:
        moved = (self._place[pieces] != NOWHERE) & (self._place[pieces] != places)
        self._moves[pieces] += moved
        self._since[pieces] = np.where(moved, period, self._since[pieces])
        self._place[pieces] = places

    def _cut(self, piece: np.int64, part: float, period: int) -> int:
        """Cut a part off a piece, with the same past; returns its number."""
        fields = ("_strand", "_place", "_moves", "_since", "_width")
        for name in fields:
            values = getattr(self, name)
            setattr(self, name, np.append(values, values[piece]))
        self._width[piece] *= 1 - part
        self._width[-1] *= part
        if self._size > len(self._path):
            self._path = np.concatenate((self._path, np.empty_like(self._path)))
        self._path[self._size - 1, :period] = self._path[piece, :period]
        return self._size - 1

    def lay(self, strand: Ints, size: Floats) -> Layout:
        """Lay the members over the pieces, the largest over the most restless."""
        of = np.lexsort((-size, strand))
        on = np.lexsort((-self._width, -self._moves, self._strand))
        whole = np.bincount(strand, weights=size)[strand]
        share = np.where(whole > 0, size / np.where(whole > 0, whole, 1.0), 0.0)
        part, other, length = find_overlaps(strand[of], share[of], self._strand[on], self._width[on])
        # A member so small that it is lost among the others lies on the calmest piece.
        lost = np.flatnonzero(np.bincount(of[part], minlength=len(size)) == 0)
        calmest = np.zeros(len(self._strand_work), dtype=np.int64)
        calmest[self._strand[on]] = on
        member = np.concatenate((of[part], lost))
        order = np.argsort(member, kind="stable")
        lying = np.concatenate((length, np.ones(len(lost))))[order]
        member, piece = member[order], np.concatenate((on[other], calmest[strand[lost]]))[order]
        return Layout(
            place=self._path[: self._size].copy(),
            member=member,
            piece=piece,
            part=lying / np.bincount(member, weights=lying, minlength=len(size))[member],
        )


def _next_release(place_work: Floats) -> Ints:
    """(places, t) next period in which the share of each place falls; the number of periods if none."""
    total = place_work.sum(axis=0)
    share = place_work / np.where(total > 0, total, 1.0)
    periods = place_work.shape[1]
    release = np.full(place_work.shape, periods)
    falls = share[:, 1:] < share[:, :-1] - SLIVER
    for period in range(periods - 1, 0, -1):
        release[:, period - 1] = np.where(falls[:, period - 1], period, release[:, period])
    return release
