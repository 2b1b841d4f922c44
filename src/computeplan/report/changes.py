"""What changed between two plans."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.text import Text

from computeplan.archive import Changes
from computeplan.archive.changes import Change
from computeplan.explain.wording import counted, number
from computeplan.report.figures import column, percent
from computeplan.report.tables import table

SHOWN = 12
"""Rows of a table that can be long."""


def changes_view(changes: Changes, unit: str) -> RenderableType:
    """Show what changed: inputs, cost and carbon, placement, what binds.

    Parameters
    ----------
    changes : Changes
    unit : str
        Of the objective.
    """
    parts: list[RenderableType] = [*_inputs(changes.inputs), Text(), _figures(changes.figures), Text()]
    parts += [*_moves(changes), Text(), *_companies(changes), Text(), *_limits(changes.limits, unit)]
    return Group(*parts)


def changes_data(changes: Changes) -> dict[str, object]:
    """Give the same as data for JSON.

    Parameters
    ----------
    changes : Changes
    """
    return asdict(changes)


def _inputs(inputs: Sequence[Change]) -> list[RenderableType]:
    if not inputs:
        return [Text("The inputs are the same.")]
    view = table("input", "before", "after")
    for change in inputs[:SHOWN]:
        view.add_row(change.what, _shown(change.before), _shown(change.after))
    return [view, *_rest(len(inputs))]


def _shown(value: object) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _figures(figures: Sequence[Change]) -> RenderableType:
    view = table("", ">before", ">after", ">change", ">%")
    for change in figures:
        if isinstance(change.before, str) or isinstance(change.after, str):
            view.add_row(change.what, _shown(change.before), _shown(change.after))
        elif change.before or change.after:
            before, after = (math.nan if v is None else float(v) for v in (change.before, change.after))
            cells = column([before, after, after - before])
            share = (after - before) / abs(before) if before else math.nan
            view.add_row(change.what.replace("_", " ").replace(".", ", "), *cells, percent(share))
    return view


def _moves(changes: Changes) -> list[RenderableType]:
    placement = changes.placement
    if not placement.moves:
        lines: list[RenderableType] = [Text("All work runs at the same sites.")]
    else:
        view = table("work moved from", "to", ">unit·h", ">workloads")
        shown = placement.moves[:SHOWN]
        for move, work in zip(shown, column([move.work_unit_h for move in shown]), strict=True):
            view.add_row(move.origin, move.target, work, f"{move.workloads:,}")
        lines = [view, *_rest(len(placement.moves))]
    for amount, word in ((placement.new_unit_h, "more"), (placement.gone_unit_h, "less")):
        if amount > 0:
            lines.append(Text(f"{number(amount)} unit·h {word} work is done.", style="dim"))
    return lines


def _companies(changes: Changes) -> list[RenderableType]:
    companies = changes.placement.companies
    if not companies:
        return [Text("No company pays anything else.")]
    view, shown = (
        table("company", ">moved unit·h", ">cost before", ">cost after", ">change"),
        companies[:SHOWN],
    )
    moved = column([company.moved_unit_h for company in shown])
    pairs = [(company.cost_before, company.cost_after) for company in shown]
    cost = iter(column([value for before, after in pairs for value in (before, after, after - before)]))
    for company, work in zip(shown, moved, strict=True):
        view.add_row(company.company, work, next(cost), next(cost), next(cost))
    return [
        Text(f"{counted(len(companies), 'company', 'companies')} changed", style="bold"),
        view,
        *_rest(len(companies)),
    ]


def _limits(limits: Sequence[Change], unit: str) -> list[RenderableType]:
    if not limits:
        return [Text("The same limits bind, and are worth the same.")]
    view = table("limit", f">worth before {unit}", f">after {unit}")
    shown = sorted(limits, key=lambda change: -abs(change.after - change.before))[:SHOWN]
    cells = iter(column([value for change in shown for value in (change.before, change.after)]))
    for change in shown:
        view.add_row(change.what, next(cells), next(cells))
    return [view, *_rest(len(limits))]


def _rest(amount: int) -> list[RenderableType]:
    rest = amount - SHOWN
    return [Text(f"… and {rest:,} more", style="dim")] if rest > 0 else []
