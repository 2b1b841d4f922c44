"""From a path in the config to the place where its value was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from computeplan.config.yaml_builder import Keys, Place
from computeplan.config.yaml_source import Document
from computeplan.errors import Fault

SET = "--set"


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a config, at a path.

    Attributes
    ----------
    keys : Keys
        Path of the value; the value may be missing.
    expected, found, hint : str
        As in `Fault`.
    at_key : bool
        The key is wrong, not its value.
    """

    keys: Keys
    expected: str
    found: str
    hint: str = ""
    at_key: bool = False


@dataclass(frozen=True)
class Overlay:
    """A change laid over the file.

    Attributes
    ----------
    keys : Keys
        Path of the value that was replaced, added or removed.
    scenario : str or None
        Scenario that changed it; None for ``--set``.
    hint : str
        What was probably meant, where a ``--set`` makes something new on its way.
    """

    keys: Keys
    scenario: str | None
    hint: str = ""


@dataclass(frozen=True)
class Places:
    """Knows where everything was written.

    Attributes
    ----------
    document : Document
        The file.
    overlays : sequence of Overlay
        In the order in which they were laid over it.
    """

    document: Document
    overlays: Sequence[Overlay] = ()

    def fault(self, finding: Finding) -> Fault:
        """Return a finding with its place.

        Parameters
        ----------
        finding : Finding
            With its path in the config after all overlays.
        """
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

    def _last_overlay(self, keys: Keys) -> Overlay | None:
        above = (overlay for overlay in reversed(self.overlays) if overlay.keys == keys[: len(overlay.keys)])
        return next(above, None)

    def _position(self, keys: Keys, *, at_key: bool) -> tuple[int, int]:
        """Return the position of a value, or of its key, or of the key of what is around it.

        A block that begins below its key is found by the key.
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
    """Split a dotted path into keys.

    Parameters
    ----------
    path : str
        Such as ``sites.hami.pue`` or ``horizon.blocks.0.weight``.
    data : object
        What the path leads into: its keys may contain dots, and the longest key that is there wins.
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
