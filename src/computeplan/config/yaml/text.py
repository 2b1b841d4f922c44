"""YAML text: how data is written, and how unquoted scalars are read."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

try:
    from yaml import CSafeDumper as _BaseDumper
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeDumper as _BaseDumper  # type: ignore[assignment]  # the same interface, slower

_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")


class _Dumper(_BaseDumper):
    """Writes out repeated values, and quotes text that would be read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    style = None if isinstance(read_scalar(text), str) else "'"
    style = '"' if _LINE_BREAKS.search(text) else style
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(data: Any) -> str:
    """Write text, numbers, truth values, None, lists and mappings as YAML; keys keep their order."""
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )


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
    """Read an unquoted scalar as YAML 1.2 does.

    ``no``, ``on``, ``12:30`` and dates are text, and ``1e3`` is a number.
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return text
    digits = text.replace("_", "")
    return int(digits) if _WHOLE.fullmatch(text) and len(digits) <= _LONGEST_WHOLE else float(digits)
