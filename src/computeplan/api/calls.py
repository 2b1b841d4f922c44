"""A call that works for long: its progress is passed on, and Ctrl-C and a signal to stop are heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from logging import getLogger
from pathlib import Path
from threading import Thread
from typing import TypeVar

from computeplan.errors import UsageError
from computeplan.progress import Monitor, Progress
from computeplan.runs.loaded import Loaded, Overrides, load
from computeplan.solvers import SolverOptions, StopSignal
from computeplan.solvers.stopping import fulfill
from computeplan.text import shown_value

LOG = getLogger(__package__)
Result = TypeVar("Result")

POLL_S = 0.1
"""How often a wait looks for Ctrl-C, which does not wake it on Windows, nor once polars is imported."""
GIVE_UP_S = 0.5
"""Seconds that work may take to end once it is to stop, unless what it found is worth the wait."""


def read_config(
    config: str | Path | Mapping[str, object] | Loaded,
    scenario: str | None,
    overrides: Overrides,
    allow_paths: Sequence[str | Path],
    progress: Progress | None,
) -> Loaded:
    """Take a config that was read already, or read it.

    Raises
    ------
    ConfigError
    UsageError
        If a config that was read already is to be read in another way.
    """
    if isinstance(config, Loaded):
        stated = {"scenario": scenario, "overrides": overrides, "allow_paths": allow_paths}
        for name, value in stated.items():
            if value or isinstance(value, str):
                raise UsageError(
                    path=name,
                    expected="none with a config that was read already",
                    found=shown_value(value),
                    hint=f"load(config, {name}=...) takes it",
                )
        return config
    if progress is not None:
        progress("reading the config", 0.0, None, None)
    return load(config, scenario=scenario, overrides=overrides, allow_paths=allow_paths)


def run_stoppable(
    work: Callable[[SolverOptions], Result], options: SolverOptions, progress: Progress | None
) -> Result:
    """Do some work in a thread of its own, while this thread passes on its progress and hears Ctrl-C.

    The work gets the options with a signal and a monitor of this call alone. Once it is to stop, its result
    is what it has found until then; work that has nothing to give is left alone, and ends by itself.

    Raises
    ------
    KeyboardInterrupt
        At Ctrl-C or the signal to stop before anything was found, and at the second Ctrl-C.
    """
    stop, monitor, done = StopSignal(options.stop), Monitor(progress), Future[Result]()
    own = replace(options, stop=stop, monitor=monitor)
    Thread(target=fulfill, args=(done, lambda: work(own)), name="computeplan").start()
    is_interrupted = False
    while True:
        try:
            return _wait(done, stop, monitor)
        except KeyboardInterrupt:
            if is_interrupted or stop.is_set():
                raise
            is_interrupted = True
            stop.set()
        except BaseException:
            stop.set()
            wait((done,), timeout=GIVE_UP_S)
            raise


def raise_if_stopped(options: SolverOptions) -> None:
    """Raise KeyboardInterrupt where work that has nothing to give is to stop."""
    if options.is_stopped:
        raise KeyboardInterrupt


def _wait(done: Future[Result], stop: StopSignal, monitor: Monitor) -> Result:
    """Wait for the result; KeyboardInterrupt where it is to stop and has nothing to give."""
    while not wait((done,), timeout=POLL_S).done:
        monitor.deliver()
        if stop.is_set() and not monitor.ends_soon and not wait((done,), timeout=GIVE_UP_S).done:
            raise KeyboardInterrupt
    monitor.deliver()
    return done.result()
