"""Reads the rows of a file as one long table, and notes what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from computeplan.config.series.clock import Times
from computeplan.config.tables.cells import time_hint
from computeplan.errors import Fault, SourceError
from computeplan.imports.layouts import Marks
from computeplan.imports.measures import Measure, read_unit
from computeplan.imports.numbers import find_decimal_mark, read_source_numbers
from computeplan.imports.recognition import FoundLayout, FoundValues, read_key
from computeplan.imports.source import SourceFile
from computeplan.imports.stamps import (
    has_changes,
    number_texts,
    read_numbered,
    read_stamps,
    settle_points,
    to_starts,
)
from computeplan.problem import Bools, Ints
from computeplan.text import counted, shortened

_MOST_SHOWN, _MOST_LISTED = 5, 100
"""Rows that a message and a provenance name for one reason."""


@dataclass(frozen=True)
class LeftOut:
    """Rows of a file that were left out for one reason."""

    file: str
    column: str
    expected: str
    hint: str
    rows: tuple[int, ...]
    """Numbers in the file, from 1, all of them."""
    found: tuple[str, ...]
    """What is there, in the first rows."""
    row_name: str = "row"

    def __str__(self) -> str:
        rows = ", ".join(f"{row:,}" for row in self.rows[:_MOST_SHOWN])
        more = ", …" if len(self.rows) > _MOST_SHOWN else ""
        plural = "s" if len(self.rows) > 1 else ""
        where = f"{self.row_name}{plural} {rows}{more}, column {self.column!r}"
        found = f", such as {self.found[0]!r}" if self.found and self.found[0] else ""
        cells = counted(len(self.rows), "cell")
        return f"{self.file}: {cells} left out, expected {self.expected}{found}: {where}; {self.hint}"

    def summary(self) -> dict[str, Any]:
        """Return what a provenance says of it."""
        return {
            "file": self.file,
            "column": self.column,
            "expected": self.expected,
            "found": list(self.found),
            "count": len(self.rows),
            "rows": list(self.rows[:_MOST_LISTED]),
        }

    def faults(self) -> list[Fault]:
        """Return a fault for each of the first rows, and one that counts the rest."""
        faults = [
            Fault(
                "",
                self.expected,
                f"{cell!r} in {self.row_name} {row}, column {self.column!r}",
                self.hint,
                self.file,
                row if self.row_name == "row" else 0,
            )
            for row, cell in zip(self.rows[:_MOST_SHOWN], self.found, strict=False)
        ]
        rest = len(self.rows) - len(faults)
        more = Fault("", self.expected, f"{counted(rest, 'more such row')}", self.hint, self.file)
        return faults + ([more] if rest else [])


@dataclass(frozen=True, eq=False)
class SourceRows:
    """The values of a file, one below another, and an account of its rows."""

    file: SourceFile
    layout: FoundLayout
    values: pl.DataFrame
    """row, zone, name, stamp (UTC, s since 1970), value, measure, unit, unit_in_file: rows with a time;
    nan without a value."""
    at_end: bool
    """Whether stamps mark the end of intervals, not their start."""
    n_rows: int
    n_other: int
    """Rows of the table, and those of them that are not about what is imported."""
    left_out: tuple[LeftOut, ...]


def read_rows(file: SourceFile, found: FoundLayout, unit: str) -> SourceRows:
    """Read the rows of a file; a `SourceError` where none has both a time and a value.

    `unit`: of values whose unit the file does not say.
    """
    table, layout = found.table, found.layout
    frame = table.read(layout.ends_at_blank)
    frame = frame.with_row_index("row", table.first_row)
    frame = frame.filter(pl.any_horizontal(pl.exclude("row").is_not_null()))
    n_rows = frame.height
    if layout.only is not None:
        frame = frame.filter(pl.col(str(found.only_column)).str.strip_chars() == layout.only[1])
    if frame.height == 0:
        raise _no_rows(file, found)
    return _RowReader(file, found, frame).read(unit, n_rows)


def _no_rows(file: SourceFile, found: FoundLayout) -> SourceError:
    only = found.layout.only
    which = f" with {only[1]!r} in column {only[0].shown!r}" if only is not None else ""
    return SourceError.of([Fault("", f"{found.table.row_name}s{which}", "none", file=file.path)])


class _RowReader:
    """Reads the rows of one file, and collects those that are left out."""

    def __init__(self, file: SourceFile, found: FoundLayout, frame: pl.DataFrame) -> None:
        self._file, self._found = file, found
        self._left_out: list[LeftOut] = []
        self._frame = _unpivot(frame, found) if found.layout.is_wide else frame
        self._rows: Ints = self._frame["row"].to_numpy().astype(np.int64)
        self._zones = self._texts(found.zone_column, found.zone).str.replace(r"^[A-Z]{3}\|", "")
        self._names = self._texts(found.series_column, "").replace(dict(found.kind.names))

    def read(self, unit: str, n_rows: int) -> SourceRows:
        """Read stamps, then each column of values."""
        stamps, at_end = self._read_stamps()
        columns = self._columns()
        mark = find_decimal_mark([cells for _, cells in columns], self._found.table.separator)
        parts = [self._read_values(each, cells, mark, unit, stamps) for each, cells in columns]
        values = pl.concat([part for part in parts if part is not None] or [pl.DataFrame({"value": []})])
        if not values["value"].is_not_nan().any():
            names = " or ".join(repr(self._found.table.names[each.position]) for each, _ in columns[:3])
            fault = Fault(
                "", "rows with a time and a number", f"none in column {names}", file=self._file.path
            )
            raise SourceError.of([fault])
        n_other = n_rows - len(np.unique(self._rows))
        return SourceRows(self._file, self._found, values, at_end, n_rows, n_other, tuple(self._left_out))

    def _texts(self, column: int | None, default: str) -> pl.Series:
        if column is None:
            return pl.Series([default]).new_from_index(0, self._frame.height)
        return self._frame[str(column)].str.strip_chars().fill_null("")

    def _read_stamps(self) -> tuple[Times, bool]:
        """(n,) UTC, NaT where a row is left out, and whether they mark ends."""
        found, rule = self._found, self._found.layout.stamp
        columns = ["stamp"] if found.layout.is_wide else [str(column) for column in found.stamps]
        cells = self._frame.select(pl.concat_str(columns, separator=" "))[:, 0]
        if rule.marks is Marks.NUMBER:
            cells = read_numbered(*(self._frame[column] for column in columns))
        (times, is_end), marks = read_stamps(cells, month_first=rule.month_first), rule.marks
        if marks is Marks.POINTS:
            times, marks = settle_points(times, is_end)
        marks = Marks.END if marks is Marks.NUMBER else marks
        zone = ZoneInfo(found.time_zone)
        names, numbers = number_texts(self._names)
        groups = number_texts(self._zones)[1] * len(names) + numbers
        offset_s = int(read_key(found, rule.offset_key) or 0)
        stamps = to_starts(times, marks, zone, offset_s, groups)
        column = " ".join(found.table.names[at] for at in found.stamps)
        bad = times.bad | times.empty
        hint = time_hint(cells[int(bad.argmax())]) or "correct or remove it"
        self._leave_out(bad, cells, column, "a time", hint)
        skipped = np.isnat(stamps) & ~bad
        hint = "clocks are set forward here: the row is about no time"
        self._leave_out(skipped, cells, column, f"a time that clocks in {zone.key} show", hint)
        return stamps, marks is Marks.END and not has_changes(zone, times.clock)

    def _columns(self) -> list[tuple[FoundValues, pl.Series]]:
        if self._found.layout.is_wide:
            return [(self._found.values[0], self._frame["cell"])]
        return [(each, self._frame[str(each.position)]) for each in self._found.values]

    def _read_values(
        self, each: FoundValues, cells: pl.Series, mark: str, unit: str, stamps: Times
    ) -> pl.DataFrame | None:
        """Read one column; None where it has no number."""
        in_file, measure, target, factor = self._read_unit(each, unit)
        numbers = read_source_numbers(cells, factor, mark)
        if (numbers.empty | numbers.bad).all():
            return None
        column = "00:15 to 24:00" if self._found.layout.is_wide else self._found.table.names[each.position]
        has_time = ~np.isnat(stamps)
        self._leave_out(numbers.empty & has_time, cells, column, "a value", "the time is without a value")
        self._leave_out(numbers.bad & has_time, cells, column, "a number", "correct the cell")
        stem = Path(self._file.path).stem if measure is Measure.UNKNOWN else str(measure)
        names = (f"{each.name} " + self._names).str.strip_chars()
        frame = pl.DataFrame(
            {
                "row": self._rows,
                "zone": self._zones,
                "name": names.set(names == "", stem),
                "stamp": stamps.astype(np.int64),
                "value": numbers.values,
            }
        )
        texts = {"measure": str(measure), "unit": target, "unit_in_file": in_file}
        return frame.filter(has_time).with_columns(**{name: pl.lit(text) for name, text in texts.items()})

    def _read_unit(self, each: FoundValues, unit: str) -> tuple[str, Measure, str, Fraction]:
        """Return the unit in the file, and what `read_unit` says of it; of a share, of the plant's size."""
        size = self._read_size()
        in_file, is_share = each.unit or unit, size is not None
        if read_unit(in_file, is_share=is_share)[0] is Measure.UNKNOWN:
            in_file = unit or in_file
        measure, target, factor = read_unit(in_file, is_share=is_share)
        return in_file, measure, target, factor / (size or 1)

    def _read_size(self) -> Fraction | None:
        """Return the size of the plant, kW; None where values are no shares of it."""
        key = self._found.layout.size_key
        if not key:
            return None
        try:
            size = Fraction(read_key(self._found, key))
        except (ValueError, ZeroDivisionError):
            size = Fraction(0)
        if size > 0:
            return size
        hint = "keep the lines above the table when you save it"
        raise SourceError.of([Fault("", "the size of the plant, kW", "none", hint, self._file.path)])

    def _leave_out(self, wrong: Bools, cells: pl.Series, column: str, expected: str, hint: str) -> None:
        """Note the rows whose cells are wrong."""
        at = np.flatnonzero(wrong)
        if len(at):
            found = tuple(shortened(cell or "") for cell in cells[at[:_MOST_SHOWN]].to_list())
            numbers, name = tuple(self._rows[at].tolist()), self._found.table.row_name
            self._left_out.append(LeftOut(self._file.path, column, expected, hint, numbers, found, name))


def _unpivot(frame: pl.DataFrame, found: FoundLayout) -> pl.DataFrame:
    """Put the points of a table with a day a row below one another, with their stamps."""
    date, names = str(found.stamps[0]), found.table.names
    points = [each.position for each in found.values]
    clocks = {str(at): names[at] for at in points}
    if clocks[str(points[-1])] in ("0:00", "00:00"):
        clocks[str(points[-1])] = "24:00"
    index = [name for name in frame.columns if name not in clocks]
    long = frame.unpivot(list(clocks), index=index, variable_name="point", value_name="cell")
    clock = pl.col("point").replace(clocks)
    return long.sort("row", maintain_order=True).with_columns(stamp=pl.col(date) + " " + clock)
