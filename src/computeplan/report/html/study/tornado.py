"""The tornado: how far each thing that varies moves a measure."""

from __future__ import annotations

from typing import Any

from computeplan.report.html.blocks import Chart
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import bar
from computeplan.report.html.study.view import MEASURES, StudyView

ROOM = 0.22
"""Share of the width left at each end for the values at which it is reached."""


def tornado(view: StudyView) -> Chart:
    """Draw the tornado of each measure.

    Parameters
    ----------
    view : StudyView
    """
    words, summary = view.words, view.summary
    figures = {}
    for measure in MEASURES:
        drivers = [d for d in summary["drivers"] if d["measure"] == measure]
        if drivers:
            figures[view.measure(measure, summary["currency"])] = _figure(view, measure, drivers[::-1])
    most = max((len(f["data"][0]["y"]) for f in figures.values()), default=1)
    return Chart(
        "tornado",
        words("sweep.tornado"),
        figures,
        words("sweep.tornado_summary"),
        choose=words("sweep.measure"),
        height=150 + 46 * most,
        note=words("sweep.tornado_note"),
    )


def _figure(view: StudyView, measure: str, drivers: list[dict[str, Any]]) -> dict[str, Any]:
    unit = "t" if measure.endswith("_t") else view.summary["currency"]
    scale = view.words.scale(*(driver["greatest"] for driver in drivers))
    axes = [driver["axis"] for driver in drivers]
    least = [driver["least"] / scale.factor for driver in drivers]
    swing = [driver["swing"] / scale.factor for driver in drivers]
    low, high = min(least), max(a + b for a, b in zip(least, swing, strict=True))
    room = ROOM * ((high - low) or 1.0)
    median = view.summary["range"][measure]["median"] / scale.factor
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": axes,
        "x": rounded(swing, 6),
        "base": rounded(least, 6),
        "marker": bar(0),
        "hovertemplate": "%{base:,.6~r} … %{x:,.6~r}<extra></extra>",
    }
    ends = [_end(axes, least, [d["at_least"] for d in drivers], "middle left")]
    tops = [a + b for a, b in zip(least, swing, strict=True)]
    ends.append(_end(axes, tops, [d["at_greatest"] for d in drivers], "middle right"))
    line = {"color": "--ink", "dash": "dot", "width": 1.5}
    middle = {"type": "line", "x0": median, "x1": median, "y0": 0, "y1": 1, "yref": "paper", "line": line}
    axis = {"title": {"text": view.words.unit(unit, scale)}, "range": [low - room, high + room]}
    layout = {
        "xaxis": axis,
        "yaxis": {"type": "category"},
        "showlegend": False,
        "shapes": [middle],
        "bargap": 0.4,
    }
    return {"data": [bars, *ends], "layout": layout}


def _end(axes: list[str], places: list[float], values: list[str], side: str) -> dict[str, Any]:
    """Write beside the end of each bar the value at which it is reached."""
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
