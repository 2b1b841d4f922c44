"""The sites: how full, how much energy, cost and carbon, and all of it through time."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeplan.accounts.capacity import present_units
from computeplan.problem import KG_PER_T, Floats, Problem, Term
from computeplan.reports.blocks import Chart, Column, Figure, Medium, Table, shares
from computeplan.reports.charts import Trace, area_style, chart, figure, label_areas, line_style
from computeplan.reports.subjects.plan_view import PlanView

PANELS = ((0.78, 0.95), (0.52, 0.69), (0.26, 0.43), (0.0, 0.17))
"""Lower and upper edges of the charts of use, energy, price and carbon, each under its own legend."""

PANEL = "panel"
"""Name by which charts.js finds the titles of panels."""

GRID, OFFSET = 7, 2
"""Styles of the grid and of the first contract: others than those of the pools above them."""


def site_table(view: PlanView) -> Table:
    """List the sites, the network and the total."""
    words, problem, accounts = view.words, view.problem, view.accounts
    sites, network = accounts.sites, accounts.network
    rows = [*problem.sites.names, *([words("sites.network")] if _has_network(view) else []), words("total")]
    used, bought = sites.facility_kwh, sites.contract_kwh
    contract_share = _with_total(view, shares(bought, used))
    contract_share[-1] = float(shares([bought.sum()], [used.sum()])[0])
    cost = _with_total(view, sites.cost.total, float(network.cost.sum()))
    carbon = [
        Column(
            f"{basis}_t",
            words.carbon_t(basis),
            _with_total(view, kg / KG_PER_T, float(network.emissions_kg.sum()) / KG_PER_T),
            medium=Medium.READ if basis == problem.objective.basis else Medium.PAGE,
        )
        for basis, kg in sites.emissions_kg.bases().items()
    ]
    columns = [
        Column("site", words("sites.site"), rows),
        Column("energy_mwh", words("sites.energy"), _with_total(view, used / 1000)),
        Column("contract_share", words("sites.contract"), contract_share, percent=True, medium=Medium.PAGE),
        Column("cost", words("cost_in", unit=problem.currency), cost),
        *carbon,
    ]
    return Table("sites", columns, words("sites.table"), strong=frozenset({len(rows) - 1}))


def pool_table(view: PlanView) -> Table:
    """List the pools with their use; units of different hardware are not added up."""
    words, problem, pools = view.words, view.problem, view.accounts.pools
    charges, horizon = view.accounts.charges, view.problem.horizon
    cost = charges["units_in_use"] + charges["booked_units"] + charges["new_units"]
    hardware = [problem.hardware.names[h] for h in problem.pools.hardware.tolist()]
    there = present_units(problem, view.solution.decisions)
    rented = problem.pools.term == Term.ON_DEMAND
    peak = (pools.load_unit_h / horizon.hours).max(axis=1, initial=0.0)
    columns = [
        Column("pool", words("pools.pool"), problem.pools.names),
        Column("hardware", words("pools.hardware"), hardware),
        Column("units", words("pools.units"), np.where(rented, np.nan, there)),
        Column("busy_units", words("sites.busy_units"), pools.busy_unit_h / horizon.real_hours),
        Column("peak_units", words("pools.peak"), peak),
        Column("utilization", words("sites.utilization"), pools.utilization, percent=True),
        Column("cost", words("pools.cost", unit=problem.currency), cost),
    ]
    groups = range(problem.pools.size)
    return Table("pools", columns, words("pools.table"), groups=groups, notes=[words("sites.note_use")])


def _has_network(view: PlanView) -> bool:
    return bool(view.accounts.network.traffic_gb.any())


def _with_total(view: PlanView, by_site: Floats, network: float = np.nan) -> list[float]:
    """Add a row for the network, where there is traffic, and one for the sum."""
    rest = 0.0 if np.isnan(network) else network
    return [*by_site.tolist(), *([network] if _has_network(view) else []), float(by_site.sum()) + rest]


def site_charts(view: PlanView) -> Chart:
    """Draw use, energy, price and carbon of one site at a time."""
    problem = view.problem
    figures = {
        figure_name(problem, site, hardware): _figure(view, site, hardware)
        for site in range(problem.sites.size)
        for hardware in hardware_at(problem, site)
    }
    choose, note = view.words("sites.site"), view.note_of_times("chart.hours.note")
    return chart(view.words, "hours", figures, choose=choose, height=760, note=note)


def hardware_at(problem: Problem, site: int) -> list[int]:
    """List the kinds of hardware at a site, each of which has an axis of its own; −1 where there is none."""
    return sorted(set(problem.pools.hardware[problem.pools.site == site].tolist())) or [-1]


def figure_name(problem: Problem, site: int, hardware: int) -> str:
    """Name the chart of a kind of hardware at a site: after the site, where it has no other."""
    name = problem.sites.names[site]
    return f"{name} · {problem.hardware.names[hardware]}" if len(hardware_at(problem, site)) > 1 else name


def _figure(view: PlanView, site: int, hardware: int) -> Figure:
    data = [
        {**trace, **_panel(panel)}
        for panel, traces in enumerate(
            (
                _load(view, site, hardware),
                _supplies(view, site),
                _prices(view, site),
                _grid_carbon(view, site),
            ),
            start=1,
        )
        for trace in traces
    ]
    words, problem = view.words, view.problem
    titles = [
        words("hours.load"),
        words("hours.energy"),
        words("hours.price", unit=problem.currency),
        words("hours.carbon", basis=view.basis()),
    ]
    layout: dict[str, Any] = {"hovermode": "x unified", "annotations": []}
    layout["xaxis"] = {**view.axis.layout, "anchor": "y4"}
    for panel, (title, (bottom, top)) in enumerate(zip(titles, PANELS, strict=True), start=1):
        suffix = str(panel) if panel > 1 else ""
        layout[f"yaxis{suffix}"] = {"domain": [bottom, top], "rangemode": "tozero", "nticks": 5}
        layout[f"legend{suffix}"] = {"y": top, "x": 1, "xanchor": "right"}
        layout["annotations"].append(_title(title, top))
    layout["annotations"] += label_areas(view.axis, data)
    return figure(data, **layout)


def _panel(panel: int) -> dict[str, Any]:
    """Give a series the axis and the legend of its panel."""
    suffix = str(panel) if panel > 1 else ""
    return {"yaxis": f"y{suffix}", "legend": f"legend{suffix}", "showlegend": True}


def _title(text: str, top: float) -> dict[str, Any]:
    """Name a panel; where there is no room next to the legend, the page puts the name above it."""
    place = {"x": 0, "y": top, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"name": PANEL, "text": text, "showarrow": False, "yshift": 3, **place}


def _load(view: PlanView, site: int, hardware: int) -> list[Trace]:
    """Busy units of each pool with the hardware above each other, and the limit where there is one."""
    problem, pools, hours = view.problem, view.accounts.pools, view.problem.horizon.hours
    here = np.flatnonzero((problem.pools.site == site) & (problem.pools.hardware == hardware))
    names = [problem.pools.names[p].partition("/")[2] for p in here.tolist()]
    traces = [
        view.trace(name, load / hours, stackgroup="use", **area_style(place))
        for place, (name, load) in enumerate(zip(names, pools.load_unit_h[here], strict=True))
        if load.any()
    ]
    usable = pools.capacity_unit_h[here].sum(axis=0) / hours
    if len(here) and np.isfinite(usable).all():
        limit = {"color": "--ink", "width": 1.5, "dash": "dash", "shape": "hv"}
        traces.append(view.trace(view.words("hours.usable"), usable, mode="lines", line=limit))
    return traces


def _contracts(view: PlanView, site: int) -> list[tuple[str, int]]:
    """Names and numbers of a site's contracts."""
    contracts = view.problem.contracts
    here = np.flatnonzero(contracts.site == site).tolist()
    return [(contracts.names[c].partition("/")[2], c) for c in here]


def _supplies(view: PlanView, site: int) -> list[Trace]:
    decisions, hours = view.solution.decisions, view.problem.horizon.hours
    supplies = [
        (name, decisions.used_kwh[c], area_style(place))
        for place, (name, c) in enumerate(_contracts(view, site), start=OFFSET)
    ]
    supplies.append((view.words("hours.grid"), decisions.grid_kwh[site], area_style(GRID)))
    return [
        view.trace(name, kwh / hours, stackgroup="energy", **style)
        for name, kwh, style in supplies
        if kwh.any()
    ]


def _prices(view: PlanView, site: int) -> list[Trace]:
    words, problem = view.words, view.problem
    prices = [(words("hours.grid"), problem.grid.price[site])]
    prices += [
        (words("hours.contract", name=name), problem.contracts.price[c]) for name, c in _contracts(view, site)
    ]
    return [
        view.trace(name, price, mode="lines", line=line_style(place))
        for place, (name, price) in enumerate(prices)
    ]


def _grid_carbon(view: PlanView, site: int) -> list[Trace]:
    factor = view.problem.grid_kg_per_kwh[site]  # as many t/MWh
    return [view.trace(view.words("hours.grid"), factor, mode="lines", line=line_style(0))]
