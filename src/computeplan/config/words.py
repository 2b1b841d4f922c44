"""Values and near misses in words, for faults."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

_LONGEST = 60
_MOST_LISTED = 12


def shown_value(value: Any) -> str:
    """Return a value of the config as a person would name it.

    Parameters
    ----------
    value : object
        Text, a number, a truth value, a list, a mapping or None.
    """
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


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word nearest to a wrong one, or at those there are.

    Parameters
    ----------
    word : str
        The word found.
    known : iterable of str
        The words that could have been meant.

    Returns
    -------
    str
        Empty where there is nothing to say.
    """
    return _hint(word, tuple(known))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to a wrong one, if any is near.

    Parameters
    ----------
    word : str
        The word found.
    known : iterable of str
        The words that could have been meant.
    """
    folded = {other.casefold(): other for other in known}
    close = get_close_matches(word.casefold(), folded, n=1)
    return folded[close[0]] if close else None


@lru_cache(maxsize=1024)
def _hint(word: str, known: tuple[str, ...]) -> str:
    near = nearest(word, known)
    if near is not None:
        return f"did you mean {near!r}?"
    return f"known: {_listed(known)}" if known else ""


def _listed(words: Iterable[str]) -> str:
    words = [shortened(word) for word in words]
    return ", ".join(words[:_MOST_LISTED]) + (", …" if len(words) > _MOST_LISTED else "")
