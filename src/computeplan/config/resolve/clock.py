"""Time zones: local clocks over a span, and equal slots of the horizon's periods on such a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from computeplan.problem import Bools, Horizon, Ints

Times = npt.NDArray[np.datetime64]

DAY_S = 86_400
_MARGIN = np.timedelta64(2 * DAY_S, "s")
_EARLIEST_S = int(np.datetime64("1900-01-01", "s").astype(np.int64))
_LATEST_S = int(np.datetime64("2200-01-01", "s").astype(np.int64))


@dataclass(frozen=True, eq=False)
class Offsets:
    """Offsets of a local clock from UTC over a span.

    Attributes
    ----------
    since_s : (n,)
        UTC second at which each offset begins, ascending; the first reaches back without limit.
    offset_s : (n,)
        Local time minus UTC, s.
    """

    since_s: Ints
    offset_s: Ints

    def at(self, utc_s: Ints) -> Ints:
        """Offset at each UTC second."""
        index = np.searchsorted(self.since_s[1:], utc_s, side="right")
        offset: Ints = self.offset_s[index]
        return offset


def zone_offsets(zone: ZoneInfo, first: np.datetime64, last: np.datetime64) -> Offsets:
    """Tabulate a zone's offsets from two days before `first` to two days after `last`.

    Parameters
    ----------
    zone : ZoneInfo
    first, last : datetime64
        Ends of the span, local or UTC; times outside 1900–2199 keep the offset of the nearest end.

    Returns
    -------
    Offsets
    """
    ends = np.array([first - _MARGIN, last + _MARGIN], "datetime64[s]").astype(np.int64)
    start, stop = np.clip(ends, _EARLIEST_S, _LATEST_S).tolist()
    days = [*range(start, stop, DAY_S), stop]
    offsets = [_offset_s(zone, second) for second in days]
    since, values = [start], [offsets[0]]
    for i in np.flatnonzero(np.diff(offsets)):
        since.append(_change(zone, days[i], days[i + 1]))
        values.append(offsets[i + 1])
    return Offsets(np.array(since, np.int64), np.array(values, np.int64))


def to_local(utc: Times, offsets: Offsets) -> Times:
    """Read a local clock at UTC times."""
    utc_s = utc.astype("datetime64[s]").astype(np.int64)
    return (utc_s + offsets.at(utc_s)).astype("datetime64[s]")


def to_utc(local: Times, offsets: Offsets, *, later: bool = False) -> Times:
    """UTC of local times.

    Parameters
    ----------
    local : (n,) datetime64
    offsets : Offsets
    later : bool
        Which of two instants is meant where the clock is set back and shows a time twice.

    Returns
    -------
    (n,) datetime64[s]
        NaT where the clock never shows the time because it is set forward past it.
    """
    local_s = local.astype("datetime64[s]").astype(np.int64)
    utc = np.full(local.shape, np.datetime64("NaT"), "datetime64[s]")
    choices = np.unique(offsets.offset_s)  # the smallest offset gives the later instant: it is written last
    for offset in choices[::-1] if later else choices:
        valid = offsets.at(local_s - offset) == offset
        utc[valid] = (local_s[valid] - offset).astype("datetime64[s]")
    return utc


def from_local(local: Times, zone: ZoneInfo) -> tuple[Times, Bools]:
    """UTC of local times, some of which may be NaT.

    Parameters
    ----------
    local : (n,) datetime64
    zone : ZoneInfo

    Returns
    -------
    utc : (n,) datetime64[s]
        NaT where there is no time, or the clock never shows it.
    is_skipped : (n,)
        Whether the clock is set forward past the time.
    """
    is_given = ~np.isnat(local)
    utc = np.full(local.shape, np.datetime64("NaT"), "datetime64[s]")
    if is_given.any():
        given = local[is_given]
        utc[is_given] = to_utc(given, zone_offsets(zone, given.min(), given.max()))
    return utc, is_given & np.isnat(utc)


def is_ambiguous(local: Times, offsets: Offsets) -> Bools:
    """Whether the clock shows a local time twice."""
    ambiguous: Bools = to_utc(local, offsets) != to_utc(local, offsets, later=True)
    return ambiguous & ~np.isnat(to_utc(local, offsets))


def local_slots(horizon: Horizon, zone: ZoneInfo, step_s: int) -> Times:
    """Cut every period into equal slots that no multiple of `step_s` on a local clock divides.

    Parameters
    ----------
    horizon : Horizon
    zone : ZoneInfo
        Zone of the clock.
    step_s : int
        Divides a day, s.

    Returns
    -------
    (T, n) datetime64[s]
        Local start of each slot.
    """
    utc_s = horizon.start_utc.astype(np.int64)
    period_s = round(horizon.period_h * 3600)
    offsets = zone_offsets(zone, horizon.start_utc[0], horizon.start_utc[-1] + np.timedelta64(period_s, "s"))
    changes = offsets.since_s[1:]
    marks = (utc_s + offsets.at(utc_s), changes + offsets.offset_s[1:], changes + offsets.offset_s[:-1])
    slot_s = int(np.gcd.reduce(np.concatenate([*marks, [period_s, step_s]])))
    slots = utc_s[:, None] + np.arange(0, period_s, slot_s)
    return (slots + offsets.at(slots)).astype("datetime64[s]")


def _offset_s(zone: ZoneInfo, utc_s: int) -> int:
    offset = datetime.fromtimestamp(utc_s, UTC).astimezone(zone).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """First UTC second with the offset of `after`, at most a day after `before`."""
    old = _offset_s(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_s(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after
