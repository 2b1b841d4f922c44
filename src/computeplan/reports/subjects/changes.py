"""What changed between two plans."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from computeplan.accounts.decisions import DecisionChange
from computeplan.problem import Problem
from computeplan.reports.blocks import Block, Column, Data, Line, Medium, Prose, Table, faint, shares, strong
from computeplan.reports.subjects.decisions import decision_table
from computeplan.reports.subjects.moves import compare_moves
from computeplan.reports.words import ENGLISH
from computeplan.runs.compare import Difference, LimitPriceChange, PlacementChanges, PlanDifferences
from computeplan.runs.run import Run
from computeplan.text import counted, number, shown_value

MOST = 12
"""Rows of a table that can be long."""

MOST_LETTERS = 40
"""Letters of a value of the config."""


def describe_changes(changes: PlanDifferences, after: Run) -> list[Block]:
    """Say what changed: inputs, cost and carbon, where work runs, what binds."""
    problem, placement, unlike = after.plan.problem, changes.placement, changes.not_compared
    blocks: list[Block] = [
        Data(asdict(replace(changes, decisions=()))),
        *(Prose([strong(f"Not compared: {each}.")]) for each in unlike),
        _decisions(changes.decisions, problem.currency),
    ]
    blocks += [_inputs(changes.inputs), _figures(changes.figures, problem)]
    blocks += _moves(placement) if placement else []
    blocks += compare_moves(ENGLISH, *changes.moves) if changes.moves else []
    blocks += [_companies(placement)] if placement and (placement.companies or not unlike) else []
    if changes.limits or not unlike:
        blocks.append(_limits(changes.limits))
    return blocks


def _decisions(decisions: Sequence[DecisionChange], currency: str) -> Block:
    if not decisions:
        return Prose(["The decisions are the same."])
    return decision_table(ENGLISH, currency, decisions, "", "before")


def _inputs(inputs: Sequence[Difference]) -> Block:
    if not inputs:
        return Prose(["The inputs are the same."])
    columns = [
        Column("what", "input", [change.what for change in inputs]),
        Column("before", "before", [_short(change.before) for change in inputs]),
        Column("after", "after", [_short(change.after) for change in inputs]),
    ]
    return _first_rows(columns)


def _first_rows(columns: Sequence[Column], lead: Line | None = None) -> Table:
    return Table("", columns, lead=lead, most=MOST)


def _short(value: object) -> str:
    text = "–" if value is None else _as_in_config(value)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _as_in_config(value: object) -> str:
    """Write a value as it could stand in a config."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_as_in_config(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_in_config, value))}]"
    return shown_value(value) if isinstance(value, bool) else "null" if value is None else str(value)


def _label(figure: str, problem: Problem) -> str:
    """Name a number of the summary as the other tables do."""
    section, _, name = figure.partition(".")
    if section == "emissions_t":
        return ENGLISH.carbon_t(name)
    if section == "cost" and name != "total":
        return f"  {ENGLISH.cost_part(name)}"
    key = {"cost": "cost_in", "objective": "policies.objective"}.get(section, f"costs.{section}")
    if key in ENGLISH.catalog:
        return ENGLISH(key, unit=problem.objective_unit if section == "objective" else problem.currency)
    return ENGLISH.column(section)[0]


def _figures(figures: Sequence[Difference], problem: Problem) -> Table:
    texts = [change for change in figures if isinstance(change.before, str) or isinstance(change.after, str)]
    numbers = [change for change in figures if change not in texts and (change.before or change.after)]
    before = [math.nan if change.before is None else float(change.before) for change in numbers]
    after = [math.nan if change.after is None else float(change.after) for change in numbers]
    change = [b - a for a, b in zip(before, after, strict=True)]
    columns = [
        Column("what", "", [_label(each.what, problem) for each in numbers]),
        Column("before", "before", before, scale="amount"),
        Column("after", "after", after, scale="amount"),
        Column("change", "change", change, scale="amount", signed=True),
        Column("share", "change, %", shares(change, before), percent=True, signed=True, spare=True),
    ]
    table = Table("", columns, groups=range(len(numbers)))
    return table if not texts else _with_texts(table, texts)


def _with_texts(table: Table, changes: Sequence[Difference]) -> Table:
    """Put rows of text, such as the status, above rows of numbers."""
    rows = [
        *((c.what.replace("_", " "), _short(c.before), _short(c.after), "", "") for c in changes),
        *table.cells(Medium.TERMINAL),
    ]
    columns = [
        Column(each.key, each.label, [row[place] for row in rows], right=each.is_right)
        for place, each in enumerate(table.columns)
    ]
    return Table("", columns)


def _moves(placement: PlacementChanges) -> list[Block]:
    moves = placement.moves
    amounts = ((placement.new_unit_h, "more"), (placement.gone_unit_h, "less"))
    notes = [f"{number(amount)} unit·h {word} work is done." for amount, word in amounts if amount > 0]
    if not moves:
        return [Prose(["All work runs at the same sites.", *map(faint, notes)])]
    columns = [
        Column("origin", "work moved from", [move.origin for move in moves]),
        Column("target", "to", [move.target for move in moves]),
        Column("work_unit_h", "work, unit·h", [move.work_unit_h for move in moves]),
        Column("workloads", "workloads", [move.workloads for move in moves], digits=0),
    ]
    return [Table("", columns, most=MOST, notes=notes)]


def _companies(placement: PlacementChanges) -> Block:
    companies = placement.companies
    if not companies:
        return Prose(["Every company pays the same."])
    before, after = [c.cost_before for c in companies], [c.cost_after for c in companies]
    change = [b - a for a, b in zip(before, after, strict=True)]
    columns = [
        Column("company", "company", [each.company for each in companies]),
        Column("moved", "moved, unit·h", [each.moved_unit_h for each in companies]),
        Column("before", "cost before", before, scale="cost"),
        Column("after", "cost after", after, scale="cost"),
        Column("change", "change", change, scale="cost", signed=True),
    ]
    return _first_rows(columns, strong(f"{counted(len(companies), 'company', 'companies')} changed"))


def _price(price: float, unit: str) -> str:
    return f"{number(price)} {unit}"


def _limits(limits: Sequence[LimitPriceChange]) -> Block:
    if not limits:
        return Prose(["The same limits bind, at the same prices."])
    listed = sorted(limits, key=lambda change: -abs(change.after - change.before))
    columns = [
        Column("what", "limit", [change.what for change in listed]),
        Column(
            "before", "one more saved", [_price(change.before, change.unit) for change in listed], right=True
        ),
        Column(
            "after", "one more saves", [_price(change.after, change.unit) for change in listed], right=True
        ),
    ]
    return _first_rows(columns)
