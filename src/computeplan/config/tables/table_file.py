"""Tables from CSV and Parquet files, and the faults in their cells."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import cast
from unicodedata import normalize

import numpy as np
import polars as pl
from polars import selectors

from computeplan.config.tables.input_files import InputFiles, Memory
from computeplan.errors import Fault, Faults
from computeplan.problem import Bools, Ints
from computeplan.text import counted, did_you_mean, shortened

HEADER_ROWS = 1
"""Rows are counted from 1 as in a spreadsheet: the first row of data is row 2."""

MOST_ROWS = 10_000_000
"""Most rows of a Parquet file, which may be far larger than its size on disk."""

_MOST_SHOWN = 5
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_PLAIN = (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Null, pl.Date, pl.Datetime)
_SAVE_AS = "save it as UTF-8 text with commas (`CSV UTF-8` in spreadsheet programs)"


_WHOLE = "a table with commas between cells, and quotes closed and doubled within cells"


@dataclass(frozen=True, eq=False)
class InputTable:
    """A table whose columns are read on request."""

    file: str
    """Path relative to the config's folder."""
    path: str
    """Setting that names the file."""
    frame: pl.LazyFrame
    """Cells of a CSV file are text."""
    names: tuple[str, ...]
    faults: Faults
    describe_damage: Callable[[Exception], Fault]
    """Makes a fault of an error of polars."""
    memory: Memory
    rows: Ints | None = None
    """Rows of the file of which `note_cell` and `note_cells` speak, where only some are read."""

    def columns(self, names: Sequence[str]) -> pl.DataFrame | None:
        """Read columns, with at least one row of plain cells; None after a fault."""
        key = self.file, tuple(names)
        if key not in self.memory.tables:
            data = self._read(names)
            if data is None:
                return None
            self.memory.tables[key] = data
        return cast("pl.DataFrame", self.memory.tables[key])

    def _read(self, names: Sequence[str]) -> pl.DataFrame | None:
        before = len(self.faults)
        for name in dict.fromkeys(names):
            if self.names.count(name) != 1:
                is_there = name in self.names
                found = "several" if is_there else "none"
                hint = "rename the others" if is_there else did_you_mean(name, self.names)
                self.note(f"one column {name!r}", found, hint, row=0)
        if len(self.faults) > before:
            return None
        try:
            with panics_as_errors():
                data = self.frame.select(selectors.by_name(*dict.fromkeys(names))).collect()
        except pl.exceptions.PolarsError as error:
            self.faults.add_fault(self.describe_damage(error))
            return None
        if data.height == 0:
            self.note("rows below the header", "none")
        for name, dtype in data.schema.items():
            if not (dtype.is_numeric() or dtype in _PLAIN):
                self.note("a column of numbers, texts or times", f"{name!r} of type {dtype}")
        return data if len(self.faults) == before else None

    def note(
        self, expected: str, found: str, hint: str = "", *, row: int | None = None, column: str | None = None
    ) -> None:
        """Add a fault of the table, or of a row (0 is the header, 1 the first row of data) and column."""
        line = 0 if row is None else row + HEADER_ROWS
        number = self.names.index(column) + 1 if column in self.names else 0
        self.faults.add_fault(Fault(self.path, expected, found, hint, self.file, line, number))

    def note_cell(self, row: int, column: str, expected: str, found: str, hint: str = "") -> None:
        """Add a fault of one cell; `row` 0 is the first row of data, the message counts as a spreadsheet."""
        row = self._row_in_file(row)
        where = f"{found} in row {row + 1 + HEADER_ROWS}, column {column!r}"
        self.note(expected, where, hint, row=row + 1, column=column)

    def note_cells(self, wrong: Bools, cells: pl.Series, expected: str, hint: str = "") -> bool:
        """Add a fault for each of the first wrong cells of a column, and one that counts the rest.

        Returns whether any cell is wrong.
        """
        rows = np.flatnonzero(wrong).tolist()
        for row in rows[:_MOST_SHOWN]:
            self.note_cell(row, cells.name, expected, _shown(cells[row]), hint)
        if len(rows) > _MOST_SHOWN:
            found = (
                f"{counted(len(rows) - _MOST_SHOWN, 'more such row')} from here on, in column {cells.name!r}"
            )
            row = self._row_in_file(rows[_MOST_SHOWN])
            self.note(expected, found, hint, row=row + 1, column=cells.name)
        return bool(rows)

    def _row_in_file(self, row: int) -> int:
        return row if self.rows is None else int(self.rows[row])


def open_table(file: str, path: str, files: InputFiles, faults: Faults) -> InputTable | None:
    """Open a CSV or Parquet file; None after a fault."""
    read = files.read(file, path)
    if read is None:
        return None
    name, content = read
    is_csv = name.lower().endswith(".csv")
    make = _csv_table if is_csv else _parquet_table
    return make(name, path, content, faults, files.memory)


