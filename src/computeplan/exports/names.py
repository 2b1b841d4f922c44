"""Names and documents as Kubernetes, Slurm and others take them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

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
    return "".join(f"---\n{''.join(_lines(document, ''))}" for document in documents).encode()


def _lines(value: Mapping[str, Any] | Sequence[Any], indent: str) -> Iterator[str]:
    """Write a mapping or a list of mappings in block style; plain values, and lists of them, as JSON."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if item and _is_nested(item):
                yield f"{indent}{key}:\n"
                yield from _lines(item, f"{indent}  ")
            else:
                yield f"{indent}{key}: {json.dumps(item, ensure_ascii=False)}\n"
        return
    for item in value:
        first, *rest = _lines(item, f"{indent}  ")
        yield f"{indent}- {first.lstrip(' ')}"
        yield from rest


def _is_nested(item: object) -> bool:
    is_list = isinstance(item, list | tuple)
    return isinstance(item, Mapping) or (is_list and all(isinstance(each, Mapping) for each in item))  # type: ignore[attr-defined]  # a list
