"""A frontier and its readings as rows and objects, in t and currency per t."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from computeplan.studies.baselines import Baseline
from computeplan.studies.frontier.curve import Curve, Reading
from computeplan.studies.frontier.frontier import KG_PER_T, Frontier


def reading_data(reading: Reading | None) -> dict[str, Any] | None:
    """Give a reading; a price without end is null.

    Parameters
    ----------
    reading : Reading or None
    """
    if reading is None:
        return None
    return {
        "money": reading.money,
        "emissions_t": reading.emissions_kg / KG_PER_T,
        "least_money": _finite(reading.least_money),
        "least_emissions_t": _finite(reading.least_emissions_kg / KG_PER_T),
        "price_low_per_t": _finite(KG_PER_T * reading.price_low_per_kg),
        "price_high_per_t": _finite(KG_PER_T * reading.price_high_per_kg),
        "plans": list(reading.plans),
        "share": reading.share,
    }


def point_rows(frontier: Frontier, curve: Curve) -> list[dict[str, Any]]:
    """List the points from least cost to least carbon.

    Parameters
    ----------
    frontier : Frontier
    curve : Curve
        Its curve.
    """
    named: dict[int, list[str]] = {0: ["least cost"], curve.size - 1: [last_mark(curve)]}
    for mark, reading in frontier.marks().items():
        if reading is not None and len(reading.plans) == 1:
            named.setdefault(reading.plans[0], []).append(mark)
    return [
        {
            "basis": frontier.basis.value,
            "point": index,
            "mark": ", ".join(named.get(index, [])),
            "money": float(curve.money[index]),
            "cost": point.cost,
            "shortfall_penalty": point.shortfall_penalty,
            "shortfall_unit_h": point.shortfall_unit_h,
            **{f"{basis}_t": tonnes for basis, tonnes in point.emissions_t.items()},
            **{f"{part}_cost": amount for part, amount in point.cost_parts.items()},
            **{f"unit_h at {site}": work for site, work in point.site_work_unit_h.items()},
        }
        for index, point in enumerate(frontier.points)
    ]


def last_mark(curve: Curve) -> str:
    """Name the last point.

    Parameters
    ----------
    curve : Curve
    """
    return "least carbon" if curve.ends_at_least_carbon else "cleanest found"


def segment_rows(frontier: Frontier, curve: Curve) -> list[dict[str, Any]]:
    """List the lines between neighbors, each with what a t less costs on it.

    Parameters
    ----------
    frontier : Frontier
    curve : Curve
        Its curve.
    """
    return [
        {
            "basis": frontier.basis.value,
            "from_point": left,
            "to_point": left + 1,
            "abatement_cost_per_t": KG_PER_T * float(curve.abatement_cost_per_kg[left]),
            "abated_t": float(curve.emissions_kg[left] - curve.emissions_kg[left + 1]) / KG_PER_T,
            "money": float(curve.money[left + 1] - curve.money[left]),
            "currency": frontier.currency,
        }
        for left in range(curve.size - 1)
    ]


def frontier_summary(frontier: Frontier) -> dict[str, Any]:
    """Summarize a frontier in one object, ready for JSON.

    Parameters
    ----------
    frontier : Frontier
    """
    curve = frontier.curve
    found: Mapping[str, Any] = {
        "basis": frontier.basis.value,
        "currency": frontier.currency,
        "status": frontier.status.value,
        "exact": frontier.exact,
        "certified": frontier.certified,
        "tolerance": frontier.tolerance,
        "solves": len(frontier.seconds),
        "notes": list(frontier.notes),
    }
    if curve is None:
        return {**found, "gap": None, "marks": {}, "points": [], "segments": []}
    return {
        **found,
        "gap": _finite(curve.gap),
        "least_emissions_t": _finite(curve.least_emissions_kg / KG_PER_T),
        "marks": {mark: reading_data(reading) for mark, reading in frontier.marks().items()},
        "points": point_rows(frontier, curve),
        "segments": segment_rows(frontier, curve),
    }


def baseline_rows(frontier: Frontier, baselines: Sequence[Baseline]) -> list[dict[str, Any]]:
    """Hold simple policies against a frontier: what it saves at their carbon, and at their cost.

    Parameters
    ----------
    frontier : Frontier
    baselines : sequence of Baseline
        Of the same problem; a policy that is no plan has nothing to compare.
    """
    rows: list[dict[str, Any]] = []
    for baseline in baselines:
        accounts = baseline.plan.solution.accounts if baseline.plan.solution else None
        row: dict[str, Any] = {
            "basis": frontier.basis.value,
            "policy": str(baseline.policy),
            "status": baseline.plan.status.value,
        }
        if accounts is None or frontier.curve is None:
            rows.append({**row, "money": None, "emissions_t": None, "saves_money": None, "saves_t": None})
            continue
        money, kg = accounts.cost.total + accounts.shortfall_penalty, accounts.emissions_kg.on(frontier.basis)
        cheaper, cleaner = frontier.curve.at_cap(kg), frontier.curve.at_budget(money)
        rows.append(
            {
                **row,
                "money": money,
                "emissions_t": kg / KG_PER_T,
                "saves_money": None if cheaper is None else money - cheaper.money,
                "saves_t": None if cleaner is None else (kg - cleaner.emissions_kg) / KG_PER_T,
            }
        )
    return rows


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
