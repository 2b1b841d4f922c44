"""What a config's comments say of its figures: source and standing, see the head of a config."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

STANDINGS = "STDA"
"""Stated by a source, transcribed from a document, derived, assumed."""

_STANDING = re.compile(rf"(?<![\w.–-])([{STANDINGS}])(?![\w.–'-])")
_COMMENT = re.compile(r"""^((?:[^#'"]|'[^']*'|"(?:[^"\\]|\\.)*"|(?<=\S)['"#])*?)(?:(?<=\s)|^)#\s?(.*)$""")
_KEY = re.compile(r"""^(\s*)(?:- )?("[^"]*"|'[^']*'|[^\s#'"{\[&*!-][^#{\[]*?):(?:\s+(.*))?$""")


@dataclass(frozen=True)
class Remark:
    """A comment of a config.

    Attributes
    ----------
    line : int
        From 1.
    path : str
        Of the setting beside it, or of the first one under it; empty at the end of the file.
    value : str
        As it stands in the line; empty for a comment above.
    standing : str
        Letters of `STANDINGS` in the comment, such as ``D A``; may be empty.
    text : str
    """

    line: int
    path: str
    value: str
    standing: str
    text: str


def remarks(text: str) -> tuple[Remark, ...]:
    """Collect the comments of a config.

    Parameters
    ----------
    text : str
        YAML as a person wrote it.

    Returns
    -------
    tuple of Remark
        In the order of the file; comment lines that follow each other are one.
    """
    return tuple(_remarks(text.splitlines()))


def _remarks(lines: list[str]) -> Iterator[Remark]:
    path: list[tuple[int, str]] = []
    above: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        content, comment = _split(line)
        if not content.strip():
            if line.lstrip().startswith("#"):
                above.append((number, comment))
            else:
                yield from _above(above, "")
                above = []
            continue
        path = _descend(path, content)
        yield from _above(above, _joined(path))
        above = []
        if comment:
            yield Remark(number, _joined(path), _value(content), _standing(comment), comment)
    yield from _above(above, "")


def _split(line: str) -> tuple[str, str]:
    """Part a line into content and comment."""
    found = _COMMENT.match(line)
    if not found:
        return line, ""
    is_banner = found[2].startswith("---") or found[2].endswith("---")
    return found[1], "" if is_banner else found[2].strip()


def _descend(path: list[tuple[int, str]], content: str) -> list[tuple[int, str]]:
    """Follow the indentation to the setting that a line begins."""
    found = _KEY.match(content.rstrip())
    if not found:
        return path
    indent = len(found[1])
    return [*(step for step in path if step[0] < indent), (indent, found[2].strip("'\""))]


def _joined(path: list[tuple[int, str]]) -> str:
    return ".".join(key for _, key in path)


def _value(content: str) -> str:
    found = _KEY.match(content.rstrip())
    return ((found[3] or "") if found else content).strip()


def _above(lines: list[tuple[int, str]], path: str) -> Iterator[Remark]:
    """Join comment lines above a setting, or above none; banners alone are no remark."""
    text = " ".join(filter(None, (comment for _, comment in lines)))
    if text:
        yield Remark(lines[0][0], path, "", _standing(text) if path else "", text)


def _standing(comment: str) -> str:
    return " ".join(dict.fromkeys(_STANDING.findall(comment)))
