"""Reads the stamps of sources, in any of the ways in which they are written, as UTC."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from computeplan.config.series.clock import LocalClock, Times
from computeplan.config.tables.cells import TimeCells, read_times, utc_times
from computeplan.imports.layouts import Marks
from computeplan.problem import Bools, Ints

_HOUR_S, _DAY_MIN = 3600, 1440
_POINTS = (24, 48, 96)
"""Intervals of a day."""

_OFFSETS = {"WET": 0, "GMT": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}
"""Hours to UTC of the zones that stamps have in brackets."""

_SPELLINGS = (
    (r"^(.*?\d) - \d.*$", "$1"),  # from - to
    (r"^(\d{4})(\d{2})(\d{2})(?:[:T ]?(\d{2}):?(\d{2}))$", "$1-$2-$3 $4:$5"),
    (r"^(\d{4})(\d{2})(\d{2})$", "$1-$2-$3"),
    (r"日(\d)", "日 $1"),
    (r"[T ](\d{1,2})$", "T$1:00"),
    (r"^(\d.*[-/.日]\d*) 00:00:00 (\d)", "$1 $2"),  # a date of a spreadsheet, and a clock of its own
    (r" 1900-01-01 00:00:00$", " 24:00"),  # clocks of a spreadsheet are dates too
    (r" 1899-12-3\d (\d)", " $1"),
)


def read_stamps(cells: pl.Series, *, month_first: bool) -> tuple[TimeCells, Bools]:
    """Read stamps in every way that `read_times` knows; also with the year last, AM and PM, or since 1970.

    Returns them, and (n,) whether they are 24:00. `month_first`: of dates with the year last.
    """
    different, numbers = number_texts(cells)
    texts = _spell(different, month_first=month_first)
    is_end = texts.str.contains("24:00", literal=True).fill_null(value=False).to_numpy()
    return _take(read_times(texts), numbers), is_end[numbers]


def read_numbered(dates: pl.Series, numbers: pl.Series) -> pl.Series:
    """Write dates and the numbers of intervals in them, from 1, as stamps of their ends.

    A day has 24, 48 or 96 intervals: as many as its numbers need.
    """
    found = numbers.str.normalize("NFKC").str.strip_chars().str.replace(r"\.0$", "")
    number = found.cast(pl.Int64, strict=False)
    most = number.max()
    points = next((points for points in _POINTS if isinstance(most, int) and most <= points), _POINTS[-1])
    minute = (number * (_DAY_MIN // points)).to_frame("minute")
    clock = pl.format("{}:{}", pl.col("minute") // 60, (pl.col("minute") % 60).cast(pl.String).str.zfill(2))
    days = dates.str.replace(r" 00:00:00$", "")
    return days + " " + minute.select(clock)[:, 0]


def number_texts(cells: pl.Series) -> tuple[pl.Series, Ints]:
    """Return the different texts of cells, and (n,) the position in them of each; null is empty."""
    texts = cells.fill_null("")
    different = texts.unique(maintain_order=True)
    numbers = texts.replace_strict(different, pl.Series(range(len(different))), return_dtype=pl.Int64)
    return different, numbers.to_numpy()


def _spell(cells: pl.Series, *, month_first: bool) -> pl.Series:
    texts = cells.str.normalize("NFKC").str.replace_all(r"\s+", " ").str.strip_chars()
    texts = _read_zones(_read_epochs(texts))
    for pattern, instead in _SPELLINGS:
        texts = texts.str.replace(pattern, instead)
    parts = "$3-$1-$2" if month_first else "$3-$2-$1"
    texts = texts.str.replace(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", parts)
    return _read_noon(texts)


def _read_epochs(texts: pl.Series) -> pl.Series:
    for digits, unit_ms in ((r"^\d{9,11}(?:\.0+)?$", 1000), (r"^\d{12,14}$", 1)):
        is_epoch = texts.str.contains(digits).fill_null(value=False)
        if is_epoch.any():
            numbers = texts.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False) * unit_ms
            times = numbers.cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M:%SZ")
            texts = times.zip_with(is_epoch, texts)
    return texts


def _read_zones(texts: pl.Series) -> pl.Series:
    """Write zones in brackets as offsets."""
    if not texts.str.contains("(", literal=True).any():
        return texts
    for name, hours in _OFFSETS.items():
        texts = texts.str.replace_all(f" ?\\({name}\\)", f" +{hours:02d}:00")
    return texts.str.replace(r"^(.*?\+\d\d:00) - .*$", "$1")


def _read_noon(texts: pl.Series) -> pl.Series:
    """Write clocks with AM and PM in 24 hours."""
    groups = texts.str.extract_groups(
        r"^(.* )(\d{1,2})(:\d{2}(?::\d{2})?) ?([AaPp])\.?[Mm]\.?$"
    ).struct.unnest()
    date, hour, rest, half = groups.get_columns()
    if half.null_count() == len(half):
        return texts
    hours = hour.cast(pl.Int64) % 12 + 12 * half.str.to_lowercase().eq("p").cast(pl.Int64)
    return (date + hours.cast(pl.String) + rest).zip_with(half.is_not_null(), texts)


def settle_points(times: TimeCells, is_end: Bools) -> tuple[TimeCells, Marks]:
    """Decide what the stamps of points of a day mark: the end where 24:00 closes days, or 00:00 does.

    `is_end`: (n,) whether stamps are 24:00. A 00:00 that closes a day under its own date becomes that of the
    next one.
    """
    day = np.timedelta64(1, "D")
    dates = times.clock.astype("datetime64[D]")
    is_midnight = (times.clock == dates) & ~is_end
    closes = np.zeros(len(dates), bool)
    closes[1:] = is_midnight[1:] & (dates[1:] == dates[:-1]) & (times.clock[1:] < times.clock[:-1])
    if closes.any():
        return replace(times, clock=np.where(is_midnight, times.clock + day, times.clock)), Marks.END
    return times, Marks.START if is_midnight.any() else Marks.END


def to_starts(times: TimeCells, marks: Marks, zone: ZoneInfo, offset_s: int, groups: Ints) -> Times:
    """(n,) UTC of stamps, of the start of each interval where clocks change; NaT where there is none.

    Stamps at the end of an interval stay there where the zone's clock never changes: their steps may differ.
    `groups`: (n,) number of the series of each row; of a time that a clock shows twice, the first row of a
    series is the first, the next one the second.
    """
    if marks is Marks.HOUR:
        hours = times.clock.astype("datetime64[h]").astype("datetime64[s]")
        times = replace(times, clock=hours)
    offsets = np.where(times.is_utc, 0, offset_s).astype("timedelta64[s]")
    times = replace(times, clock=times.clock - offsets)
    clock = LocalClock.of(zone, times.clock)
    if marks is Marks.END and has_changes(zone, times.clock):
        step = np.timedelta64(_usual_step_s(times.clock), "s")
        times = replace(times, clock=times.clock - step)
    if not clock.shows_twice(times.clock).any():
        return utc_times(times, clock)
    utc = np.full(len(groups), np.datetime64("NaT", "s"), "datetime64[s]")
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        written = times.clock[rows][~np.isnat(times.clock[rows])]
        rows = rows[::-1] if len(written) and written[0] > written[-1] else rows
        utc[rows] = utc_times(_take(times, rows), clock)
    return utc


def has_changes(zone: ZoneInfo, times: Times) -> bool:
    """Return whether a zone's clock changes within a year of some times."""
    given = times[~np.isnat(times)]
    year = np.timedelta64(366, "D")
    return len(given) > 0 and len(LocalClock.of(zone, np.append(given[:1] - year, given + year)).since_s) > 1


def _take(times: TimeCells, rows: Ints) -> TimeCells:
    return TimeCells(*(getattr(times, name)[rows] for name in TimeCells.__dataclass_fields__))


def _usual_step_s(times: Times) -> int:
    """Return the most frequent step between different times, s; an hour where there is one time."""
    steps = np.diff(np.unique(times[~np.isnat(times)]).astype(np.int64))
    sizes, counts = np.unique(steps, return_counts=True)
    return int(sizes[counts.argmax()]) if len(sizes) else _HOUR_S
