"""Changes of a config: a scenario laid over it, and values that ``--set`` sets, multiplies or adds to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar
from unicodedata import normalize

from computeplan.config.units import (
    DEFAULT_CURRENCY,
    USUAL,
    Calendar,
    UnitError,
    factor_between,
    split_quantity,
)
from computeplan.config.yaml.builder import Keys
from computeplan.config.yaml.places import (
    SET,
    Finding,
    Places,
    Replacement,
    child,
    dotted,
    match_paths,
    value_at,
)
from computeplan.config.yaml.source import Document, parse_document
from computeplan.errors import ConfigError, Fault
from computeplan.text import did_you_mean, shown_value

DEMAND = "demand"
"""Path that stands for all work."""
DEMAND_SCALE = "demand_scale"

Mapping = dict[str, Any]
T = TypeVar("T")


class Operator(StrEnum):
    """What a change does with the existing value."""

    SET = "="
    MULTIPLY = "*="
    ADD = "+="


@dataclass(frozen=True)
class Change:
    """A change of every value that a path matches."""

    path: str
    """Dotted; ``*`` in a part stands for any text. ``demand`` stands for all work."""
    operator: Operator
    value: Any
    """Plain data; a number or a quantity for a factor or an amount."""

    def __str__(self) -> str:
        """Write the change as ``--set`` takes it."""
        return f"{self.path}{self.operator}{json.dumps(self.value, ensure_ascii=False, default=str)}"

    def on(self, data: dict[str, Any], calendar: Calendar = USUAL) -> list[tuple[Keys, Any]]:
        """Return the new value of every path; a `ConfigError` if there is nothing that it can change.

        `calendar`: in which years and months of an amount are converted.
        """
        found = match_paths(self.path, data)
        if self.path == DEMAND and DEMAND not in data:
            if self.operator is not Operator.MULTIPLY:
                hint = f"write `{DEMAND}*=`, such as {DEMAND}*=1.2"
                written = repr(f"{DEMAND}{self.operator}")
                raise ConfigError([Fault(DEMAND, "a factor on all work", written, hint, SET)])
            found, data = [(DEMAND_SCALE,)], {DEMAND_SCALE: 1.0, **data}
        if self.operator is Operator.SET:
            if not found:
                raise self._nothing_there()
            return [(keys, self.value) for keys in found]
        there = [keys for keys in found if value_at(data, keys) is not None]
        if not there:
            raise self._nothing_there()
        return [(keys, self._compute(value_at(data, keys), keys, data, calendar)) for keys in there]

    def _nothing_there(self) -> ConfigError:
        hint = "" if "*" in self.path else "only what the config states can be changed; set it with `=`"
        return ConfigError([Fault(self.path, "a path to a value of the config", "nothing there", hint, SET)])

    def _compute(self, old: Any, keys: Keys, data: dict[str, Any], calendar: Calendar) -> Any:
        try:
            if self.operator is Operator.MULTIPLY:
                return multiply(old, self.value)
            return add_to(old, self.value, str(data.get("currency", DEFAULT_CURRENCY)), calendar)
        except ValueError as error:
            verb = "multiply" if self.operator is Operator.MULTIPLY else "shift"
            expected = f"a number or a series to {verb} by {self.value}"
            raise ConfigError([Fault(dotted(keys), expected, shown_value(old), str(error), SET)]) from None


def read_change(text: str) -> Change:
    """Read ``path=value`` with the value in YAML, null to remove the key; or ``path*=1.2``, ``path+=0.1``."""
    path, operator, written = split_change(text)
    if not operator or not all(path.split(".")):
        hint = "such as `--set sites.hami.pue=1.2`"
        raise ConfigError([Fault("", "path=value", repr(text), hint, SET)])
    if not written.strip():
        raise ConfigError([Fault(path, "a value after `=`", "nothing", "write null to remove a key", SET)])
    try:
        value = parse_document(written, SET).data
    except ConfigError as error:
        wrong = [Fault(path, fault.expected, fault.found, fault.hint, SET) for fault in error.faults]
        raise ConfigError(wrong) from None
    check_operand(path, Operator(operator), value)
    return Change(path, Operator(operator), value)


def split_change(text: str) -> tuple[str, str, str]:
    """Split a change into path, operator (empty if there is none) and the text after it."""
    path, equals, written = normalize("NFC", text).partition("=")
    operator = equals
    for sign in "*+":
        if path.endswith(sign):
            path, operator = path[:-1], f"{sign}{equals}"
            break
    return path.strip(), operator if equals else "", written


def check_operand(path: str, operator: Operator, value: Any) -> None:
    """Check that one can multiply by a value, or add it; a `ConfigError` if not."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if operator is Operator.MULTIPLY and not is_number:
        raise ConfigError([Fault(path, "a factor, such as `*=1.2`", shown_value(value), "", SET)])
    if operator is Operator.ADD and not (is_number or is_quantity(value)):
        raise ConfigError(
            [Fault(path, "an amount, such as `+=0.1` or `+=20 ms`", shown_value(value), "", SET)]
        )


