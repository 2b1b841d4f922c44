"""From what pydantic says about a config to findings in the config's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from computeplan.config.json_schema import description, known_keys, options
from computeplan.config.places import Finding, child, value_at
from computeplan.config.schema.base import FAULT, NAME_PATTERN, PART_NAME_PATTERN
from computeplan.config.schema.population import COMPANY_PATTERN
from computeplan.config.schema.root import CURRENCY_PATTERN
from computeplan.config.words import did_you_mean, nearest, shown_value
from computeplan.config.yaml_builder import Keys

_PATTERNS = {
    NAME_PATTERN: "a name: one line of visible characters, without blanks at its ends",
    PART_NAME_PATTERN: "a name of visible characters without `/` and `*`, and without blanks at its ends",
    COMPANY_PATTERN: "a pattern with `{number}` or `{number:05d}`, and `{tier}` where wanted",
    CURRENCY_PATTERN: "the code of a currency, three capital letters such as CNY",
}
_QUOTE_IT = "put it in quotes"


def findings_of(error: ValidationError, data: Any) -> list[Finding]:
    """Translate all errors of a validation.

    Parameters
    ----------
    error : ValidationError
        As pydantic raised it.
    data : object
        The config that was validated.

    Returns
    -------
    list of Finding
        One for each error.
    """
    errors = error.errors(include_url=False)
    renamed = {keys for details in errors if (keys := _meant(details, data))}
    return [_finding(details, data) for details in errors if not _is_echo(details, data, renamed)]


def _meant(error: ErrorDetails, data: Any) -> Keys:
    """Return the path that an unknown key was probably meant to be; empty if none is near."""
    if error["type"] != "extra_forbidden":
        return ()
    keys = _keys_of(error, data)[0]
    near = nearest(str(keys[-1]), known_keys(keys[:-1], data))
    return (*keys[:-1], near) if near else ()


def _is_echo(error: ErrorDetails, data: Any, renamed: set[Keys]) -> bool:
    """Return whether an error only follows from another one.

    A list counts as too short because entries in it are wrong, a key as missing because it is misspelled.
    """
    keys = _keys_of(error, data)[0]
    if error["type"] == "missing":
        return keys in renamed
    if error["type"] != "too_short":
        return False
    return len(value_at(data, keys)) >= int(error["ctx"]["min_length"])


def _finding(error: ErrorDetails, data: Any) -> Finding:
    keys, at_key = _keys_of(error, data)
    if error["type"] == "extra_forbidden":
        hint = did_you_mean(str(keys[-1]), known_keys(keys[:-1], data))
        return Finding(keys, "a known key", repr(keys[-1]), hint, at_key=True)
    if error["type"] == "missing":
        return Finding(keys, _described(keys, data), "nothing")
    if error["type"] in ("union_tag_not_found", "union_tag_invalid"):
        return _wrong_tag(error, keys, data)
    context = error.get("ctx", {})
    value = keys[-1] if at_key else value_at(data, keys)
    if error["type"] == FAULT:
        return Finding(
            keys, context["expected"], context["found"] or shown_value(value), context["hint"], at_key=at_key
        )
    expected, hint = _words(error, keys, data, value)
    return Finding(keys, expected, shown_value(value), hint, at_key=at_key)


def _keys_of(error: ErrorDetails, data: Any) -> tuple[Keys, bool]:
    """Return the path in the config, without what pydantic adds, and whether the key itself is wrong."""
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


def _described(keys: Keys, data: Any) -> str:
    text = description(keys, data).rstrip(".")
    is_acronym = text[:2].isupper()
    return f"a value: {text if is_acronym else text[:1].lower() + text[1:]}" if text else "a value"


def _wrong_tag(error: ErrorDetails, keys: Keys, data: Any) -> Finding:
    """Return the finding on a key that tells the forms of a section apart, such as a pool's term."""
    context = error.get("ctx", {})
    keys = (*keys, str(context["discriminator"]).strip("'"))
    allowed, value = options(keys, data), value_at(data, keys)
    hint = _nearest_option(value, allowed)
    if value is None and (near := nearest(str(keys[-1]), map(str, value_at(data, keys[:-1])))):
        hint = f"is {near!r} meant to be {keys[-1]!r}?"
    return Finding(keys, _one_of(allowed), shown_value(value), hint)


def _words(error: ErrorDetails, keys: Keys, data: Any, value: Any) -> tuple[str, str]:
    """Return expectation and hint of an error about a plain value."""
    context: dict[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if kind in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", str(context["expected"]))
        return _one_of(allowed), _nearest_option(value, allowed)
    if kind in _MAPPINGS:
        known = known_keys(keys, data)
        return "a mapping" + (f" with {', '.join(known)}" if known else ""), _empty_hint(value)
    if kind in _SIMPLE:
        return _SIMPLE[kind](context), _hint(kind, value)
    return "a valid value", error["msg"]


_MAPPINGS = {"dict_type", "model_type", "model_attributes_type"}
_SIMPLE: dict[str, Callable[[dict[str, Any]], str]] = {
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
    "too_short": lambda context: f"at least {_entries(context['min_length'])}",
    "too_long": lambda context: f"at most {_entries(context['max_length'])}",
}


def _hint(kind: str, value: Any) -> str:
    if kind == "string_type" and isinstance(value, int | float):
        return _QUOTE_IT
    if kind == "tuple_type" and isinstance(value, str | int | float):
        return f"write [{value}]"
    return _empty_hint(value)


def _empty_hint(value: Any) -> str:
    return "fill it in, or remove the key" if value is None else ""


def _entries(number: int) -> str:
    return "one entry" if number == 1 else f"{number} entries"


def _one_of(allowed: list[str]) -> str:
    return " or ".join(", ".join(allowed).rsplit(", ", 1))


def _nearest_option(value: Any, allowed: list[str]) -> str:
    near = nearest(value, allowed) if isinstance(value, str) else None
    return f"did you mean {near!r}?" if near else ""
