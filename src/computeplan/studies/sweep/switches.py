"""Where plans switch: neighbors along one axis that differ in status, main site or mix of sites."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from computeplan.studies.sweep.design import Design

if TYPE_CHECKING:
    import polars as pl

WATCHED = ("status", "main_site", "sites")
"""What is compared, the most telling first."""


def switches_table(design: Design, points: pl.DataFrame) -> pl.DataFrame:
    """List the switches.

    Parameters
    ----------
    design : Design
    points : polars.DataFrame
        As `points_table` makes it.

    Returns
    -------
    polars.DataFrame
        ``axis``, ``from_point``, ``to_point``, ``from_value``, ``to_value``, ``what`` (``status``,
        ``main_site`` or ``sites``), ``before``, ``after``; only the first of these that differs is told.
    """
    import polars as pl

    rows = points.to_dicts()
    found = [switch for label in design.axes.labels for switch in _along(label, design.axes.labels, rows)]
    texts = ("axis", "from_value", "to_value", "what", "before", "after")
    schema = {
        name: pl.String if name in texts else pl.Int64
        for name in ("axis", "from_point", "to_point", "from_value", "to_value", "what", "before", "after")
    }
    return pl.DataFrame(found, schema=schema, orient="row")


def _along(label: str, labels: tuple[str, ...], rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    others = [other for other in labels if other != label]
    lines: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        lines.setdefault(tuple(row[other] for other in others), []).append(row)
    for line in lines.values():
        if all(isinstance(row[label], float) for row in line):
            line.sort(key=lambda row: row[label])
        for one, other in pairwise(line):
            what = next((key for key in WATCHED if one[key] != other[key]), None)
            if what is not None and one[label] != other[label]:
                yield {
                    "axis": label,
                    "from_point": one["point"],
                    "to_point": other["point"],
                    "from_value": shown(one[label]),
                    "to_value": shown(other[label]),
                    "what": what,
                    "before": one[what] or "none",
                    "after": other[what] or "none",
                }


def shown(value: float | str | None) -> str:
    """Write the value of an axis."""
    if value is None:
        return "as is"
    return f"{value:g}" if isinstance(value, float) else value