def apply_scenario(document: Document, name: str) -> tuple[Mapping, list[Replacement]]:
    """Merge a scenario of a config over the rest of it; a `ConfigError` if there is no such scenario.

    Returns a merged copy, and every value that the scenario wrote.
    """
    name = normalize("NFC", name)
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
    data = _merge(document.data, scenario, (), written)
    return data, [Replacement(keys, name) for keys in written]


def read_changes(overrides: Iterable[str | Change]) -> list[Change]:
    """Read the changes that are given as text; a `ConfigError` with the faults of all."""
    return read_all(overrides, Change, read_change)


def read_all(items: Iterable[T | str], kind: type[T], read: Callable[[Any], T]) -> list[T]:
    """Read the items that are not yet of a kind; a `ConfigError` with the faults of all."""
    found, faults = [], list[Fault]()
    for item in items:
        try:
            found.append(item if isinstance(item, kind) else read(item))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return found


def apply_overrides(
    data: Mapping, overrides: Iterable[str | Change], calendar: Calendar = USUAL
) -> tuple[Mapping, list[Replacement]]:
    """Apply changes one after the other; a `ConfigError` with the faults of all.

    `calendar`: that of the changed config, for amounts in years and months.

    Returns a changed copy, and every value that was set.
    """
    faults: list[Fault] = []
    overlays = []
    for override in overrides:
        try:
            # From the last, so that removed entries of a list leave the others where they are.
            change = override if isinstance(override, Change) else read_change(override)
            _refuse_overlays(change)
            for keys, value in reversed(change.on(data, calendar)):
                changed = _with_value(data, keys, value, ())
                new = _first_new(data, keys)
                overlays.append(
                    Replacement(new, None, _intended_path(data, new) if len(new) < len(keys) else "")
                )
                data = changed
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return data, overlays


def _refuse_overlays(change: Change) -> None:
    """Refuse to change an overlay, which is laid over the file before anything else is changed."""
    if change.path.partition(".")[0] == "scenarios":
        expected = "a path outside `scenarios`, which are as the file has them"
        hint = "--scenario NAME takes one of them, and --set then changes what it gives"
        raise ConfigError([Fault("--set", expected, str(change), hint)])


def _merge(base: Any, overlay: Mapping, at: Keys, written: list[Keys]) -> Mapping:
    merged: Mapping = dict(base) if isinstance(base, dict) else {}
    if not isinstance(base, dict) or not overlay:
        written.append(at)
    for key, value in overlay.items():
        if isinstance(value, dict):
            merged[key] = _merge(merged.get(key), value, (*at, key), written)
            continue
        written.append((*at, key))
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = value
    return merged


def _first_new(data: Mapping, keys: Keys) -> Keys:
    """Return the path of the outermost mapping that setting a value creates, else the whole path."""
    for length in range(1, len(keys)):
        if value_at(data, keys[:length]) is None:
            return keys[:length]
    return keys


