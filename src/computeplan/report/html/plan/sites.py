"""Each site hour by hour: use, energy mix, price and carbon."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeplan.plan.flows import grid_factor
from computeplan.problem import Floats, sum_by
from computeplan.report.figures import column
from computeplan.report.html.blocks import Chart, Figure, Figures, Section
from computeplan.report.html.looks import area, line
from computeplan.report.html.plan.view import PlanView
from computeplan.report.sites import site_use

PANELS = ((0.78, 0.95), (0.52, 0.69), (0.26, 0.43), (0.0, 0.17))
"""Where use, energy, price and carbon stand above each other, each under its own legend."""

PANEL = "panel"
"""Name by which charts.js knows the titles of panels."""

GRID, OFFSET = 7, 2
"""Marks of the grid, and of the first contract: others than those of the pools above them."""


def sites(view: PlanView) -> Section:
    """Tell how full each site is and where its energy comes from.

    Parameters
    ----------
    view : PlanView
    """
    words = view.words
    chart = Chart(
        "hours",
        words("sites.chart"),
        {name: _figure(view, site) for site, name in enumerate(view.problem.sites.names)},
        words("sites.summary"),
        choose=words("sites.choose"),
        height=760,
        note=view.timed(words("sites.note")),
    )
    return Section("sites", words("sites.title"), [_table(view), chart])


def _table(view: PlanView) -> Figures:
    words, problem, accounts = view.words, view.problem, view.accounts
    rows, busy = accounts.sites, sum_by(problem.pools.site, accounts.pools.busy_unit_h, problem.sites.size)
    contract = np.divide(
        rows.contract_kwh, rows.facility_kwh, out=np.full(len(busy), np.nan), where=rows.facility_kwh > 0
    )
    columns = [
        column((busy / problem.horizon.real_hours).tolist()),
        [words.percent(share) for share in site_use(problem, accounts)],
        column((rows.facility_kwh / 1000).tolist()),
        [words.percent(share) for share in contract.tolist()],
        column(rows.cost.total.tolist()),
        *(column((kg / 1000).tolist()) for kg in rows.emissions_kg.bases().values()),
    ]
    heads = [words(f"sites.{key}") for key in ("site", "busy", "use", "energy", "contract")]
    heads.append(words("sites.cost", unit=problem.currency))
    heads += [words("sites.carbon", basis=words(f"basis.{basis}")) for basis in rows.emissions_kg.bases()]
    cells = list(zip(problem.sites.names, *columns, strict=True))
    return Figures(words("sites.table"), heads, cells, note=words("sites.network"))


def _figure(view: PlanView, site: int) -> Figure:
    data = _use(view, site) + _energy(view, site) + _price(view, site) + _carbon(view, site)
    words, problem = view.words, view.problem
    titles = [
        words("sites.panel.use"),
        words("sites.panel.energy"),
        words("sites.panel.price", unit=problem.currency),
        words("sites.panel.carbon", basis=words(f"basis.{problem.objective.basis}")),
    ]
    layout: dict[str, Any] = {"hovermode": "x unified", "annotations": []}
    layout["xaxis"] = {**view.axis.layout, "anchor": "y4"}
    for panel, (title, (bottom, top)) in enumerate(zip(titles, PANELS, strict=True), start=1):
        suffix = str(panel) if panel > 1 else ""
        layout[f"yaxis{suffix}"] = {"domain": [bottom, top], "rangemode": "tozero", "nticks": 5}
        layout[f"legend{suffix}"] = {"y": top, "x": 1, "xanchor": "right"}
        layout["annotations"].append(_title(title, top))
    return {"data": data, "layout": layout}


def _title(text: str, top: float) -> dict[str, Any]:
    """Name a panel; where there is no room beside the legend, the page puts the name above it."""
    place = {"x": 0, "y": top, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"name": PANEL, "text": text, "showarrow": False, "yshift": 3, **place}


def _use(view: PlanView, site: int) -> list[dict[str, Any]]:
    """Busy units of each pool above each other, and the limit where there is one."""
    problem, pools, hours = view.problem, view.accounts.pools, view.problem.horizon.hours
    here = np.flatnonzero(problem.pools.site == site)
    traces = [
        _trace(view, name.partition("/")[2], pools.load_unit_h[p] / hours, 1, stackgroup="use", **area(place))
        for place, (p, name) in enumerate((p, problem.pools.names[p]) for p in here.tolist())
        if pools.load_unit_h[p].any()
    ]
    usable = pools.capacity_unit_h[here].sum(axis=0) / hours
    if len(here) and np.isfinite(usable).all():
        limit = {"color": "--ink", "width": 1.5, "dash": "dash", "shape": "hv"}
        traces.append(_trace(view, view.words("sites.usable"), usable, 1, mode="lines", line=limit))
    return traces


def _energy(view: PlanView, site: int) -> list[dict[str, Any]]:
    problem, decisions, hours = view.problem, view.solution.decisions, view.problem.horizon.hours
    supplies: list[tuple[str, Floats]] = [
        (problem.contracts.names[c].partition("/")[2], decisions.contract_kwh[c])
        for c in np.flatnonzero(problem.contracts.site == site).tolist()
    ]
    supplies.append((view.words("sites.grid"), decisions.grid_kwh[site]))
    last = len(supplies) - 1
    return [
        _trace(
            view, name, kwh / hours, 2, stackgroup="energy", **area(GRID if place == last else place + OFFSET)
        )
        for place, (name, kwh) in enumerate(supplies)
        if kwh.any()
    ]


def _price(view: PlanView, site: int) -> list[dict[str, Any]]:
    problem = view.problem
    traces = [
        _trace(view, view.words("sites.grid_price"), problem.grid.price[site], 3, mode="lines", line=line(0))
    ]
    for place, c in enumerate(np.flatnonzero(problem.contracts.site == site).tolist(), start=1):
        name = view.words("sites.contract_price", name=problem.contracts.names[c].partition("/")[2])
        traces.append(_trace(view, name, problem.contracts.price[c], 3, mode="lines", line=line(place)))
    return traces


def _carbon(view: PlanView, site: int) -> list[dict[str, Any]]:
    factor = grid_factor(view.problem)[site]
    name = view.words("sites.grid_carbon")
    return [_trace(view, name, factor, 4, mode="lines", line=line(0))]


def _trace(view: PlanView, name: str, values: Floats, panel: int, **looks: Any) -> dict[str, Any]:
    suffix = str(panel) if panel > 1 else ""
    return {
        "type": "scatter",
        "name": name,
        "x": view.axis.places,
        "y": view.axis.steps(values),
        "yaxis": f"y{suffix}",
        "legend": f"legend{suffix}",
        "showlegend": True,
        "hovertemplate": "%{y:,.6~r}",
        **looks,
    }
