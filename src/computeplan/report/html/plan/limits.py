"""What binds and what it is worth."""

from __future__ import annotations

from computeplan.problem import Goal
from computeplan.report.binding import Binding, bindings
from computeplan.report.html.blocks import Chart, Column, Prose, Section, Table
from computeplan.report.html.digits import rounded
from computeplan.report.html.looks import bar
from computeplan.report.html.plan.view import PlanView

DRAWN = 10
"""Limits drawn, those of greatest worth; the table has all."""


def limits(view: PlanView) -> Section:
    """List the limits that bind, with the worth of each.

    Parameters
    ----------
    view : PlanView
    """
    words, prices = view.words, view.solution.prices
    title = words("limits.title")
    if prices is None:
        return Section("limits", title, [Prose([words("limits.unknown")])])
    found = bindings(view.problem, prices)
    if not found:
        return Section("limits", title, [Prose([words("limits.none")])])
    return Section("limits", title, [_chart(view, found[:DRAWN]), _table(view, found)])


def _is_cost(view: PlanView) -> bool:
    return view.problem.objective.goal is Goal.COST


def _chart(view: PlanView, found: list[Binding]) -> Chart:
    words = view.words
    scale = words.scale(*(binding.worth for binding in found))
    unit = words.unit(view.problem.currency if _is_cost(view) else "t", scale)
    shown = found[::-1]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": [_name(view, binding) for binding in shown],
        "x": rounded([binding.worth / scale.factor for binding in shown]),
        "marker": bar(0),
        "hovertemplate": f"%{{x:,.6~r}} {unit}<extra></extra>",
    }
    layout = {"xaxis": {"title": {"text": unit}, "rangemode": "tozero"}, "yaxis": {}, "showlegend": False}
    return Chart(
        "limits",
        words("limits.chart", unit=unit),
        {"": {"data": [trace], "layout": layout}},
        words("limits.summary", name=_name(view, found[0])),
        height=110 + 34 * len(found),
        note=words("limits.note"),
    )


def _name(view: PlanView, binding: Binding) -> str:
    return view.words(f"limit.{binding.limit.name.lower()}", name=binding.name)


def _table(view: PlanView, found: list[Binding]) -> Table:
    words, size = view.words, view.problem.horizon.size
    money, worth = (view.problem.currency,) * 2 if _is_cost(view) else ("kg", "t")
    columns = [
        Column("limit", words("limits.limit"), [_name(view, binding) for binding in found]),
        Column("worth", words("limits.worth", unit=worth), [binding.worth for binding in found]),
        Column("one_more", words("limits.one_more", unit=money), [binding.one_more for binding in found]),
        Column("unit", words("limits.unit"), [binding.unit for binding in found], choice=True),
        Column("share", words("limits.share"), [(b.periods or size) / size for b in found], percent=True),
    ]
    return Table("limits", words("limits.table"), columns, sort="-worth")
