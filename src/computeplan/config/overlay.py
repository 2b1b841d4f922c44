"""Lays scenarios and ``--set`` over a config."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeplan.config.change import read_change
from computeplan.config.places import SET, Finding, Overlay, Places, child, dotted, value_at
from computeplan.config.words import did_you_mean, shown_value
from computeplan.config.yaml_builder import Keys
from computeplan.config.yaml_source import Document
from computeplan.errors import ConfigError, Fault

Mapping = dict[str, Any]


def apply_scenario(document: Document, name: str) -> tuple[Mapping, list[Overlay]]:
    """Merge a scenario over the file that holds it.

    Parameters
    ----------
    document : Document
        The config, a mapping.
    name : str
        Key under ``scenarios``.

    Returns
    -------
    dict, list of Overlay
        The merged config; the document's own data is not changed. Every value that the scenario wrote.

    Raises
    ------
    ConfigError
        If there is no such scenario.
    """
    scenarios = document.data.get("scenarios")
    known = scenarios if isinstance(scenarios, dict) else {}
    if name not in known:
        hint = did_you_mean(name, known) if known else "the config has no scenarios"
        raise ConfigError([Fault("scenarios", "the name of a scenario", repr(name), hint, document.file)])
    scenario = known[name]
    if not isinstance(scenario, dict):
        found = shown_value(scenario)
        finding = Finding(("scenarios", name), "a mapping to lay over the config", found)
        raise ConfigError([Places(document).fault(finding)])
    written: list[Keys] = []
    data = _merged(document.data, scenario, (), written)
    return data, [Overlay(keys, name) for keys in written]


def apply_overrides(data: Mapping, overrides: Sequence[str]) -> tuple[Mapping, list[Overlay]]:
    """Set, multiply or shift values.

    Parameters
    ----------
    data : dict
        The config; it is not changed.
    overrides : sequence of str
        Each ``path=value`` with the value in YAML, null to remove a key; ``path*=factor`` or
        ``path+=amount``. A part of the path may hold ``*``.

    Returns
    -------
    dict, list of Overlay
        The config with all values set, and where.

    Raises
    ------
    ConfigError
        With a fault for each override that is none, or whose path leads through a plain value.
    """
    faults: list[Fault] = []
    overlays = []
    for override in overrides:
        try:
            # From the last, so that removed entries of a list leave the others where they are.
            for keys, value in reversed(read_change(override).on(data)):
                changed = _with_value(data, keys, value, ())
                new = _first_new(data, keys)
                overlays.append(Overlay(new, None, _meant(data, new) if len(new) < len(keys) else ""))
                data = changed
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return data, overlays


def _merged(base: Any, overlay: Mapping, at: Keys, written: list[Keys]) -> Mapping:
    merged: Mapping = dict(base) if isinstance(base, dict) else {}
    if not isinstance(base, dict) or not overlay:
        written.append(at)
    for key, value in overlay.items():
        if isinstance(value, dict):
            merged[key] = _merged(merged.get(key), value, (*at, key), written)
            continue
        written.append((*at, key))
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = value
    return merged


def _first_new(data: Mapping, keys: Keys) -> Keys:
    """Return the path of the outermost value that setting a value creates, else the whole path."""
    for length in range(1, len(keys)):
        if value_at(data, keys[:length]) is None:
            return keys[:length]
    return keys


def _meant(data: Mapping, new: Keys) -> str:
    """Say what a path may have meant that leads through something new."""
    beside = value_at(data, new[:-1])
    known = list(map(str, beside)) if isinstance(beside, dict) else []
    return f"{dotted(new)} is new; {did_you_mean(str(new[-1]), known)}" if known else ""


def _with_value(data: Any, keys: Keys, value: Any, at: Keys) -> Any:
    """Return a copy of `data` with one value replaced, added or, if None, removed."""
    key, rest = keys[0], keys[1:]
    if isinstance(data, list):
        if not isinstance(key, int) or key >= len(data):
            expected = f"an index from 0 to {len(data) - 1}" if data else "no index: the list is empty"
            raise ConfigError([Fault(dotted((*at, key)), expected, shown_value(key), "", SET)])
        new = value if not rest else _with_value(data[key], rest, value, (*at, key))
        return [*data[:key], *([] if new is None else [new]), *data[key + 1 :]]
    if data is not None and not isinstance(data, dict):
        expected = f"a mapping at `{dotted(at)}`, to hold `{key}`"
        raise ConfigError([Fault(dotted((*at, key)), expected, shown_value(data), "", SET)])
    changed: Mapping = dict(data or {})
    new = value if not rest else _with_value(child(changed, key), rest, value, (*at, key))
    if new is None:
        changed.pop(str(key), None)
    else:
        changed[str(key)] = new
    return changed
