"""Ends a solve that does not heed the signal to stop by leaving it alone: it ends by itself, unheard."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

from computeplan.solvers.options import SolverOptions

Result = TypeVar("Result")

GRACE_S = 0.6
"""Seconds that a solver has to end by itself, with what it found."""
POLL_S = 0.05
"""How often it is looked for the signal meanwhile."""


def run_until_stopped(work: Callable[[], Result], options: SolverOptions) -> Result | None:
    """Do the work of a solver; None where it does not end within `GRACE_S` of the signal to stop.

    What the work goes on using then must not be touched any more.
    """
    if options.stop is None:
        return work()
    done = Future[Result]()
    Thread(target=fulfill, args=(done, work), name="solver").start()
    while not wait((done,), timeout=POLL_S).done:
        if options.is_stopped:
            wait((done,), timeout=GRACE_S)
            return done.result() if done.done() else None
    return done.result()


def fulfill(done: Future[Result], work: Callable[[], Result]) -> None:
    """Do some work, whose result or exception is that of a future."""
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised again by result()
        done.set_exception(error)
