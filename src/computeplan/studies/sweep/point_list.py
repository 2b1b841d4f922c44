"""Points from a table: one row a point."""

from __future__ import annotations

import csv
import io
from typing import Any

from computeplan.config import Operator, Values, Variation
from computeplan.config.scalars import read_scalar
from computeplan.config.variation import checked
from computeplan.errors import ConfigError, Fault
from computeplan.studies.sweep.design import MOST_POINTS, SCENARIO, Axes, Design, DesignKind, Ground

BASE = "base"
"""Stands for the config without a scenario."""


def read_points(text: str, file: str, scenarios: tuple[str, ...], ground: Ground) -> Design:
    """Read points from CSV text.

    Parameters
    ----------
    text : str
        A header of paths, ``PATH*`` for factors, ``PATH+`` for amounts and ``scenario``; an empty cell leaves
        the value as the config says.
    file : str
        For faults.
    scenarios : tuple of str
        Those that the config has.
    ground : Ground

    Raises
    ------
    ConfigError
        With every fault of the table.
    """
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise ConfigError([Fault("", "a header and at least one row", f"{len(rows)} rows", file=file)])
    header, faults = [cell.strip() for cell in rows[0]], []
    if len(rows) - 1 > MOST_POINTS:
        faults.append(Fault("", f"at most {MOST_POINTS:,} rows", f"{len(rows) - 1:,}", file=file))
    for i, label in enumerate(header):
        if not label or label in header[:i]:
            hint = "each column has one path"
            faults.append(Fault("", "a path", repr(label), hint, file, 1, i + 1))
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            found = f"{len(row)} cells"
            faults.append(Fault("", f"{len(header)} cells, one a column", found, "", file, number))
    if faults:
        raise ConfigError(faults)
    return _design(header, rows[1:], file, scenarios, ground)


def _design(
    header: list[str], rows: list[list[str]], file: str, scenarios: tuple[str, ...], ground: Ground
) -> Design:
    cells = [[read_scalar(cell.strip()) for cell in row] for row in rows]
    columns = {label: [row[i] for row in cells if row[i] is not None] for i, label in enumerate(header)}
    names = dict.fromkeys(str(name) for name in columns.get(SCENARIO, ()))
    unknown = [name for name in names if name not in (*scenarios, BASE)]
    if unknown:
        known = ", ".join((*scenarios, BASE))
        raise ConfigError([Fault(SCENARIO, f"one of {known}", repr(unknown[0]), file=file)])
    chosen = tuple((name, name if name in scenarios else None) for name in names)
    variations = tuple(_variation(label, values) for label, values in columns.items() if label != SCENARIO)
    axes = Axes(variations, chosen, ground=ground)
    points = [
        axes.point({label: value for label, value in zip(header, row, strict=True) if value is not None})
        for row in cells
    ]
    return Design(DesignKind.LIST, axes, tuple(points))


def _variation(label: str, values: list[Any]) -> Variation:
    operators = {"*": Operator.MULTIPLY, "+": Operator.ADD}
    operator = operators.get(label[-1], Operator.SET)
    path = label if operator is Operator.SET else label[:-1]
    # A wildcard ends no path, so a last `*` is a factor.
    return checked(Variation(path, operator, Values(tuple(dict.fromkeys(values)))))
