"""Numbers, names and near misses as people read them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

NO_VALUE = "–"
TINY = 1e-9
"""Numbers below this are written with an exponent: the decimals would be zeros."""
SHOWN_LINES = 20
_LONGEST = 60
_MOST_LISTED = 12
_NEAR = 0.65
"""Least likeness of a word that is suggested; `water` is 0.6 like `power`."""


def number(value: float, digits: int = 4) -> str:
    """Write a number with thousands separators: ``1,234,567``, ``12.35``, ``0.004``.

    Of the significant digits, those before the decimal point are never rounded away.
    """
    if not math.isfinite(value):
        return "no limit" if value > 0 else str(value)
    if value == 0:
        return "0"
    if abs(value) < TINY:
        return f"{value:.{max(digits, 1)}g}"
    magnitude = math.floor(math.log10(abs(value))) + 1
    decimals = max(digits - magnitude, 0)
    text = f"{value:z,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def column(values: Sequence[float], digits: int = 4) -> list[str]:
    """Write the numbers of one column, with the digits of the largest; ``–`` where one is not finite.

    Digits before the decimal point are never rounded away.
    """
    there = [abs(value) for value in values if math.isfinite(value) and value]
    if there and max(there) < TINY:
        return [number(value, digits) if math.isfinite(value) else NO_VALUE for value in values]
    before = math.floor(math.log10(max(there))) + 1 if there else digits
    decimals = min(max(digits - before, 0), 9)
    return [f"{value:z,.{decimals}f}" if math.isfinite(value) else NO_VALUE for value in values]


def percent(share: float) -> str:
    """Write a share as a percentage, such as ``12.3 %``."""
    return f"{100 * share:z.1f} %" if math.isfinite(share) else NO_VALUE


def signed(text: str, value: float) -> str:
    """Put the sign of a change in front of a number as it was written; none in front of zero."""
    if not any(digit in text for digit in "123456789"):
        return text
    return f"{'−' if value < 0 else '+'}{text.removeprefix('-')}"


def counted(amount: int, noun: str, plural: str = "") -> str:
    """Write an amount and its noun, such as ``1 period`` or ``1,024 periods``."""
    return f"{amount:,} {noun if amount == 1 else plural or f'{noun}s'}"


def some_names(names: Sequence[str], most: int = 3) -> str:
    """List the first names, and count the rest."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def first_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Keep `SHOWN_LINES` lines, and one that counts the rest."""
    rest = len(lines) - SHOWN_LINES
    return tuple(lines) if rest <= 0 else (*lines[:SHOWN_LINES], f"… and {rest:,} more")


def shown_value(value: Any) -> str:
    """Return a value of the config as a person would name it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"a mapping with {_listed(map(str, value))}" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    return shortened(repr(value) if isinstance(value, str) else str(value))


def shortened(text: str) -> str:
    """Return text cut to a length that a message can carry."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def expected_one_of(known: Iterable[str], found: str) -> dict[str, str]:
    """Give the fields of an error for a word that is none of those known."""
    words = tuple(map(str, known))
    near = nearest(found, words)
    hint = f"did you mean {near!r}?" if near else ""
    return {"expected": f"one of {', '.join(words)}", "found": repr(found), "hint": hint}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Hint at the known word nearest to a wrong one, or at those there are; empty where there are none."""
    return _hint(word, tuple(known))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to a wrong one, if any is near: never a minimum for a maximum."""
    folded = {other.casefold(): other for other in known if not _is_opposite(word, other)}
    # A part of a name, such as `latency` of `max_latency`; limits are more often meant from above.
    parts = [other for other in folded if word.casefold() in re.split("[_/ ]", other)]
    if parts:
        return folded[min(parts, key=lambda other: (not other.startswith("max_"), len(other)))]
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=_NEAR)
    return folded[close[0]] if close else None


def _is_opposite(word: str, other: str) -> bool:
    return any(
        word.startswith(one) and other.startswith(two)
        for one, two in (("min", "max"), ("max", "min"), ("least", "most"), ("most", "least"))
    )


@lru_cache(maxsize=1024)
def _hint(word: str, known: tuple[str, ...]) -> str:
    near = nearest(word, known)
    if near is not None:
        return f"did you mean {near!r}?"
    return f"known: {_listed(known)}" if known else ""


def _listed(words: Iterable[str]) -> str:
    words = [shortened(word) for word in words]
    return ", ".join(words[:_MOST_LISTED]) + (", …" if len(words) > _MOST_LISTED else "")
