"""What one more of each limit saves, and where the plan changes as a number of the config moves."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from computeplan.reports.blocks import Block, Column, Line, Prose, Table, Tone, faint, line
from computeplan.reports.subjects.costs import policy_table
from computeplan.reports.subjects.limits import name_limit
from computeplan.reports.words import ENGLISH
from computeplan.studies.baselines import baseline_data
from computeplan.studies.ranging import (
    Break,
    Kind,
    Movers,
    Range,
    RangingStudy,
    ShadowPrice,
    SiteChange,
    Step,
)
from computeplan.text import counted, number, signed

MOST_MOVES = 4
"""Sites named in what changes."""


def describe_ranging(study: RangingStudy) -> list[Block]:
    """Say what one more of each limit saves and where the plan changes, of a study with a plan."""
    problem, solution = study.plan.problem, study.plan.solution
    money = problem.objective_unit
    policies = {str(baseline.policy): baseline_data(study.plan, baseline) for baseline in study.baselines}
    accounts = solution.accounts if solution else None
    return [
        _prices(study.prices, money),
        *(_range(found, money) for found in study.ranges),
        *([policy_table(ENGLISH, problem, accounts, policies)] if policies else []),
    ]


def _prices(prices: Sequence[ShadowPrice], money: str) -> Block:
    if not prices:
        return Prose(["No limit binds, or the solver gives no dual prices."])
    step = f"{number(100 * prices[0].step)} %"
    columns = [
        Column("limit", "limit", [_limit(price) for price in prices]),
        _texts(f"one more saves, {money}", [_side(price.more, price) for price in prices]),
        _texts("one less costs", [_side(price.less, price) for price in prices]),
        Column("unit", "per", [price.unit for price in prices]),
        Column("step_saves", f"{step} more saves, {money}", [price.step_saves for price in prices]),
        Column("step_marginal", "by its price", [price.step_marginal for price in prices]),
        Column("step_costs", f"{step} less costs", [price.step_costs for price in prices]),
        Column("warning", "", [_warning(price) for price in prices]),
    ]
    return Table("", columns)


def _limit(price: ShadowPrice) -> str:
    """Name a limit; one that is a least amount is eased by lowering it."""
    name = name_limit(ENGLISH, price.limit, price.name)
    return f"{name} (one less saves)" if price.is_floor else name


def _texts(label: str, texts: list[str]) -> Column:
    return Column(label, label, texts, right=True)


def _side(side: float | None, price: ShadowPrice) -> str:
    """Write the value of one more or one less; that of the dual prices where it was not solved."""
    if price.marginal is None:
        return "–"
    if not price.solved:
        return f"~{number(price.marginal)}"
    return "no plan" if side is None else number(side)


def _warning(price: ShadowPrice) -> str:
    if price.marginal is None:
        return "whole numbers: no dual price" + ("" if price.solved else ", not solved")
    if price.is_unique is None:
        return "by the dual prices only"
    if price.is_unique:
        return ""
    if price.more is None or price.less is None:
        return "at the edge of what is possible"
    return f"dual price not unique: the solver gives {number(price.marginal)}"


def _range(found: Range, money: str) -> Block:
    parameter = found.parameter
    head: list[str | tuple[str, Tone]] = [
        (parameter.name, Tone.STRONG),
        f", now {_value(found, parameter.value)}",
    ]
    if found.objective is None:
        return Prose([line(*head, f": {found.status}")])
    if found.low and found.high:
        return Prose([line(*head), *_interval(found, found.low, found.high, money)])
    return _steps(found, line(*head), money)


def _interval(found: Range, low: Break, high: Break, money: str) -> list[Line]:
    what = "the plan stays optimal" if found.parameter.kind is Kind.PRICE else "one more saves the same"
    slope = _slope(found.slope or 0.0, found, money)
    lines = [line(f"{what} from {_value(found, low.at)} to {_value(found, high.at)} ({slope})", indent=2)]
    lines += [
        line(f"{side} {_value(found, end.at)}: {_beyond(end, found, money)}", indent=2)
        for side, end in (("below", low), ("above", high))
        if end.changes
    ]
    unseen = [_value(found, end.at) for end in (low, high) if not end.changes]
    if unseen:
        lines.append(faint(f"searched to {' and '.join(unseen)}; --from and --to widen it", indent=2))
    return lines


def _slope(slope: float, found: Range, money: str) -> str:
    """Say what one more costs, with both units."""
    each = {"": "1", "×": "1 of the factor"}.get(found.parameter.unit, found.parameter.unit)
    return f"{number(slope)} {money} for each {each}"


def _beyond(end: Break, found: Range, money: str) -> str:
    if not end.is_possible and end.slope_beyond is None:
        return "no plan"
    slope = "" if end.slope_beyond is None else f"; {_slope(end.slope_beyond, found, money)}"
    return f"{describe_moves(end.moves, _owners(end.movers))}{slope}"


def _owners(movers: Movers | None) -> str:
    """Name the workloads that move."""
    if movers is None or not movers.count:
        return ""
    more = f" and {movers.count - len(movers.names):,} more" if movers.count > len(movers.names) else ""
    return f" ({', '.join(movers.names)}{more})"


def _steps(found: Range, head: Line, money: str) -> Table:
    now, steps = found.objective or 0.0, found.steps
    objectives = [nan if step.objective is None else step.objective for step in steps]
    moves = [_changes(step) if step.objective is not None else str(step.status) for step in steps]
    here = [" (now)" if step.at == found.parameter.value else "" for step in steps]
    columns = [
        _texts(found.parameter.unit or "value", [number(step.at) for step in steps]),
        Column("objective", f"objective, {money}", objectives, digits=6),
        Column("change", "change", [objective - now for objective in objectives], signed=True),
        Column("moves", "what changes", [f"{text}{now}" for text, now in zip(moves, here, strict=True)]),
    ]
    return Table("", columns, lead=head, notes=[found.note] if found.note else [])


def _changes(step: Step) -> str:
    return describe_moves(step.moves) if step.moves else "each site does as much work as before"


def describe_moves(moves: Sequence[SiteChange], owners: str = "") -> str:
    """Say what moves between sites.

    Parameters
    ----------
    moves : sequence of SiteChange
        The largest first.
    owners : str
        Whose work it is.
    """
    if not moves:
        return f"each site does as much work as before, at other hours{owners}"
    booked = [f"{pool} {_signed(units)}" for move in moves for pool, units in move.booked_units.items()]
    bookings = f"; booked units {_first(booked, 'pool')}" if booked else ""
    gains = [move for move in moves if move.work_unit_h > 0]
    losses = [move for move in moves if move.work_unit_h < 0]
    if len(gains) == len(losses) == 1 and len(moves) == 2:
        amount = number(gains[0].work_unit_h)
        return f"{amount} unit·h move from {losses[0].site} to {gains[0].site}{owners}{bookings}"
    sites = _first([f"{move.site} {_signed(move.work_unit_h)} unit·h" for move in moves], "site")
    return f"{sites}{owners}{bookings}"


def _signed(amount: float) -> str:
    return signed(number(amount), amount)


def _first(texts: list[str], noun: str) -> str:
    rest = len(texts) - MOST_MOVES
    more = f" and {counted(rest, f'more {noun}'.rstrip())}" if rest > 0 else ""
    return f"{', '.join(texts[:MOST_MOVES])}{more}"


def _value(found: Range, value: float) -> str:
    unit = found.parameter.unit
    many = "s" if unit == "unit" and value != 1 else ""
    return f"{number(value, 6)} {unit}{many}".rstrip()
