"""Every point of a sweep by carbon and cost."""

from __future__ import annotations

from typing import Any

from computeplan.report.html.blocks import Chart
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import COLORS
from computeplan.report.html.study.view import StudyView

SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "star", "pentagon")


def cloud(view: StudyView, points: dict[str, list[Any]]) -> Chart:
    """Draw every point of a sweep by carbon and cost, with a symbol for its main site.

    Parameters
    ----------
    view : StudyView
    points : dict of str to list
        Columns of the table of points.
    """
    words, summary = view.words, view.summary
    carbon = points[f"{summary['basis']}_t"]
    scale = words.scale(*(cost for cost in points["cost"] if cost is not None))
    traces = []
    for place, site in enumerate(summary["main_sites"]):
        rows = [row for row, main in enumerate(points["main_site"]) if main == site]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": site,
                "x": rounded([carbon[row] for row in rows], 6),
                "y": rounded([points["cost"][row] / scale.factor for row in rows], 6),
                "marker": {
                    "symbol": SYMBOLS[place % len(SYMBOLS)],
                    "color": COLORS[place % len(COLORS)],
                    "size": 9,
                    "opacity": 0.75,
                },
                "hovertemplate": "%{x:,.6~r} t, %{y:,.6~r}",
            }
        )
    layout = {
        "xaxis": {"title": {"text": words("frontier.x", basis=words(f"basis.{summary['basis']}"))}},
        "yaxis": {"title": {"text": words.unit(summary["currency"], scale)}},
        "legend": {"title": {"text": words("sweep.main_site")}},
        "showlegend": True,
    }
    return Chart(
        "cloud",
        words("sweep.cloud"),
        {"": {"data": traces, "layout": layout}},
        words("sweep.cloud_summary"),
        height=420,
    )
