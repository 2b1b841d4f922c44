"""Names that refer to nothing, found even in a config that has other faults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from computeplan.config.json_schema import uses_of_names
from computeplan.config.places import Finding, child
from computeplan.config.words import did_you_mean

_IN_WORDS = {
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
    """Check every name against what the config defines.

    Parameters
    ----------
    data : object
        The whole config; parts of the wrong form are passed over.

    Returns
    -------
    list of Finding
        One for each name that is unknown; none where the whole section of such names is missing or wrong,
        which is a fault of its own.
    """
    known = _known_names(data)
    return [
        Finding(keys, _IN_WORDS[sort], repr(name), did_you_mean(name, known[sort]), at_key=is_key)
        for keys, sort, name, is_key in uses_of_names(data)
        if sort in known and not _is_known(name, sort, known[sort])
    ]


def _known_names(data: Any) -> dict[str, list[str]]:
    """Return the names of each sort; a sort of which any name will do is absent."""
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
    if child(data, "series") is None:  # nobody needs series: a name of one is wrong by itself
        lost.discard("series")
    return {sort: names for sort, names in known.items() if sort not in lost}


def _is_known(name: str, sort: str, known: list[str]) -> bool:
    if sort == "pool" and "*" in name:
        pattern = re.compile(".*".join(map(re.escape, name.split("*"))), re.DOTALL)
        return any(pattern.fullmatch(pool) for pool in known)
    return name in known


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    return iter(value.items() if isinstance(value, dict) else ())


def _keys(value: Any) -> list[str]:
    return [key for key, _ in _items(value)]


def _texts(value: Any) -> list[str]:
    entries = value if isinstance(value, list) else [value]  # one label without its brackets still counts
    return [text for text in entries if isinstance(text, str)]
