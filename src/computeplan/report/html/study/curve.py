"""The curve of a frontier with its named points, and the price of a further tonne."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from computeplan.report.html.blocks import Chart, Section
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import line
from computeplan.report.html.study.view import StudyView

FRONTIER = "frontier.json"
"""The file by which the folder of a frontier is known; it has every digit."""

BOUND_POINTS = 200
"""Places at which the bound is drawn."""

DECADES = 50
"""Ratio of the dearest to the cheapest step from which on the axis counts in powers of ten."""

SYMBOLS = ("square", "diamond", "star", "triangle-up", "cross", "pentagon")


def curves(view: StudyView, found: list[dict[str, Any]]) -> Section:
    """Draw the frontier of each basis between what plans achieve and what no plan is below.

    Parameters
    ----------
    view : StudyView
    found : list of dict
        The frontiers of the study's summary.
    """
    words = view.words
    whole = {each["basis"]: each for each in view.json(FRONTIER)["frontiers"]}
    chart = Chart(
        "frontier",
        words("frontier.chart"),
        {words(f"basis.{each['basis']}"): _curve(view, each, whole[each["basis"]]) for each in found},
        words("frontier.summary"),
        choose=words("frontier.basis"),
        height=520,
        note=words("frontier.note"),
    )
    return Section("curve", words("frontier.title"), [chart])


def _curve(view: StudyView, frontier: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    words, key = view.words, f"{frontier['basis']}_t"
    tonnes = np.array([point[key] for point in frontier["points"]])
    money = np.array([point["money"] for point in frontier["points"]])
    scale = words.scale(*money.tolist())
    unit = words.unit(frontier["currency"], scale)
    hover = f"%{{x:,.6~r}} t<br>%{{y:,.6~r}} {unit}"
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": words("frontier.achieved"),
            "x": rounded(tonnes, 6),
            "y": rounded(money / scale.factor, 6),
            "line": {**line(0), "shape": "linear"},
            "marker": {"size": 6},
            "hovertemplate": hover,
        }
    ]
    data += _bound(view, tonnes, whole["curve"], scale.factor)
    places = [*_marks(view, frontier), *_policies(view, frontier["basis"])]
    data += [_named(number, place, scale.factor, hover) for number, place in enumerate(places)]
    axis = {"title": {"text": words("frontier.x", basis=words(f"basis.{frontier['basis']}"))}}
    all_tonnes = [place.tonnes for place in places]
    low, high = min(all_tonnes), max(all_tonnes)
    # Names stand to the right of their points.
    room = {"range": [low - 0.06 * (high - low), high + 0.2 * (high - low)]} if high > low else {}
    return {"data": data, "layout": {"xaxis": {**axis, **room}, "yaxis": {"title": {"text": unit}}}}


@dataclass(frozen=True)
class _Place:
    """A point with a name; one inside the curve is named below it, where the picture is empty."""

    name: str
    tonnes: float
    money: float
    is_inside: bool = False


def _named(number_of: int, place: _Place, factor: float, hover: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": place.name,
        "x": rounded([place.tonnes], 6),
        "y": rounded([place.money / factor], 6),
        "text": [place.name],
        "textposition": "bottom left" if place.is_inside else "top right",
        "marker": {"size": 12, "symbol": SYMBOLS[number_of % len(SYMBOLS)], "color": "--ink"},
        "showlegend": False,
        "cliponaxis": False,
        "hovertemplate": hover,
    }


def _bound(view: StudyView, tonnes: Any, curve: Mapping[str, Any], factor: float) -> list[dict[str, Any]]:
    """Draw what no plan can be below: money ≥ D − λ · kg for every proved price λ."""
    price, bound = np.array(curve["price_per_kg"]), np.array(curve["bound"])
    if not len(price):
        return []
    x = np.linspace(float(tonnes.min()), float(tonnes.max()), BOUND_POINTS)
    lowest = (bound[:, None] - np.outer(price, 1000 * x)).max(axis=0)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": view.words("frontier.bound"),
            "x": rounded(x, 6),
            "y": rounded(lowest / factor, 6),
            "line": {**line(1), "shape": "linear"},
            "hoverinfo": "skip",
        }
    ]


def _marks(view: StudyView, frontier: Mapping[str, Any]) -> list[_Place]:
    """Name the ends of the curve and the points that have a name; the same point once."""
    words, key = view.words, f"{frontier['basis']}_t"
    first, last = frontier["points"][0], frontier["points"][-1]
    found = [
        _Place(words("mark.least_cost"), first[key], first["money"]),
        _Place(words("mark.least_carbon"), last[key], last["money"]),
    ]
    for name, reading in frontier["marks"].items():
        if reading is not None:
            label = words.catalog.get(f"mark.{name.replace(' ', '_')}", name)
            found.append(_Place(label, reading["emissions_t"], reading["money"], is_inside=True))
    joined: dict[tuple[str, str], _Place] = {}
    for place in found:
        where = (f"{place.tonnes:.6g}", f"{place.money:.6g}")
        there = joined.get(where)
        joined[where] = replace(there, name=f"{there.name}, {place.name}") if there else place
    return list(joined.values())


def _policies(view: StudyView, basis: str) -> list[_Place]:
    rows = [row for row in view.summary.get("baselines") or [] if row["basis"] == basis]
    return [
        _Place(view.words.policy(row["policy"]), row["emissions_t"], row["money"])
        for row in rows
        if row["money"] is not None
    ]


def abatement(view: StudyView, found: list[dict[str, Any]]) -> Section:
    """Draw what a further tonne costs on each basis.

    Parameters
    ----------
    view : StudyView
    found : list of dict
        The frontiers of the study's summary.
    """
    words = view.words
    figures = {words(f"basis.{each['basis']}"): _steps(view, each) for each in found}
    chart = Chart(
        "abatement",
        words("frontier.abatement_chart", unit=found[0]["currency"]),
        figures,
        words("frontier.abatement_summary"),
        choose=words("frontier.basis"),
        height=360,
        note=words("frontier.abatement_note"),
    )
    return Section("abatement", words("frontier.abatement"), [chart])


def _steps(view: StudyView, frontier: Mapping[str, Any]) -> dict[str, Any]:
    segments = frontier["segments"]
    saved = np.cumsum([0.0, *(segment["abated_t"] for segment in segments)])
    price = [segment["abatement_cost_per_t"] for segment in segments]
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": rounded(saved, 6),
        "y": rounded([*price, *price[-1:]] or [0.0]),
        "line": line(0),
        "hovertemplate": f"%{{x:,.6~r}} t<br>%{{y:,.6~r}} {frontier['currency']}/t<extra></extra>",
    }
    layout = {
        "xaxis": {"title": {"text": view.words("frontier.abated")}, "rangemode": "tozero"},
        "yaxis": {"title": {"text": f"{frontier['currency']}/t"}, **_scale(price)},
        "showlegend": False,
    }
    return {"data": [trace], "layout": layout}


def _scale(prices: list[float]) -> dict[str, Any]:
    """Choose an axis on which the first steps are seen beside the last, far dearer ones."""
    spans_decades = prices and min(prices) > 0 and max(prices) > DECADES * min(prices)
    return {"type": "log", "dtick": 1} if spans_decades else {"rangemode": "tozero"}
