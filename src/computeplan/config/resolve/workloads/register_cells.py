"""Cells of a register: its columns that hold fields of workloads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from computeplan.config.context import Context
from computeplan.config.names import Names
from computeplan.config.resolve.workloads.arrays import Coded
from computeplan.config.resolve.workloads.unread import name_unread
from computeplan.config.schema.workloads import NUMBER_FIELDS, WORKLOAD_FIELDS, TableDefaults, WorkloadTable
from computeplan.config.tables.cells import read_numbers, read_texts
from computeplan.config.tables.table_file import HEADER_ROWS, InputTable
from computeplan.problem import Bools, Floats, Ints

_SEPARATOR = re.compile("[;；]")
_MOST_NAMES = 5
_ANY = np.array(True)


@dataclass(frozen=True, eq=False)
class RegisterCells:
    """The columns of a register that hold fields of workloads, one row a workload; `columns` by field."""

    table: InputTable
    data: pl.DataFrame
    columns: dict[str, str]
    defaults: TableDefaults
    context: Context

    def cells(self, field: str) -> pl.Series:
        """Return the cells of a field; all null if it has no column."""
        if field in self.columns:
            return self.data[self.columns[field]]
        return pl.Series(field, [None], pl.String).new_from_index(0, self.data.height)

    def is_given(self, field: str) -> Bools:
        """(n,) which rows have a cell with content."""
        given: Bools = read_texts(self.cells(field)).is_not_null().to_numpy()
        return given

    def default(self, field: str) -> Any:
        """Return the config's value for empty cells of a field; None if there is none."""
        return getattr(self.defaults, field, None)

    def default_path(self, field: str) -> str:
        """Return the path in the config of a field's default."""
        return f"{self.table.path}.defaults.{field}"

    def note(self, wrong: Bools, field: str, expected: str, hint: str = "") -> None:
        """Add faults of wrong cells, or one that there is neither a column nor a default."""
        if field in self.columns:
            self.table.note_cells(wrong, self.cells(field), expected, hint)
        elif wrong.any():
            row = int(np.flatnonzero(wrong)[0]) + 1
            hint = hint or "add the column, name it in `columns`, or give a default"
            found = f"no column {field!r}, first needed in row {row + HEADER_ROWS}"
            self.table.note(expected, found, hint, row=row)

    def texts(self, field: str) -> pl.Series:
        """Return the texts of a field; null without cell and default."""
        return read_texts(self.cells(field)).fill_null(pl.lit(self.default(field), pl.String))

    def numbers(self, field: str, where: Bools = _ANY) -> Floats:
        """(n,) numbers of a field; the default applies to empty cells of the rows `where`."""
        quantity, absent = NUMBER_FIELDS[field].quantity, NUMBER_FIELDS[field].absent
        cells = read_numbers(self.cells(field), parse=lambda text: self.context.number(text, quantity.unit))
        wrong = cells.bad | ~(cells.empty | quantity.holds(cells.values))
        self.note(wrong, field, quantity.expected(self.context.currency), cells.hint)
        default = self.default(field)
        fallback = np.where(where, absent if default is None else default, absent)
        return np.where(cells.empty | wrong, fallback, cells.values)

    def codes(self, field: str, names: Names, default: int) -> Ints:
        """(n,) codes of a field of names; the default's code for empty cells."""
        return self._code_texts(field, names.position, names, default)

    def rows(
        self, field: str, names: Names, of_indices: Callable[[list[int]], Bools], default: Bools
    ) -> Coded[np.bool_]:
        """Read a field of several names, separated by ``;``: `of_indices` makes a row of their indices."""
        sets = [default]

        def code(text: str) -> int:
            parts = [part.strip() for part in _SEPARATOR.split(text)]
            found = [names.position(part) for part in parts if part]
            if -1 in found:
                return -1
            sets.append(of_indices(found))
            return len(sets) - 1

        index = self._code_texts(field, code, names, 0)
        return Coded.of(sets, index)

    def _code_texts(self, field: str, code: Callable[[str], int], names: Names, default: int) -> Ints:
        """Code every distinct text once; add faults for those without a code (-1)."""
        texts = read_texts(self.cells(field))
        distinct = texts.drop_nulls().unique(maintain_order=True)
        codes = [code(text) for text in distinct]
        unknown = [text for text, number in zip(distinct, codes, strict=True) if number < 0]
        for text in unknown[:_MOST_NAMES]:
            wrong = (texts == text).fill_null(value=False).to_numpy()
            parts = [part.strip() for part in _SEPARATOR.split(text)]
            hint = names.hint(next((part for part in parts if part not in names), text))
            row, count = int(wrong.argmax()), int(wrong.sum())
            found = repr(text) + (f" ({count:,} rows)" if count > 1 else "")
            self.table.note_cell(row, self.columns[field], names.expected, found, hint)
        if len(unknown) > _MOST_NAMES:
            self.table.note(
                names.expected,
                f"{len(unknown) - _MOST_NAMES:,} more unknown names in column {self.columns[field]!r}",
            )
        if not len(distinct):
            return np.full(len(texts), default, np.int64)
        coded: Ints = texts.replace_strict(distinct, codes, default=default, return_dtype=pl.Int64).to_numpy()
        return np.where(coded < 0, default, coded)


def columns_of(table: InputTable, settings: WorkloadTable) -> dict[str, str]:
    """Give the column of each field that has one."""
    columns = {field: field for field in WORKLOAD_FIELDS if field in table.names}
    return columns | {str(field): column for field, column in settings.columns.items()}


def register_cells(table: InputTable, settings: WorkloadTable, context: Context) -> RegisterCells | None:
    """Read the columns that hold fields of workloads; None after a fault, such as a missing column."""
    columns = columns_of(table, settings)
    if "name" not in columns:
        hint = "give every workload a name, or name its column in `columns`"
        table.note("a column 'name'", f"columns {', '.join(table.names[:8])}", hint, row=0)
        return None
    name_unread(table, columns, settings, context)
    data = table.columns(list(columns.values()))
    return None if data is None else RegisterCells(table, data, columns, settings.defaults, context)
