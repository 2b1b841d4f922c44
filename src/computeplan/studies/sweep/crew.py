"""Who solves the points: worker processes here, a Dask cluster, or any executor."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from types import ModuleType
from typing import ParamSpec, TypeVar

from computeplan.errors import UsageError

Params = ParamSpec("Params")
Result = TypeVar("Result")

CONNECT_S = 10.0
"""Seconds that a cluster has to answer."""
AHEAD = 2
"""Points handed out for each worker, so that none waits for the next."""


@dataclass(frozen=True)
class Crew:
    """Workers.

    Attributes
    ----------
    executor : Executor
    size : int
        How many points are solved at once.
    stop : callable
        Gives up whatever is being solved.
    """

    executor: Executor
    size: int
    stop: Callable[[], None]


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Processes(ProcessPoolExecutor):
    """Worker processes that do not import the script that started them: they need this package only.

    So a script needs no ``if __name__ == "__main__":``, and may come from standard input.
    """

    def submit(
        self, fn: Callable[Params, Result], /, *args: Params.args, **kwargs: Params.kwargs
    ) -> Future[Result]:
        """Hand out work; this is where processes are started."""
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            sys.modules["__main__"] = main


@contextmanager
def local_crew(workers: int) -> Iterator[Crew]:
    """Start worker processes.

    Parameters
    ----------
    workers : int
    """
    executor = _Processes(workers, mp_context=get_context("spawn"), initializer=_prepare)
    processes = executor._processes  # noqa: SLF001 - before Python 3.14 there is no other way to end them

    def stop() -> None:
        for process in list(processes.values()):
            process.terminate()

    try:
        yield Crew(executor, workers, stop)
    except BaseException:
        stop()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def cluster_crew(address: str) -> Iterator[Crew]:
    """Use the workers of a Dask cluster.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    UsageError
        If Dask is not installed, or the cluster does not answer or has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("a cluster needs Dask: pip install 'computeplan[dask]'") from None
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"the cluster at {address} cannot be reached: {error}") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise UsageError(f"the cluster at {address} has no workers")
        yield Crew(client.get_executor(pure=False), threads, lambda: None)


@contextmanager
def given_crew(executor: Executor) -> Iterator[Crew]:
    """Use an executor that someone else made and will end."""
    yield Crew(executor, getattr(executor, "_max_workers", None) or cores(), lambda: None)


def _prepare() -> None:
    """Let Ctrl-C be the business of the main process, and end with it whatever ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
