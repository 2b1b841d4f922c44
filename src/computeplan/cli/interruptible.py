"""Ctrl-C while a solver works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

Result = TypeVar("Result")

POLL_S = 0.1
"""How often a wait wakes up: Windows hears Ctrl-C only then, and so does any system once polars is imported,
whose signal handler lets a wait go on."""


def interruptible(work: Callable[[], Result]) -> Result:
    """Do some work in a thread of its own, so that Ctrl-C is heard while a solver does not return.

    Parameters
    ----------
    work : callable
        Goes on after a Ctrl-C until the process ends, so it must not write anything.
    """
    done: Future[Result] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again by result()
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    while not wait((done,), timeout=POLL_S).done:
        pass
    return done.result()