def _csv_table(name: str, path: str, content: bytes, faults: Faults, memory: Memory) -> InputTable | None:
    content = content.removeprefix(_BOM).rstrip(b"\r\n")
    problem = _encoding_fault(name, path, content)
    if problem is not None:
        faults.add_fault(problem)
        return None
    first_line = content.split(b"\n", 1)[0].decode()
    try:
        names = next(csv.reader([first_line.removesuffix("\r")], strict=True), [])
    except csv.Error as error:
        faults.add_fault(_broken_csv(name, path, content, error))
        return None
    if not any(names):
        faults.add_fault(Fault(path, "a header and rows", "an empty file", file=name))
        return None
    if len(names) == 1 and any(separator in first_line for separator in ";\t"):
        faults.add_fault(Fault(path, "columns separated by commas", repr(first_line[:40]), _SAVE_AS, name, 1))
        return None
    ragged = find_ragged_row(name, path, content, len(names))
    if ragged is not None:
        faults.add_fault(ragged)
        return None
    frame, columns = _compose_names(pl.scan_csv(content + b"\n", infer_schema=False), names)
    return InputTable(name, path, frame, columns, faults, partial(_broken_csv, name, path, content), memory)


def _compose_names(frame: pl.LazyFrame, names: Sequence[str]) -> tuple[pl.LazyFrame, tuple[str, ...]]:
    """Rename columns to composed letters (NFC), as a config names them."""
    composed = tuple(normalize("NFC", name) for name in names)
    changed = {old: new for old, new in zip(names, composed, strict=True) if old != new}
    return frame.rename(changed), composed


def find_ragged_row(
    name: str, path: str, content: bytes, width: int, *, separator: str = ",", first_row: int = 1
) -> Fault | None:
    """Find the first row with more or fewer cells than the header: what it holds may stand one column off.

    `first_row`: number of the first row of the content in its file.
    """
    data = np.frombuffer(content, np.uint8)
    quoted = np.add.accumulate(data == ord('"'), dtype=np.uint8) & 1  # an odd number of quotes before
    ends = np.flatnonzero((data == ord("\n")) & (quoted == 0))
    commas = np.flatnonzero((data == ord(separator)) & (quoted == 0))
    cells = np.diff(np.searchsorted(commas, [*ends, len(data)]), prepend=0) + 1
    wrong = np.flatnonzero(cells != width)
    if not len(wrong):
        return None
    row, count = int(wrong[0]) + first_row, int(cells[wrong[0]])
    found = f"{counted(count, 'cell')} in row {row}, below a header of {width}"
    hint = f"quote cells that hold {separator!r}" if count > width else "fill the row, or remove it"
    return Fault(path, _WHOLE, found, hint, name, row)


def _broken_csv(name: str, path: str, content: bytes, error: Exception) -> Fault:
    """Return a fault for the first row that breaks the rules of CSV."""
    row, reader = 1, csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    try:
        for _ in reader:
            row += 1
    except csv.Error as error_in_row:
        return Fault(path, _WHOLE, f"{error_in_row} in row {row}", _SAVE_AS, name, row)
    return Fault(path, _WHOLE, str(error).split("\n", 1)[0], _SAVE_AS, name)


def _encoding_fault(name: str, path: str, content: bytes) -> Fault | None:
    expected = "text in UTF-8"
    if content.startswith(_WIDE_BOMS):
        return Fault(path, expected, "UTF-16", _SAVE_AS, name)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        return Fault(path, expected, f"other bytes in row {row}", _SAVE_AS, name, row)
    if b"\0" in content:
        return Fault(path, expected, "binary data", _SAVE_AS, name)
    return None


def _parquet_table(name: str, path: str, content: bytes, faults: Faults, memory: Memory) -> InputTable | None:
    try:
        with panics_as_errors():
            frame = pl.scan_parquet(io.BytesIO(content))
            names = frame.collect_schema().names()
            rows = frame.select(pl.len()).collect().item()
    except pl.exceptions.PolarsError as error:
        faults.add_fault(_broken_parquet(name, path, error))
        return None
    if rows > MOST_ROWS:
        faults.add_fault(Fault(path, f"at most {MOST_ROWS:,} rows", f"{rows:,}", "split the table", name))
        return None
    frame, columns = _compose_names(frame, names)
    return InputTable(name, path, frame, columns, faults, partial(_broken_parquet, name, path), memory)


def _broken_parquet(name: str, path: str, error: Exception) -> Fault:
    reason = str(error).strip().split("\n", 1)[0].removeprefix("parquet: File out of specification: ")
    hint = "it is incomplete, or not Parquet: write it again"
    return Fault(path, "a Parquet file that can be read", reason or "a damaged one", hint, name)


def _shown(cell: object) -> str:
    if cell is None or cell == "":
        return "an empty cell"
    return shortened(repr(cell) if isinstance(cell, str) else str(cell))


_STDERR = 2
_LOCK = Lock()
"""Held while standard error, which all threads share, is closed."""


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Raise a panic of polars over a damaged file as one of its errors, and keep its report off stderr.

    ``except Exception`` does not catch a panic.
    """
    with _LOCK, _stderr_closed():
        try:
            yield
        except pl.exceptions.PanicException:
            raise pl.exceptions.ComputeError("its parts contradict each other") from None


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Redirect file descriptor 2 to nowhere, if it is open."""
    try:
        kept = os.dup(_STDERR)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        with suppress(OSError):
            os.close(nowhere)
            os.close(kept)
