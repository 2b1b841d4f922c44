"""The results of a sweep: one row a point, and where plans switch from one site to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.accounts.costs import COST_PARTS
from computeplan.config import Values
from computeplan.problem import Floats, Ints
from computeplan.studies.sweep.design import BASE, SCENARIO, Design

if TYPE_CHECKING:
    import polars as pl

MEASURES = ("objective", "cost", "location_t", "market_t", "hourly_t")
"""Columns that effects and summary are about."""
_TEXTS = ("status", "message", "started", "main_site", "sites")
_ORDER = (
    *("status", "message", "objective", "bound", "gap", "audit_passed", "cost"),
    *(f"cost_{part.name}" for part in COST_PARTS),
    *("shortfall_penalty", "shortfall_unit_h", "carbon_charge", "location_t", "market_t"),
    *("hourly_t", "main_site", "sites"),
)
USED = 0.01
"""Share of the work from which on a site counts as used."""
SWITCH = ("axis", "from_point", "to_point", "from_value", "to_value", "what", "before", "after")
"""Columns of the table of switches."""
WATCHED = ("status", "main_site", "sites")
"""What is compared between neighbors, the most important first."""


def points_table(design: Design, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Make the table of points, of the rows that `solve_point` made; empty where a point has no plan.

    Columns are ``point``, the axes, ``status``, ``message``, cost, emissions and so on, ``unit_h at SITE``,
    ``kwh at SITE`` and ``value of LIMIT``.
    """
    import polars as pl

    columns: dict[str, pl.Series] = {"point": pl.Series(range(len(rows)), dtype=pl.Int64)}
    columns |= {label: axis_column(design, label) for label in design.axes.labels}
    flat = [_flat(row) for row in rows]
    for name in _names(flat):
        dtype = pl.String if name in _TEXTS else pl.Boolean if name == "audit_passed" else pl.Float64
        columns[name] = pl.Series([row.get(name) for row in flat], dtype=dtype)
    return pl.DataFrame(columns)


def axis_column(design: Design, label: str) -> pl.Series:
    """Return the values of an axis: numbers where all are, in the unit that they share; else text."""
    import polars as pl

    fill = BASE if label == SCENARIO else design.axes.neutral(label)
    if fill is not None and Values((fill,)).unit != axis_unit(design, label):
        fill = None
    values = [point.values.get(label, fill) for point in design.points]
    numbers = Values(tuple(value for value in values if value is not None)).numbers
    if numbers:
        left = iter(numbers)
        return pl.Series([None if value is None else next(left) for value in values], dtype=pl.Float64)
    return pl.Series([None if value is None else str(value) for value in values], dtype=pl.String)


def axis_unit(design: Design, label: str) -> str:
    """Return the unit that all values of an axis share; empty where there is none."""
    units = {Values((point.values[label],)).unit for point in design.points if label in point.values}
    return units.pop() if len(units) == 1 else ""


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten the groups of a row into columns."""
    cost = row.get("cost", {})
    flat = {key: value for key, value in row.items() if not isinstance(value, dict)}
    flat |= {"cost" if part == "total" else f"cost_{part}": amount for part, amount in cost.items()}
    flat |= {f"{basis}_t": amount for basis, amount in row.get("emissions_t", {}).items()}
    work: dict[str, float] = row.get("unit_h", {})
    total = sum(work.values())
    if total > 0:
        flat["main_site"] = max(work, key=lambda site: work[site])
        flat["sites"] = ", ".join(site for site, unit_h in work.items() if unit_h >= USED * total)
    for group, prefix in (("unit_h", "unit_h at"), ("kwh", "kwh at"), ("value", "value of")):
        flat |= {f"{prefix} {name}": amount for name, amount in row.get(group, {}).items()}
    return flat


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Order the columns: the fixed ones, then sites and limits as they appear."""
    found = dict.fromkeys(name for row in rows for name in row)
    open_ended = ("unit_h at ", "kwh at ", "value of ")
    rest = [name for prefix in open_ended for name in found if name.startswith(prefix)]
    return [*_ORDER, *rest, "started"]


def switches_table(design: Design, points: pl.DataFrame) -> pl.DataFrame:
    """List neighbors along one axis, all else equal, that differ in what is `WATCHED`: in what first."""
    import polars as pl

    rows, labels = points.to_dicts(), design.axes.labels
    found = [switch for label in labels for switch in _switches_along(label, labels, rows)]
    schema = dict.fromkeys(SWITCH, pl.String) | {"from_point": pl.Int64, "to_point": pl.Int64}
    return pl.DataFrame(found, schema=schema, orient="row")


def _switches_along(
    label: str, labels: tuple[str, ...], rows: list[dict[str, Any]]
) -> Iterator[tuple[str | int, ...]]:
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
                values = axis_text(one[label]), axis_text(other[label])
                changed = one[what] or "none", other[what] or "none"
                yield (label, one["point"], other["point"], *values, what, *changed)


def axis_text(value: float | str | None) -> str:
    """Write the value of an axis."""
    if value is None:
        return "as is"
    return f"{value:g}" if isinstance(value, float) else value


@dataclass(frozen=True)
class Threshold:
    """A rule: one main site below a value of an axis, another one above."""

    axis: str
    at: float
    below: str
    above: str
    """Most frequent main site on either side."""
    right: int
    points: int
    """Points for which the rule holds, of all that have a plan."""


def splits(design: Design, points: pl.DataFrame) -> list[Threshold]:
    """Find the value of each numeric axis that best separates the main sites, the best axis first.

    Axes along which the most frequent site is the same on both sides are left out.
    """
    import polars as pl

    solved = points.filter(pl.col("main_site").is_not_null())
    sites = sorted(set(solved["main_site"].to_list()))
    found = []
    for label in design.axes.labels:
        known = solved.filter(pl.col(label).is_not_null())
        if known[label].dtype == pl.Float64 and known.height:
            code = np.array([sites.index(site) for site in known["main_site"].to_list()])
            split = _best_split(label, known[label].to_numpy(), code, sites)
            found += [split] if split else []
    return sorted(found, key=lambda split: -split.right)


def _best_split(label: str, numbers: Floats, code: Ints, sites: Sequence[str]) -> Threshold | None:
    order = np.argsort(numbers, kind="stable")
    numbers, code = numbers[order], code[order]
    # (n + 1, sites) points of each site before each place.
    before = np.vstack((np.zeros(len(sites)), np.cumsum(np.eye(len(sites))[code], axis=0)))
    after = before[-1] - before
    right = before.max(axis=1) + after.max(axis=1)
    places = np.flatnonzero(np.diff(numbers) > 0) + 1
    places = places[before.argmax(axis=1)[places] != after.argmax(axis=1)[places]]
    if not len(places):
        return None
    best = int(places[right[places].argmax()])
    at = float(numbers[best - 1] + numbers[best]) / 2
    below, above = sites[int(before[best].argmax())], sites[int(after[best].argmax())]
    return Threshold(label, at, below, above, int(right[best]), len(numbers))
