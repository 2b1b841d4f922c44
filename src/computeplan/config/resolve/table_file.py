"""Tables from CSV and Parquet files, and the faults in their cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np
import polars as pl
from polars import selectors

from computeplan.config.resolve import panics
from computeplan.config.resolve.faults import Faults
from computeplan.config.resolve.input_files import InputFiles, Memory
from computeplan.config.words import did_you_mean, shortened
from computeplan.errors import Fault
from computeplan.problem import Bools

HEADER_ROWS = 1
"""Rows are counted from 1 as in a spreadsheet, so the first row of data is row 2."""

MOST_ROWS = 10_000_000
"""Largest number of rows of a Parquet file, whose size on disk tells little."""

_MOST_SHOWN = 5
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_PLAIN = (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Null, pl.Date, pl.Datetime)
_SAVE_AS = "save it as UTF-8 text with commas (`CSV UTF-8` in spreadsheet programs)"


@dataclass(frozen=True, eq=False)
class Table:
    """A table that has been read.

    Attributes
    ----------
    file : str
        Path relative to the config's folder.
    path : str
        Where in the config the file is named.
    frame : polars.LazyFrame
        CSV cells are texts.
    names : tuple of str
        Column names in file order.
    faults : Faults
        Receives what is wrong in the table.
    broken : callable
        Says what is wrong with the file where polars cannot read it.
    memory : Memory
        Keeps the columns that were read.
    """

    file: str
    path: str
    frame: pl.LazyFrame
    names: tuple[str, ...]
    faults: Faults
    broken: Callable[[Exception], Fault]
    memory: Memory

    def columns(self, names: Sequence[str]) -> pl.DataFrame | None:
        """Read columns.

        Parameters
        ----------
        names : sequence of str

        Returns
        -------
        polars.DataFrame or None
            At least one row of plain cells; None after a fault.
        """
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
            with panics.as_errors():
                data = self.frame.select(selectors.by_name(*dict.fromkeys(names))).collect()
        except pl.exceptions.PolarsError as error:
            self.faults.add_fault(self.broken(error))
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
        """Note a fault of the table, or of a row (header: 0, data from 1) and column of it."""
        line = 0 if row is None else row + HEADER_ROWS
        number = self.names.index(column) + 1 if column in self.names else 0
        self.faults.add_fault(Fault(self.path, expected, found, hint, self.file, line, number))

    def note_cell(self, row: int, column: str, expected: str, found: str, hint: str = "") -> None:
        """Note a fault of one cell; rows of data count from 0 here and as in a spreadsheet in the text."""
        where = f"{found} in row {row + 1 + HEADER_ROWS}, column {column!r}"
        self.note(expected, where, hint, row=row + 1, column=column)

    def note_cells(self, wrong: Bools, cells: pl.Series, expected: str, hint: str = "") -> bool:
        """Note a fault for each of the first wrong cells of a column, and count the rest.

        Parameters
        ----------
        wrong : (n,)
            Which rows are wrong.
        cells : polars.Series
            The column.
        expected : str
            What its cells should be.
        hint : str

        Returns
        -------
        bool
            Whether any cell is wrong.
        """
        rows = np.flatnonzero(wrong).tolist()
        for row in rows[:_MOST_SHOWN]:
            self.note_cell(row, cells.name, expected, _shown(cells[row]), hint)
        if len(rows) > _MOST_SHOWN:
            found = f"{len(rows) - _MOST_SHOWN:,} more such rows from here on, in column {cells.name!r}"
            self.note(expected, found, hint, row=rows[_MOST_SHOWN] + 1, column=cells.name)
        return bool(rows)


def open_table(file: str, path: str, files: InputFiles, faults: Faults) -> Table | None:
    """Open a CSV or Parquet file; its cells are read when its columns are.

    Parameters
    ----------
    file : str
        As the config names it.
    path : str
        Where in the config it is named.
    files : InputFiles
    faults : Faults
        Receives what is wrong with the file.

    Returns
    -------
    Table or None
        None after a fault.
    """
    read = files.read(file, path)
    if read is None:
        return None
    name, content = read
    is_csv = name.lower().endswith(".csv")
    make = _csv_table if is_csv else _parquet_table
    return make(name, path, content, faults, files.memory)


def _csv_table(name: str, path: str, content: bytes, faults: Faults, memory: Memory) -> Table | None:
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
    frame = pl.scan_csv(content + b"\n", infer_schema=False)
    return Table(name, path, frame, tuple(names), faults, partial(_broken_csv, name, path, content), memory)


def _broken_csv(name: str, path: str, content: bytes, error: Exception) -> Fault:
    """Name the first row that breaks the rules of CSV."""
    expected = "a table with commas between cells, and quotes closed and doubled within cells"
    reader, row, width = csv.reader(io.StringIO(content.decode(), newline=""), strict=True), 0, 0
    try:
        for row, cells in enumerate(reader, 1):
            width = width or len(cells)
            if len(cells) > width:
                found = f"{len(cells)} cells in row {row}, below a header of {width}"
                return Fault(path, expected, found, "quote cells that hold commas", name, row)
    except csv.Error as broken:
        return Fault(path, expected, f"{broken} in row {row + 1}", _SAVE_AS, name, row + 1)
    return Fault(path, expected, str(error).split("\n", 1)[0], _SAVE_AS, name)


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


def _parquet_table(name: str, path: str, content: bytes, faults: Faults, memory: Memory) -> Table | None:
    try:
        with panics.as_errors():
            frame = pl.scan_parquet(io.BytesIO(content))
            names = frame.collect_schema().names()
            rows = frame.select(pl.len()).collect().item()
    except pl.exceptions.PolarsError as error:
        faults.add_fault(_broken_parquet(name, path, error))
        return None
    if rows > MOST_ROWS:
        faults.add_fault(Fault(path, f"at most {MOST_ROWS:,} rows", f"{rows:,}", "split the table", name))
        return None
    return Table(name, path, frame, tuple(names), faults, partial(_broken_parquet, name, path), memory)


def _broken_parquet(name: str, path: str, error: Exception) -> Fault:
    reason = str(error).strip().split("\n", 1)[0].removeprefix("parquet: File out of specification: ")
    hint = "it is cut off, or no Parquet: write it again"
    return Fault(path, "a Parquet file that can be read", reason or "a damaged one", hint, name)


def _shown(cell: object) -> str:
    if cell is None or cell == "":
        return "an empty cell"
    return shortened(repr(cell) if isinstance(cell, str) else str(cell))
