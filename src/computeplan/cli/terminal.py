"""Writing: data to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from enum import Enum
from threading import Lock, Timer
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from computeplan.text import number, percent

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

FORMAT = 1
"""Number of the format of JSON answers; a key that goes or changes its meaning raises it."""

PIPE_WIDTH = 1000
"""Wide enough that nothing is wrapped or cut where the reader is a program."""


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_STYLE = re.compile("(\x1b\\[[0-9;]*m)")


def visible(text: str, *, styled: bool = False) -> str:
    """Write out what would command a terminal, or turn the writing around, as Python would escape it.

    Colors that rich has put into `styled` text are kept.
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


def write_answer(data: Mapping[str, object]) -> None:
    """Write the answer of a command as one JSON object with the number of its format."""
    write_json({"format": FORMAT, **data})


def show(*renderables: RenderableType) -> None:
    """Show tables and text on stdout, as wide as the terminal; unshortened where it is none."""
    console = _console(sys.stdout)
    with console.capture() as captured:
        console.print(*renderables, sep="\n")
    shown = visible(captured.get(), styled=True)
    write("\n".join(line.rstrip() for line in shown.rstrip("\n").split("\n")))


def note(text: str) -> None:
    """Say something on stderr that is no data, unless only the answer is wanted."""
    if _loudness[-1] is not Loudness.QUIET:
        _put(sys.stderr, visible(text))


def fail(first: str, *rest: str) -> None:
    """Tell the user what went wrong."""
    error = "\x1b[1;31merror:\x1b[0m" if _has_color(sys.stderr) else "error:"
    _put(sys.stderr, f"{error} " + visible("\n".join((first, *rest))))


EVERY_S = 10.0
"""Seconds between two lines about the details of one stage where there is no terminal."""
SHORT_S = 1.0
"""A command that ends within so many seconds says nothing of its stages where there is no terminal."""


class Loudness(Enum):
    """How much is said on stderr."""

    QUIET = 0
    USUAL = 1
    VERBOSE = 2


_loudness = [Loudness.USUAL]
_begin_s = [monotonic()]
"""When the command began."""


@contextmanager
def speaking(loudness: Loudness) -> Iterator[None]:
    """Say so much on stderr for the duration of the context; all that is logged where that is `VERBOSE`."""
    _loudness.append(loudness)
    _begin_s[0] = monotonic()
    try:
        with _showing_log() if loudness is Loudness.VERBOSE else nullcontext():
            yield
    finally:
        _loudness.pop()


@contextmanager
def _showing_log() -> Iterator[None]:
    import logging

    class Shown(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            package = record.name.removeprefix("computeplan.")
            _put(sys.stderr, visible(f"{_seconds()}  {package}: {record.getMessage()}"))

    logger, handler = logging.getLogger("computeplan"), Shown()
    usual = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(usual)


def _seconds() -> str:
    """Write the seconds of the command so far."""
    return f"{monotonic() - _begin_s[0]:6.1f} s"


class Stages:
    """Shows what is done, in one line a stage and now and then one for its details, behind a colon.

    It is a `progress` of the API. A command that ends within `SHORT_S` shows nothing.
    """

    def __init__(self) -> None:
        self._said = monotonic()
        self._name = self._shown = self._last = ""
        self._kept: list[str] = []
        self._lock = Lock()

    def enter(self, stage: str) -> None:
        """Show that a stage begins."""
        name = stage.partition(":")[0]
        self._last = stage
        if name != self._name or monotonic() - self._said >= EVERY_S:
            self._say()
        self._name = name
        self.flush()

    def __call__(self, stage: str, _: float, gap: float | None, bound: float | None) -> None:
        """Show how far a call of the API is."""
        if gap is not None:
            stage = f"{stage}: gap {percent(gap)}" + (f", bound {number(bound)}" if bound is not None else "")
        self.enter(stage)

    def end(self) -> None:
        """Show the last details, if they were not."""
        self._say()
        self.flush()

    def _say(self) -> None:
        if self._last != self._shown:
            with self._lock:
                self._kept.append(f"{_seconds()}  {self._last}")
        self._said, self._shown = monotonic(), self._last

    def flush(self) -> None:
        """Show what was kept back until it is known that the command is not short."""
        with self._lock:
            if self._kept and monotonic() - _begin_s[0] >= SHORT_S:
                note("\n".join(self._kept))
                self._kept.clear()


class _LiveStages(Stages):
    """Shows them in place, with the seconds of the command."""

    def __init__(self, update: Callable[[str], object]) -> None:
        super().__init__()
        self._update = update

    def enter(self, stage: str) -> None:
        self._update(stage)


class _Silent(Stages):
    """Shows nothing: nobody wants to see it, or the log has it all."""

    def enter(self, stage: str) -> None:
        """Show nothing."""


@contextmanager
def working(stage: str) -> Iterator[Stages]:
    """Show what is done and for how long, while it is done; yields what shows the next stages."""
    if _loudness[-1] is not Loudness.USUAL or sys.stderr.isatty():
        with in_place(stage) as live:
            yield live
        return
    stages = Stages()
    stages.enter(stage)
    # A stage may go on for long without a word of it: reading a config, writing a report.
    timer = Timer(max(0.0, _begin_s[0] + SHORT_S - monotonic()), stages.flush)
    timer.daemon = True
    timer.start()
    try:
        yield stages
    finally:
        timer.cancel()
    stages.end()


@contextmanager
def in_place(stage: str) -> Iterator[Stages]:
    """Show what is done and for how long at a terminal only."""
    if _loudness[-1] is not Loudness.USUAL or not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=_console(sys.stderr), transient=True) as progress:
        task = progress.add_task(visible(stage), total=None)
        yield _LiveStages(lambda text: progress.update(task, description=visible(text)))


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def _put(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "ascii"
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except OSError as error:
        # Python would complain when it flushes at exit: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):
            raise OSError(error.errno, error.strerror, "stdout") from error


def _is_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def _has_color(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
