"""Finds the layout of a file: that of its kind, or the kind that it looks like instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from computeplan.errors import Fault, SourceError
from computeplan.imports.catalog import CLOCKS, KINDS
from computeplan.imports.layouts import SourceColumn, SourceKind, SourceLayout, ValueColumn
from computeplan.imports.source import SourceFile, SourceTable
from computeplan.text import some_names

_LEAST_POINTS = 24
"""Least columns of a table with a day a row."""


@dataclass(frozen=True)
class FoundValues:
    """A column of values that was found."""

    position: int
    name: str
    unit: str
    """Empty where the file does not say it, or cells do."""


@dataclass(frozen=True, eq=False)
class FoundLayout:
    """A table, its layout, and the positions of its columns."""

    kind: SourceKind
    layout: SourceLayout
    table: SourceTable
    stamps: tuple[int, ...]
    values: tuple[FoundValues, ...]
    time_zone: str
    zone_column: int | None
    series_column: int | None
    only_column: int | None
    zone: str
    """Of all rows, where no column has it."""

    @property
    def unread(self) -> list[str]:
        """Names of columns that nothing reads."""
        read = {*self.stamps, self.zone_column, self.series_column, self.only_column}
        read |= {each.position for each in self.values}
        return [name for i, name in enumerate(self.table.names) if i not in read and name]


def find_layout(file: SourceFile, kind: SourceKind) -> FoundLayout:
    """Find the table of a file and its layout; a `SourceError` where it is none of the kind."""
    found = next(_layouts(file, kind), None)
    if found is not None:
        return found
    others = [other.name for other in KINDS.values() if next(_layouts(file, other), None) is not None]
    if others:
        looks = f"one that looks like {' or '.join(others)}"
        raise _not_of(file, kind, looks, f"name that kind: computeplan import {others[0]} {file.path}")
    raise _not_of(file, kind, *_describe_missing(file, kind))


def _not_of(file: SourceFile, kind: SourceKind, found: str, hint: str) -> SourceError:
    return SourceError.of([Fault("", f"a file of {kind.name} ({kind.title})", found, hint, file.path)])


def _describe_missing(file: SourceFile, kind: SourceKind) -> tuple[str, str]:
    """Say what lacks from the layout that is nearest, and what is there."""
    if not any(table.names for table in file.tables):
        return "no table", "download it again, or save it as CSV in UTF-8"
    lacks = [(_missing(layout, table), table.names) for table in file.tables for layout in kind.layouts]
    missing, names = min(lacks, key=lambda each: (len(each[0]), -len(each[1])))
    there = some_names([repr(name) for name in names if name], 8)
    return f"no column {' and none '.join(map(repr, missing))}", f"it has {there}"


def _missing(layout: SourceLayout, table: SourceTable) -> list[str]:
    lacks = [column.shown for column in _needed(layout) if _position(column, table) is None]
    if not _find_values(layout, table, set()):
        lacks.append(layout.values[0].column.shown)
    return lacks


def _needed(layout: SourceLayout) -> list[SourceColumn]:
    zone = [layout.zone] if layout.zone is not None and layout.needs_zone else []
    return [*layout.stamp.columns, *zone, *([layout.only[0]] if layout.only else [])]


def _layouts(file: SourceFile, kind: SourceKind) -> Iterator[FoundLayout]:
    for table in file.tables:
        for layout in kind.layouts:
            found = _match(kind, layout, table)
            if found is not None:
                yield found


def _match(kind: SourceKind, layout: SourceLayout, table: SourceTable) -> FoundLayout | None:
    if any(_position(column, table) is None for column in _needed(layout)):
        return None
    stamps = [_position(column, table) for column in layout.stamp.columns]
    zone, series = _position(layout.zone, table), _position(layout.series, table)
    only = _position(layout.only[0] if layout.only else None, table)
    values = _find_values(layout, table, {*stamps, zone, series, only})
    if len(values) < (_LEAST_POINTS if layout.is_wide else 1):
        return None
    at = [position for position in stamps if position is not None]
    named = layout.zone.match(table.names[zone]) if layout.zone and zone is not None else None
    is_named = named is not None and "zone" in named.groupdict()
    fixed = named["zone"] if named is not None and is_named else _key(layout.zone_key, table)
    clock = _clock(layout, table.names[at[0]])
    return FoundLayout(
        kind, layout, table, tuple(at), tuple(values), clock, None if is_named else zone, series, only, fixed
    )


def _find_values(layout: SourceLayout, table: SourceTable, taken: set[int | None]) -> list[FoundValues]:
    found: dict[int, FoundValues] = {}
    for column in layout.values:
        for position, name in enumerate(table.names):
            if position not in taken and position not in found and name:
                values = _values_of(column, position, name, table)
                found |= {position: values} if values else {}
    return [found[position] for position in sorted(found)]


def _values_of(column: ValueColumn, position: int, name: str, table: SourceTable) -> FoundValues | None:
    match = column.column.match(name)
    if match is None:
        return None
    unit = match.expand(column.unit) or (_key(column.unit_key, table) if column.unit_key else "")
    return FoundValues(position, match.expand(column.name).strip(), unit.strip())


def _position(column: SourceColumn | None, table: SourceTable) -> int | None:
    names: Sequence[str] = table.names if column is not None else ()
    return next((i for i, name in enumerate(names) if column is not None and column.match(name)), None)


def _key(pattern: str, table: SourceTable) -> str:
    key = SourceColumn(pattern, pattern)
    return ", ".join(value for name, value in table.about.items() if pattern and key.match(name))


def read_key(found: FoundLayout, pattern: str) -> str:
    """Return what a file says besides its table under a key; empty where it does not."""
    return _key(pattern, found.table)


def _clock(layout: SourceLayout, name: str) -> str:
    match = layout.stamp.columns[0].match(name)
    named = match.groupdict().get("clock") if match is not None else None
    return CLOCKS.get((named or "").lower(), layout.stamp.time_zone)
