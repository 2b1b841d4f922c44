"""Dotted paths with wildcards."""

from __future__ import annotations

import re
from typing import Any

from computeplan.config.places import split_path, value_at
from computeplan.config.yaml_builder import Keys


def matches(path: str, data: Any) -> list[Keys]:
    """Find all that a path leads to.

    Parameters
    ----------
    path : str
        Dotted; a part with ``*`` stands for all keys that look like it, or for all entries of a list.
    data : object

    Returns
    -------
    list of Keys
        In the order of the config. A path without ``*`` leads to one place, whether something is there or
        not; one with ``*`` only to places whose surroundings are there.
    """
    parts = path.split(".")
    wild = next((i for i, part in enumerate(parts) if "*" in part), None)
    if wild is None:
        return [split_path(path, data)]
    above = split_path(".".join(parts[:wild]), data) if wild else ()
    data = value_at(data, above)
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    alike = re.compile(".*".join(map(re.escape, parts[wild].split("*"))))
    rest = ".".join(parts[wild + 1 :])
    found: list[Keys] = []
    for key in keys:
        if alike.fullmatch(str(key)):
            inner = [()] if not rest else _inside(rest, data[key])
            found += [(*above, key, *keys_inside) for keys_inside in inner]
    return found


def _inside(path: str, data: Any) -> list[Keys]:
    """Find where a path leads inside a member; nowhere if what should hold the value is not there."""
    found = matches(path, data)
    return [keys for keys in found if isinstance(value_at(data, keys[:-1]), dict | list)]
