"""What a long call says while it works: its stage, seconds since it began, gap and bound."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import monotonic

Progress = Callable[[str, float, float | None, float | None], object]
"""Called with the stage, the seconds since the call began, and of whole numbers the relative gap and the
bound found so far; of the solver staircase the gap. A stage that goes on for long has details behind a
colon, as ``tracing: 5 plans``."""

EVERY_S = 1.0
"""How often the progress of a stage that goes on is passed on."""


class Monitor:
    """Takes what is said in whichever thread, for the thread that asked for it to pass on.

    It stays in its process: a copy is another one, to which nobody listens.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._begin = self._said = monotonic()
        self._entered: SimpleQueue[tuple[str, float]] = SimpleQueue()
        self._stage = ""
        self._found: list[float | None] = [None, None]
        self._convert: Callable[[float], float] = float
        self.ends_soon = False

    def __reduce__(self) -> tuple[type[Monitor], tuple[()]]:
        return Monitor, ()

    def enter(self, stage: str, *, ends_soon: bool = False) -> None:
        """Say that a stage begins.

        `ends_soon`: once stopped it ends within moments, and what was found until then is worth the wait.
        """
        self._found[:], self.ends_soon = (None, None), ends_soon
        self._entered.put((stage, monotonic()))

    def update(self, gap: float | None, bound: float | None) -> None:
        """Say how far a solve is."""
        self._found[:] = gap, None if bound is None else self._convert(bound)

    def in_units(self, convert: Callable[[float], float]) -> Monitor:
        """Give the same monitor for a solve whose bound is in other units."""
        other = Monitor.__new__(Monitor)
        other.__dict__ = {**self.__dict__, "_convert": convert}
        return other

    def deliver(self) -> None:
        """Pass on what was said since the last time, and now and then that a stage goes on."""
        while self._progress is not None:
            try:
                self._stage, entered = self._entered.get_nowait()
            except Empty:
                break
            self._pass_on(entered)
        if self._stage and monotonic() - self._said >= EVERY_S:
            self._pass_on(monotonic())

    def _pass_on(self, now: float) -> None:
        self._said = monotonic()
        if self._progress is not None:
            self._progress(self._stage, now - self._begin, *self._found)
