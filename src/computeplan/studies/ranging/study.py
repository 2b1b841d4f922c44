"""The ranging of one config: shadow prices and break-even points, with tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from computeplan.solvers.plan import Plan
from computeplan.studies.baselines import Baseline, baseline_data
from computeplan.studies.ranging.breakpoints import Break, Range, Step
from computeplan.studies.ranging.parameter import SiteChange
from computeplan.studies.ranging.shadow_prices import ShadowPrice

if TYPE_CHECKING:
    import polars as pl

HEAD = ("parameter", "unit", "kind", "value")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "shadow_prices": (
        *("limit", "name", "unit", "amount", "floor", "marginal", "more", "less", "unique"),
        *("step", "step_saves", "step_costs", "step_marginal", "whole_numbers"),
    ),
    "breaks": (*HEAD, "slope", "side", "at", "changes", "possible", "slope_beyond"),
    "steps": (*HEAD, "at", "status", "objective", "bound"),
    "moves": ("parameter", "side", "at", "site", "work_unit_h"),
    "bookings": ("parameter", "side", "at", "pool", "booked_units"),
}
"""Columns of each table, also of an empty one."""


@dataclass(frozen=True, eq=False)
class RangingStudy:
    """What easing limits saves, and where the plan changes."""

    plan: Plan
    """Of the config."""
    ranges: tuple[Range, ...]
    """One for each number that was varied."""
    prices: tuple[ShadowPrice, ...]
    """Of every limit that binds."""
    baselines: tuple[Baseline, ...] = ()
    """Plans under simple policies, those that were asked for."""

    def tables(self) -> dict[str, pl.DataFrame]:
        """Make the tables ``shadow_prices``, ``breaks``, ``steps``, ``moves`` and ``bookings``, by name."""
        import polars as pl

        rows = {
            "shadow_prices": [price_data(price) for price in self.prices],
            "breaks": [row for found in self.ranges for row in _break_rows(found)],
            "steps": [_head(found) | _step_data(step) for found in self.ranges for step in found.steps],
            "moves": [at | _move_data(move) for found in self.ranges for at, move in _changes(found)],
            "bookings": [row for found in self.ranges for row in _booking_rows(found)],
        }
        return {
            name: pl.DataFrame(
                {column: [row[column] for row in rows[name]] for column in columns}, strict=False
            )
            for name, columns in COLUMNS.items()
        }

    def summary(self) -> dict[str, object]:
        """Summarize the study in one object, ready for JSON."""
        problem, solution = self.plan.problem, self.plan.solution
        return {
            "name": problem.name,
            "currency": problem.currency,
            "status": self.plan.status.value,
            "objective": solution.audit.objective if solution else None,
            "shadow_prices": [price_data(price) for price in self.prices],
            "ranges": [range_data(found) for found in self.ranges],
            "policies": {str(other.policy): baseline_data(self.plan, other) for other in self.baselines},
        }


def price_data(price: ShadowPrice) -> dict[str, Any]:
    """Return a shadow price as one row."""
    derived = {"floor": price.is_floor, "unique": price.is_unique, "step_marginal": price.step_marginal}
    row = asdict(price) | derived | {"limit": price.limit.value}
    return {column: row[column] for column in COLUMNS["shadow_prices"]}


def range_data(found: Range) -> dict[str, Any]:
    """Return a range in one object."""
    return {
        **_head(found),
        "status": found.status.value,
        "objective": found.objective,
        "slope": found.slope,
        "low": _break_data(found.low),
        "high": _break_data(found.high),
        "steps": [_step_data(step) for step in found.steps],
        "note": found.note,
        "solves": found.solves,
    }


def _head(found: Range) -> dict[str, Any]:
    parameter = found.parameter
    values = (parameter.name, parameter.unit, parameter.kind.value, parameter.value)
    return dict(zip(HEAD, values, strict=True))


def _break_data(end: Break | None) -> dict[str, Any] | None:
    if end is None:
        return None
    return {
        "at": end.at,
        "changes": end.changes,
        "possible": end.is_possible,
        "slope_beyond": end.slope_beyond,
        "moves": [_move_data(move) for move in end.moves],
        "workloads_moved": end.movers.count if end.movers else 0,
        "workloads": list(end.movers.names) if end.movers else [],
    }


def _step_data(step: Step) -> dict[str, Any]:
    found = {"at": step.at, "status": step.status.value, "objective": step.objective, "bound": step.bound}
    return {**found, "moves": [_move_data(move) for move in step.moves]}


def _move_data(move: SiteChange) -> dict[str, Any]:
    return {"site": move.site, "work_unit_h": move.work_unit_h, "booked_units": dict(move.booked_units)}


def _sides(found: Range) -> list[tuple[str, Break]]:
    return [(side, end) for side, end in (("low", found.low), ("high", found.high)) if end is not None]


def _break_rows(found: Range) -> list[dict[str, Any]]:
    return [
        {**_head(found), "slope": found.slope, "side": side, **(_break_data(end) or {})}
        for side, end in _sides(found)
    ]


def _changes(found: Range) -> list[tuple[dict[str, Any], SiteChange]]:
    """Every move with what it belongs to."""
    ends = [(side, end.at, end.moves) for side, end in _sides(found)]
    ends += [("step", step.at, step.moves) for step in found.steps]
    return [
        ({"parameter": found.parameter.name, "side": side, "at": at}, move)
        for side, at, moved in ends
        for move in moved
    ]


def _booking_rows(found: Range) -> list[dict[str, Any]]:
    return [
        {**belongs, "pool": pool, "booked_units": units}
        for belongs, move in _changes(found)
        for pool, units in move.booked_units.items()
    ]
