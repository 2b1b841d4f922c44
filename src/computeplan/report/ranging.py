"""The terminal view of shadow prices and break-even points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from computeplan.explain.wording import number
from computeplan.problem import Goal
from computeplan.report.baselines import baselines_view
from computeplan.report.binding import WORDS
from computeplan.report.figures import column
from computeplan.report.tables import table
from computeplan.studies.ranging import Break, Kind, Move, Movers, Range, RangingStudy, ShadowPrice

SHOWN_MOVES = 4
"""Sites named in what changes."""


def ranging_view(study: RangingStudy) -> RenderableType:
    """Show what limits are worth, and where the plan changes.

    Parameters
    ----------
    study : RangingStudy
        With a plan.
    """
    goal, currency = study.plan.problem.objective.goal, study.plan.problem.currency
    money = currency if goal is Goal.COST else "kg"
    parts = [_prices(study.prices, money), *(_range(found, money) for found in study.ranges)]
    if study.baselines:
        parts.append(baselines_view(study.plan, study.baselines))
    spaced: list[RenderableType] = []
    for part in parts:
        spaced.extend((part, Text()))
    return Group(*spaced[:-1])


def _prices(prices: Sequence[ShadowPrice], money: str) -> RenderableType:
    if not prices:
        return Text("No limit binds, or the solver gives no prices.")
    step = f"{100 * prices[0].step:g} %"
    view = table(
        "limit",
        f">one more saves, {money}",
        ">one less costs",
        "a",
        f">{step} more saves, {money}",
        ">at the margin",
        f">{step} less costs",
        "",
    )
    columns = (
        column([price.step_saves if price.step_saves is not None else np.nan for price in prices]),
        column([price.step_marginal for price in prices]),
        column([price.step_costs if price.step_costs is not None else np.nan for price in prices]),
    )
    for price, up, margin, down in zip(prices, *columns, strict=True):
        more, less = _worth(price.more, price), _worth(price.less, price)
        what = WORDS[price.limit].format(price.name)
        view.add_row(what, more, less, price.unit, up, margin, down, _warning(price))
    return view


def _worth(side: float | None, price: ShadowPrice) -> str:
    """Worth on one side; that of the dual prices where the side was not solved."""
    if not price.solved:
        return f"~{number(price.marginal)}"
    return "no plan" if side is None else number(side)


def _warning(price: ShadowPrice) -> str:
    if price.is_unique is None:
        return "by the dual prices only"
    if price.is_unique:
        return ""
    if price.more is None or price.less is None:
        return "at the edge of what is possible"
    return f"dual not unique: the solver says {number(price.marginal)}"


def _range(found: Range, money: str) -> RenderableType:
    parameter = found.parameter
    head = Text.assemble((parameter.name, "bold"), f", now {_value(found, parameter.value)}")
    if found.objective is None:
        return head.append(f": {found.status}")
    lines = _interval(found, money) if found.low and found.high else _steps(found, money)
    return Group(head, *lines)


def _interval(found: Range, money: str) -> list[RenderableType]:
    low, high = found.low, found.high
    assert low is not None  # noqa: S101 - the caller asked
    assert high is not None  # noqa: S101
    what = "the plan stays optimal" if found.parameter.kind is Kind.PRICE else "one more is worth the same"
    unit = found.parameter.unit or "unit"
    slope = f"{number(found.slope or 0.0)} {money} for each {unit}"
    lines = [Text(f"  {what} from {_value(found, low.at)} to {_value(found, high.at)} ({slope})")]
    lines += [
        Text(f"  {side} {_value(found, end.at)}: {_beyond(end, money)}")
        for side, end in (("below", low), ("above", high))
        if end.changes
    ]
    unseen = [end for end in (low, high) if not end.changes]
    if unseen:
        limits = " and ".join(_value(found, end.at) for end in unseen)
        lines.append(Text(f"  searched to {limits}; --from and --to widen it", style="dim"))
    return list(lines)


def _beyond(end: Break, money: str) -> str:
    if not end.is_possible and end.slope_beyond is None:
        return "no plan"
    slope = "" if end.slope_beyond is None else f", {number(end.slope_beyond)} {money} for each"
    return f"{words(end.moves, _who(end.movers))}{slope}"


def _who(movers: Movers | None) -> str:
    """Name the workloads that move."""
    if movers is None or not movers.count:
        return ""
    more = f" and {movers.count - len(movers.names):,} more" if movers.count > len(movers.names) else ""
    return f", of {', '.join(movers.names)}{more}"


def _steps(found: Range, money: str) -> list[RenderableType]:
    view = table(
        f">{found.parameter.unit or 'value'}", f">objective, {money}", ">against now", "what changes"
    )
    now = found.objective or 0.0
    objectives = [np.nan if step.objective is None else step.objective for step in found.steps]
    cells = zip(column(objectives, 6), column([o - now for o in objectives]), strict=True)
    for step, (objective, against) in zip(found.steps, cells, strict=True):
        told = words(step.moves) if step.objective is not None else str(step.status)
        here = " (now)" if step.at == found.parameter.value else ""
        view.add_row(number(step.at), objective, against, f"{told}{here}")
    return [view]


def words(moves: Sequence[Move], who: str = "") -> str:
    """Say what moves between sites.

    Parameters
    ----------
    moves : sequence of Move
        The largest first.
    who : str
        Whose work it is.
    """
    if not moves:
        return f"work stays where it is, in the sum over time{who}"
    gains = [move for move in moves if move.work_unit_h > 0]
    losses = [move for move in moves if move.work_unit_h < 0]
    booked = [f"{pool} {units:+,.4g}" for move in moves for pool, units in move.booked_units.items()]
    more = f" and {len(booked) - SHOWN_MOVES} more" if len(booked) > SHOWN_MOVES else ""
    bookings = f"; booked {', '.join(booked[:SHOWN_MOVES])}{more}" if booked else ""
    if len(gains) == len(losses) == 1 and len(moves) == 2:
        return (
            f"{gains[0].site} wins {number(gains[0].work_unit_h)} unit·h from {losses[0].site}{who}{bookings}"
        )
    told = [f"{m.site} {m.work_unit_h:+,.4g} unit·h" for m in moves[:SHOWN_MOVES]]
    others = f" and {len(moves) - SHOWN_MOVES} more sites" if len(moves) > SHOWN_MOVES else ""
    return f"{', '.join(told)}{others}{who}{bookings}"


def _value(found: Range, value: float) -> str:
    return f"{number(value, 6)} {found.parameter.unit}".rstrip()
