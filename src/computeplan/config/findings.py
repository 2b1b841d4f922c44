"""Faults of a config in plain words: errors of its validation, and names that nothing defines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from computeplan.config.json_schema import description, known_keys, options, uses_of_names
from computeplan.config.names import OTHER
from computeplan.config.schema import CURRENCY_PATTERN
from computeplan.config.schema.base import FAULT, NAME_PATTERN, PART_NAME_PATTERN
from computeplan.config.schema.population import COMPANY_PATTERN
from computeplan.config.yaml.builder import Keys
from computeplan.config.yaml.places import Finding, child, matches, value_at
from computeplan.text import did_you_mean, nearest, shown_value

_PATTERNS = {
    NAME_PATTERN: "a name: one line of visible characters, without blanks at its ends",
    PART_NAME_PATTERN: "a name of visible characters without `/` and `*`, and without blanks at its ends",
    COMPANY_PATTERN: "a pattern with `{number}` or `{number:05d}`, and `{tier}` where wanted",
    CURRENCY_PATTERN: "the code of a currency, three capital letters such as CNY",
}
_QUOTE_IT = "put it in quotes"


def translate_errors(error: ValidationError, data: Any) -> list[Finding]:
    """Return a finding for each error of a validation, except those that follow from another one."""
    errors = error.errors(include_url=False)
    renamed = {keys for details in errors if (keys := _intended_key(details, data))}
    return [_translate(details, data) for details in errors if not _is_consequence(details, data, renamed)]


def _intended_key(error: ErrorDetails, data: Any) -> Keys:
    """Return the path of the key that an unknown key probably meant; empty if none is similar."""
    if error["type"] != "extra_forbidden":
        return ()
    keys = _config_keys(error, data)[0]
    near = _nearest_key(str(keys[-1]), known_keys(keys[:-1], data))
    return (*keys[:-1], near) if near else ()


_SYNONYMS = {
    "units": "max_units demand", "capacity": "units max_units energy bandwidth", "count": "units max_units",
    "limit": "max_units import_limit bandwidth", "max": "max_units most", "min": "min_units least",
    "cost": "price", "tariff": "price", "co2": "carbon", "emissions": "carbon", "carbon_intensity": "carbon",
    "location": "zone", "region": "zone residency", "labels": "provides requires",
    "label": "provides requires",
    "start": "release", "end": "deadline", "work": "volume", "size": "volume", "load": "demand",
    "deadline": "job", "release": "job", "volume": "job", "step": "period", "resolution": "period",
    "interval": "period demand_interval", "length": "duration", "timezone": "time_zone", "tz": "time_zone",
    "goal": "minimize", "objective": "minimize", "power": "busy_power capacity", "loss": "efficiency",
}  # fmt: skip
"""Keys that other tools use, and those here that may be meant, the likeliest first."""


def _nearest_key(key: str, known: list[str]) -> str | None:
    meant = (other for other in _SYNONYMS.get(key, "").split() if other in known)
    return next(meant, None) or nearest(key, known)


def _is_consequence(error: ErrorDetails, data: Any, renamed: set[Keys]) -> bool:
    """Return whether an error only follows from another one.

    pydantic counts a list as too short if its entries are wrong, and a key as missing if it is misspelled.
    """
    keys = _config_keys(error, data)[0]
    if error["type"] == "missing":
        return keys in renamed
    if error["type"] != "too_short":
        return False
    return len(value_at(data, keys)) >= int(error["ctx"]["min_length"])


def _translate(error: ErrorDetails, data: Any) -> Finding:
    keys, at_key = _config_keys(error, data)
    if error["type"] == "extra_forbidden":
        known = known_keys(keys[:-1], data)
        near = _nearest_key(str(keys[-1]), known)
        hint = f"did you mean {near!r}?" if near else did_you_mean(str(keys[-1]), known)
        return Finding(keys, "a known key", repr(keys[-1]), hint, at_key=True)
    if error["type"] == "missing":
        return Finding(keys, _describe(keys, data), "nothing")
    if error["type"] in ("union_tag_not_found", "union_tag_invalid"):
        return _translate_tag(error, keys, data)
    context = error.get("ctx", {})
    value = keys[-1] if at_key else value_at(data, keys)
    if error["type"] == FAULT:
        return Finding(
            keys, context["expected"], context["found"] or shown_value(value), context["hint"], at_key=at_key
        )
    expected, hint = _expectation_and_hint(error, keys, data, value)
    return Finding(keys, expected, shown_value(value), hint, at_key=at_key)


def _config_keys(error: ErrorDetails, data: Any) -> tuple[Keys, bool]:
    """Return the path without pydantic's additions, and whether the key itself is wrong."""
    keys: Keys = ()
    location = error["loc"]
    for i, part in enumerate(location):
        is_last = i == len(location) - 1
        names_missing = is_last and error["type"] in ("missing", FAULT) and not str(part).startswith("(")
        if _has(data, part) or names_missing:
            keys = (*keys, part)
            data = child(data, part)
    return keys, location[-1:] == ("[key]",)


def _has(data: Any, key: str | int) -> bool:
    if isinstance(data, dict):
        return key in data
    return isinstance(data, list) and isinstance(key, int) and key < len(data)


def _describe(keys: Keys, data: Any) -> str:
    text = description(keys, data).rstrip(".")
    is_acronym = text[:2].isupper()
    return f"a value: {text if is_acronym else text[:1].lower() + text[1:]}" if text else "a value"


