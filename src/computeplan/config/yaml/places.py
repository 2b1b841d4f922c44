"""Paths into a config, with wildcards, and where each of its values was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from computeplan.config.yaml.builder import Keys, Place
from computeplan.config.yaml.source import Document
from computeplan.errors import Fault

SET = "--set"


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a value, which may be missing, or with its key (`at_key`)."""

    keys: Keys
    expected: str
    found: str
    hint: str = ""
    at_key: bool = False


@dataclass(frozen=True)
class Replacement:
    """One value of the file that a scenario, or ``--set`` (None), replaced, added or removed.

    `hint` says what was probably meant, if a ``--set`` creates a mapping on its way.
    """

    keys: Keys
    scenario: str | None
    hint: str = ""


@dataclass(frozen=True)
class Places:
    """Where each value of a config was written: in the file, a scenario or a ``--set``; overlays in order."""

    document: Document
    overlays: Sequence[Replacement] = ()

    def fault(self, finding: Finding) -> Fault:
        """Return a finding, at a path after all overlays, as a fault with its place."""
        keys = finding.keys
        overlay = self._last_overlay(keys)
        if overlay is not None and overlay.scenario is None:
            return Fault(dotted(keys), finding.expected, finding.found, finding.hint or overlay.hint, SET)
        if overlay is not None and overlay.scenario is not None:
            keys = ("scenarios", overlay.scenario, *keys)
        line, column = self._position(keys, at_key=finding.at_key)
        return Fault(
            dotted(keys), finding.expected, finding.found, finding.hint, self.document.file, line, column
        )

    def _last_overlay(self, keys: Keys) -> Replacement | None:
        above = (overlay for overlay in reversed(self.overlays) if overlay.keys == keys[: len(overlay.keys)])
        return next(above, None)

    def _position(self, keys: Keys, *, at_key: bool) -> tuple[int, int]:
        """Return the line and column of a value, of its key, or of the key around it.

        A block that begins below its key has the place of the key.
        """
        place = self.document.places.get(keys)
        if place is not None and not at_key and place.line == place.key_line:
            return place.line, place.column
        while place is None and keys:
            keys = keys[:-1]
            place = self.document.places.get(keys)
        place = place or Place(0, 0, 0, 0)
        return place.key_line, place.key_column


def dotted(keys: Keys) -> str:
    """Return a path as text, such as ``sites.hami.pue``."""
    return ".".join(map(str, keys))


def split_path(path: str, data: Any) -> Keys:
    """Split a dotted path into `data`, such as ``horizon.blocks.0.weight``, into keys.

    Keys may contain dots: the longest existing key wins.
    """
    parts = path.split(".")
    keys: Keys = ()
    while parts:
        length = _key_length(parts, data)
        text = ".".join(parts[:length])
        parts = parts[length:]
        is_index = isinstance(data, list) and text.isdecimal()
        keys = (*keys, int(text) if is_index else text)
        data = child(data, keys[-1])
    return keys


def child(data: Any, key: str | int) -> Any:
    """Return the value at a key or index; None if there is none."""
    if isinstance(data, dict):
        return data.get(key)
    if isinstance(data, list | tuple) and isinstance(key, int) and 0 <= key < len(data):
        return data[key]
    return None


def value_at(data: Any, keys: Keys) -> Any:
    """Return the value at a path; None if there is none."""
    for key in keys:
        data = child(data, key)
    return data


def _key_length(parts: Sequence[str], data: Any) -> int:
    if isinstance(data, dict):
        for length in range(len(parts), 1, -1):
            if ".".join(parts[:length]) in data:
                return length
    return 1


def match_paths(path: str, data: Any) -> list[Keys]:
    """Find the paths that match a dotted pattern, in the order of the config.

    ``*`` in a part stands for any text in a key, or for all entries of a list. A path without ``*`` gives one
    path, whether or not it exists; one with ``*`` only paths whose parent exists.
    """
    parts = path.split(".")
    wild = next((i for i, part in enumerate(parts) if "*" in part), None)
    if wild is None:
        return [split_path(path, data)]
    above = split_path(".".join(parts[:wild]), data) if wild else ()
    data = value_at(data, above)
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    rest = ".".join(parts[wild + 1 :])
    found: list[Keys] = []
    for key in keys:
        if matches(parts[wild], str(key)):
            inner = [()] if not rest else _inside(rest, data[key])
            found += [(*above, key, *keys_inside) for keys_inside in inner]
    return found


def matches(pattern: str, name: str) -> bool:
    """Return whether a name matches a pattern in which ``*`` stands for any text, piece by piece."""
    first, *pieces = pattern.split("*")
    if not pieces:
        return name == pattern
    *middle, last = pieces
    at, end = len(first), len(name) - len(last)
    if at > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for piece in middle:  # the earliest place of each leaves the most room for the rest
        found = name.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _inside(path: str, data: Any) -> list[Keys]:
    """Find the paths inside a member whose parent exists."""
    found = match_paths(path, data)
    return [keys for keys in found if isinstance(value_at(data, keys[:-1]), dict | list)]
