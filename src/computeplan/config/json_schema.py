"""The JSON Schema of the config, for editors, and what it says about a path, for hints."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from computeplan.config.places import child
from computeplan.config.schema import Config
from computeplan.config.schema.base import NAMES
from computeplan.config.yaml_builder import Keys

_Schema = dict[str, Any]


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (Draft 2020-12) of a config file.

    Returns
    -------
    dict
        It accepts a quantity as a number in its documented unit, which the keyword ``unit`` names
        with ``money`` for the currency, or as text with its own unit.
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **deepcopy(_root())}


def known_keys(keys: Keys, data: Any) -> list[str]:
    """Return the keys that a mapping may have; none if it may have any.

    Parameters
    ----------
    keys : Keys
        Path of the mapping.
    data : object
        The whole config, which tells apart the forms that a value may have.
    """
    found: dict[str, None] = {}
    for schema in _schemas_at(keys, data):
        found |= dict.fromkeys(schema.get("properties", ()))
        found |= dict.fromkeys(schema.get("propertyNames", {}).get("enum", ()))
    return list(found)


def description(keys: Keys, data: Any) -> str:
    """Return what the schema says about a key; empty if nothing.

    Parameters
    ----------
    keys : Keys
        Path of the value; the value may be missing.
    data : object
        The whole config.
    """
    for schema in _schemas_at(keys[:-1], data):
        text: str = schema.get("properties", {}).get(keys[-1], {}).get("description", "")
        if text:
            return text
    return ""


def options(keys: Keys, data: Any) -> list[str]:
    """Return the values that a key which tells forms apart may have, such as a pool's term.

    Parameters
    ----------
    keys : Keys
        Path of the value; the value may be missing.
    data : object
        The whole config.
    """
    parents = _schemas_at(keys[:-2], data)
    forms = [form for parent in parents for form in _forms(_step(parent, keys[-2]), None)]
    return [form["properties"][keys[-1]]["const"] for form in forms]


def uses_of_names(data: Any) -> Iterator[tuple[Keys, str, str, bool]]:
    """Find the names that refer to something, as far as the config has the form that it should have.

    Parameters
    ----------
    data : object
        The whole config.

    Yields
    ------
    keys : Keys
        Where the name stands.
    sort : str
        What it is the name of: ``zone``, ``series``, ``hardware``, ``site``, ``pool``, ``label``, ``kind``.
    name : str
    is_key : bool
        Whether it is a key.
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
    """Return a schema that says what names and members of a mapping must be, each for itself.

    pydantic writes members under the pattern of their names, so that a wrong name would let any
    member pass.
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
    """Return the plain schemas that a schema stands for, as far as the value does not exclude them."""
    if "$ref" in schema:
        yield from _forms(_root()["$defs"][schema["$ref"].rsplit("/", 1)[1]], data)
        return
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not choices:
        yield schema
        return
    forms = [form for choice in choices for form in _forms(choice, data)]
    if isinstance(data, dict):
        forms = [form for form in forms if form.get("type") == "object" and not _contradicts(form, data)]
        most = max((_overlap(form, data) for form in forms), default=0)
        forms = [form for form in forms if _overlap(form, data) == most]
    yield from forms


def _overlap(schema: _Schema, data: dict[str, Any]) -> int:
    return len(data.keys() & schema.get("properties", {}).keys())


def _contradicts(schema: _Schema, data: dict[str, Any]) -> bool:
    """Return whether a key that tells the forms apart says that it is another form."""
    constants = {
        key: member["const"] for key, member in schema.get("properties", {}).items() if "const" in member
    }
    return any(key in data and data[key] != constant for key, constant in constants.items())
