"""The section about work that moved in time."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeplan.explain.wording import number
from computeplan.report.html.blocks import Chart, Facts, Prose, Section
from computeplan.report.html.looks import area, line
from computeplan.report.html.plan.shifting import Shifting, shifting
from computeplan.report.html.plan.view import PlanView

MOST_PRICES = 4
"""Price series drawn; more would not be told apart."""

NAMED = 3
"""Sites named beside a price that they share."""


def time(view: PlanView) -> Section:
    """Tell how much work waits, how long, and for which prices.

    Parameters
    ----------
    view : PlanView
    """
    words, found = view.words, shifting(view.solution)
    title = words("time.title")
    weight = view.problem.horizon.weight
    can_wait = float(found.planned @ weight)
    if can_wait <= 0:
        return Section("time", title, [Prose([words("time.none")])])
    total = can_wait + float(found.prompt @ weight)
    rows = [
        (words("time.can_wait"), words.percent(can_wait / total)),
        (words("time.later"), words.percent(found.later_unit_h / can_wait)),
        (words("time.later_amount"), words.amount(found.later_unit_h, words("unit_h"))),
        (words("time.mean_wait"), f"{number(found.mean_wait_h, 3)} h"),
    ]
    chart = Chart(
        "time",
        words("time.chart"),
        {"": _figure(view, found)},
        words("time.summary"),
        height=520,
        note=view.timed(words("time.note")),
    )
    return Section("time", title, [Facts(rows, tiles=True), chart])


def _figure(view: PlanView, found: Shifting) -> dict[str, Any]:
    words, hours = view.words, view.problem.horizon.hours
    prompt, planned = found.prompt / hours, found.planned / hours
    data = [
        _trace(view, words("time.prompt"), prompt, stackgroup="work", **area(7)),
        _trace(view, words("time.planned"), planned, stackgroup="work", **area(1)),
        _trace(
            view,
            words("time.at_once"),
            prompt + found.at_once / hours,
            mode="lines",
            line={"color": "--ink", "dash": "dot", "width": 1.5, "shape": "hv"},
        ),
    ]
    for place, (name, price) in enumerate(_prices(view).items()):
        data.append(_trace(view, name, price, yaxis="y2", mode="lines", line=line(place)))
    layout = {
        "xaxis": {**view.axis.layout, "anchor": "y2"},
        "yaxis": {"domain": [0.42, 1.0], "rangemode": "tozero", "title": {"text": words("time.units")}},
        "yaxis2": {
            "domain": [0.0, 0.32],
            "rangemode": "tozero",
            "title": {"text": f"{view.problem.currency}/kWh"},
            "nticks": 5,
        },
        "hovermode": "x unified",
        "legend": {"y": -0.1, "yanchor": "top"},
    }
    return {"data": data, "layout": layout}


def _prices(view: PlanView) -> dict[str, np.ndarray]:
    """Grid prices that differ, named after their sites."""
    problem = view.problem
    series, of_site = np.unique(problem.grid.price, axis=0, return_inverse=True)
    of_site = of_site.reshape(-1)
    named = {}
    for row in list(dict.fromkeys(of_site.tolist()))[:MOST_PRICES]:
        sites = [problem.sites.names[s] for s in np.flatnonzero(of_site == row).tolist()]
        if len(sites) > NAMED:
            name = view.words("time.price_more", site=sites[0], count=len(sites) - 1)
        else:
            name = view.words("time.price", sites=", ".join(sites))
        named[name] = series[row]
    return named


def _trace(view: PlanView, name: str, values: np.ndarray, **looks: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": name,
        "x": view.axis.places,
        "y": view.axis.steps(values),
        "hovertemplate": "%{y:,.6~r}",
        **looks,
    }
