"""Writes plain data as YAML that this package reads back unchanged."""

from __future__ import annotations

import re
from typing import Any

import yaml

from computeplan.config.scalars import read_scalar

try:
    from yaml import CSafeDumper as _BaseDumper
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeDumper as _BaseDumper  # type: ignore[assignment]  # the same interface, slower

_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")


class _Dumper(_BaseDumper):
    """Writes repeated values out, and quotes text that would be read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    style = None if isinstance(read_scalar(text), str) else "'"
    style = '"' if _LINE_BREAKS.search(text) else style
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(data: Any) -> str:
    """Write data as YAML text.

    Parameters
    ----------
    data : object
        Text, numbers, truth values, None, lists and mappings.

    Returns
    -------
    str
        The same text for the same data: keys in their order, Unicode unescaped.
    """
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
