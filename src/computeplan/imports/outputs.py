"""Writes what an import gives: a table, the part of a config that reads it, and where it comes from."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from computeplan.errors import UsageError
from computeplan.files import write_file

ORIGIN_FORMAT = 1
"""Number of the format of the provenance; a key that goes or changes its meaning raises it."""
FIRST_LINE = "# Written by `computeplan import"
"""How a part of a config begins, before the kind; another file does not."""
TABLE, FRAGMENT, PROVENANCE = ".parquet", ".yaml", ".provenance.json"
"""Endings of the files."""


def first_comments(kind: str, stem: str) -> tuple[str, ...]:
    """Return the lines that a part of a config begins with; `stem`: name that the files share."""
    return (
        f"{FIRST_LINE} {kind}`; {stem}{PROVENANCE} says from which files.",
        f"# Put it into a config beside {stem}{TABLE}. Comments with `?` ask what files do not say.",
    )


def describe_origin(kind: str) -> dict[str, Any]:
    """Return what every provenance begins with."""
    return {"format": ORIGIN_FORMAT, "computeplan": version("computeplan"), "kind": kind}


def stem_of(to: Path) -> str:
    """Return the name that the files of an import share."""
    return to.name.removesuffix(TABLE)


def write_outputs(
    to: Path, read: Iterable[str], frame: pl.DataFrame, fragment: str, origin: dict[str, Any]
) -> tuple[Path, ...]:
    """Write the three files of an import; a `UsageError` if one of them would replace another file.

    `read`: paths of the files that were imported.
    """
    stem = stem_of(to)
    paths = tuple(to.with_name(stem + ending) for ending in (TABLE, FRAGMENT, PROVENANCE))
    _check_targets({Path(path).resolve() for path in read}, paths)
    to.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    write_file(paths[0], buffer.getvalue())
    write_file(paths[1], fragment.encode())
    write_file(paths[2], f"{json.dumps(origin, indent=2, ensure_ascii=False)}\n".encode())
    return paths


def _check_targets(read: set[Path], paths: tuple[Path, ...]) -> None:
    for path in paths:
        if path.resolve() in read:
            raise UsageError(path=path, expected="another name", found="that of a file to import")
    if paths[1].is_file() and not paths[1].read_bytes().startswith(FIRST_LINE.encode()):
        hint = "choose another name"
        raise UsageError(
            path=paths[1], expected="no file, or one of an import", found="another file", hint=hint
        )
