"""Lines: the mean of each measure along each thing that varies."""

from __future__ import annotations

from typing import Any

from computeplan.report.html.blocks import Chart
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import COLORS, line
from computeplan.report.html.study.view import StudyView

BASES = ("location", "market", "hourly")
SYMBOLS = ("circle", "square", "diamond")


def effect_lines(view: StudyView) -> Chart:
    """Draw cost and carbon along each axis of a sweep.

    Parameters
    ----------
    view : StudyView
    """
    words, table = view.words, view.table("effects")
    rows = [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]
    axes = {axis["label"]: axis["unit"] for axis in view.summary["axes"]}
    figures = {
        label: _figure(
            view, [row for row in rows if row["axis"] == label], f"{label}, {unit}" if unit else label
        )
        for label, unit in axes.items()
        if any(row["axis"] == label for row in rows)
    }
    return Chart(
        "lines",
        words("sweep.lines"),
        figures,
        words("sweep.lines_summary"),
        choose=words("sweep.axis"),
        height=560,
        note=words("sweep.lines_note"),
    )


def _figure(view: StudyView, rows: list[dict[str, Any]], title: str) -> dict[str, Any]:
    words = view.words
    by = {
        measure: [row for row in rows if row["measure"] == measure]
        for measure in {r["measure"] for r in rows}
    }
    is_number = all(row["number"] is not None for row in rows)
    scale = words.scale(*(row["greatest"] for row in by["cost"]))
    data = _band(view, by["cost"], is_number=is_number, factor=scale.factor)
    for place, basis in enumerate(BASES):
        data.append(
            {
                **_trace(by[f"{basis}_t"], "mean", is_number=is_number, factor=1.0),
                "name": words("sweep.carbon", basis=words(f"basis.{basis}")),
                "line": {**line(place), "shape": "linear"},
                "marker": {"symbol": SYMBOLS[place], "size": 8, "color": COLORS[place]},
                "yaxis": "y2",
            }
        )
    layout = {
        "xaxis": {"title": {"text": title}, "anchor": "y2", "type": "linear" if is_number else "category"},
        "yaxis": {"domain": [0.54, 1.0], "title": {"text": words.unit(view.summary["currency"], scale)}},
        "yaxis2": {"domain": [0.0, 0.46], "title": {"text": "t CO₂e"}},
    }
    return {"data": data, "layout": layout}


def _band(
    view: StudyView, rows: list[dict[str, Any]], *, is_number: bool, factor: float
) -> list[dict[str, Any]]:
    """Draw the mean cost between least and greatest."""
    if not is_number:
        return _spread(view, rows, factor)
    edge = {"width": 1, "color": "--series-8", "dash": "dot"}
    low, high, mean = (
        _trace(rows, key, is_number=True, factor=factor) for key in ("least", "greatest", "mean")
    )
    return [
        {**low, "name": view.words("sweep.least"), "mode": "lines", "line": edge},
        {
            **high,
            "name": view.words("sweep.greatest"),
            "mode": "lines",
            "line": {**edge, "dash": "dash"},
            "fill": "tonexty",
            "fillcolor": "--flow",
        },
        {
            **mean,
            "name": view.words("sweep.mean_cost"),
            "line": {**line(0), "shape": "linear"},
            "marker": {"size": 8},
        },
    ]


def _spread(view: StudyView, rows: list[dict[str, Any]], factor: float) -> list[dict[str, Any]]:
    """Mark least, mean and greatest cost; values that are text have nothing between them."""
    marks = {"least": "triangle-up", "mean": "circle", "greatest": "triangle-down"}
    names = {"least": "sweep.least", "mean": "sweep.mean_cost", "greatest": "sweep.greatest"}
    return [
        {
            **_trace(rows, key, is_number=False, factor=factor),
            "name": view.words(names[key]),
            "marker": {"symbol": symbol, "size": 9, "color": "--series-1" if key == "mean" else "--series-8"},
        }
        for key, symbol in marks.items()
    ]


def _trace(rows: list[dict[str, Any]], key: str, *, is_number: bool, factor: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers" if is_number else "markers",
        "x": rounded([row["number"] for row in rows], 6) if is_number else [row["value"] for row in rows],
        "y": rounded([row[key] / factor for row in rows], 6),
        "hovertemplate": "%{y:,.6~r}",
    }
