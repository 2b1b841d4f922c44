"""The tidy table of a sweep: one row a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from computeplan.config.variation import number_and_unit
from computeplan.studies.sweep.design import SCENARIO, Design

if TYPE_CHECKING:
    import polars as pl

MEASURES = ("objective", "cost", "location_t", "market_t", "hourly_t")
"""Columns that a summary looks at."""


def points_table(design: Design, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Make the table.

    Parameters
    ----------
    design : Design
    rows : sequence of mapping
        Of every point, as `solve_point` made them.

    Returns
    -------
    polars.DataFrame
        ``point``; a column for each axis; ``status``, ``message``; worth; ``unit_h at SITE``,
        ``kwh at SITE``; ``worth of LIMIT``. Empty where a point has no plan.
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
    """Give the values of an axis: numbers where all are, in the unit that they share; else text.

    Parameters
    ----------
    design : Design
    label : str
    """
    import polars as pl

    fill = "base" if label == SCENARIO else design.axes.neutral(label)
    if fill is not None and (number_and_unit(fill) or (0, ""))[1] != axis_unit(design, label):
        fill = None
    values = [point.values.get(label, fill) for point in design.points]
    split = [number_and_unit(value) for value in values if value is not None]
    if split and all(each is not None for each in split) and len({each[1] for each in split if each}) == 1:
        numbers = [
            each[0] if value is not None and (each := number_and_unit(value)) else None for value in values
        ]
        return pl.Series(numbers, dtype=pl.Float64)
    return pl.Series([None if value is None else _text(value) for value in values], dtype=pl.String)


def axis_unit(design: Design, label: str) -> str:
    """Give the unit that all values of an axis share; empty where there is none.

    Parameters
    ----------
    design : Design
    label : str
    """
    values = [point.values[label] for point in design.points if label in point.values]
    units = {each[1] if (each := number_and_unit(value)) else "" for value in values}
    return units.pop() if len(units) == 1 else ""


_TEXTS = ("status", "message", "started", "main_site", "sites")
_ORDER = (
    *("status", "message", "objective", "bound", "gap", "audit_passed", "cost"),
    *("cost_usage", "cost_reserved", "cost_energy", "cost_demand_charge", "cost_contracts", "cost_network"),
    *("cost_placement", "cost_new_capacity", "cost_certificates", "cost_storage", "cost_opening"),
    *("shortfall_penalty", "shortfall_unit_h", "carbon_charge", "location_t", "market_t"),
    *("hourly_t", "main_site", "sites"),
)
USED = 0.01
"""Share of the work from which on a site counts as used."""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the groups of a row side by side."""
    cost = row.get("cost", {})
    flat = {key: value for key, value in row.items() if not isinstance(value, dict)}
    flat |= {"cost" if part == "total" else f"cost_{part}": amount for part, amount in cost.items()}
    flat |= {f"{basis}_t": amount for basis, amount in row.get("emissions_t", {}).items()}
    work: dict[str, float] = row.get("unit_h", {})
    total = sum(work.values())
    if total > 0:
        flat["main_site"] = max(work, key=lambda site: work[site])
        flat["sites"] = ", ".join(site for site, unit_h in work.items() if unit_h >= USED * total)
    for group, prefix in (("unit_h", "unit_h at"), ("kwh", "kwh at"), ("worth", "worth of")):
        flat |= {f"{prefix} {name}": amount for name, amount in row.get(group, {}).items()}
    return flat


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Order the columns: the fixed ones, then sites and limits as they appear."""
    found = dict.fromkeys(name for row in rows for name in row)
    open_ended = ("unit_h at ", "kwh at ", "worth of ")
    rest = [name for prefix in open_ended for name in found if name.startswith(prefix)]
    return [*_ORDER, *rest, "started"]
