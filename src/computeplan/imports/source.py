"""Reads files as tables of text: CSV in the common encodings and separators, XLSX, JSON, zips of one."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unicodedata import normalize

import polars as pl

from computeplan.config.tables.input_files import MOST_BYTES, NoFileError, TooLargeError, read_regular
from computeplan.config.tables.table_file import find_ragged_row
from computeplan.errors import Fault, SourceError, UsageError

_ENCODINGS = ("utf-8-sig", "gb18030", "cp1252")
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = (",", ";", "\t", "|")
_HEAD_LINES = 40
"""Lines among which the header of a table is looked for."""


@dataclass(frozen=True, eq=False)
class SourceTable:
    """A table of a file: its header is known, its rows are read on request."""

    names: tuple[str, ...]
    """Of the columns, in plain letters."""
    read: Callable[[bool], pl.DataFrame]
    """Gives all cells as text, in columns named by position; whether the table ends at a blank line."""
    first_row: int
    """Number of the first row of data, from 1 as in a spreadsheet."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What the file says besides the table, by path."""
    separator: str = ","
    row_name: str = "row"


@dataclass(frozen=True, eq=False)
class SourceFile:
    """A file, and the tables that it may hold."""

    path: str
    sha256: str
    bytes: int
    encoding: str
    """Of the text; the format where it is none."""
    tables: tuple[SourceTable, ...]

    def summary(self) -> dict[str, Any]:
        """Return what a provenance says of it."""
        return {"file": self.path, "sha256": self.sha256, "bytes": self.bytes, "encoding": self.encoding}


def read_source(path: Path) -> SourceFile:
    """Read a file and find its tables; a `SourceError` if it cannot be."""
    content = _read_content(path)
    encoding, tables = _find_tables(path, content)
    return _describe_file(path, content, encoding, tables)


def read_text(path: Path) -> tuple[SourceFile, str]:
    """Read a file of text; a `SourceError` if it cannot be."""
    content = _read_content(path)
    text, encoding = _decode(path, content)
    return _describe_file(path, content, encoding, ()), text


def _describe_file(path: Path, content: bytes, encoding: str, tables: Sequence[SourceTable]) -> SourceFile:
    digest = hashlib.sha256(content).hexdigest()
    return SourceFile(str(path), digest, len(content), encoding, tuple(tables))


def _read_content(path: Path) -> bytes:
    try:
        return read_regular(path, MOST_BYTES)
    except NoFileError as error:
        raise _source_error(path, "a file", error.kind) from None
    except TooLargeError as error:
        raise _source_error(path, error.expected, error.found) from None
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error).lower()
        raise _source_error(path, "a file that can be read", reason) from None


def _source_error(path: Path, expected: str, found: str, hint: str = "") -> SourceError:
    return SourceError.of([Fault("", expected, found, hint, str(path))])


def _find_tables(path: Path, content: bytes) -> tuple[str, Sequence[SourceTable]]:
    if content.startswith(b"PK\x03\x04"):
        member = _only_member(path, content)
        return _find_tables(path, member) if member is not None else ("xlsx", _sheets(path, content))
    text, encoding = _decode(path, content)
    if text.lstrip().startswith(("{", "[")):
        try:
            # Numbers stay as they are written.
            return encoding, _json_tables(json.loads(text, parse_int=str, parse_float=str))
        except json.JSONDecodeError as error:
            fault = Fault("", "JSON", error.msg, "fetch it again", str(path), error.lineno, error.colno)
            raise SourceError.of([fault]) from None
    return encoding, list(_csv_tables(path, text))


def _only_member(path: Path, content: bytes) -> bytes | None:
    """Return the one file in a zip; None where it is a spreadsheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if any(member.filename == "[Content_Types].xml" for member in members):
                return None
            if len(members) != 1 or members[0].file_size > MOST_BYTES:
                raise _source_error(path, "one file in the zip", f"{len(members)}", "unpack it")
            return archive.read(members[0])
    except zipfile.BadZipFile:
        raise _source_error(path, "a zip or a spreadsheet that is whole", "a damaged one") from None


def _decode(path: Path, content: bytes) -> tuple[str, str]:
    encodings = ("utf-16",) if content.startswith(_WIDE_BOMS) else _ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding.removesuffix("-sig")
    raise _source_error(path, "CSV, JSON or XLSX", "binary data")


def plain_name(name: str) -> str:
    """Write the name of a column in plain letters and digits, with single blanks."""
    return " ".join(normalize("NFKC", name).split())


def _csv_tables(path: Path, text: str) -> Iterator[SourceTable]:
    """Yield a table for each line of the head that may be the header, and each separator in it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    for number, line in enumerate(lines[:_HEAD_LINES]):
        for separator in (separator for separator in _SEPARATORS if separator in line):
            names = tuple(map(plain_name, next(csv.reader([line], delimiter=separator), [])))
            rows = _CsvRows(path, lines, number + 1, len(names), separator)
            yield SourceTable(names, rows.read, number + 2, _read_head(lines[:number]), separator)


