"""Series from a column of a file, with or without timestamps."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from computeplan.config.resolve.cells import read_numbers, read_times, utc_times
from computeplan.config.resolve.clock import Times, to_local, zone_offsets
from computeplan.config.resolve.context import Context
from computeplan.config.resolve.step_series import Reading, Steps, dates_of_year, own_dates
from computeplan.config.resolve.table_file import Table, open_table
from computeplan.config.resolve.tariff import slot_mean
from computeplan.config.schema.series import FileSeries
from computeplan.problem import Floats, Horizon


def read_series(form: FileSeries, zone: ZoneInfo, path: str, context: Context) -> Floats | None:
    """Read a column over the horizon; its unit and factor are not applied.

    Parameters
    ----------
    form : FileSeries
    zone : ZoneInfo
        Of timestamps without an offset.
    path : str
        Where in the config the series stands.
    context : Context

    Returns
    -------
    (T,) or None
        None after a fault.
    """
    table = open_table(form.file, path, context.files, context.faults)
    if table is None:
        return None
    if form.time is None:
        return _plain(table, form.column, context.horizon)
    return _timed(table, form, zone, _reading(form, zone, path, context))


def _plain(table: Table, column: str, horizon: Horizon) -> Floats | None:
    """One row a period, in order."""
    data = table.columns([column])
    if data is None:
        return None
    if data.height != horizon.size:
        hint = "name the column of timestamps with `time` to read part of a longer file"
        table.note(f"{horizon.size:,} rows, one a period", f"{data.height:,} rows", hint)
        return None
    return _numbers(table, data[column])


def _timed(table: Table, form: FileSeries, zone: ZoneInfo, reading: Reading) -> Floats | None:
    """Rows by their timestamps: finer ones are averaged, coarser ones held."""
    time = str(form.time)
    data = table.columns([form.column, time])
    if data is None:
        return None
    values = _numbers(table, data[form.column])
    edges = _edges(table, data[time], zone)
    if values is None or edges is None or not _covers(table, edges, reading, zone):
        return None
    return slot_mean(Steps(edges, values).means(reading.begin, reading.end))


def _reading(form: FileSeries, zone: ZoneInfo, path: str, context: Context) -> Reading:
    if form.calendar is None:
        return own_dates(context.horizon)
    reading, moved = dates_of_year(context.horizon, zone, form.calendar)
    if moved:
        context.warnings.append(
            f"{path}: {form.calendar} is no leap year; 29 February is read from 28 February"
        )
    return reading


def _numbers(table: Table, cells: pl.Series) -> Floats | None:
    numbers = read_numbers(cells)
    wrong = table.note_cells(numbers.bad | numbers.empty, cells, "a finite number")
    return None if wrong else numbers.values


def _edges(table: Table, cells: pl.Series, zone: ZoneInfo) -> Times | None:
    """UTC start of every row and end of the last; None, and faults, where they are not regular."""
    times = read_times(cells)
    if table.note_cells(times.bad | times.empty, cells, "a time such as 2026-03-02T00:00"):
        return None
    utc = utc_times(times, zone_offsets(zone, times.clock.min(), times.clock.max()))
    if table.note_cells(
        np.isnat(utc), cells, f"a time that clocks in {zone.key} show", "they are set forward here"
    ):
        return None
    if len(utc) < 2:
        table.note("at least two rows of times", "one")
        return None
    return _regular(table, cells, utc, times.clock)


def _regular(table: Table, cells: pl.Series, utc: Times, clock: Times) -> Times | None:
    """Edges of rows that follow each other in one step, by UTC or on the local clock."""
    gaps = np.diff(utc).astype(np.int64)
    sizes, counts = np.unique(gaps[gaps > 0], return_counts=True)
    step = int(sizes[counts.argmax()]) if len(sizes) else 0
    wrong = (gaps <= 0) | ((gaps != step) & (np.diff(clock).astype(np.int64) != step))
    for i in np.flatnonzero(wrong)[:1].tolist():
        expected = f"a row every {step / 60:g} min, in order" if step else "times in order"
        table.note_cell(
            i + 1, cells.name, expected, f"{cells[i + 1]} after {cells[i]} ({_kind(gaps[i], step)})"
        )
    return None if wrong.any() else np.append(utc, utc[-1] + np.timedelta64(step, "s"))


def _kind(gap: int, step: int) -> str:
    if gap <= 0:
        return "not sorted" if gap else "the same time twice"
    return "a gap" if gap > step else "a shorter step"


def _covers(table: Table, edges: Times, reading: Reading, zone: ZoneInfo) -> bool:
    covered = bool(reading.covered_by(edges).all())
    if not covered:
        asked = _span(np.array([reading.begin.min(), reading.end.max()]), zone)
        hint = "name a year of the file with `calendar` to read its same dates"
        table.note(f"rows that cover {asked}", _span(edges[[0, -1]], zone), hint)
    return covered


def _span(ends: Times, zone: ZoneInfo) -> str:
    first, last = to_local(ends, zone_offsets(zone, ends[0], ends[1])).astype("datetime64[m]")
    return f"{first} to {last}"
