"""How often workloads move: by kind of work, a workload and a unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from computeplan.accounts.moves import MoveStatistics, move_statistics
from computeplan.reports.blocks import Block, Column, Section, Table
from computeplan.reports.subjects.plan_view import PlanView
from computeplan.reports.words import Words

MEASURES = ("per_workload", "per_unit_of_work", "median", "percentile_99")
"""Fields of `MoveStatistics` that are shown."""


def move_table(view: PlanView) -> list[Block]:
    """Say how often workloads move; nothing where none does."""
    words, found = view.words, move_statistics(view.problem, view.solution.moves)
    if not found["all"].per_workload:
        return []
    columns = [
        _kinds(words, list(found)),
        Column(
            "workloads", words("companies.workloads"), [each.workloads for each in found.values()], digits=0
        ),
        *(_measure(words, name, list(found.values())) for name in MEASURES),
    ]
    total = frozenset({len(found) - 1})
    return [Table("moves", columns, words("moves.title"), strong=total, notes=[words("moves.how")])]


def moves(view: PlanView) -> list[Section]:
    """Report how often workloads move; nothing where none does."""
    table = move_table(view)
    return [Section("moves", view.words("moves.title"), table)] if table else []


def compare_moves(
    words: Words, before: Mapping[str, MoveStatistics], after: Mapping[str, MoveStatistics]
) -> list[Block]:
    """Set how often workloads move in two plans side by side; nothing where none moves in either."""
    if not (before["all"].per_workload or after["all"].per_workload):
        return []
    kinds = [kind for kind in after if kind in before]
    columns = [_kinds(words, kinds)]
    for name in MEASURES:
        for side, plan in (("before", before), ("after", after)):
            label = words(f"moves.{side}", measure=words(f"moves.{name}"))
            columns.append(_measure(words, name, [plan[kind] for kind in kinds], f"{name}_{side}", label))
    return [Table("", columns, notes=[words("moves.how")])]


def _kinds(words: Words, kinds: Sequence[str]) -> Column:
    return Column("kind", words("moves.kind"), [words(f"moves.{kind}") for kind in kinds])


def _measure(
    words: Words, name: str, found: Sequence[MoveStatistics], key: str = "", label: str = ""
) -> Column:
    values = [getattr(each, name) for each in found]
    return Column(key or name, label or words(f"moves.{name}"), values, digits=3, scale=name)
