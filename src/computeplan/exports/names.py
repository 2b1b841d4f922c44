"""Names and documents as Kubernetes, Slurm and others take them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any

ENCODER = JSONEncoder(ensure_ascii=False)
LONGEST = 50
"""Characters of a name, so that others can stand before it within the 63 of a DNS label."""


def system_names(names: Sequence[str], chosen: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Turn names into lower-case DNS labels, all of them different; `chosen` names are taken first.

    One that loses letters that ASCII does not have, is too long, or would be that of another, ends in a hash
    of itself.
    """
    asked = [(chosen or {}).get(name, name) for name in names]
    plain = [re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") for name in asked]
    count = Counter(plain)
    return tuple(
        label
        if label and len(label) <= LONGEST and count[label] == 1 and name.isascii()
        else f"{label[: LONGEST - 9].strip('-') or 'x'}-{sha256(name.encode()).hexdigest()[:8]}"
        for name, label in zip(asked, plain, strict=True)
    )


def yaml_documents(documents: Iterable[Mapping[str, Any]]) -> bytes:
    """Write documents of one file; of thousands of manifests PyYAML would take most of the time."""
    lines: list[str] = []
    for document in documents:
        lines.append("---\n")
        _write(document, "", lines)
    return "".join(lines).encode()


def _write(value: Mapping[str, Any], indent: str, lines: list[str], dash: str = "") -> None:
    """Write a mapping in block style; plain values, and lists of them, as JSON.

    `dash` takes the place of the first line's indent: the mapping is an item of a list.
    """
    for key, item in value.items():
        start = f"{dash or indent}{key}:"
        dash = ""
        if isinstance(item, dict) and item:
            lines.append(f"{start}\n")
            _write(item, f"{indent}  ", lines)
        elif isinstance(item, list) and item and isinstance(item[0], dict):
            lines.append(f"{start}\n")
            for each in item:
                _write(each, f"{indent}    ", lines, f"{indent}  - ")
        else:
            lines.append(f"{start} {_dump(item)}\n")


def _dump(item: object) -> str:
    return encode_basestring(item) if isinstance(item, str) else ENCODER.encode(item)