def _translate_tag(error: ErrorDetails, keys: Keys, data: Any) -> Finding:
    """Return the finding on the key that selects a section's form, such as a pool's term."""
    context = error.get("ctx", {})
    keys = (*keys, str(context["discriminator"]).strip("'"))
    allowed, value = options(keys, data), value_at(data, keys)
    hint = _nearest_option(value, allowed)
    if value is None and (near := nearest(str(keys[-1]), map(str, value_at(data, keys[:-1])))):
        hint = f"is {near!r} meant to be {keys[-1]!r}?"
    return Finding(keys, _one_of(allowed), shown_value(value), hint)


def _expectation_and_hint(error: ErrorDetails, keys: Keys, data: Any, value: Any) -> tuple[str, str]:
    """Return what is expected of a plain value, and a hint."""
    context: dict[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if kind in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", str(context["expected"]))
        return _one_of(allowed), _nearest_option(value, allowed)
    if kind in _MAPPINGS:
        known = known_keys(keys, data)
        return "a mapping" + (f" with {', '.join(known)}" if known else ""), _empty_hint(value)
    if kind in _EXPECTED:
        return _EXPECTED[kind](context), _simple_hint(kind, value)
    return "a valid value", error["msg"]


_MAPPINGS = {"dict_type", "model_type", "model_attributes_type"}
_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_type": lambda _: "text",
    "string_pattern_mismatch": lambda context: _PATTERNS.get(
        context["pattern"], f"text like {context['pattern']}"
    ),
    "string_too_long": lambda context: f"text of at most {context['max_length']} characters",
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "greater_than_equal": lambda context: f"a whole number of at least {context['ge']:,}",
    "less_than": lambda context: f"a whole number below {context['lt']:,}",
    "less_than_equal": lambda context: f"a whole number of at most {context['le']:,}",
    "tuple_type": lambda _: "a list",
    "too_short": lambda context: f"at least {_count_entries(context['min_length'])}",
    "too_long": lambda context: f"at most {_count_entries(context['max_length'])}",
}


def _simple_hint(kind: str, value: Any) -> str:
    if kind == "string_type" and isinstance(value, int | float):
        return _QUOTE_IT
    if kind == "tuple_type" and isinstance(value, str | int | float):
        return f"write [{value}]"
    return _empty_hint(value)


def _empty_hint(value: Any) -> str:
    return "fill it in, or remove the key" if value is None else ""


def _count_entries(number: int) -> str:
    return "one entry" if number == 1 else f"{number} entries"


def _one_of(allowed: list[str]) -> str:
    return " or ".join(", ".join(allowed).rsplit(", ", 1))


def _nearest_option(value: Any, allowed: list[str]) -> str:
    near = nearest(value, allowed) if isinstance(value, str) else None
    return f"did you mean {near!r}?" if near else ""


_EXPECTED_NAMES = {
    "zone": "the name of a zone",
    "series": "the name of a series",
    "hardware": "the name of a kind of hardware",
    "site": "the name of a site",
    "pool": "a pool as site/pool",
    "label": "the name of a label that a site provides",
    "kind": "the name of a kind of work",
}

_SECTIONS = {"zone": "zones", "series": "series", "hardware": "hardware", "kind": "hardware"}
_SECTIONS |= dict.fromkeys(("site", "pool", "label"), "sites")


def check_references(data: Any) -> list[Finding]:
    """Find the names that the config does not define, even if it has other faults.

    None where the section that defines such names is missing or wrong, which is a fault of its own.
    """
    known = _known_names(data)
    return [
        Finding(keys, _EXPECTED_NAMES[sort], repr(name), did_you_mean(name, known[sort]), at_key=is_key)
        for keys, sort, name, is_key in uses_of_names(data)
        if sort in known and not _is_known(name, sort, known[sort]) and keys[-2:] != ("unit_cost", OTHER)
    ]


def _known_names(data: Any) -> dict[str, list[str]]:
    """Return the names the config defines, by sort; without the sorts of which any name is valid."""
    sites = child(data, "sites")
    known = {
        "zone": _keys(child(data, "zones")),
        "series": _keys(child(data, "series")),
        "hardware": _keys(child(data, "hardware")),
        "site": _keys(sites),
        "pool": [f"{site}/{pool}" for site, part in _items(sites) for pool in _keys(child(part, "pools"))],
        "label": [label for _, site in _items(sites) for label in _texts(child(site, "provides"))],
    }
    tables = [child(hardware, "efficiency") for _, hardware in _items(child(data, "hardware"))]
    if tables and all(isinstance(table, dict) for table in tables):
        known["kind"] = list({kind: None for table in tables for kind in table})
    lost = {sort for sort, section in _SECTIONS.items() if not _keys(child(data, section))}
    if child(data, "series") is None:  # series are optional: a name of one is wrong without the section
        lost.discard("series")
    return {sort: names for sort, names in known.items() if sort not in lost}


def _is_known(name: str, sort: str, known: list[str]) -> bool:
    if sort == "pool" and "*" in name:
        return any(matches(name, each) for each in known)
    return name in known


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    return iter(value.items() if isinstance(value, dict) else ())


def _keys(value: Any) -> list[str]:
    return [key for key, _ in _items(value)]


def _texts(value: Any) -> list[str]:
    entries = value if isinstance(value, list) else [value]  # a single label without brackets counts too
    return [text for text in entries if isinstance(text, str)]
