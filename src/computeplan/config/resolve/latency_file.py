"""Latency matrices from files."""

from __future__ import annotations

import numpy as np
import polars as pl

from computeplan.config.resolve.cells import read_numbers, read_texts
from computeplan.config.resolve.context import Context
from computeplan.config.resolve.names import Names
from computeplan.config.resolve.table_file import Table, open_table
from computeplan.config.schema.network import LatencyFile
from computeplan.problem import Floats

_PATH = "network.latencies"


def read_latencies(source: LatencyFile, zones: Names, context: Context) -> Floats:
    """Read a matrix of latencies: a row for each origin, a column for each destination.

    Rows and columns of zones that the config does not have are left out, with a warning.

    Parameters
    ----------
    source : LatencyFile
    zones : Names
    context : Context

    Returns
    -------
    (Z, Z)
        In ms; nan where there is no cell or an empty one.
    """
    matrix = np.full((len(zones), len(zones)), np.nan)
    table = open_table(source.file, _PATH, context.files, context.faults)
    if table is None:
        return matrix
    goals = [name for name in table.names if name in zones and name != source.origin]
    data = table.columns([source.origin, *goals])
    if data is None:
        return matrix
    origins = read_texts(data[source.origin])
    repeated = (origins.is_duplicated() & origins.is_not_null()).to_numpy()
    table.note_cells(origins.is_null().to_numpy() | repeated, data[source.origin], "one row for each zone")
    rows = np.array([zones.position(name) for name in origins.fill_null("")], np.int64)
    for goal in goals:
        matrix[rows[rows >= 0], zones[goal]] = _latencies(table, data[goal])[rows >= 0]
    _warn(table, [*origins.drop_nulls(), *(n for n in table.names if n != source.origin)], zones, context)
    return matrix


def _latencies(table: Table, cells: pl.Series) -> Floats:
    numbers = read_numbers(cells)
    table.note_cells(numbers.bad | (numbers.values < 0), cells, "a latency in ms, at least 0")
    return numbers.values


def _warn(table: Table, names: list[str], zones: Names, context: Context) -> None:
    unknown = sorted({name for name in names if name not in zones})
    if unknown:
        shown = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
        context.warnings.append(f"{_PATH}: {table.file} names zones that the config does not have: {shown}")
