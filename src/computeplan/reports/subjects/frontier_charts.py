"""Charts of a cost–carbon frontier: the curve with what is named on it, and what a further tonne costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from computeplan.problem import KG_PER_T, Floats
from computeplan.reports.blocks import Figure, Section
from computeplan.reports.charts import SYMBOLS, Trace, axis, chart, figure, line_style, rounded, scatter
from computeplan.reports.subjects.study_view import StudyView
from computeplan.studies.frontier.frontier import FILE
from computeplan.text import number

BOUND_POINTS = 200
"""Places at which the bound is drawn."""

DECADES = 50
"""Ratio of the most to the least expensive step from which on the axis counts in powers of ten."""

NAMED_SYMBOLS = SYMBOLS[1:]
"""Of points with a name; the circle is that of every point of the curve."""


def curves(view: StudyView, found: list[dict[str, Any]]) -> Section:
    """Draw the frontier of each basis between what plans achieve and what no plan is below."""
    words = view.words
    every = {each["basis"]: each for each in view.json(FILE)["frontiers"]}
    figures = {words.basis(each["basis"]): _curve(view, each, every[each["basis"]]) for each in found}
    note = "note_whole" if any(each.get("whole_numbers") for each in found) else "note"
    note = words(f"chart.frontier.{note}")
    drawn = chart(words, "frontier", figures, note=note, choose=words("basis"), height=520)
    return Section("curve", words("frontier.title"), [drawn])


def _curve(view: StudyView, frontier: Mapping[str, Any], whole: Mapping[str, Any]) -> Figure:
    words, key = view.words, f"{frontier['basis']}_t"
    tonnes = np.array([point[key] for point in frontier["points"]])
    money = np.array([point["money"] for point in frontier["points"]])
    factor, unit = words.scale(frontier["currency"], *money.tolist())
    hover = f"%{{x:,.6~r}} {words.unit('t')}<br>%{{y:,.6~r}} {unit}"
    # A plan with whole numbers keeps its cost until the next one is allowed: no mix lies between.
    line = line_style(0, "vh" if frontier.get("whole_numbers") else "linear")
    style = {"mode": "lines+markers", "line": line, "marker": {"size": 6}, "hovertemplate": hover}
    achieved = words("frontier.achieved")
    data = [scatter(achieved, rounded(tonnes, 6), rounded(money / factor, 6), **style)]
    data += _bound(view, tonnes, whole["curve"], factor)
    places = _join([*_marked_places(view, frontier), *_policy_places(view, frontier["basis"])])
    x, y = _window(tonnes, 0.06, 0.2), _window(money / factor, 0.12, 0.12)
    near = [each for each in places if _is_in(x, each.tonnes) and _is_in(y, each.money / factor)]
    last = max((each.tonnes for each in near), default=0.0)
    data += [
        _named(point, place, factor, hover, is_last=point.tonnes == last) for place, point in enumerate(near)
    ]
    # Names are to the right of their points.
    carbon = axis(words.carbon_t(frontier["basis"]), **({"range": x} if x else {}))
    far = [each for each in places if each not in near]
    arrows = [_arrow(each, place, factor, x, y) for place, each in enumerate(far)]
    return figure(data, xaxis=carbon, yaxis=axis(unit, **({"range": y} if y else {})), annotations=arrows)


def _window(values: Floats, before: float, after: float) -> list[float]:
    """Give the range of an axis over the curve with some room around it; empty where it is a point."""
    low, high = float(values.min()), float(values.max())
    span = high - low
    return [low - before * span, high + after * span] if span > 0 else []


def _is_in(window: Sequence[float], value: float) -> bool:
    return not window or window[0] <= value <= window[1]


def _arrow(
    point: _Place, place: int, factor: float, x: Sequence[float], y: Sequence[float]
) -> dict[str, Any]:
    """Point from the edge to what is outside the picture, and say what it is and where."""
    money = point.money / factor
    at_x = min(max(point.tonnes, x[0]), x[1]) if x else point.tonnes
    at_y = min(max(money, y[0]), y[1]) if y else money
    is_right, is_left = bool(x) and point.tonnes > x[1], bool(x) and point.tonnes < x[0]
    return {
        "name": "outside",
        "text": f"{point.name} ({number(point.tonnes)}, {number(money)})",
        "x": at_x,
        "y": at_y,
        "ax": 40 if is_left else -40 if is_right or at_x > sum(x) / 2 else 40,
        "ay": (26 + 20 * place) * (-1 if y and money < y[0] else 1),
        "showarrow": True,
        "arrowhead": 2,
        "arrowcolor": "--ink-soft",
        "bgcolor": "--label",
        "font": {"color": "--ink", "size": 12},
    }


@dataclass(frozen=True)
class _Place:
    """A point with a name; one inside the curve is named below it, where the picture is empty."""

    name: str
    tonnes: float
    money: float
    is_inside: bool = False


def _named(point: _Place, place: int, factor: float, hover: str, *, is_last: bool) -> Trace:
    """Draw a point with its name on the side where there is room; at the right edge there is none."""
    return scatter(
        point.name,
        rounded([point.tonnes], 6),
        rounded([point.money / factor], 6),
        mode="markers+text",
        text=[point.name],
        textposition="middle left" if is_last else "bottom left" if point.is_inside else "top right",
        marker={"size": 12, "symbol": NAMED_SYMBOLS[place % len(NAMED_SYMBOLS)], "color": "--ink"},
        showlegend=False,
        cliponaxis=False,
        hovertemplate=hover,
    )


def _bound(view: StudyView, tonnes: Floats, curve: Mapping[str, Any], factor: float) -> list[Trace]:
    """Draw what no plan can be below: money ≥ D − λ · kg for every proved price λ."""
    price, bound = np.array(curve["price_per_kg"]), np.array(curve["bound"])
    if not len(price):
        return []
    x = np.linspace(float(tonnes.min()), float(tonnes.max()), BOUND_POINTS)
    lowest = (bound[:, None] - np.outer(price, KG_PER_T * x)).max(axis=0) / factor
    style = {"mode": "lines", "line": line_style(1, "linear"), "hoverinfo": "skip"}
    return [scatter(view.words("frontier.bound"), rounded(x, 6), rounded(lowest, 6), **style)]


def _marked_places(view: StudyView, frontier: Mapping[str, Any]) -> list[_Place]:
    """Name the ends of the curve and the points that have a name."""
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
    return found


def _join(places: Sequence[_Place]) -> list[_Place]:
    """Give places that cannot be distinguished one name together."""
    joined: dict[tuple[str, str], _Place] = {}
    for place in places:
        where = (f"{place.tonnes:.6g}", f"{place.money:.6g}")
        there = joined.get(where)
        joined[where] = replace(there, name=f"{there.name}, {place.name}") if there else place
    return list(joined.values())


def _policy_places(view: StudyView, basis: str) -> list[_Place]:
    rows = [row for row in view.summary.get("baselines") or [] if row["basis"] == basis]
    return [
        _Place(view.words.policy(row["policy"]), row["emissions_t"], row["money"])
        for row in rows
        if row["money"] is not None
    ]


def abatement(view: StudyView, found: list[dict[str, Any]]) -> Section:
    """Draw what a further tonne costs on each basis."""
    words, unit = view.words, found[0]["currency"]
    figures = {words.basis(each["basis"]): _steps(view, each) for each in found}
    drawn = chart(words, "abatement", figures, unit=unit, choose=words("basis"))
    return Section("abatement", words("frontier.abatement"), [drawn])


def _steps(view: StudyView, frontier: Mapping[str, Any]) -> Figure:
    segments, unit = frontier["segments"], f"{frontier['currency']}/t"
    saved = np.cumsum([0.0, *(segment["abated_t"] for segment in segments)])
    price = [segment["abatement_cost_per_t"] for segment in segments]
    heights = rounded([*price, *price[-1:]] or [0.0])
    hover = f"%{{x:,.6~r}} t<br>%{{y:,.6~r}} {unit}<extra></extra>"
    steps = scatter("", rounded(saved, 6), heights, mode="lines", line=line_style(0), hovertemplate=hover)
    abated = axis(view.words("frontier.abated"), rangemode="tozero")
    return figure([steps], xaxis=abated, yaxis=axis(unit, **_scale(price)), showlegend=False)


def _scale(prices: list[float]) -> dict[str, Any]:
    """Choose an axis on which the first steps can be seen next to the last, far more expensive ones."""
    spans_decades = prices and min(prices) > 0 and max(prices) > DECADES * min(prices)
    return {"type": "log", "dtick": 1} if spans_decades else {"rangemode": "tozero"}
