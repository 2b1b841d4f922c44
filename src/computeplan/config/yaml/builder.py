"""Builds plain data from YAML events, and keeps the place of every value.

It has its own stack, so that deep nesting cannot exhaust Python's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from computeplan.config.yaml.text import read_scalar
from computeplan.errors import Fault

Keys = tuple[str | int, ...]
"""Path of a value: keys of mappings and indices of lists."""

MOST_DEPTH = 50
MOST_VALUES = 1_000_000
MOST_REPEATED = 100_000
"""Most values that aliases may repeat."""

_SHOWN_DEPTH = 8


class Place(NamedTuple):
    """Line and column of a value and of its key, from 1."""

    line: int
    column: int
    key_line: int
    key_column: int


class TooMuch(Exception):  # noqa: N818 - not an error: it ends the reading of a document
    """The document exceeds a limit; the fault is recorded."""


class _Value(NamedTuple):
    """A finished value, the number of values in it and the depth of their nesting."""

    data: Any
    size: int = 1
    depth: int = 0


@dataclass
class _Open:
    """A mapping or list that has not ended yet."""

    data: dict[str, Any] | list[Any]
    keys: Keys
    anchor: str | None
    size: int = 1
    depth: int = 1
    key: str | None = None
    key_position: tuple[int, int] | None = None
    key_lines: dict[str, int] = field(default_factory=dict)

    @property
    def awaits_key(self) -> bool:
        """Whether the next event is a key."""
        return isinstance(self.data, dict) and self.key is None


class Builder:
    """Takes events and builds the data they describe.

    `root`: the root value, after the last event. `places`: place of every value by its path. `faults`: faults
    of keys, tags and aliases.
    """

    def __init__(self, file: str) -> None:
        self.root: Any = None
        self.places: dict[Keys, Place] = {}
        self.faults: list[Fault] = []
        self._file = file
        self._open: list[_Open] = []
        self._anchors: dict[str, _Value] = {}
        self._documents = 0
        self._values = 0
        self._repeated = 0
        self._takes: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: lambda event: self._start(event, {}),
            yaml.SequenceStartEvent: lambda event: self._start(event, []),
            yaml.MappingEndEvent: lambda _: self._end(),
            yaml.SequenceEndEvent: lambda _: self._end(),
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the parser; `TooMuch` if the document exceeds a limit."""
        act = self._takes.get(type(event))
        if act is not None:
            act(event)

    def _document(self, event: yaml.Event) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(event, "one YAML document", "a second one", "remove the line `---`")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._refuse_tag(event)
        if self._open and self._open[-1].awaits_key:
            self._key(self._open[-1], event)
            return
        self._count(event, 1)
        keys = self._here(event)
        value = _Value(read_scalar(event.value) if event.implicit[0] else event.value)
        self._finish(keys, value, event.anchor)

    def _key(self, parent: _Open, event: yaml.ScalarEvent) -> None:
        key, position = event.value, _position(event)
        keys = ".".join(map(str, (*parent.keys, key)))
        if key in parent.key_lines:
            hint = f"`{key}` is already on line {parent.key_lines[key]}"
            self._fault(event, "each key once", "a repeated key", hint, keys)
        elif key == "<<" and event.implicit[0]:
            hint = "write the keys out, or repeat the whole value by an alias"
            self._fault(event, "a plain key", "a merge key", hint, keys)
        elif event.anchor:
            self._fault(event, "a plain key", "an anchor", "put the anchor before the value", keys)
        parent.key, parent.key_position = key, position
        parent.key_lines.setdefault(key, position[0])

    def _start(self, event: yaml.CollectionStartEvent, data: dict[str, Any] | list[Any]) -> None:
        self._refuse_tag(event)
        self._count(event, 1)
        if self._open and self._open[-1].awaits_key:
            self._fault(
                event, "a text key", "a list or mapping as key", "quote a key that begins with [ or {"
            )
        if len(self._open) >= MOST_DEPTH:
            self._stop(event, f"at most {MOST_DEPTH} levels of nesting", "more", "")
        self._open.append(_Open(data, self._here(event), event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        self._finish(done.keys, _Value(done.data, done.size, done.depth), done.anchor)

    def _alias(self, event: yaml.AliasEvent) -> None:
        value = self._anchors.get(event.anchor or "")
        if value is None:
            hint = "an anchor `&name` must be complete before its alias `*name`"
            self._fault(event, "the alias of a value", f"*{event.anchor}", hint)
            value = _Value(None)
        self._count(event, value.size)
        self._repeated += value.size
        if self._repeated > MOST_REPEATED:
            self._stop(event, f"aliases that repeat at most {MOST_REPEATED:,} values", "more", "")
        if len(self._open) + value.depth > MOST_DEPTH:
            self._stop(event, f"at most {MOST_DEPTH} levels of nesting", "more by aliases", "")
        self._finish(self._here(event), value, None)

    def _here(self, event: yaml.NodeEvent) -> Keys:
        """Return the path of the value that begins, and record its place."""
        position = key_position = _position(event)
        keys: Keys = ()
        if self._open:
            parent = self._open[-1]
            keys = (*parent.keys, len(parent.data) if parent.key is None else parent.key)
            key_position = parent.key_position or position
        self.places[keys] = Place(*position, *key_position)
        return keys

    def _finish(self, keys: Keys, value: _Value, anchor: str | None) -> None:
        """Add a finished value to its parent."""
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._open:
            self.root = value.data
            return
        parent = self._open[-1]
        parent.size += value.size
        parent.depth = max(parent.depth, value.depth + 1)
        if isinstance(parent.data, list):
            parent.data.append(value.data)
        elif parent.key is None:  # a list or mapping as key; the fault is recorded
            parent.key = str(keys)
        else:
            parent.data.setdefault(parent.key, value.data)
            parent.key = parent.key_position = None

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._fault(event, "a value without tag", f"`{tag}`", "quotes make text; no other tag is needed")

    def _count(self, event: yaml.Event, values: int) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            hint = "put registers and series into CSV or Parquet files"
            self._stop(event, f"at most {MOST_VALUES:,} values", "more", hint)

    def _fault(self, event: yaml.Event, expected: str, found: str, hint: str, keys: str = "") -> None:
        if not keys and self._open:
            keys = ".".join(map(str, self._open[-1].keys[:_SHOWN_DEPTH]))
        self.faults.append(Fault(keys, expected, found, hint, self._file, *_position(event)))

    def _stop(self, event: yaml.Event, expected: str, found: str, hint: str) -> None:
        self._fault(event, expected, found, hint)
        raise TooMuch


def _position(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
