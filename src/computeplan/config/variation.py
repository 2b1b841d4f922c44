"""Values of a sweep: lists, ranges and distributions, and the paths that they vary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from computeplan.config.changes import Change, Operator, check_operand, split_change
from computeplan.config.units import NUMBER, UNIT, plain, split_quantity
from computeplan.config.yaml.places import SET
from computeplan.config.yaml.source import parse_document
from computeplan.errors import ConfigError, Fault
from computeplan.text import did_you_mean, shown_value

VARY = "--vary"
MOST_VALUES = 10_000
LAWS = {
    "uniform": ("from", "to"),
    "loguniform": ("from", "to"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "triangular": ("from", "mode", "to"),
}
"""Distributions and their parameters; `normal` may have two more, the least and the greatest value."""

_RANGE = (
    rf"(?P<low>{NUMBER})\s*:\s*(?P<high>{NUMBER})(?:\s*:\s*(?P<count>\d+))?"
    rf"(?P<log>\s*:\s*log)?(?:\s*(?P<unit>{UNIT}))?"
)
_CALL = rf"(?P<law>[a-z_]+)\s*\((?P<parameters>[^()]*)\)(?:\s*(?P<unit>{UNIT}))?"
_HINT = "write values `40,80,160`, a range `from:to:count`, an interval `from:to`, or `uniform(0.8, 1.2)`"


class SpecError(ValueError):
    """A text that is not values, a range or a distribution."""

    def __init__(self, expected: str, hint: str = "") -> None:
        self.expected, self.hint = expected, hint
        super().__init__(f"expected {expected}; {hint}")


@dataclass(frozen=True)
class Values:
    """Values in order, as plain data."""

    values: tuple[Any, ...]

    @cached_property
    def numbers(self) -> tuple[float, ...] | None:
        """The values as numbers in `unit`; None if one is not a number, or units differ."""
        split = [number_and_unit(value) for value in self.values]
        there = [each for each in split if each is not None]
        if len(there) < len(split) or len({unit for _, unit in there}) > 1:
            return None
        return tuple(number for number, _ in there)

    @cached_property
    def unit(self) -> str:
        """Unit of all values; empty if they have none."""
        first = number_and_unit(self.values[0])
        return first[1] if first and self.numbers is not None else ""


@dataclass(frozen=True)
class Law:
    """A distribution, one of `LAWS`; `unit` is empty for none."""

    name: str
    parameters: tuple[float, ...]
    unit: str = ""
    written: str = field(default="", compare=False)

    def __str__(self) -> str:
        text = f"{self.name}({', '.join(f'{value:g}' for value in self.parameters)})"
        return f"{text} {self.unit}" if self.unit else text


Spec = Values | Law


@dataclass(frozen=True)
class Variation:
    """A path and the values it takes in turn."""

    path: str
    operator: Operator
    spec: Spec

    @property
    def label(self) -> str:
        """Name of its column: the path, with ``*`` for factors and ``+`` for amounts."""
        return self.path + self.operator.removesuffix("=")

    def change(self, value: Any) -> Change:
        """Return the change that sets one of the values."""
        return Change(self.path, self.operator, value)


def variation_of(label: str, spec: Any) -> Variation:
    """Return the variation of a column; a `ConfigError` if it is wrong.

    `label`: ``PATH``, ``PATH*`` for factors or ``PATH+`` for amounts. `spec`: values, or what `read_spec`
    reads.
    """
    # A wildcard ends no path, so a last `*` is a factor.
    operators = {"*": Operator.MULTIPLY, "+": Operator.ADD}
    operator = operators.get(label[-1:], Operator.SET)
    path = label if operator is Operator.SET else label[:-1]
    try:
        read = spec if isinstance(spec, Values | Law) else read_spec(spec)
    except SpecError as error:
        raise ConfigError([Fault(path, error.expected, shown_value(spec), error.hint, VARY)]) from None
    return check_variation(Variation(path, operator, read))


def read_variation(text: str) -> Variation:
    """Read ``PATH=SPEC``, ``PATH*=SPEC`` or ``PATH+=SPEC``; a `ConfigError` if it is wrong."""
    path, operator, written = split_change(text)
    if not operator or not all(path.split(".")):
        raise ConfigError([Fault("", "PATH=SPEC", repr(text), "such as `--vary demand*=0.8:1.4:7`", VARY)])
    try:
        return check_variation(Variation(path, Operator(operator), read_spec(written)))
    except SpecError as error:
        raise ConfigError([Fault(path, error.expected, repr(written), error.hint, VARY)]) from None


def check_variation(variation: Variation) -> Variation:
    """Return a variation, after checking that its values suit its operator; a `ConfigError` if not."""
    if not all(variation.path.split(".")):
        raise ConfigError(
            [Fault("", "a dotted path, such as `sites.hami.pue`", repr(variation.path), "", VARY)]
        )
    spec, operator = variation.spec, variation.operator
    if isinstance(spec, Law):
        values: Sequence[Any] = [quantity(spec.parameters[0], spec.unit)]
    else:
        values = spec.values
    try:
        for value in values:
            check_operand(variation.path, operator, value)
    except ConfigError as error:
        raise ConfigError([in_vary(fault) for fault in error.faults]) from None
    return variation


def in_vary(fault: Fault) -> Fault:
    """Return a fault of ``--set`` as one of ``--vary``; any other unchanged."""
    if fault.file != SET:
        return fault
    return Fault(fault.path, fault.expected, fault.found, fault.hint, VARY)


def read_spec(written: Any) -> Spec:
    """Read a list, a number, or text with values, a range or a distribution; a `SpecError` for others."""
    if isinstance(written, list | tuple):
        return _to_values(list(written))
    if not isinstance(written, str):
        if written is None or isinstance(written, dict):
            raise SpecError("values, a range or a distribution", _HINT)
        return Values((written,))
    text = written.strip()
    if not text:
        raise SpecError("values, a range or a distribution", _HINT)
    if call := re.fullmatch(_CALL, plain(text), re.IGNORECASE):
        return replace(_read_law(call["law"].lower(), call["parameters"], call["unit"] or ""), written=text)
    if found := re.fullmatch(_RANGE, plain(text)):
        read = _read_range(found)
        return replace(read, written=text) if isinstance(read, Law) else read
    return _to_values(_read_list(text))


def number_and_unit(value: Any) -> tuple[float, str] | None:
    """Split a number or a quantity; None for anything else."""
    if isinstance(value, str):
        found = split_quantity(value)
        return (float(found[0]), found[1]) if found else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (float(value), "") if is_number else None


def quantity(number: float, unit: str) -> float | str:
    """Return a number with its unit, as a config writes it."""
    return f"{number!r} {unit}" if unit else number


def _to_values(values: list[Any]) -> Values:
    if not values:
        raise SpecError("at least one value", _HINT)
    if len(values) > MOST_VALUES:
        raise SpecError(f"at most {MOST_VALUES:,} values")
    twice = next((value for i, value in enumerate(values) if value in values[:i]), None)
    if twice is not None:
        raise SpecError(f"each value once; {shown_value(twice)} is repeated")
    return Values(tuple(values))


def _read_list(text: str) -> list[Any]:
    """Read values between commas; lists and mappings in YAML."""
    source = text if text.startswith("[") else f"[{text}]"
    try:
        found = parse_document(source, VARY).data
    except ConfigError as error:
        raise SpecError("values between commas", f"{error.faults[0].found}; {_HINT}") from None
    return list(found)


def _read_range(found: re.Match[str]) -> Spec:
    low, high, unit = float(found["low"]), float(found["high"]), found["unit"] or ""
    if found["log"] and min(low, high) <= 0:
        raise SpecError("ends above 0 for steps of equal ratio")
    if found["count"] is None:
        if found["log"]:
            return _read_law("loguniform", f"{low!r}, {high!r}", unit)
        return _read_law("uniform", f"{low!r}, {high!r}", unit)
    count = int(found["count"])
    if not 1 <= count <= MOST_VALUES:
        raise SpecError(f"a count from 1 to {MOST_VALUES:,}", "a range is from:to:count, such as 0.8:1.4:7")
    steps = np.geomspace(low, high, count) if found["log"] else np.linspace(low, high, count)
    # Without the steps' rounding errors: 0.8, 0.9, …
    numbers: list[float] = [float(f"{number:.12g}") for number in steps.tolist()]
    is_whole = re.fullmatch(r"[+-]?\d+:[+-]?\d+", f"{found['low']}:{found['high']}")
    if is_whole and not unit and all(number.is_integer() for number in numbers):
        numbers = [int(number) for number in numbers]
    return _to_values([quantity(number, unit) for number in numbers])


def _read_law(name: str, parameters: str, unit: str) -> Law:
    if name not in LAWS:
        raise SpecError("a distribution", did_you_mean(name, LAWS))
    takes = LAWS[name]
    usage = f"{name}({', '.join(takes)})"
    try:
        numbers = tuple(float(part) for part in parameters.split(","))
    except ValueError:
        raise SpecError(f"numbers in {usage}") from None
    if len(numbers) != len(takes) and not (name == "normal" and len(numbers) == len(takes) + 2):
        raise SpecError(usage, f"it takes {len(takes)} numbers")
    if not all(np.isfinite(numbers)):
        raise SpecError(f"finite numbers in {usage}")
    _check_order(name, numbers, usage)
    return Law(name, numbers, unit)


def _check_order(name: str, numbers: tuple[float, ...], usage: str) -> None:
    if name in ("normal", "lognormal") and numbers[1] <= 0:
        raise SpecError(f"a spread above 0 in {usage}")
    if name in ("lognormal", "loguniform") and numbers[0] <= 0:
        raise SpecError(f"numbers above 0 in {usage}")
    bounds = numbers[2:] if name == "normal" else () if name == "lognormal" else numbers
    if any(one > other for one, other in pairwise(bounds)) or (bounds and bounds[0] == bounds[-1]):
        raise SpecError(f"ascending numbers in {usage}")