@dataclass(frozen=True)
class _CsvRows:
    """The lines of a CSV file below its header."""

    path: Path
    lines: Sequence[str]
    """Of the whole file."""
    first: int
    """Number of the first line below the header, from 0."""
    width: int
    separator: str

    def read(self, ends_at_blank: bool) -> pl.DataFrame:
        """Split them into cells; a `SourceError` where a row has more or fewer than the header."""
        lines = self.lines[self.first :]
        if ends_at_blank and "" in lines:
            lines = lines[: lines.index("")]
        content = "\n".join(lines).encode()
        if not content:
            return pl.DataFrame({str(i): pl.Series([], dtype=pl.String) for i in range(self.width)})
        ragged = find_ragged_row(
            str(self.path), "", content, self.width, separator=self.separator, first_row=self.first + 1
        )
        if ragged is not None:
            raise SourceError.of([ragged])
        try:
            frame = pl.read_csv(
                content + b"\n", has_header=False, infer_schema=False, separator=self.separator
            )
        except pl.exceptions.PolarsError as error:
            found = str(error).split("\n", 1)[0]
            expected = "quotes closed, and doubled within cells"
            raise _source_error(self.path, expected, found, "save it again") from None
        return _by_position(frame)


def _by_position(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({name: str(i) for i, name in enumerate(frame.columns)})


def _read_head(lines: Sequence[str]) -> dict[str, str]:
    """Read the lines above a header: ``name: value``, or JSON behind ``#``."""
    about: dict[str, str] = {}
    for line in lines:
        text = line.strip().lstrip("#").strip()
        if text.startswith("{"):
            try:
                about |= _flatten(json.loads(text, parse_int=str, parse_float=str))
            except json.JSONDecodeError:
                continue
        elif ":" in text:
            name, _, value = text.rpartition(":")
            about[plain_name(name)] = value.strip()
    return about


def _sheets(path: Path, content: bytes) -> list[SourceTable]:
    try:
        sheets = pl.read_excel(
            io.BytesIO(content),
            sheet_id=0,
            has_header=False,
            infer_schema_length=0,
            drop_empty_rows=False,
            drop_empty_cols=False,
            raise_if_empty=False,
        )
    except ModuleNotFoundError:
        hint = "pip install 'computeplan[xlsx]', or save the sheet as CSV"
        raise UsageError(
            path=path, expected="the package fastexcel for XLSX", found="none", hint=hint
        ) from None
    except Exception as error:  # noqa: BLE001 - the reader's own errors have no public base
        reason = str(error).split("\n", 1)[0]
        raise _source_error(path, "a spreadsheet that can be read", reason, "save it again") from None
    return [table for sheet in sheets.values() for table in _sheet_tables(sheet)]


def _sheet_tables(sheet: pl.DataFrame) -> Iterator[SourceTable]:
    frame = _by_position(sheet.cast(pl.String))
    about = _read_head(["".join(cell or "" for cell in row) for row in frame.head(_HEAD_LINES).rows()])
    for number, row in enumerate(frame.head(_HEAD_LINES).rows()):
        if sum(cell is not None for cell in row) > 1:
            names = tuple(plain_name(cell or "") for cell in row)
            rows = frame.slice(number + 1)
            yield SourceTable(names, lambda _, rows=rows: rows, number + 2, about)  # type: ignore[misc]


def _flatten(value: Any, path: str = "") -> dict[str, str]:
    """Return the texts and numbers in nested mappings, by path."""
    if isinstance(value, dict):
        parts = (_flatten(part, f"{path}.{name}" if path else name) for name, part in value.items())
        return {plain_name(name): text for part in parts for name, text in part.items()}
    if isinstance(value, list) or value is None:
        return {}
    return {path: str(value).lower() if isinstance(value, bool) else str(value)}


def _json_tables(document: Any) -> list[SourceTable]:
    """Find lists of records, and mappings with lists of one length, in a document."""
    about = _flatten(document)
    return [
        SourceTable(
            tuple(map(plain_name, columns)),
            partial(_read_columns, columns),
            1,
            about,
            row_name="record",
        )
        for columns in _find_columns(document)
    ]


Columns = Mapping[str, Sequence[str | None]]


def _read_columns(columns: Columns, ends_at_blank: bool) -> pl.DataFrame:
    del ends_at_blank
    return pl.DataFrame(
        {str(i): pl.Series(cells, dtype=pl.String) for i, cells in enumerate(columns.values())}
    )


def _find_columns(node: Any) -> Iterator[Columns]:
    if isinstance(node, list) and node and all(isinstance(each, dict) for each in node):
        records = [_flatten(each) for each in node]
        names = dict.fromkeys(name for record in records for name in record)
        yield {name: [record.get(name) for record in records] for name in names}
    if isinstance(node, dict):
        columns = _listed_columns(node)
        if columns:
            yield columns
        for part in node.values():
            yield from _find_columns(part)


def _listed_columns(node: Mapping[str, Any]) -> Columns:
    """Return the lists of a mapping that are as long as its first one, also where records name them."""
    lists = {name: part for name, part in node.items() if isinstance(part, list)}
    for part in list(lists.values()):
        lists |= {
            str(each["name"]): each["data"]
            for each in part
            if isinstance(each, dict) and "name" in each and isinstance(each.get("data"), list)
        }
    length = len(next(iter(lists.values()), []))
    columns = {
        name: [None if cell is None else str(cell) for cell in part]
        for name, part in lists.items()
        if len(part) == length and not any(isinstance(cell, dict | list) for cell in part)
    }
    return columns if length and len(columns) > 1 else {}
