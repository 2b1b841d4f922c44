"""Reads columns of cells as texts, numbers and times, and marks invalid cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import numpy as np
import polars as pl

from computeplan.config.schema.quantity import SMALLEST
from computeplan.config.series.clock import LocalClock, Times
from computeplan.config.units import UnitError
from computeplan.problem import Bools, Floats


@dataclass(frozen=True, eq=False)
class NumberCells:
    """Cells read as numbers, nan where there is no finite one."""

    values: Floats
    empty: Bools
    bad: Bools
    """(n,) cells without content, and with other content, including nan and infinity."""
    hint: str = ""
    """What is wrong with the unit of the first bad cell."""


@dataclass(frozen=True, eq=False)
class TimeCells:
    """Cells read as times."""

    clock: Times
    """(n,) the time as written, in UTC where the cell has an offset; NaT where there is none."""
    is_utc: Bools
    is_date: Bools
    """(n,) dates without a time."""
    empty: Bools
    bad: Bools
    """(n,) as for numbers."""


def read_texts(cells: pl.Series) -> pl.Series:
    """Return composed texts (NFC) without blanks at their ends; null where nothing is left."""
    texts = _with_plain_name(cells).cast(pl.String).str.strip_chars().str.normalize("NFC")
    return texts.set(texts == "", None)


def read_numbers(
    cells: pl.Series, factor: Fraction = Fraction(1), parse: Callable[[str], float] | None = None
) -> NumberCells:
    """Read cells as numbers to be multiplied by a factor, or texts with a unit of their own.

    `parse`: converts text with a unit; a `UnitError` if it is none.
    """
    source = _with_plain_name(cells) if cells.dtype.is_numeric() else read_texts(cells)
    plain = source.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    values = plain * factor.numerator / factor.denominator  # rounded once: 36 USD/MWh is 0.036
    empty = source.is_null().to_numpy()
    bad, hint = ~np.isfinite(plain) & ~empty, ""
    values[bad] = np.nan
    if parse is not None and source.dtype == pl.String and bad.any():
        parsed, hint = _parse_each(source.filter(bad).unique(maintain_order=True), parse)
        values[bad] = source.filter(bad).replace_strict(parsed, return_dtype=pl.Float64).to_numpy()
    values[np.abs(values) < SMALLEST] = 0.0
    return NumberCells(values, empty, bad & np.isnan(values), hint)


_TIME = (
    r"^(\d{4}(?:[-/.]\d{1,2}[-/.]|年\d{1,2}月)\d{1,2})日?"
    r"(?:[Tt ] *(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]0+)?)?)?"
    r" *(?:([Zz]|UTC|GMT)|([+-]\d{2})(?::?(\d{2}))?)?(?:\[.*\])?$"
)
"""Date, hour, minute, second; Z, or hours and minutes of the offset; Java adds the zone in brackets."""


def read_times(cells: pl.Series) -> TimeCells:
    """Read cells as times, dates, or texts with both, such as ISO 8601, with or without offset.

    Fractions of a second must be 0; 24:00 is the end of a day.
    """
    cells = _with_plain_name(cells)
    if cells.dtype.is_temporal():
        has_zone = getattr(cells.dtype, "time_zone", None) is not None
        clock = cells.cast(pl.Datetime("us", "UTC" if has_zone else None), strict=False)
        is_date = np.full(len(cells), cells.dtype == pl.Date)
        times = clock.dt.replace_time_zone(None).to_numpy().astype("datetime64[s]")
        return _time_cells(times, cells, np.full(len(cells), has_zone), is_date)
    texts = read_texts(cells)
    date, hour, minute, second, *offset = texts.str.extract_groups(_TIME).struct.unnest().get_columns()
    day = date.str.replace_all("[/.年月]", "-").str.to_date("%Y-%m-%d", strict=False).to_numpy()
    h, m, s = (part.cast(pl.Int64).fill_null(0).to_numpy() for part in (hour, minute, second))
    times = day.astype("datetime64[s]") + (3600 * h + 60 * m + s).astype("timedelta64[s]")
    is_clock = (m < 60) & (s < 60) & ((h < 24) | ((h == 24) & (m == 0) & (s == 0)))
    times = np.where(is_clock, times - _read_offsets(*offset[1:]), np.datetime64("NaT", "s"))
    is_utc = (offset[0].is_not_null() | offset[1].is_not_null()).to_numpy()
    return _time_cells(times, texts, is_utc, hour.is_null().to_numpy())


def time_hint(cell: object) -> str:
    """Say what a cell that is no time probably means, such as the serial number of a spreadsheet."""
    try:
        number = float(str(cell))
    except ValueError:
        return "write the year first" if str(cell)[-4:].isdecimal() else ""
    if 19000101 <= number < 22000101 and number.is_integer():
        return "write dates with `-`, such as 2026-03-02"
    for what, start, unit_s, low in (
        ("a serial number of a spreadsheet", datetime(1899, 12, 30, tzinfo=UTC), 86_400.0, 2e4),
        ("seconds since 1970", datetime(1970, 1, 1, tzinfo=UTC), 1.0, 1e9),
        ("milliseconds since 1970", datetime(1970, 1, 1, tzinfo=UTC), 1e-3, 1e12),
    ):
        if low <= number < 5 * low:
            time = (start + timedelta(seconds=round(number * unit_s))).strftime("%Y-%m-%d %H:%M")
            return f"as {what} it is {time}: format the column as yyyy-mm-dd hh:mm"
    return ""


def utc_times(cells: TimeCells, clock: LocalClock) -> Times:
    """(n,) UTC of time cells; of a time shown twice, the instant that keeps the rows in order.

    NaT where there is no time, or the local clock never shows it.
    """
    first = np.where(cells.is_utc, cells.clock, clock.to_utc(cells.clock))
    later = np.where(cells.is_utc, cells.clock, clock.to_utc(cells.clock, later=True))
    latest = np.maximum.accumulate(np.where(np.isnat(first), np.datetime64(0, "s"), first))
    repeats = np.zeros(len(first), bool)
    repeats[1:] = first[1:] <= latest[:-1]
    return np.where(repeats, later, first)


def _with_plain_name(cells: pl.Series) -> pl.Series:
    """Rename a column: polars reads names such as ``^v.*$`` as patterns."""
    return cells.alias("cells")


def _parse_each(texts: pl.Series, parse: Callable[[str], float]) -> tuple[dict[str, float], str]:
    """Parse different texts, nan where one is no number; also return the first hint why not."""
    parsed, hint = {}, ""
    for text in texts:
        try:
            parsed[text] = parse(text)
        except UnitError as error:
            parsed[text], hint = np.nan, hint or error.hint
    return parsed, hint


def _time_cells(times: Times, cells: pl.Series, is_utc: Bools, is_date: Bools) -> TimeCells:
    empty = cells.is_null().to_numpy()
    return TimeCells(times, is_utc, is_date, empty, np.isnat(times) & ~empty)


def _read_offsets(hours: pl.Series, minutes: pl.Series) -> Times:
    """Return offsets such as ``+08`` and ``00`` as durations; zero where there is none."""
    signed = hours.cast(pl.Int64).fill_null(0).to_numpy() * 60
    more = minutes.cast(pl.Int64).fill_null(0).to_numpy()
    sign = np.where(hours.str.starts_with("-").fill_null(value=False).to_numpy(), -1, 1)
    offset: Times = ((signed + sign * more) * 60).astype("timedelta64[s]")
    return offset
