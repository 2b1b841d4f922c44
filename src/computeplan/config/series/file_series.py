"""Series from a column of a file: one row a period, or rows with timestamps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from computeplan.config.context import Context
from computeplan.config.schema.quantity import Quantity
from computeplan.config.schema.series import FileSeries
from computeplan.config.series.clock import DAY_S, LocalClock, Times, local_slots, slot_mean
from computeplan.config.tables.cells import read_numbers, read_texts, read_times, time_hint, utc_times
from computeplan.config.tables.table_file import InputTable, open_table
from computeplan.config.units import UnitError, unit_factor
from computeplan.problem import Floats, Horizon
from computeplan.text import counted, did_you_mean


def read_series(
    form: FileSeries, zone: ZoneInfo, quantity: Quantity, path: str, context: Context
) -> Floats | None:
    """(T,) column over the horizon in the unit of a quantity; None after a fault.

    `zone`: of timestamps without offset.
    """
    factor = _factor(form, quantity, path, context)
    read = _read_rows(form, path, context)
    if read is None:
        return None
    table, data = read
    numbers = read_numbers(data[form.column], factor, lambda text: context.number(text, quantity.unit))
    wrong = numbers.bad | numbers.empty
    if form.time is None and data.height != context.horizon.size:
        hint = "name the column of timestamps with `time` to read part of a longer file"
        expected = f"{counted(context.horizon.size, 'row')}, one a period"
        table.note(expected, counted(data.height, "row"), hint)
        return None
    is_wrong = table.note_cells(wrong, data[form.column], "a finite number", numbers.hint)
    if form.time is None:
        return None if is_wrong else numbers.values * form.scale
    spans = _choose_reading(form, zone, path, context)
    edges = _read_edges(table, data[form.time], zone, form.stamp, context.horizon)
    if is_wrong or edges is None or not _covers(table, edges, spans, zone, form.stamp):
        return None
    # Finer rows are averaged, coarser ones held.
    return slot_mean(Steps(edges, numbers.values).means(spans.begin, spans.end)) * form.scale


def _read_rows(form: FileSeries, path: str, context: Context) -> tuple[InputTable, pl.DataFrame] | None:
    """Read the columns of a series, in the rows that it is about; None after a fault."""
    table = open_table(form.file, path, context.files, context.faults)
    if table is None:
        return None
    columns = [form.column] if form.time is None else [form.column, form.time]
    data = table.columns([*columns, *form.where])
    if data is None or not form.where:
        return None if data is None else (table, data)
    chosen = np.ones(data.height, bool)
    for column, text in form.where.items():
        texts = read_texts(data[column])
        before, chosen = chosen, chosen & (texts == text).fill_null(value=False).to_numpy()
        if not chosen.any():
            there = texts.filter(before).drop_nulls().unique(maintain_order=True).to_list()
            table.note(f"rows with {text!r} in column {column!r}", "none", did_you_mean(text, there))
            return None
    rows = np.flatnonzero(chosen)
    return replace(table, rows=rows), data[rows]


def _factor(form: FileSeries, quantity: Quantity, path: str, context: Context) -> Fraction:
    """Return what one unit of the column is in the unit of a quantity."""
    if form.unit is None:
        return Fraction(1)
    try:
        return unit_factor(form.unit, quantity.unit, context.currency, context.calendar)
    except UnitError as error:
        context.faults.add(f"{path}.unit", quantity.expected(context.currency), repr(form.unit), error.hint)
        return Fraction(1)


def _choose_reading(form: FileSeries, zone: ZoneInfo, path: str, context: Context) -> SourceSpans:
    if form.calendar is None:
        return own_dates(context.horizon)
    spans, moved = dates_of_year(context.horizon, zone, form.calendar)
    if moved:
        context.warnings.append(
            f"{path}: {form.calendar} is not a leap year; 29 February is read from 28 February"
        )
    return spans


def _read_edges(
    table: InputTable, cells: pl.Series, zone: ZoneInfo, stamp: str | None, horizon: Horizon
) -> Times | None:
    """Return the UTC start of every row and the end of the last; None, after a fault, if irregular."""
    times = read_times(cells)
    bad = times.bad | times.empty
    hint = time_hint(cells[int(bad.argmax())])
    if table.note_cells(bad, cells, "a time such as 2026-03-02T00:00", hint):
        return None
    utc = utc_times(times, LocalClock.of(zone, times.clock))
    if table.note_cells(
        np.isnat(utc), cells, f"a time that clocks in {zone.key} show", "they are set forward here"
    ):
        return None
    if len(utc) > 1:
        step_s = _regular_step(table, cells, utc, times.clock)
    else:  # a single row is about its day, or a period
        step_s = DAY_S if times.is_date[0] else round(horizon.period_h * 3600)
    if step_s is None:
        return None
    step = np.timedelta64(step_s, "s")
    return np.append(utc[0] - step, utc) if stamp == "end" else np.append(utc, utc[-1] + step)


def _regular_step(table: InputTable, cells: pl.Series, utc: Times, clock: Times) -> int | None:
    """Return the step, s, in which rows follow each other in UTC or on the local clock, or add a fault."""
    gaps = np.diff(utc).astype(np.int64)
    sizes, counts = np.unique(gaps[gaps > 0], return_counts=True)
    step = int(sizes[counts.argmax()]) if len(sizes) else 0
    wrong = (gaps <= 0) | ((gaps != step) & (np.diff(clock).astype(np.int64) != step))
    for i in np.flatnonzero(wrong)[:1].tolist():
        expected = f"a row every {step / 60:g} min, in order" if step else "times in order"
        table.note_cell(
            i + 1, cells.name, expected, f"{cells[i + 1]} after {cells[i]} ({_describe_gap(gaps[i], step)})"
        )
    return None if wrong.any() else step


def _describe_gap(gap: int, step: int) -> str:
    if gap <= 0:
        return "not sorted" if gap else "the same time twice"
    return "a gap" if gap > step else "a shorter step"


def _covers(table: InputTable, edges: Times, spans: SourceSpans, zone: ZoneInfo, stamp: str | None) -> bool:
    begin, end = spans.begin.min(), spans.end.max()
    covered = bool(begin >= edges[0] and end <= edges[-1])
    if not covered:
        hint = "name a year of the file with `calendar` to read its same dates"
        if stamp is None and begin == edges[0] - (edges[1] - edges[0]) and end <= edges[-2]:
            hint = "write `stamp: end` if the times mark the end of each row's time"
        asked = _span(np.array([begin, end]), zone)
        table.note(f"rows that cover {asked}", _span(edges[[0, -1]], zone), hint)
    return covered


def _span(ends: Times, zone: ZoneInfo) -> str:
    first, last = LocalClock.of(zone, ends).to_local(ends).astype("datetime64[m]")
    return f"{first} to {last}"


_PIECE_S = 3600
"""Dates are moved to another year in pieces of at most an hour, which never cross midnight."""


@dataclass(frozen=True, eq=False)
class Steps:
    """A step function of time: value i holds from edge i to edge i + 1, in UTC."""

    edges: Times
    values: Floats

    def means(self, begin: Times, end: Times) -> Floats:
        """Return the mean over each span within the edges, exact where steps begin or end inside it."""
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
class SourceSpans:
    """The spans of time in which a source is read for each period."""

    begin: Times
    end: Times
    """(T, n) UTC; the n spans of a period have the same weight."""


def own_dates(horizon: Horizon) -> SourceSpans:
    """Read each period's own time."""
    begin = horizon.start_utc[:, None]
    return SourceSpans(begin, begin + np.timedelta64(round(horizon.period_h * 3600), "s"))


def dates_of_year(horizon: Horizon, zone: ZoneInfo, year: int) -> tuple[SourceSpans, bool]:
    """Read each period at the same local date and clock time of another year.

    Also returns whether 29 February is read from 28 February, because the year has none.
    """
    local = local_slots(horizon, zone, _PIECE_S)
    piece = np.timedelta64(round(horizon.period_h * 3600) // local.shape[1], "s")
    months = local.astype("datetime64[M]")
    shifted = np.datetime64(f"{year}-01", "M") + months.astype(np.int64) % 12
    day = (local.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    after = shifted + np.timedelta64(1, "M")
    last = (after.astype("datetime64[D]") - shifted.astype("datetime64[D]")).astype(np.int64) - 1
    clock = local - local.astype("datetime64[D]")
    target = shifted.astype("datetime64[D]") + np.minimum(day, last) + clock
    begin = LocalClock.of(zone, target).to_utc_past_gaps(target)
    return SourceSpans(begin, begin + piece), bool((day > last).any())
