"""Plain scalars of YAML: what counts as a number, a truth value or nothing."""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {"": None, "~": None}
_WORDS |= dict.fromkeys(("null", "Null", "NULL"))
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True)
_WORDS |= dict.fromkeys(("false", "False", "FALSE"), False)
_WORDS |= {sign + word: math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")}
_WORDS |= {f"-{word}": -math.inf for word in (".inf", ".Inf", ".INF")}
_WORDS |= dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan)

_WHOLE = re.compile(r"[+-]?\d[\d_]*", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER, _LONGEST_WHOLE = 400, 40


def read_scalar(text: str) -> Scalar:
    """Read an unquoted scalar.

    As in YAML 1.2, so that ``no`` and ``on`` are text, ``12:30`` is no number of base 60, a date is
    text, and ``1e3`` is a number.

    Parameters
    ----------
    text : str
        The scalar as written.
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return text
    digits = text.replace("_", "")
    return int(digits) if _WHOLE.fullmatch(text) and len(digits) <= _LONGEST_WHOLE else float(digits)
