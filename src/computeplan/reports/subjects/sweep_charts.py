"""Charts of a sweep: what moves a measure, measures along an axis, two axes together, all points."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from computeplan.reports.blocks import Block, Chart, Figure
from computeplan.reports.charts import (
    SYMBOLS,
    Trace,
    axis,
    bar_style,
    chart,
    color,
    figure,
    line_style,
    rounded,
    scatter,
)
from computeplan.reports.subjects.study_view import StudyView
from computeplan.reports.words import Words
from computeplan.studies.sweep.results import MEASURES
from computeplan.text import number
from computeplan.vocabulary import CarbonBasis

ROOM = 0.22
"""Share of the width left at each end for the values at which it is reached."""

CIVIDIS = [[0, "#00224e"], [0.25, "#434e6c"], [0.5, "#7d7c78"], [0.75, "#bcae6c"], [1, "#fee838"]]
"""A scale that eyes of every kind read in the same order, from dark to light."""

PLAIN = {"exponentformat": "none", "separatethousands": True}

MOST_AXES = 4
"""Axes of which pairs are drawn, those that move the objective most."""

MOST_LEVELS = 40
MOST_LABELED = 150
"""Cells with their number written in them."""

Rows = list[dict[str, Any]]


def tornado(view: StudyView) -> Chart:
    """Draw how far the mean of each measure moves over the values of each axis."""
    words, summary = view.words, view.summary
    figures = {}
    for measure in MEASURES:
        drivers = [d for d in summary["drivers"] if d["measure"] == measure]
        if drivers := [d for d in drivers if d["swing"] > 0] or drivers[:1]:
            figures[view.measure(measure)] = _bars(view, measure, drivers[::-1])
    most = max((len(f["data"][0]["y"]) for f in figures.values()), default=1)
    note = words.sentences(words("chart.tornado.note"), *left_out_points(summary, MEASURES[0], words))
    return chart(words, "tornado", figures, note=note, choose=words("sweep.measure"), height=150 + 46 * most)


def left_out_points(summary: Mapping[str, Any], measure: str, words: Words) -> list[str]:
    """Say which points are not compared because they, or their counterparts, have no plan."""
    drivers = [each for each in summary["drivers"] if each["measure"] == measure and each.get("left_out")]
    if not drivers:
        return []
    counts = ", ".join(f"{d['axis']}: {d['points']}/{d['points'] + d['left_out']}" for d in drivers)
    key = "sweep.left_out_grid" if summary["design"] == "grid" else "sweep.left_out"
    return [words(key, counts=counts)]


def _bars(view: StudyView, measure: str, drivers: Rows) -> Figure:
    ends = [driver[end] for driver in drivers for end in ("least", "greatest")]
    factor, unit = view.words.scale(view.unit(measure), *ends)
    axes = [driver["axis"] for driver in drivers]
    least = [driver["least"] / factor for driver in drivers]
    swing = [driver["swing"] / factor for driver in drivers]
    tops = [a + b for a, b in zip(least, swing, strict=True)]
    low, high = min(least), max(tops)
    room = ROOM * ((high - low) or 1.0)
    median = view.summary["range"][measure]["median"] / factor
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": axes,
        "x": rounded(swing, 6),
        "base": rounded(least, 6),
        "marker": bar_style(0),
        "hovertemplate": "%{base:,.6~r} … %{x:,.6~r}<extra></extra>",
    }
    names = [
        _end(axes, least, [d["at_least"] for d in drivers], "middle left"),
        _end(axes, tops, [d["at_greatest"] for d in drivers], "middle right"),
    ]
    dotted = {"color": "--ink", "dash": "dot", "width": 1.5}
    middle = {"type": "line", "x0": median, "x1": median, "y0": 0, "y1": 1, "yref": "paper", "line": dotted}
    return figure(
        [bars, *names],
        xaxis=axis(unit, range=[low - room, high + room]),
        yaxis={"type": "category"},
        showlegend=False,
        shapes=[middle],
        bargap=0.4,
    )


def _end(axes: list[str], places: list[float], values: list[str], side: str) -> Trace:
    """Write next to the end of each bar the value at which it is reached."""
    return {
        "type": "scatter",
        "mode": "text",
        "y": axes,
        "x": rounded(places, 6),
        "text": [f" {value} " for value in values],
        "textposition": side,
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def effect_lines(view: StudyView) -> Chart:
    """Draw mean cost and carbon along each axis."""
    words, table = view.words, view.table("effects")
    rows = [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]
    figures = {}
    for label in view.axis_titles:
        if own := [row for row in rows if row["axis"] == label]:
            figures[label] = _lines(view, own, view.axis_titles[label])
    return chart(words, "lines", figures, choose=words("sweep.axis"), height=560)


def _lines(view: StudyView, rows: Rows, title: str) -> Figure:
    words = view.words
    by_measure: dict[str, Rows] = {}
    for row in rows:
        by_measure.setdefault(row["measure"], []).append(row)
    is_number = all(row["number"] is not None for row in rows)
    factor, unit = words.scale(view.summary["currency"], *(row["greatest"] for row in by_measure["cost"]))
    draw = _band if is_number else _spread
    data = draw(view, by_measure["cost"], factor)
    for place, basis in enumerate(CarbonBasis):
        style = {
            "line": line_style(place, "linear"),
            "marker": {"symbol": SYMBOLS[place], "size": 8, "color": color(place)},
            "yaxis": "y2",
        }
        name = words("carbon", basis=words.basis(basis))
        data.append(_trace(name, by_measure[f"{basis}_t"], "mean", 1.0, **style))
    kind = "linear" if is_number else "category"
    return figure(
        data,
        xaxis=axis(title, anchor="y2", type=kind),
        yaxis=axis(unit, domain=[0.54, 1.0]),
        yaxis2=axis(words.unit("t CO₂e"), domain=[0.0, 0.46]),
    )


def _band(view: StudyView, rows: Rows, factor: float) -> list[Trace]:
    """Draw the mean cost between least and greatest."""
    words, edge = view.words, {"width": 1, "color": "--series-8", "dash": "dot"}
    area = {"fill": "tonexty", "fillcolor": "--flow"}
    mean = {"line": line_style(0, "linear"), "marker": {"size": 8}}
    return [
        _trace(words("sweep.least"), rows, "least", factor, mode="lines", line=edge),
        _trace(
            words("sweep.greatest"),
            rows,
            "greatest",
            factor,
            mode="lines",
            line={**edge, "dash": "dash"},
            **area,
        ),
        _trace(words("sweep.mean_cost"), rows, "mean", factor, **mean),
    ]


def _spread(view: StudyView, rows: Rows, factor: float) -> list[Trace]:
    """Mark least, mean and greatest cost; values that are text have nothing between them."""
    marks = (
        ("least", "sweep.least", "triangle-up", 7),
        ("mean", "sweep.mean_cost", "circle", 0),
        ("greatest", "sweep.greatest", "triangle-down", 7),
    )
    return [
        _trace(
            view.words(name), rows, key, factor, marker={"symbol": symbol, "size": 9, "color": color(place)}
        )
        for key, name, symbol, place in marks
    ]


def _trace(name: str, rows: Rows, key: str, factor: float, **style: Any) -> Trace:
    """Draw a value of rows along their axis: points of a line where the axis has numbers."""
    is_number = all(row["number"] is not None for row in rows)
    x = rounded([row["number"] for row in rows], 6) if is_number else [row["value"] for row in rows]
    mode = "lines+markers" if is_number else "markers"
    return scatter(name, x, rounded([row[key] / factor for row in rows], 6), **{"mode": mode, **style})


def maps(view: StudyView) -> list[Block]:
    """Draw what two axes do together, where the design has pairs of values, and all points."""
    points, words = view.table("points"), view.words
    figures = _pairs(view, points) if view.summary["design"] == "grid" else {}
    heat = [chart(words, "heat", figures, choose=words("sweep.pair"), height=480)] if figures else []
    return [*heat, _all_points(view, points)]


def _pairs(view: StudyView, points: dict[str, list[Any]]) -> dict[str, Figure]:
    summary = view.summary
    drivers = [driver["axis"] for driver in summary["drivers"] if driver["measure"] == "objective"]
    axes = [axis for axis in drivers if 2 <= len(set(points[axis])) <= MOST_LEVELS][:MOST_AXES]
    figures = {}
    for one, other in combinations(axes, 2):
        for measure in ("objective", f"{summary['basis']}_t"):
            figures[f"{one} × {other}: {view.measure(measure)}"] = _map(view, points, one, other, measure)
        name = f"{one} × {other}: {view.words('main_site')}"
        figures[name] = _site_map(view, points, one, other)
    return figures


def _cells(points: dict[str, list[Any]], one: str, other: str, key: str) -> dict[tuple[Any, Any], list[Any]]:
    cells: dict[tuple[Any, Any], list[Any]] = {}
    for x, y, value in zip(points[one], points[other], points[key], strict=True):
        if value is not None:
            cells.setdefault((x, y), []).append(value)
    return cells


def _levels(values: list[Any]) -> list[Any]:
    return sorted(dict.fromkeys(v for v in values if v is not None), key=lambda v: (isinstance(v, str), v))


def _heat_map(view: StudyView, one: str, other: str, xs: list[Any], ys: list[Any], **style: Any) -> Figure:
    ticks = {"x": _tick_texts(xs), "y": _tick_texts(ys)}
    layout = {
        "xaxis": axis(view.axis_titles.get(one, one), type="category"),
        "yaxis": axis(view.axis_titles.get(other, other), type="category"),
    }
    return figure([{"type": "heatmap", **ticks, "xgap": 1, "ygap": 1, **style}], **layout)


def _tick_texts(values: list[Any]) -> list[str]:
    return [value if isinstance(value, str) else number(value) for value in values]


def _map(view: StudyView, points: dict[str, list[Any]], one: str, other: str, measure: str) -> Figure:
    cells = _cells(points, one, other, measure)
    xs, ys = _levels(points[one]), _levels(points[other])
    means = [[_mean(cells.get((x, y))) for x in xs] for y in ys]
    known = [value for row in means for value in row if value is not None]
    factor, unit = view.words.scale(view.unit(measure), *known)
    scaled = [rounded([None if v is None else v / factor for v in row], 4) for row in means]
    bar = {**axis(unit), "thickness": 12, **PLAIN}
    texts = {"texttemplate": "%{z:,.4~r}"} if len(xs) * len(ys) <= MOST_LABELED else {}
    hover = "%{x}<br>%{y}<br>%{z:,.6~r}<extra></extra>"
    style = {"colorscale": CIVIDIS, "colorbar": bar, **texts, "hovertemplate": hover}
    return _heat_map(view, one, other, xs, ys, z=scaled, **style)


def _mean(values: list[float] | None) -> float | None:
    return sum(values) / len(values) if values else None


def _site_map(view: StudyView, points: dict[str, list[Any]], one: str, other: str) -> Figure:
    """Name the site with most work in each cell; several where the other axes change it."""
    cells = _cells(points, one, other, "main_site")
    xs, ys = _levels(points[one]), _levels(points[other])
    names = [[" / ".join(dict.fromkeys(cells.get((x, y), []))) for x in xs] for y in ys]
    kinds = list(dict.fromkeys(name for row in names for name in row if name))
    steps = [[edge / len(kinds), color(place)] for place in range(len(kinds)) for edge in (place, place + 1)]
    texts = {
        "text": names,
        "texttemplate": "%{text}",
        "hovertemplate": "%{x}<br>%{y}<br>%{text}<extra></extra>",
    }
    colors = {"zmin": -0.5, "zmax": len(kinds) - 0.5, "colorscale": steps or CIVIDIS, "showscale": False}
    places = [[kinds.index(name) if name else None for name in row] for row in names]
    return _heat_map(view, one, other, xs, ys, z=places, **colors, **texts)


def _all_points(view: StudyView, points: dict[str, list[Any]]) -> Chart:
    """Draw every point of a sweep by carbon and cost, with a symbol for its main site."""
    words, summary = view.words, view.summary
    carbon = points[f"{summary['basis']}_t"]
    costs = [cost for cost in points["cost"] if cost is not None]
    factor, unit = words.scale(summary["currency"], *costs)
    traces = []
    for place, site in enumerate(summary["main_sites"]):
        rows = [row for row, main in enumerate(points["main_site"]) if main == site]
        x = rounded([carbon[row] for row in rows], 6)
        y = rounded([points["cost"][row] / factor for row in rows], 6)
        symbol = {"symbol": SYMBOLS[place % len(SYMBOLS)], "color": color(place), "size": 9, "opacity": 0.75}
        hover = "%{x:,.6~r} t, %{y:,.6~r}"
        traces.append(scatter(site, x, y, mode="markers", marker=symbol, hovertemplate=hover))
    drawn = figure(
        traces,
        xaxis=axis(words.carbon_t(summary["basis"])),
        yaxis=axis(unit),
        legend=axis(words("main_site")),
        showlegend=True,
    )
    return chart(words, "scatter", {"": drawn}, height=420)
