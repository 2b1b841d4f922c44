"""Faults made by rule from every field of the good config, as the JSON Schema describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import nodes
import yaml
from good_inputs import CONFIG
from nodes import Keys, Spot
from schema_walk import Field, Schema, field_at

NUMBERS = {
    "nan": ".nan",
    "infinity": ".inf",
    "minus infinity": "-.inf",
    "huge": "1.0e+300",
    "beyond": "1.1e15",
}
NO_NUMBERS = {
    "text": "many",
    "truth value": "true",
    "empty text": '""',
    "quoted number": '"5"',
    "formula": "2*3",
}
UNITS = {"unknown unit": "3 parsecs", "unit of another thing": "7 GB/lightyear", "unit alone": "kW"}
ANOTHER_FORM = {"mapping": "{some: thing}", "list": "[[]]"}
WRONG_TIMES = {"no time": "tomorrow", "no such day": "2026-02-30T00:00", "offset": "2026-03-02T00:00+08:00"}


ROOT = nodes.node_of(CONFIG)


@dataclass(frozen=True)
class Faulty:
    """A config with one fault, written when it is asked for: of thousands a worker needs a few."""

    name: str
    places: tuple[Keys, ...]
    write: Callable[[], str]

    @cached_property
    def text(self) -> str:
        return self.write()

    @property
    def lines(self) -> tuple[int, ...]:
        """Where the fault may be said to stand."""
        return nodes.lines_of(self.text, *self.places)


def faulty_configs() -> Iterator[Faulty]:
    """One config for each field and rule that applies to it."""
    for spot in nodes.spots(ROOT):
        if spot.keys and spot.keys[0] != "scenarios":
            yield from _of_field(spot, field_at(ROOT, spot.keys))


def _of_field(spot: Spot, field: Field) -> Iterator[Faulty]:
    for rule, snippet in _wrong_values(spot, field).items():
        yield _faulty(rule, spot.keys, partial(nodes.replaced, ROOT, spot.keys, snippet))
    if field.section and isinstance(spot.node, yaml.MappingNode):
        keys = (*spot.keys, "nonsense")
        yield _faulty("unknown key", keys, partial(nodes.added, ROOT, spot.keys, "nonsense", "1"))
        yield from _of_keys(spot, field)


def _of_keys(spot: Spot, field: Field) -> Iterator[Faulty]:
    required = field.section.get("required", ())
    for key, _ in spot.node.value:
        keys = (*spot.keys, key.value)
        misspelled = (*spot.keys, f"{key.value}s")
        yield _faulty("misspelled key", misspelled, partial(nodes.renamed, ROOT, keys, f"{key.value}s"), keys)
        if key.value in required:
            yield _faulty("missing key", keys, partial(nodes.without, ROOT, keys))
        if key.value == next(iter(field.section["properties"])):
            yield _faulty("key twice", keys, partial(nodes.doubled, ROOT, keys))


def _wrong_values(spot: Spot, field: Field) -> dict[str, str]:
    if field.form("number"):
        return _wrong_numbers(field)
    if field.form("integer"):
        return {"text": "many", "half": "1.5", "nan": ".nan", "negative": "-1", "huge": "1" + "0" * 30}
    if text := field.form("string"):
        return _wrong_texts(spot.node.value, text)
    if items := field.form("array"):
        return {"text": "some", "number": "5", "mapping": "{a: 1}"} | (
            {"empty": "[]"} if "minItems" in items else {}
        )
    return {"text": "some", "list": "[a]"} if field.form("object") else {}


def _wrong_texts(written: str, text: Schema) -> dict[str, str]:
    if "enum" in text or "const" in text:
        return {"misspelled": f"{written}s", "number": "5", "mapping": "{a: 1}"}
    if "names" in text:
        return {"wrong reference": f"{written}x", "number": "5", "list": "[a]", "empty": '""'}
    return {"mapping": "{a: 1}", "list": "[a]"} if "pattern" in text else {"mapping": "{a: 1}"}


def _wrong_numbers(field: Field) -> dict[str, str]:
    number = field.form("number")
    wrong = NUMBERS | NO_NUMBERS | UNITS
    if not field.form("object"):
        wrong |= ANOTHER_FORM
    if number.get("minimum", number.get("exclusiveMinimum")) is not None:
        wrong["below"] = str(number.get("minimum", 1) - 1)
    if "maximum" in number:
        wrong["above"] = str(number["maximum"] + 1)
    if field.form("array"):
        wrong["wrong length"] = "[1, 1]"
    if number.get("unit"):
        wrong["wrong dimension"] = "7 h" if "GB" in number["unit"] else "7 GB"
    if any("examples" in form for form in field.forms if "T" in str(form.get("examples"))):
        wrong |= WRONG_TIMES
    return wrong


def _faulty(rule: str, keys: Keys, write: Callable[[], str], also: Keys = ()) -> Faulty:
    around = (keys[:-1],) if rule in ("misspelled key", "missing key") else ()
    return Faulty(f"{rule}: {'.'.join(map(str, also or keys))}", (keys, *around), write)
