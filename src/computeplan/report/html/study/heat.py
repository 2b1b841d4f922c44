"""Heat maps over two things that vary, and every point by cost and carbon."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from computeplan.explain.wording import number
from computeplan.report.html.blocks import Block, Chart
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import COLORS
from computeplan.report.html.study.cloud import cloud
from computeplan.report.html.study.view import StudyView

CIVIDIS = [[0, "#00224e"], [0.25, "#434e6c"], [0.5, "#7d7c78"], [0.75, "#bcae6c"], [1, "#fee838"]]
"""A scale that eyes of every kind read in the same order, from dark to light."""

PLAIN = {"exponentformat": "none", "separatethousands": True}

MOST_AXES = 4
"""Axes of which pairs are drawn, those that move the objective most."""

MOST_LEVELS = 40
MOST_LABELED = 150
"""Cells with their number written in them."""


def heat_maps(view: StudyView) -> list[Block]:
    """Draw what two axes do together, where the design says so, and all points.

    Parameters
    ----------
    view : StudyView
    """
    points, words = view.table("points"), view.words
    blocks: list[Block] = []
    figures = _pairs(view, points) if view.summary["design"] == "grid" else {}
    if figures:
        blocks.append(
            Chart(
                "heat",
                words("sweep.heat"),
                figures,
                words("sweep.heat_summary"),
                choose=words("sweep.pair"),
                height=480,
                note=words("sweep.heat_note"),
            )
        )
    return [*blocks, cloud(view, points)]


def _pairs(view: StudyView, points: dict[str, list[Any]]) -> dict[str, dict[str, Any]]:
    summary = view.summary
    drivers = [driver["axis"] for driver in summary["drivers"] if driver["measure"] == "objective"]
    axes = [axis for axis in drivers if 2 <= len(set(points[axis])) <= MOST_LEVELS][:MOST_AXES]
    figures = {}
    for one, other in combinations(axes, 2):
        for measure in ("objective", f"{summary['basis']}_t"):
            name = f"{one} × {other}: {view.measure(measure, summary['currency'])}"
            figures[name] = _map(view, points, one, other, measure)
        name = f"{one} × {other}: {view.words('sweep.main_site')}"
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


def _grid(
    view: StudyView, points: dict[str, list[Any]], one: str, other: str
) -> tuple[list[Any], list[Any], Any]:
    xs, ys = _levels(points[one]), _levels(points[other])
    units = {axis["label"]: axis["unit"] for axis in view.summary["axes"]}
    titles = [f"{axis}, {units[axis]}" if units.get(axis) else axis for axis in (one, other)]
    layout = {
        "xaxis": {"title": {"text": titles[0]}, "type": "category"},
        "yaxis": {"title": {"text": titles[1]}, "type": "category"},
    }
    return xs, ys, layout


def _shown(values: list[Any]) -> list[str]:
    return [value if isinstance(value, str) else number(value) for value in values]


def _map(view: StudyView, points: dict[str, list[Any]], one: str, other: str, measure: str) -> dict[str, Any]:
    cells = _cells(points, one, other, measure)
    xs, ys, layout = _grid(view, points, one, other)
    means = [[_mean(cells.get((x, y))) for x in xs] for y in ys]
    scale = view.words.scale(*(value for row in means for value in row if value is not None))
    scaled = [rounded([None if v is None else v / scale.factor for v in row], 4) for row in means]
    unit = "t" if measure.endswith("_t") else view.summary["currency"]
    labeled = len(xs) * len(ys) <= MOST_LABELED
    trace = {
        "type": "heatmap",
        "x": _shown(xs),
        "y": _shown(ys),
        "z": scaled,
        "colorscale": CIVIDIS,
        "colorbar": {"title": {"text": view.words.unit(unit, scale)}, "thickness": 12, **PLAIN},
        **({"texttemplate": "%{z:,.4~r}"} if labeled else {}),
        "hovertemplate": "%{x}<br>%{y}<br>%{z:,.6~r}<extra></extra>",
        "xgap": 1,
        "ygap": 1,
    }
    return {"data": [trace], "layout": layout}


def _mean(values: list[float] | None) -> float | None:
    return sum(values) / len(values) if values else None


def _site_map(view: StudyView, points: dict[str, list[Any]], one: str, other: str) -> dict[str, Any]:
    """Name the site with most work in each cell; several where the other axes change it."""
    cells = _cells(points, one, other, "main_site")
    xs, ys, layout = _grid(view, points, one, other)
    names = [[" / ".join(dict.fromkeys(cells.get((x, y), []))) for x in xs] for y in ys]
    kinds = list(dict.fromkeys(name for row in names for name in row if name))
    steps = [
        step
        for place in range(len(kinds))
        for step in (
            [place / len(kinds), COLORS[place % len(COLORS)]],
            [(place + 1) / len(kinds), COLORS[place % len(COLORS)]],
        )
    ]
    trace = {
        "type": "heatmap",
        "x": _shown(xs),
        "y": _shown(ys),
        "z": [[kinds.index(name) if name else None for name in row] for row in names],
        "zmin": -0.5,
        "zmax": len(kinds) - 0.5,
        "colorscale": steps or CIVIDIS,
        "showscale": False,
        "text": names,
        "texttemplate": "%{text}",
        "hovertemplate": "%{x}<br>%{y}<br>%{text}<extra></extra>",
        "xgap": 1,
        "ygap": 1,
    }
    return {"data": [trace], "layout": layout}
