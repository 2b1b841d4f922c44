"""Cells of a register, field by field, with defaults where they are empty."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from computeplan.config.resolve.cells import read_numbers, read_texts
from computeplan.config.resolve.names import Names
from computeplan.config.resolve.ranges import in_range
from computeplan.config.resolve.table_file import HEADER_ROWS, Table
from computeplan.config.resolve.workloads.columns import Coded
from computeplan.config.schema.quantity import Quantity
from computeplan.config.schema.workloads import TABLE_FIELDS, TableDefaults, WorkloadTable
from computeplan.problem import Bools, Floats, Ints

_SEPARATOR = re.compile("[;；]")
_MOST_NAMES = 5
_ANY = np.array(True)


@dataclass(frozen=True, eq=False)
class RegisterCells:
    """The columns of a register that hold fields of workloads.

    Attributes
    ----------
    table : Table
    data : polars.DataFrame
        One row a workload.
    columns : dict
        Column of each field that has one.
    defaults : TableDefaults
    """

    table: Table
    data: pl.DataFrame
    columns: dict[str, str]
    defaults: TableDefaults

    def cells(self, field: str) -> pl.Series:
        """Cells of a field; all null where it has no column."""
        if field in self.columns:
            return self.data[self.columns[field]]
        return pl.Series(field, [None], pl.String).new_from_index(0, self.data.height)

    def is_given(self, field: str) -> Bools:
        """(n,) which rows have a cell with content."""
        given: Bools = read_texts(self.cells(field)).is_not_null().to_numpy()
        return given

    def default_path(self, field: str) -> str:
        """Where in the config the default of a field stands."""
        return f"{self.table.path}.defaults.{field}"

    def note(self, wrong: Bools, field: str, expected: str, hint: str = "") -> None:
        """Note wrong rows: their cells, or once that there is neither a column nor a default."""
        if field in self.columns:
            self.table.note_cells(wrong, self.cells(field), expected, hint)
        elif wrong.any():
            row = int(np.flatnonzero(wrong)[0]) + 1
            hint = hint or "add the column, name it in `columns`, or give a default"
            found = f"no column {field!r}, first needed in row {row + HEADER_ROWS}"
            self.table.note(expected, found, hint, row=row)

    def texts(self, field: str) -> pl.Series:
        """Texts of a field; null where neither cell nor default is given."""
        return read_texts(self.cells(field)).fill_null(pl.lit(getattr(self.defaults, field, None), pl.String))

    def numbers(self, field: str, quantity: Quantity, otherwise: float, where: Bools = _ANY) -> Floats:
        """Read a field of numbers.

        Parameters
        ----------
        field : str
        quantity : Quantity
            Unit and range.
        otherwise : float
            Where neither cell nor default is given.
        where : (n,)
            Rows that the default is meant for.

        Returns
        -------
        (n,)
        """
        cells = read_numbers(self.cells(field))
        wrong = cells.bad | ~(cells.empty | in_range(quantity, cells.values))
        self.note(wrong, field, quantity.expected())
        default = getattr(self.defaults, field)
        fallback = np.where(where, otherwise if default is None else default, otherwise)
        return np.where(cells.empty | wrong, fallback, cells.values)

    def codes(self, field: str, names: Names, default: int) -> Ints:
        """Read a field of names; the default's code where a cell is empty.

        Parameters
        ----------
        field : str
        names : Names
        default : int

        Returns
        -------
        (n,)
        """
        return self._coded(field, names.position, names, default)

    def rows(
        self, field: str, names: Names, of_indices: Callable[[list[int]], Bools], default: Bools
    ) -> Coded[np.bool_]:
        """Read a field of several names, separated by ``;``.

        Parameters
        ----------
        field : str
        names : Names
        of_indices : callable
            Makes a row of the indices of the names.
        default : (m,)
            Row where a cell is empty.

        Returns
        -------
        Coded
        """
        sets = [default]

        def code(text: str) -> int:
            parts = [part.strip() for part in _SEPARATOR.split(text)]
            found = [names.position(part) for part in parts if part]
            if -1 in found:
                return -1
            sets.append(of_indices(found))
            return len(sets) - 1

        index = self._coded(field, code, names, 0)
        return Coded.of(sets, index)

    def _coded(self, field: str, code: Callable[[str], int], names: Names, default: int) -> Ints:
        """Code every distinct text once; note those that have none (-1)."""
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


def register_cells(table: Table, settings: WorkloadTable) -> RegisterCells | None:
    """Read the columns of a register that hold fields of workloads.

    Parameters
    ----------
    table : Table
    settings : WorkloadTable

    Returns
    -------
    RegisterCells or None
        None after a fault: a column that is named but not there.
    """
    columns = {field: field for field in TABLE_FIELDS if field in table.names}
    columns |= {str(field): column for field, column in settings.columns.items()}
    if "name" not in columns:
        hint = "give every workload a name, or name its column in `columns`"
        table.note("a column 'name'", f"columns {', '.join(table.names[:8])}", hint, row=0)
        return None
    data = table.columns(list(columns.values()))
    return None if data is None else RegisterCells(table, data, columns, settings.defaults)
