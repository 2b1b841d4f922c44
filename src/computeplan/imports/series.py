"""Imports series: reads files of one kind, joins them on regular grids, and accounts for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from computeplan.arguments import checked
from computeplan.errors import Fault, SourceError, UsageError
from computeplan.imports.catalog import KINDS
from computeplan.imports.grid import IrregularError, make_grid
from computeplan.imports.imported import ImportedSeries, SeriesImport, utc_text
from computeplan.imports.layouts import SourceKind
from computeplan.imports.measures import Measure, currency_of, read_unit
from computeplan.imports.recognition import find_layout
from computeplan.imports.rows import LeftOut, SourceRows, read_rows
from computeplan.imports.source import read_source
from computeplan.text import expected_one_of, number
from computeplan.vocabulary import Fill

_MOST_FAULTS = 20


@checked
def import_series(
    kind: str,
    files: Sequence[str | Path],
    *,
    fill: Fill | str | None = None,
    unit: str | None = None,
    pue_curve: Mapping[float, float] | None = None,
    strict: bool = False,
) -> SeriesImport:
    """Read series of prices, carbon, power, temperature or generation from files of other systems.

    Nothing is fetched. Times become UTC at the start of each interval, units those of configs.

    Parameters
    ----------
    kind : str
        What the files are: a name such as ``entsoe``; ``computeplan import --help`` lists all.
    files : sequence of str or Path
        Files of this kind; parts of a series in several files are joined.
    fill : {"linear", "hold"}, optional
        How values that are missing between others are made up; by default they stay missing.
    unit : str, optional
        Unit of values whose unit the files do not say.
    pue_curve : mapping of float to float, optional
        PUE by temperature, °C, linear between the points and flat beyond them.
    strict : bool
        Whether each row that is left out, and each value that is missing, is a fault.

    Returns
    -------
    SeriesImport

    Raises
    ------
    SourceError
        If a file is not of the kind, or its rows contradict each other; with all faults.
    UsageError
        If an argument is wrong.
    """
    chosen = _check_arguments(kind, files, fill, unit)
    curve = _check_curve(pue_curve)
    rows = tuple(_read_file(Path(file), chosen, unit or "") for file in files)
    series, repeats = _join(rows)
    series = _add_pue(series, curve)
    how = None if fill is None else Fill(fill)
    if how is not None:
        series = [replace(each, grid=each.grid.fill(how)) for each in series]
    left_out = (*(each for part in rows for each in part.left_out), *repeats)
    _check_currencies(series)
    if strict:
        _refuse_left_out(series, left_out)
    return SeriesImport(kind, tuple(series), rows, left_out, how, curve)


def _check_arguments(
    kind: str, files: Sequence[str | Path], fill: str | None, unit: str | None
) -> SourceKind:
    if kind not in KINDS:
        raise UsageError(path="kind", **expected_one_of(KINDS, kind))
    if not files:
        raise UsageError(path="files", expected="at least one file", found="none")
    if fill is not None and fill not in list(Fill):
        raise UsageError(path="fill", **expected_one_of(Fill, fill))
    if unit is not None and read_unit(unit, is_share=False)[0] is Measure.UNKNOWN:
        expected = "a unit of prices, carbon, power or shares, such as CNY/MWh, g/kWh, MW or %"
        raise UsageError(path="unit", expected=expected, found=repr(unit))
    return KINDS[kind]


def _check_curve(curve: Mapping[float, float] | None) -> tuple[tuple[float, float], ...]:
    points = tuple(sorted((curve or {}).items()))
    is_wrong = any(not (abs(celsius) < 100 and 1 <= pue < 10) for celsius, pue in points)
    if is_wrong or len(points) == 1:
        expected = "two or more temperatures, °C, each with a PUE of at least 1"
        raise UsageError(path="PUE curve", expected=expected, found=str(dict(points)))
    return points


def _read_file(path: Path, kind: SourceKind, unit: str) -> SourceRows:
    file = read_source(path)
    return read_rows(file, find_layout(file, kind), unit)


def _join(rows: Sequence[SourceRows]) -> tuple[list[ImportedSeries], list[LeftOut]]:
    """Put the rows of all files on the grid of their series; a `SourceError` with what contradicts."""
    if len({part.at_end for part in rows}) > 1:
        faults = [
            Fault(
                "",
                "stamps that mark the same in all files",
                f"the {_marks(part)} of intervals",
                "import them apart",
                part.file.path,
            )
            for part in rows
        ]
        raise SourceError.of(faults)
    values = pl.concat(part.values.with_columns(file=pl.lit(i)) for i, part in enumerate(rows))
    series: list[ImportedSeries] = []
    left_out: list[LeftOut] = []
    faults = []
    for group in values.partition_by("zone", "name", maintain_order=True):
        if group["value"].is_nan().all():
            continue
        try:
            grid = make_grid(group["stamp"].to_numpy(), group["value"].to_numpy(), at_end=rows[0].at_end)
        except IrregularError as error:
            faults.append(_describe_irregular(error, group, rows))
            continue
        zone, name, measure, unit, in_file = group.row(0)[1:3] + group.row(0)[5:8]
        series.append(ImportedSeries(zone, name, Measure(measure), unit, in_file, grid))
        left_out += _leave_out_repeats(group[grid.repeats].filter(pl.col("value").is_not_nan()), rows)
    if faults:
        raise SourceError.of(faults[:_MOST_FAULTS])
    return series, left_out


def _marks(part: SourceRows) -> str:
    return "end" if part.at_end else "start"


def _describe_irregular(error: IrregularError, group: pl.DataFrame, rows: Sequence[SourceRows]) -> Fault:
    first, second = (group.row(at, named=True) for at in error.rows)
    file, other = rows[second["file"]], rows[first["file"]]
    row_name = file.layout.table.row_name
    elsewhere = f" of {other.file.path}" if other is not file else ""
    zone = f"{second['zone']} {second['name']}".strip()
    at = utc_text(second["stamp"])
    found = f"{error.found} at {at} in {row_name} {second['row']}, after {row_name} {first['row']}{elsewhere}"
    line = second["row"] if row_name == "row" else 0
    return Fault(zone, error.expected, found, error.hint, file.file.path, line)


def _leave_out_repeats(repeats: pl.DataFrame, rows: Sequence[SourceRows]) -> list[LeftOut]:
    found = []
    for (file, name), part in repeats.group_by("file", "name", maintain_order=True):
        where = rows[int(str(file))]
        times = tuple(utc_text(stamp) for stamp in part["stamp"].head(5))
        numbers = tuple(part["row"].to_list())
        hint = "the row says what an earlier one said"
        row_name = where.layout.table.row_name
        found.append(LeftOut(where.file.path, str(name), "a time once", hint, numbers, times, row_name))
    return found


def _add_pue(
    series: Sequence[ImportedSeries], curve: tuple[tuple[float, float], ...]
) -> list[ImportedSeries]:
    """Add the PUE of each temperature by a curve."""
    found = list(series)
    if not curve:
        return found
    celsius, pue = zip(*curve, strict=True)
    for each in series:
        if each.measure is Measure.TEMPERATURE:
            values = np.interp(each.grid.values, celsius, pue)
            grid = replace(each.grid, values=np.where(each.grid.missing, np.nan, values))
            found.append(ImportedSeries(each.zone, "PUE", Measure.PUE, "1", each.unit, grid))
    if len(found) == len(series):
        raise UsageError(path="PUE curve", expected="files with temperatures in °C", found="none")
    return found


def _check_currencies(series: Sequence[ImportedSeries]) -> None:
    prices = {currency_of(each.unit): each.label for each in series if each.measure is Measure.PRICE}
    if len(prices) > 1:
        found = " and ".join(f"{currency} ({label})" for currency, label in prices.items())
        hint = "a config has one currency: import the files apart"
        raise SourceError.of([Fault("", "prices in one currency", found, hint)])


def _refuse_left_out(series: Sequence[ImportedSeries], left_out: Sequence[LeftOut]) -> None:
    faults = [fault for each in left_out for fault in each.faults()]
    for each in series:
        if each.grid.missing.any():
            expected = f"a value every {number(each.grid.step_s / 60)} min"
            faults.append(Fault(each.label, expected, each.gap_text, "fill makes them up"))
    if faults:
        raise SourceError.of(faults)
