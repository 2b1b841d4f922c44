"""The JSON Schema of the config: for editors, for hints, and to find the names that a config uses."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from computeplan.config.schema import Config
from computeplan.config.schema.base import NAMES
from computeplan.config.units import DEFAULT_CURRENCY, shown
from computeplan.config.yaml.builder import Keys
from computeplan.config.yaml.places import child

_Schema = dict[str, Any]


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (Draft 2020-12) of a config file.

    A quantity is a number in its documented unit, or text with its own unit. The keyword ``unit`` names the
    documented unit, with ``money`` for the currency.
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **deepcopy(_root())}


def known_keys(keys: Keys, data: Any) -> list[str]:
    """Return the keys that a mapping of the config `data` may have; empty if any key is allowed."""
    found: dict[str, None] = {}
    for schema in _schemas_at(keys, data):
        found |= dict.fromkeys(schema.get("properties", ()))
        found |= dict.fromkeys(schema.get("propertyNames", {}).get("enum", ()))
    return list(found)


def description(keys: Keys, data: Any) -> str:
    """Return the schema's description of a key, which may be missing in `data`; empty if it has none."""
    for schema in _schemas_at(keys[:-1], data):
        text: str = schema.get("properties", {}).get(keys[-1], {}).get("description", "")
        if text:
            return text
    return ""


def unit_of(keys: Keys, data: Any) -> str:
    """Return the documented unit of a number, in the config's currency; empty if it has none."""
    units = (form["unit"] for form in _schemas_at(keys, data) if "unit" in form)
    return shown(str(next(units, "")), str(data.get("currency", DEFAULT_CURRENCY)))


def options(keys: Keys, data: Any) -> list[str]:
    """Return the values of a key that selects a section's form, such as a pool's term."""
    parents = _schemas_at(keys[:-2], data)
    forms = [form for parent in parents for form in _forms(_step(parent, keys[-2]), None)]
    return [form["properties"][keys[-1]]["const"] for form in forms]


def uses_of_names(data: Any) -> Iterator[tuple[Keys, str, str, bool]]:
    """Find the names that refer to something, as far as the config has a valid form.

    Yields the path of the name; what it names (``zone``, ``series``, ``hardware``, ``site``, ``pool``,
    ``label`` or ``kind``); the name; and whether it is the key of a mapping.
    """
    yield from _uses(list(_forms(_root(), data)), data, ())


def _uses(forms: list[_Schema], data: Any, at: Keys) -> Iterator[tuple[Keys, str, str, bool]]:
    if isinstance(data, str):
        yield from ((at, form[NAMES], data, False) for form in forms if NAMES in form)
        return
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in members:
        if isinstance(key, str):
            sorts = {form.get("propertyNames", {}).get(NAMES) for form in forms}
            yield from (((*at, key), sort, key, True) for sort in sorts if sort)
        inner = [form for outer in forms for form in _forms(_step(outer, key), value)]
        yield from _uses(inner, value, (*at, key))


@cache
def _root() -> _Schema:
    root: _Schema = _with_names_apart(Config.model_json_schema())
    return root


def _with_names_apart(schema: Any) -> Any:
    """Return a schema with separate rules for the names and the members of a mapping.

    pydantic puts members under the pattern of their names: any member of a wrongly named entry would pass.
    """
    if isinstance(schema, list):
        return [_with_names_apart(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _with_names_apart(item) for key, item in schema.items()}
    if "patternProperties" in schema:
        ((pattern, members),) = schema.pop("patternProperties").items()
        names = schema.get("propertyNames", {}) | {"pattern": pattern}
        schema |= {"propertyNames": names, "additionalProperties": members}
    return schema


def _schemas_at(keys: Keys, data: Any) -> list[_Schema]:
    schemas = list(_forms(_root(), data))
    for key in keys:
        data = child(data, key)
        schemas = [form for schema in schemas for form in _forms(_step(schema, key), data)]
    return schemas


def _step(schema: _Schema, key: str | int) -> _Schema:
    """Return the schema of a member."""
    if isinstance(key, int):
        items: _Schema = schema.get("items", {})
        return items
    others = schema.get("additionalProperties")
    member: _Schema = schema.get("properties", {}).get(key, others if isinstance(others, dict) else {})
    return member


def _forms(schema: _Schema, data: Any) -> Iterator[_Schema]:
    """Return the plain schemas behind references and alternatives, without those that the value rules out."""
    if "$ref" in schema:
        yield from _forms(_root()["$defs"][schema["$ref"].rsplit("/", 1)[1]], data)
        return
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not choices:
        yield schema
        return
    unit = {"unit": schema["unit"]} if "unit" in schema else {}
    forms = [form | unit for choice in choices for form in _forms(choice, data)]
    if isinstance(data, dict):
        forms = [form for form in forms if form.get("type") == "object" and not _contradicts(form, data)]
        most = max((_overlap(form, data) for form in forms), default=0)
        forms = [form for form in forms if _overlap(form, data) == most]
    yield from forms


def _overlap(schema: _Schema, data: dict[str, Any]) -> int:
    return len(data.keys() & schema.get("properties", {}).keys())


def _contradicts(schema: _Schema, data: dict[str, Any]) -> bool:
    """Return whether a key that selects the form selects another one."""
    constants = {
        key: member["const"] for key, member in schema.get("properties", {}).items() if "const" in member
    }
    return any(key in data and data[key] != constant for key, constant in constants.items())
