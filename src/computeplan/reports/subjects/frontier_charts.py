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

POINT, OUTSIDE = "point", "outside"
"""Names by which labels.js finds the labels of points, and those of arrows to what is outside."""

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
    alone = len(set(tonnes.tolist())) == 1  # a curve of one plan leaves room for the policies
    x = _window(np.append(tonnes, [each.tonnes for each in places if alone]), 0.06, 0.2)
    y = _window(np.append(money, [each.money for each in places if alone]) / factor, 0.12, 0.12)
    near = [each for each in places if _is_in(x, each.tonnes) and _is_in(y, each.money / factor)]
    data += [_point(each, place, factor, hover) for place, each in enumerate(near)]
    labels = [_label(each, factor) for each in near]
    labels += [_arrow(each, factor, x, y) for each in places if each not in near]
    axes = {"xaxis": axis(words.carbon_t(frontier["basis"]), range=x), "yaxis": axis(unit, range=y)}
    return figure(data, annotations=labels, **axes)


def _window(values: Floats, before: float, after: float) -> list[float]:
    """Give the range of an axis over some values with room around them."""
    low, high = float(values.min()), float(values.max())
    span = high - low or max(abs(high), 1.0)
    return [float(f"{end:.6g}") for end in (low - before * span, high + after * span)]


def _is_in(window: Sequence[float], value: float) -> bool:
    return window[0] <= value <= window[1]


def _note(kind: str, text: str, x: float, y: float, **looks: Any) -> dict[str, Any]:
    """Make a label, which the page moves from this place so that no two overlap."""
    font = {"color": "--ink", "size": 12}
    middle = {"xanchor": "center", "yanchor": "middle", "ax": 0, "ay": -20}
    line = {
        "showarrow": True,
        "arrowcolor": "--ink-soft",
        "arrowwidth": 1,
        "bgcolor": "--label",
        "font": font,
    }
    return {"name": kind, "text": text, "x": x, "y": y, **middle, **line, **looks}


def _label(point: _Place, factor: float) -> dict[str, Any]:
    return _note(POINT, point.name, point.tonnes, point.money / factor, arrowhead=0, standoff=7)


def _arrow(point: _Place, factor: float, x: Sequence[float], y: Sequence[float]) -> dict[str, Any]:
    """Point from the edge to what is outside the picture, and say what it is and where."""
    money = point.money / factor
    text = f"{point.name} ({number(point.tonnes)}, {number(money)})"
    at_x, at_y = min(max(point.tonnes, x[0]), x[1]), min(max(money, y[0]), y[1])
    return _note(OUTSIDE, text, at_x, at_y, arrowhead=2)


@dataclass(frozen=True)
class _Place:
    """A point with a name."""

    name: str
    tonnes: float
    money: float


def _point(point: _Place, place: int, factor: float, hover: str) -> Trace:
    return scatter(
        point.name,
        rounded([point.tonnes], 6),
        rounded([point.money / factor], 6),
        mode="markers",
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
            found.append(_Place(words.mark(name), reading["emissions_t"], reading["money"]))
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
    words, segments = view.words, frontier["segments"]
    unit = words.unit(f"{frontier['currency']}/t")
    saved = np.cumsum([0.0, *(segment["abated_t"] for segment in segments)])
    price = [segment["abatement_cost_per_t"] for segment in segments]
    heights = rounded([*price, *price[-1:]] or [0.0])
    hover = f"%{{x:,.6~r}} {words.unit('t')}<br>%{{y:,.6~r}} {unit}<extra></extra>"
    steps = scatter("", rounded(saved, 6), heights, mode="lines", line=line_style(0), hovertemplate=hover)
    abated = axis(words("frontier.abated"), rangemode="tozero")
    return figure([steps], xaxis=abated, yaxis=axis(unit, **_scale(price)), showlegend=False)


def _scale(prices: list[float]) -> dict[str, Any]:
    """Choose an axis on which the first steps can be seen next to the last, far more expensive ones."""
    spans_decades = prices and min(prices) > 0 and max(prices) > DECADES * min(prices)
    return {"type": "log", "dtick": 1} if spans_decades else {"rangemode": "tozero"}
