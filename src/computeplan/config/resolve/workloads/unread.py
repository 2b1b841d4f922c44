"""Columns of a register that no field reads: likely misspelled, or about something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from computeplan.config.context import Context
from computeplan.config.schema.workloads import WORKLOAD_FIELDS, WorkloadTable
from computeplan.config.tables.table_file import InputTable
from computeplan.text import did_you_mean, some_names


def name_unread(
    table: InputTable, columns: Mapping[str, str], settings: WorkloadTable, context: Context
) -> None:
    """Warn of the columns that no field reads; one that is like a field's name is a fault."""
    unread = [name for name in table.names if name not in columns.values()]
    context.files.note_unread(settings.file, unread)
    others = []
    for name in unread:
        if name in settings.ignore:
            continue
        field = _similar_field(name, columns, settings.columns)
        if field is None:
            others.append(name)
            continue
        hint = f"did you mean {field!r}? rename it, name it in `columns` of {table.path}, or in `ignore`"
        table.note("a column that a field reads", repr(name), hint, row=0, column=name)
    if others:
        context.warnings.append(
            f"{table.path}: no field reads the columns {some_names(others, 12)} of {table.file}"
        )
    for name in settings.ignore:
        if name not in table.names:
            table.note(f"a column {name!r}, as `ignore` says", "none", did_you_mean(name, table.names), row=0)


_UNIT_WORDS = "ms|s|min|h|hr|hours?|days?|gb|tb|mb|units?|unith|unithours?|gbperunith|kw"
_LONG, _SHORT = 9, 4


def _similar_field(column: str, read: Collection[str], mapped: Collection[str]) -> str | None:
    """Return the field that a column is probably meant for: but for case, signs, a unit or a letter.

    Fields that the config maps to columns are meant as they are; those with a column are not misspelled.
    """
    word = _letters(column)
    for field in (each for each in WORKLOAD_FIELDS if each not in mapped):
        name = _letters(field)
        if word == name or re.fullmatch(f"{name}(?:in)?(?:{_UNIT_WORDS})", word):
            return field
        most = 2 if len(name) >= _LONG else 1
        # Of four letters another word is one letter away, such as `date` from `data`.
        if field not in read and _is_within(word, name, most, may_replace=len(name) > _SHORT):
            return field
    return None


def _is_within(word: str, name: str, edits: int, *, may_replace: bool) -> bool:
    """Return whether so many letters left out, added, swapped or replaced make a word of another."""
    while word and name and word[0] == name[0]:
        word, name = word[1:], name[1:]
    if edits < max(1, abs(len(word) - len(name))):
        return word == name
    rests = [(word[1:], name), (word, name[1:])]
    if word[:2] == name[1::-1]:
        rests.append((word[2:], name[2:]))
    if may_replace:
        rests.append((word[1:], name[1:]))
    return any(_is_within(*rest, edits - 1, may_replace=may_replace) for rest in rests)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
