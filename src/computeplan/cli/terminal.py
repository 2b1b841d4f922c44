"""Writing: data to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PIPE_WIDTH = 1000
"""Wide enough that nothing is wrapped or cut where the reader is a program."""


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_STYLE = re.compile("(\x1b\\[[0-9;]*m)")


def visible(text: str, *, styled: bool = False) -> str:
    """Write out what would command a terminal, or turn the writing around, as Python would escape it.

    Parameters
    ----------
    text : str
    styled : bool
        Whether rich has put colors into it, which are kept.
    """
    pieces = _STYLE.split(text) if styled else [text]
    return "".join(
        piece if i % 2 else _UNSEEN.sub(lambda match: repr(match[0])[1:-1], piece)
        for i, piece in enumerate(pieces)
    )


def write(text: str) -> None:
    """Write lines to stdout. A reader who has seen enough and hung up is no error."""
    _put(sys.stdout, text)


def write_json(data: Mapping[str, object]) -> None:
    """Write one JSON object to stdout."""
    write(json.dumps(data, indent=2, ensure_ascii=not _is_utf8(sys.stdout), allow_nan=False))


def show(*renderables: RenderableType) -> None:
    """Show tables and text on stdout, as wide as the terminal; unshortened where it is none."""
    console = _console(sys.stdout)
    with console.capture() as captured:
        console.print(*renderables, sep="\n")
    shown = visible(captured.get(), styled=True)
    write("\n".join(line.rstrip() for line in shown.rstrip("\n").split("\n")))


def note(text: str) -> None:
    """Tell the user something beside the data."""
    _put(sys.stderr, visible(text))


def fail(first: str, *rest: str) -> None:
    """Tell the user what went wrong."""
    error = "\x1b[1;31merror:\x1b[0m" if _has_color(sys.stderr) else "error:"
    _put(sys.stderr, f"{error} " + visible("\n".join((first, *rest))))


@contextmanager
def working(text: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done, while it is done, to a user at a terminal.

    Yields
    ------
    callable
        Changes the text.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with _console(sys.stderr).status(text) as status:
        yield status.update


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def _put(stream: TextIO, text: str) -> None:
    if not _is_utf8(stream):
        encoding = stream.encoding or "ascii"
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except BrokenPipeError:
        # Python would complain when it flushes at exit: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def _has_color(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
