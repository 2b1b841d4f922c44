"""What binds: the limits that bind, what one more unit of each saves, and what a tenth more of it saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan

from computeplan.prices.limits import LimitPrice, list_limit_prices
from computeplan.problem import Prices, Problem
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.reports.blocks import Block, Chart, Column, Medium, Prose, Table, faint
from computeplan.reports.charts import axis, chart, figure, horizontal_bars
from computeplan.reports.subjects.plan_view import objective_scale
from computeplan.reports.words import Words
from computeplan.studies.ranging import STEP, EasedLimit
from computeplan.text import NO_VALUE, number

MOST_LISTED = 8
"""Limits that a terminal shows."""


@dataclass(frozen=True)
class ShownLimit:
    """A limit that binds, as it is shown."""

    kind: LimitKind
    name: str
    unit: str
    one_more: float = nan
    """Saved by one more unit; nan with whole numbers."""
    share: float = nan
    """Of the periods, those in which it binds."""
    saved: float = nan
    """By a tenth more of it, solved; nan where it was not."""


def shown_limits(prices: Sequence[LimitPrice], eased: Sequence[EasedLimit]) -> list[ShownLimit]:
    """Put prices of limits and what was solved together."""
    saved: Mapping[tuple[LimitKind, str], float] = {(each.kind, each.name): each.saved for each in eased}
    found = [
        ShownLimit(
            each.kind, each.name, each.unit, each.one_more, each.share, saved.get((each.kind, each.name), nan)
        )
        for each in prices
    ]
    priced = {(each.kind, each.name) for each in found}
    return found + [
        ShownLimit(each.kind, each.name, each.unit, saved=each.saved)
        for each in eased
        if (each.kind, each.name) not in priced
    ]


def name_limit(words: Words, kind: LimitKind, name: str) -> str:
    """Name a limit, such as ``grid import of north``."""
    return LIMITS[kind].phrase.in_language(words.language, name)


def limit_blocks(
    problem: Problem, prices: Prices | None, eased: Sequence[EasedLimit], words: Words
) -> list[Block]:
    """Show the limits that bind, or say why there is nothing to show."""
    found = shown_limits(list_limit_prices(problem, prices) if prices else (), eased)
    if not found and prices is None:
        return [Prose([faint(words(why_no_prices(problem)))])]
    if not found:
        return [Prose([words("limits.none")])]
    solved = [limit for limit in found if limit.saved > 0]
    drawn = [_chart(problem, solved, words)] if solved else []
    return [*drawn, limits_table(problem, found, words)]


def why_no_prices(problem: Problem) -> str:
    """Key of the words that say why limits have no prices."""
    if problem.held is not None:
        return "limits.held"
    return "limits.integers" if problem.has_integers else "limits.unknown"


def limits_table(
    problem: Problem, found: Sequence[ShownLimit], words: Words, most: int | None = MOST_LISTED
) -> Table:
    """List limits that bind; a terminal shows the first of them."""
    size, unit = objective_scale(problem)
    one_more = [
        f"{number(each.one_more)} {problem.objective_unit}/{each.unit}"
        if isfinite(each.one_more)
        else NO_VALUE
        for each in found
    ]
    saved = [each.saved / size for each in found]
    listed, numeric = Medium.TERMINAL | Medium.JSON, Medium.PAGE | Medium.JSON
    step = f"{100 * STEP:.0f}{words('percent_sign')}"
    in_money, units = [each.one_more / size for each in found], [words.unit(each.unit) for each in found]
    columns = [
        Column("what", words("limits.limit"), [name_limit(words, b.kind, b.name) for b in found]),
        Column("limit", "", [each.kind.value for each in found], medium=Medium.JSON),
        Column("where", "", [each.name for each in found], medium=Medium.JSON),
        Column("one_more_saves", words("limits.one_more"), one_more, right=True, medium=listed),
        Column("one_more", words("limits.one_more_in", unit=unit), in_money, medium=numeric),
        Column("unit", words("limits.unit"), units, choice=True, medium=numeric),
        Column("ten_percent_saves", words("limits.step", step=step, unit=unit), saved),
        Column("share", words("limits.share"), [b.share for b in found], percent=True),
    ]
    notes = [words("limits.note", step=step)]
    if not all(map(isfinite, saved)):
        notes.append(words("limits.not_solved", dash=NO_VALUE))
    title = words("limits.table")
    return Table("limits", columns, title, notes=notes, interactive=True, most=most)


def _chart(problem: Problem, found: Sequence[ShownLimit], words: Words) -> Chart:
    size, unit = objective_scale(problem)
    amounts = [limit.saved / size for limit in found]
    factor, unit = words.scale(unit, *amounts)
    names = [name_limit(words, limit.kind, limit.name) for limit in found]
    values, hover = [amount / factor for amount in amounts], f"%{{x:,.6~r}} {unit}<extra></extra>"
    bars = horizontal_bars("", names[::-1], values[::-1], 0, hovertemplate=hover)
    layout = {"xaxis": axis(unit, rangemode="tozero"), "yaxis": {}, "showlegend": False}
    height = 110 + 34 * len(found)
    return chart(words, "limits", {"": figure([bars], **layout)}, unit=unit, name=names[0], height=height)
