"""Comments of a config, with the evidence they state for its figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

EVIDENCE = "STDA"
"""Stated by a source, transcribed from a document, derived, assumed."""

_EVIDENCE = re.compile(rf"(?<![\w.–-])([{EVIDENCE}])(?![\w.–'-])")
_COMMENT = re.compile(r"""^((?:[^#'"]|'[^']*'|"(?:[^"\\]|\\.)*"|(?<=\S)['"#])*?)(?:(?<=\s)|^)#\s?(.*)$""")
_KEY = re.compile(r"""^(\s*)(?:- )?("[^"]*"|'[^']*'|[^\s#'"{\[&*!-][^#{\[]*?):(?:\s+(.*))?$""")


@dataclass(frozen=True)
class Comment:
    """A comment of a config."""

    line: int
    path: str
    """Of the setting on the same line, or of the next one; empty at the end of the file."""
    value: str
    """As written on the line; empty for a comment above a setting."""
    evidence: str
    """Letters of `EVIDENCE` in the comment, such as ``D A``; may be empty."""
    text: str


def read_comments(text: str) -> tuple[Comment, ...]:
    """Collect the comments of a YAML text in order; consecutive comment lines are one."""
    return tuple(_collect(text.splitlines()))


def _collect(lines: list[str]) -> Iterator[Comment]:
    path: list[tuple[int, str]] = []
    above: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        content, comment = _split(line)
        if not content.strip():
            if line.lstrip().startswith("#"):
                above.append((number, comment))
            else:
                yield from _comment_above(above, "")
                above = []
            continue
        path = _path_of_line(path, content)
        yield from _comment_above(above, _dotted(path))
        above = []
        if comment:
            yield Comment(number, _dotted(path), _value_on_line(content), _find_evidence(comment), comment)
    yield from _comment_above(above, "")


def _split(line: str) -> tuple[str, str]:
    """Split a line into content and comment."""
    found = _COMMENT.match(line)
    if not found:
        return line, ""
    is_banner = found[2].startswith("---") or found[2].endswith("---")
    return found[1], "" if is_banner else found[2].strip()


def _path_of_line(path: list[tuple[int, str]], content: str) -> list[tuple[int, str]]:
    """Return the path of the setting that begins on a line, by its indentation."""
    found = _KEY.match(content.rstrip())
    if not found:
        return path
    indent = len(found[1])
    return [*(step for step in path if step[0] < indent), (indent, found[2].strip("'\""))]


def _dotted(path: list[tuple[int, str]]) -> str:
    return ".".join(key for _, key in path)


def _value_on_line(content: str) -> str:
    found = _KEY.match(content.rstrip())
    return ((found[3] or "") if found else content).strip()


def _comment_above(lines: list[tuple[int, str]], path: str) -> Iterator[Comment]:
    """Yield the comment lines above a setting as one; banners are left out."""
    text = " ".join(filter(None, (comment for _, comment in lines)))
    if text:
        yield Comment(lines[0][0], path, "", _find_evidence(text) if path else "", text)


def _find_evidence(comment: str) -> str:
    return " ".join(dict.fromkeys(_EVIDENCE.findall(comment)))
