"""Reads columns of cells as numbers, times and texts; marks the cells that are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from computeplan.config.resolve.clock import Offsets, Times, to_utc
from computeplan.problem import Bools, Floats

_TIME = r"^(\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?)(Z|[+-]\d{2}:?\d{2})?$"
_TIME_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


@dataclass(frozen=True, eq=False)
class NumberCells:
    """Cells read as numbers.

    Attributes
    ----------
    values : (n,)
        nan where there is no finite number.
    empty : (n,)
        Cells without content.
    bad : (n,)
        Cells with other content, nan and infinity included.
    """

    values: Floats
    empty: Bools
    bad: Bools


@dataclass(frozen=True, eq=False)
class TimeCells:
    """Cells read as times.

    Attributes
    ----------
    clock : (n,) datetime64[s]
        What is written, UTC where the cell carries an offset; NaT where there is no time.
    is_utc : (n,)
    empty, bad : (n,)
        As for numbers.
    """

    clock: Times
    is_utc: Bools
    empty: Bools
    bad: Bools


def read_texts(cells: pl.Series) -> pl.Series:
    """Texts without blanks around them; null where nothing is left."""
    texts = _plainly_named(cells).cast(pl.String).str.strip_chars()
    return texts.set(texts == "", None)


def read_numbers(cells: pl.Series) -> NumberCells:
    """Read every cell as a number.

    Parameters
    ----------
    cells : polars.Series
        Numbers, or texts as a CSV file has them.

    Returns
    -------
    NumberCells
    """
    source = _plainly_named(cells) if cells.dtype.is_numeric() else read_texts(cells)
    values = source.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()
    empty = source.is_null().to_numpy()
    bad = ~np.isfinite(values) & ~empty
    values[bad] = np.nan
    return NumberCells(values, empty, bad)


def read_times(cells: pl.Series) -> TimeCells:
    """Read every cell as a time.

    Parameters
    ----------
    cells : polars.Series
        Times, dates, or ISO 8601 texts with or without an offset; ``/`` in dates is understood.

    Returns
    -------
    TimeCells
    """
    cells = _plainly_named(cells)
    if cells.dtype.is_temporal():
        has_zone = getattr(cells.dtype, "time_zone", None) is not None
        clock = cells.cast(pl.Datetime("us", "UTC" if has_zone else None), strict=False)
        return _time_cells(clock.dt.replace_time_zone(None), cells.is_null(), np.full(len(cells), has_zone))
    texts = read_texts(cells)
    written = texts.str.extract(_TIME, 1).str.replace("T", " ").str.replace_all("/", "-", literal=True)
    clock = pl.select(
        pl.coalesce(written.str.to_datetime(form, time_unit="us", strict=False) for form in _TIME_FORMATS)
    ).to_series()
    offset = texts.str.extract(_TIME, 2)
    return _time_cells(clock - _offset(offset), texts.is_null(), offset.is_not_null().to_numpy())


def utc_times(cells: TimeCells, offsets: Offsets) -> Times:
    """UTC of time cells; of a time that the clock shows twice, the one that keeps the rows in order.

    Parameters
    ----------
    cells : TimeCells
    offsets : Offsets
        Of the local clock, over the span of the cells.

    Returns
    -------
    (n,) datetime64[s]
        NaT where there is no time, or the local clock never shows it.
    """
    first = np.where(cells.is_utc, cells.clock, to_utc(cells.clock, offsets))
    later = np.where(cells.is_utc, cells.clock, to_utc(cells.clock, offsets, later=True))
    latest = np.maximum.accumulate(np.where(np.isnat(first), np.datetime64(0, "s"), first))
    repeats = np.zeros(len(first), bool)
    repeats[1:] = first[1:] <= latest[:-1]
    return np.where(repeats, later, first)


def _plainly_named(cells: pl.Series) -> pl.Series:
    """Rename a column: polars takes names such as ``^v.*$`` for patterns."""
    return cells.alias("cells")


def _time_cells(clock: pl.Series, empty: pl.Series, is_utc: Bools) -> TimeCells:
    times = clock.to_numpy().astype("datetime64[s]")
    no_cell = empty.to_numpy()
    return TimeCells(times, is_utc, no_cell, np.isnat(times) & ~no_cell)


def _offset(texts: pl.Series) -> pl.Series:
    """Offsets such as ``+08:00`` as durations, none as zero."""
    hours = texts.str.slice(0, 3).cast(pl.Int64, strict=False)
    minutes = texts.str.slice(-2).cast(pl.Int64, strict=False)
    total = hours.abs() * 60 + minutes
    signed = pl.select(pl.when(texts.str.starts_with("-")).then(-total).otherwise(total)).to_series()
    return (signed.fill_null(0) * 60_000_000).cast(pl.Duration("us"))
