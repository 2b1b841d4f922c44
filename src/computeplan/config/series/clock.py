"""Local clocks of time zones over a span, and the horizon's periods cut into slots on such a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from computeplan.problem import Bools, Floats, Horizon, Ints

Times = npt.NDArray[np.datetime64]

DAY_S = 86_400
_MARGIN_S = 2 * DAY_S
_EARLIEST_S = int(np.datetime64("1900-01-01", "s").astype(np.int64))
_LATEST_S = int(np.datetime64("2200-01-01", "s").astype(np.int64))


@dataclass(frozen=True, eq=False)
class LocalClock:
    """The clock of a time zone over a span."""

    since_s: Ints
    """(n,) UTC second at which each offset begins, ascending; the first reaches back without limit."""
    offset_s: Ints
    """(n,) local time minus UTC, s."""

    @classmethod
    def of(cls, zone: ZoneInfo, times: Times) -> LocalClock:
        """Tabulate a zone's offsets from two days before the first of some times to two days after the last.

        `times` (n,): local or UTC; NaT is ignored. Outside 1900–2199 the offset of the nearest end holds.
        """
        given = times[~np.isnat(times)].astype("datetime64[s]").astype(np.int64)
        ends = [given.min() - _MARGIN_S, given.max() + _MARGIN_S] if len(given) else [0, 0]
        start, stop = np.clip(ends, _EARLIEST_S, _LATEST_S).tolist()
        days = [*range(start, stop, DAY_S), stop]
        offsets = [_offset_s(zone, second) for second in days]
        since, values = [start], [offsets[0]]
        for i in np.flatnonzero(np.diff(offsets)):
            since.append(_find_change(zone, days[i], days[i + 1]))
            values.append(offsets[i + 1])
        return cls(np.array(since, np.int64), np.array(values, np.int64))

    def offset_at(self, utc_s: Ints) -> Ints:
        """Return the offset at each UTC second."""
        index = np.searchsorted(self.since_s[1:], utc_s, side="right")
        offset: Ints = self.offset_s[index]
        return offset

    def to_local(self, utc: Times) -> Times:
        """Read the clock at UTC times."""
        utc_s = utc.astype("datetime64[s]").astype(np.int64)
        return (utc_s + self.offset_at(utc_s)).astype("datetime64[s]")

    def to_utc(self, local: Times, *, later: bool = False) -> Times:
        """Find the UTC of local times; NaT where there is none, or the clock is set forward past it.

        `later`: which of two instants is meant where the clock is set back and shows a time twice.
        """
        local_s = local.astype("datetime64[s]").astype(np.int64)
        utc = np.full(local.shape, np.datetime64("NaT", "s"), "datetime64[s]")
        choices = np.unique(self.offset_s)  # the smallest offset gives the later instant: it is written last
        for offset in choices[::-1] if later else choices:
            shows = ~np.isnat(local) & (self.offset_at(local_s - offset) == offset)
            utc[shows] = (local_s[shows] - offset).astype("datetime64[s]")
        return utc

    def to_utc_past_gaps(self, local: Times) -> Times:
        """Find the UTC of local times; where the clock skips one, of the time an hour later."""
        utc = self.to_utc(local)
        return np.where(np.isnat(utc), self.to_utc(local + np.timedelta64(1, "h")), utc)

    def shows_twice(self, local: Times) -> Bools:
        """Return whether the clock shows each local time twice."""
        first, later = self.to_utc(local), self.to_utc(local, later=True)
        twice: Bools = (first != later) & ~np.isnat(first)
        return twice


def local_slots(horizon: Horizon, zone: ZoneInfo, step_s: int) -> Times:
    """(T, n) local starts of the equal slots of every period that no multiple of `step_s` divides.

    `step_s`: on the local clock; divides a day, s.
    """
    utc_s = horizon.start_utc.astype(np.int64)
    period_s = round(horizon.period_h * 3600)
    clock = LocalClock.of(zone, np.array([utc_s[0], utc_s[-1] + period_s], "datetime64[s]"))
    changes = clock.since_s[1:]
    marks = (utc_s + clock.offset_at(utc_s), changes + clock.offset_s[1:], changes + clock.offset_s[:-1])
    slot_s = int(np.gcd.reduce(np.concatenate([*marks, [period_s, step_s]])))
    slots = utc_s[:, None] + np.arange(0, period_s, slot_s)
    return (slots + clock.offset_at(slots)).astype("datetime64[s]")


def slot_mean(values: Floats) -> Floats:
    """(T,) mean of equal slots (T, n); a single slot is returned unrounded."""
    mean: Floats = values[:, 0] if values.shape[1] == 1 else values.mean(axis=1)
    return mean


def local_starts(horizon: Horizon, zone: ZoneInfo) -> Times:
    """(T,) local start of each period."""
    return LocalClock.of(zone, horizon.start_utc).to_local(horizon.start_utc)


def period_name(horizon: Horizon, period: int) -> str:
    """Name a period by its number, from 1, and its local start."""
    local = local_starts(horizon, ZoneInfo(horizon.time_zone))[period]
    return f"period {period + 1} ({local.astype('datetime64[m]')})"


def _offset_s(zone: ZoneInfo, utc_s: int) -> int:
    offset = datetime.fromtimestamp(utc_s, UTC).astimezone(zone).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


def _find_change(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first UTC second with the offset of `after`, at most a day after `before`."""
    old = _offset_s(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_s(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after
