"""The ranging of one config: shadow prices and break-even points, with tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from computeplan.plan.plan import Plan
from computeplan.studies.baselines import Baseline, baseline_data
from computeplan.studies.ranging.moves import Move
from computeplan.studies.ranging.search import Break, Range
from computeplan.studies.ranging.shadow import ShadowPrice

if TYPE_CHECKING:
    import polars as pl

SCHEMAS: Mapping[str, tuple[str, ...]] = {
    "shadow_prices": (
        "limit",
        "name",
        "unit",
        "amount",
        "marginal",
        "more",
        "less",
        "unique",
        "step",
        "step_saves",
        "step_costs",
        "step_marginal",
    ),
    "breaks": (
        "parameter",
        "unit",
        "kind",
        "value",
        "slope",
        "side",
        "at",
        "changes",
        "possible",
        "slope_beyond",
    ),
    "steps": ("parameter", "unit", "kind", "value", "at", "status", "objective"),
    "moves": ("parameter", "side", "at", "site", "work_unit_h"),
    "bookings": ("parameter", "side", "at", "pool", "booked_units"),
}
"""Columns of each table."""


@dataclass(frozen=True, eq=False)
class RangingStudy:
    """What limits are worth, and where the plan changes.

    Attributes
    ----------
    plan : Plan
        As things stand.
    ranges : tuple of Range
        One for each number that was varied.
    prices : tuple of ShadowPrice
        Of every limit that binds.
    baselines : tuple of Baseline
        Plans under simple policies, those that were asked for.
    """

    plan: Plan
    ranges: tuple[Range, ...]
    prices: tuple[ShadowPrice, ...]
    baselines: tuple[Baseline, ...] = ()

    def tables(self) -> dict[str, pl.DataFrame]:
        """Make the tables ``shadow_prices``, ``breaks``, ``steps``, ``moves`` and ``bookings``, by name."""
        import polars as pl

        rows = {
            "shadow_prices": [price_data(price) for price in self.prices],
            "breaks": [row for found in self.ranges for row in _break_rows(found)],
            "steps": [row for found in self.ranges for row in _step_rows(found)],
            "moves": [row for found in self.ranges for row in _move_rows(found)],
            "bookings": [row for found in self.ranges for row in _booking_rows(found)],
        }
        return {
            name: pl.DataFrame(
                {column: [row[column] for row in rows[name]] for column in columns}, strict=False
            )
            for name, columns in SCHEMAS.items()
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
    """Give a shadow price as one row.

    Parameters
    ----------
    price : ShadowPrice
    """
    return {
        "limit": price.limit.value,
        "name": price.name,
        "unit": price.unit,
        "amount": price.amount,
        "marginal": price.marginal,
        "more": price.more,
        "less": price.less,
        "unique": price.is_unique,
        "step": price.step,
        "step_saves": price.step_saves,
        "step_costs": price.step_costs,
        "step_marginal": price.step_marginal,
    }


def range_data(found: Range) -> dict[str, Any]:
    """Give a range in one object.

    Parameters
    ----------
    found : Range
    """
    return {
        **_head(found),
        "status": found.status.value,
        "objective": found.objective,
        "slope": found.slope,
        "low": _break_data(found.low),
        "high": _break_data(found.high),
        "steps": [
            {
                "at": step.at,
                "status": step.status.value,
                "objective": step.objective,
                "moves": _moves_data(step.moves),
            }
            for step in found.steps
        ],
        "solves": found.solves,
    }


def _head(found: Range) -> dict[str, Any]:
    parameter = found.parameter
    return {
        "parameter": parameter.name,
        "unit": parameter.unit,
        "kind": parameter.kind.value,
        "value": parameter.value,
    }


def _break_data(end: Break | None) -> dict[str, Any] | None:
    if end is None:
        return None
    return {
        "at": end.at,
        "changes": end.changes,
        "possible": end.is_possible,
        "slope_beyond": end.slope_beyond,
        "moves": _moves_data(end.moves),
        "workloads_moved": end.movers.count if end.movers else 0,
        "workloads": list(end.movers.names) if end.movers else [],
    }


def _moves_data(moves: Sequence[Move]) -> list[dict[str, Any]]:
    return [
        {"site": move.site, "work_unit_h": move.work_unit_h, "booked_units": dict(move.booked_units)}
        for move in moves
    ]


def _sides(found: Range) -> list[tuple[str, Break]]:
    return [(side, end) for side, end in (("low", found.low), ("high", found.high)) if end is not None]


def _break_rows(found: Range) -> list[dict[str, Any]]:
    return [
        {**_head(found), "slope": found.slope, "side": side, **(_break_data(end) or {})}
        for side, end in _sides(found)
    ]


def _step_rows(found: Range) -> list[dict[str, Any]]:
    return [
        {**_head(found), "at": step.at, "status": step.status.value, "objective": step.objective}
        for step in found.steps
    ]


def _changes(found: Range) -> list[tuple[dict[str, Any], Move]]:
    """Every move with what it belongs to."""
    ends = [(side, end.at, end.moves) for side, end in _sides(found)]
    ends += [("step", step.at, step.moves) for step in found.steps]
    return [
        ({"parameter": found.parameter.name, "side": side, "at": at}, move)
        for side, at, moved in ends
        for move in moved
    ]


def _move_rows(found: Range) -> list[dict[str, Any]]:
    return [
        {**belongs, "site": move.site, "work_unit_h": move.work_unit_h} for belongs, move in _changes(found)
    ]


def _booking_rows(found: Range) -> list[dict[str, Any]]:
    return [
        {**belongs, "pool": pool, "booked_units": units}
        for belongs, move in _changes(found)
        for pool, units in move.booked_units.items()
    ]
