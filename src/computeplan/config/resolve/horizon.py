"""From local starts and durations to the periods of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.resolve.clock import (
    DAY_S,
    Offsets,
    Times,
    is_ambiguous,
    to_local,
    to_utc,
    zone_offsets,
)
from computeplan.config.resolve.faults import Faults
from computeplan.problem import Floats, Horizon, HorizonEnd

_MOST_PERIODS = 1_000_000


@dataclass(frozen=True)
class Span:
    """One block of the horizon as written.

    Attributes
    ----------
    start : datetime
        Local time without an offset.
    duration_h, weight : float
    path : str
        Where in the config it stands.
    """

    start: datetime
    duration_h: float
    weight: float
    path: str


def build_horizon(
    spans: Sequence[Span], period_min: float, zone: ZoneInfo, end: HorizonEnd, faults: Faults
) -> Horizon:
    """Lay out the periods of all blocks; periods are equal in real time, also where clocks change.

    Parameters
    ----------
    spans : sequence of Span
        In time order.
    period_min : float
        Length of every period, min; divides a day.
    zone : ZoneInfo
        Zone of the starts.
    end : HorizonEnd
    faults : Faults
        Carries the faults found before.

    Returns
    -------
    Horizon

    Raises
    ------
    ConfigError
        If the periods cannot be laid out: nothing else has a length then.
    """
    period_s = _period_s(period_min, faults)
    counts = [_count(span, period_s, faults) for span in spans]
    starts = _starts(spans, zone, faults)
    _check_order(spans, starts, faults)
    faults.raise_any()
    utc = np.concatenate(
        [
            start + np.arange(n) * np.timedelta64(period_s, "s")
            for start, n in zip(starts, counts, strict=True)
        ]
    )
    months, month = np.unique(_local_months(utc, zone), return_inverse=True)
    return Horizon(
        start_utc=utc,
        hours=np.full(len(utc), period_s / 3600),
        weight=np.repeat([span.weight for span in spans], counts),
        block=np.repeat(np.arange(len(spans)), counts),
        month=month,
        months=tuple(str(name) for name in months),
        end=end,
        time_zone=zone.key,
    )


def month_fractions(horizon: Horizon) -> Floats:
    """How many times each calendar month the horizon stands for.

    Parameters
    ----------
    horizon : Horizon

    Returns
    -------
    (M,)
        Real hours in the month (Σ ω Δ) over the hours of that calendar month in the horizon's zone.
    """
    first = np.array(horizon.months, "datetime64[M]")
    ends = np.stack([first, first + 1]).astype("datetime64[s]")
    offsets = zone_offsets(ZoneInfo(horizon.time_zone), ends[0].min(), ends[1].max())
    begin, stop = (_first_instant(end, offsets) for end in ends)
    real = np.bincount(horizon.month, horizon.weight * horizon.hours, len(first))
    fractions: Floats = real / ((stop - begin).astype(np.int64) / 3600)
    return fractions


def local_starts(horizon: Horizon, zone: ZoneInfo) -> Times:
    """(T,) local start of each period."""
    utc = horizon.start_utc
    return to_local(utc, zone_offsets(zone, utc[0], utc[-1]))


def period_name(horizon: Horizon, period: int) -> str:
    """Name a period as a person would: its number from 1 and its local start."""
    local = local_starts(horizon, ZoneInfo(horizon.time_zone))[period]
    return f"period {period + 1} ({local.astype('datetime64[m]')})"


def _period_s(period_min: float, faults: Faults) -> int:
    period_s = round(period_min * 60)
    if period_s < 1 or abs(period_s - period_min * 60) > 1e-6 or DAY_S % period_s:
        faults.add(
            "horizon.period", "a length that divides a day", f"{period_min:g} min", "such as 15, 30 or 60 min"
        )
        return 3600
    return period_s


def _count(span: Span, period_s: int, faults: Faults) -> int:
    exact = span.duration_h * 3600 / period_s
    count = round(exact)
    path = f"{span.path}.duration"
    if count < 1 or abs(exact - count) > 1e-6:
        expected = f"a whole number of periods of {period_s / 60:g} min"
        faults.add(path, expected, f"{span.duration_h:g} h ({exact:g} periods)")
    elif count > _MOST_PERIODS:
        faults.add(
            path, f"at most {_MOST_PERIODS:,} periods", f"{count:,}", "use longer periods or typical blocks"
        )
    return count


def _starts(spans: Sequence[Span], zone: ZoneInfo, faults: Faults) -> Times:
    local = np.array([span.start for span in spans], "datetime64[s]")
    offsets = zone_offsets(zone, local.min(), local.max())
    utc = to_utc(local, offsets)
    for i in np.flatnonzero(np.isnat(utc) | is_ambiguous(local, offsets)).tolist():
        what = "never shown" if np.isnat(utc[i]) else "shown twice"
        hint = f"clocks in {zone.key} change here; start an hour earlier or later"
        faults.add(f"{spans[i].path}.start", "a time the local clock shows once", f"{local[i]}, {what}", hint)
    return utc


def _check_order(spans: Sequence[Span], starts: Times, faults: Faults) -> None:
    for (before, begin), (after, start) in pairwise(zip(spans, starts, strict=True)):
        if start < begin + np.timedelta64(round(before.duration_h * 3600), "s"):
            found = f"{after.start.isoformat()}, before {before.path} ends"
            faults.add(f"{after.path}.start", "blocks in time order that do not overlap", found)


def _local_months(utc: Times, zone: ZoneInfo) -> Times:
    return to_local(utc, zone_offsets(zone, utc[0], utc[-1])).astype("datetime64[M]")


def _first_instant(midnight: Times, offsets: Offsets) -> Times:
    """UTC at which a local day begins, also where its midnight is skipped."""
    utc = to_utc(midnight, offsets)
    return np.where(np.isnat(utc), to_utc(midnight + np.timedelta64(1, "h"), offsets), utc)


HOURS_PER_YEAR = 8760.0


def years(horizon: Horizon) -> float:
    """Real time that a horizon stands for, in years of 8,760 h."""
    return horizon.real_hours / HOURS_PER_YEAR
