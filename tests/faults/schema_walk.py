"""What the published JSON Schema says about each value of a config."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from computeplan.config import json_schema

Schema = dict[str, Any]
ROOT: Schema = json_schema()


@dataclass(frozen=True)
class Field:
    """The forms that a value may have, each a schema without choices."""

    forms: tuple[Schema, ...]

    def form(self, sort: str) -> Schema | None:
        return next((form for form in self.forms if form.get("type") == sort), None)

    @property
    def section(self) -> Schema | None:
        """Of a mapping with keys of its own."""
        form = self.form("object")
        return form if form and "properties" in form else None


def field_at(root: yaml.Node, keys: tuple[str | int, ...]) -> Field:
    """The forms at a path, as far as the values on the way do not exclude them."""
    schemas, node = list(_forms(ROOT, root)), root
    for key in keys:
        node = node.value[key] if isinstance(key, int) else _value(node, key)
        schemas = [form for schema in schemas for form in _forms(_member(schema, key), node)]
    return Field(tuple(schemas))


def _member(schema: Schema, key: str | int) -> Schema:
    if isinstance(key, int):
        return schema.get("items", {})
    others = schema.get("additionalProperties")
    return schema.get("properties", {}).get(key, others if isinstance(others, dict) else {})


def _forms(schema: Schema, node: yaml.Node, unit: str = "") -> Iterator[Schema]:
    if "$ref" in schema:
        yield from _forms(ROOT["$defs"][schema["$ref"].rsplit("/", 1)[1]], node, unit)
        return
    unit = schema.get("unit", unit)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not choices:
        yield schema | ({"unit": unit} if unit else {})
        return
    forms = [form for choice in choices for form in _forms(choice, node, unit)]
    if isinstance(node, yaml.MappingNode):
        keys = {key.value for key, _ in node.value}
        mappings = [form for form in forms if form.get("type") == "object" and _fits(form, node)]
        most = max((len(keys & form.get("properties", {}).keys()) for form in mappings), default=0)
        forms = [form for form in mappings if len(keys & form.get("properties", {}).keys()) == most]
    yield from forms


def _fits(schema: Schema, node: yaml.MappingNode) -> bool:
    constants = {key: p["const"] for key, p in schema.get("properties", {}).items() if "const" in p}
    return all(constants.get(key.value, value.value) == value.value for key, value in node.value)


def _value(node: yaml.Node, key: str) -> yaml.Node:
    return next(value for name, value in node.value if name.value == key)
