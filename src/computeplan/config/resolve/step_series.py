"""Values that each hold for a time, and their means over other spans of time."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.resolve.clock import Times, local_slots, to_utc, zone_offsets
from computeplan.problem import Bools, Floats, Horizon

_PIECE_S = 3600
"""Dates are moved to another year in pieces of at most an hour, which never cross midnight."""


@dataclass(frozen=True, eq=False)
class Steps:
    """A step function of time.

    Attributes
    ----------
    edges : (n + 1,) datetime64[s]
        UTC; value i holds from edge i to edge i + 1.
    values : (n,)
    """

    edges: Times
    values: Floats

    def means(self, begin: Times, end: Times) -> Floats:
        """Mean over each span, exact where steps begin or end inside it.

        Parameters
        ----------
        begin, end : (...,) datetime64[s]
            UTC, within the edges.

        Returns
        -------
        (...,)
        """
        edges = self.edges.astype(np.int64)
        start, stop = begin.astype(np.int64), end.astype(np.int64)
        first = np.searchsorted(edges, start, side="right") - 1
        last = np.searchsorted(edges, stop, side="left") - 1
        center = float(self.values.mean())  # sums of small differences round less
        total = np.concatenate([[0.0], np.cumsum((self.values - center) * np.diff(edges))])
        integral = np.interp(stop, edges, total) - np.interp(start, edges, total)
        means = np.clip(center + integral / (stop - start), self.values.min(), self.values.max())
        return np.where(first == last, self.values[first], means)


@dataclass(frozen=True, eq=False)
class Reading:
    """The spans of time in which a source is read for each period.

    Attributes
    ----------
    begin, end : (T, n) datetime64[s]
        UTC; the n spans of a period weigh the same.
    """

    begin: Times
    end: Times

    def covered_by(self, edges: Times) -> Bools:
        """(T,) whether every span lies within the edges of a step function."""
        covered: Bools = ((self.begin >= edges[0]) & (self.end <= edges[-1])).all(axis=1)
        return covered


def own_dates(horizon: Horizon) -> Reading:
    """Every period reads its own time.

    Parameters
    ----------
    horizon : Horizon

    Returns
    -------
    Reading
    """
    begin = horizon.start_utc[:, None]
    return Reading(begin, begin + np.timedelta64(round(horizon.period_h * 3600), "s"))


def dates_of_year(horizon: Horizon, zone: ZoneInfo, year: int) -> tuple[Reading, bool]:
    """Every period reads the same local date and clock time of another year.

    Parameters
    ----------
    horizon : Horizon
    zone : ZoneInfo
        Zone of the dates.
    year : int

    Returns
    -------
    reading : Reading
    moved : bool
        Whether 29 February is read from 28 February, because the year has none.
    """
    local = local_slots(horizon, zone, _PIECE_S)
    piece = np.timedelta64(round(horizon.period_h * 3600) // local.shape[1], "s")
    months = local.astype("datetime64[M]")
    shifted = np.datetime64(f"{year}-01", "M") + months.astype(np.int64) % 12
    day = (local.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    last = ((shifted + 1).astype("datetime64[D]") - shifted.astype("datetime64[D]")).astype(np.int64) - 1
    clock = local - local.astype("datetime64[D]")
    target = shifted.astype("datetime64[D]") + np.minimum(day, last) + clock
    begin = _on_clock(target, zone)
    return Reading(begin, begin + piece), bool((day > last).any())


def _on_clock(local: Times, zone: ZoneInfo) -> Times:
    """UTC of local times; a time that the clock skips is read an hour later on the clock."""
    offsets = zone_offsets(zone, local.min(), local.max())
    utc = to_utc(local, offsets)
    return np.where(np.isnat(utc), to_utc(local + np.timedelta64(1, "h"), offsets), utc)