def _intended_path(data: Mapping, new: Keys) -> str:
    """Suggest what a path that creates a mapping may have meant."""
    siblings = value_at(data, new[:-1])
    known = list(map(str, siblings)) if isinstance(siblings, dict) else []
    return f"{dotted(new)} is new; {did_you_mean(str(new[-1]), known)}" if known else ""


def _with_value(data: Any, keys: Keys, value: Any, at: Keys) -> Any:
    """Return a copy with one value replaced, added or, if None, removed."""
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


_BY_REFERENCE = ("series", "file")
"""Forms of a series that carry a factor of their own."""


def multiply(value: Any, factor: float) -> Any:
    """Multiply a number, a quantity, a list of them, or a series in any form; `ValueError` for others."""
    if isinstance(value, dict) and any(key in value for key in _BY_REFERENCE):
        return {**value, "scale": _on_number(value.get("scale", 1.0), lambda scale: scale * factor)}
    return _on_each(value, lambda each: _multiply_number(each, factor))


def add_to(value: Any, amount: float | str, currency: str, calendar: Calendar) -> Any:
    """Add an amount to a number, a quantity, a list of them, or a series with values of its own.

    `amount`: a number for a value without unit, a quantity for a value with one. Raises `ValueError` with a
    hint, if it cannot be added.
    """
    if isinstance(value, dict) and any(key in value for key in _BY_REFERENCE):
        raise ValueError("a series by name or in a file can be multiplied, not shifted")
    return _on_each(value, lambda each: _add_numbers(each, amount, currency, calendar))


def is_quantity(value: Any) -> bool:
    """Return whether a value is text with a number and a unit."""
    return isinstance(value, str) and split_quantity(value) is not None


def _on_each(value: Any, change: Callable[[Any], Any]) -> Any:
    """Apply a function to every number in a value."""
    if isinstance(value, list):
        return [change(each) for each in value]
    if isinstance(value, dict) and isinstance(value.get("tariff"), dict):
        tariff = value["tariff"]
        prices = {name: change(price) for name, price in dict(tariff.get("prices") or {}).items()}
        return {**value, "tariff": {**tariff, "prices": prices}}
    if isinstance(value, dict) and isinstance(value.get("day"), dict):
        return {**value, "day": _day(value["day"], change)}
    return change(value)


def _day(day: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    if day.get("normalize", "none") != "none":
        raise ValueError("a normalized day has a fixed size; change the `scale` of what refers to it")
    hours = {part: day[part] for part in ("weekday", "weekend") if isinstance(day.get(part), list)}
    return {**day, **{part: [change(each) for each in values] for part, values in hours.items()}}


def _multiply_number(value: Any, factor: float) -> Any:
    quantity = split_quantity(value) if isinstance(value, str) else None
    if quantity:
        number, unit = quantity
        return f"{float(number) * factor!r} {unit}"
    return _on_number(value, lambda number: number * factor)


def _add_numbers(value: Any, amount: float | str, currency: str, calendar: Calendar) -> Any:
    quantity = split_quantity(value) if isinstance(value, str) else None
    added = split_quantity(amount) if isinstance(amount, str) else None
    if quantity and added:
        return f"{float(quantity[0]) + _convert(added, quantity[1], currency, calendar)!r} {quantity[1]}"
    if quantity:
        raise ValueError(f"the value has a unit, so the amount needs one: `+={amount} {quantity[1]}`")
    if added:
        raise ValueError("the value has no unit, so the amount must be a plain number in the documented unit")
    return _on_number(value, lambda number: number + float(amount))


def _convert(added: tuple[Fraction, str], unit: str, currency: str, calendar: Calendar) -> float:
    """Convert an amount into a unit."""
    try:
        return float(added[0] * factor_between(added[1], unit, currency, calendar))
    except UnitError as error:
        raise ValueError(error.hint) from None


def _on_number(value: Any, change: Callable[[float], float]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("name a single value or a series with the path")  # noqa: TRY004 - one kind for all
    return change(float(value))
