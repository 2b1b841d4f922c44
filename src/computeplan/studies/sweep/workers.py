"""Who solves the points: worker processes here, a Dask cluster, or any executor."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from time import monotonic, sleep
from types import ModuleType
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from computeplan import memory
from computeplan.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client

Params = ParamSpec("Params")
Result = TypeVar("Result")

CONNECT_S = 10.0
"""Seconds that a cluster has to answer."""
CLOSE_S = 2.0
"""Seconds that it has to say goodbye."""
POLL_S = 0.1
"""How often it is looked whether a scheduler is there again."""
ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?(?:\[[0-9A-Fa-f:.%]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})/?")
"""Of a scheduler: a host, or an IPv6 address in brackets, and a port."""
AHEAD = 2
"""Points handed out for each worker, so that none waits for the next."""


@dataclass(frozen=True)
class WorkerPool:
    """Workers that solve points."""

    executor: Executor
    size: int
    """How many points are solved at once."""
    check: Callable[[], object] = lambda: None
    """Raises an error if the workers cannot be reached any more."""


def count_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_MAIN = threading.Lock()
"""Held while the main module is another, as sweeps in two threads may start their processes at once."""


class _Processes(ProcessPoolExecutor):
    """Worker processes that do not import the script that started them: they need this package only.

    So a script needs no ``if __name__ == "__main__":``, and may come from standard input.
    """

    def submit(
        self, fn: Callable[Params, Result], /, *args: Params.args, **kwargs: Params.kwargs
    ) -> Future[Result]:
        """Hand out work; this is where processes are started."""
        with _MAIN:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return super().submit(fn, *args, **kwargs)
            finally:
                sys.modules["__main__"] = main


@contextmanager
def local_pool(workers: int) -> Iterator[WorkerPool]:
    """Start worker processes; they are terminated if the sweep stops early."""
    available = memory.available_bytes()
    share = None if available is None else available // workers
    executor = _Processes(
        workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(share, workers)
    )
    processes = executor._processes  # noqa: SLF001 - before Python 3.14 there is no other way to end them

    try:
        yield WorkerPool(executor, workers)
    except BaseException:
        for process in list(processes.values()):
            process.terminate()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def check_address(address: str) -> None:
    """Check that an address is one of a Dask scheduler, with its port; a `UsageError` if it is not."""
    match = ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65536:
        raise UsageError(
            path="--cluster",
            expected="the address of a Dask scheduler with its port, such as tcp://10.0.0.5:8786",
            found=repr(address),
        )


@contextmanager
def cluster_pool(address: str) -> Iterator[WorkerPool]:
    """Use the workers of a Dask cluster, at the address of its scheduler.

    Raises `UsageError` if Dask is not installed, or the cluster has no workers, or does not answer, also
    later.
    """
    try:
        from distributed import Client, Security
    except ImportError:
        raise UsageError(
            "a cluster needs Dask", path="--cluster", hint="pip install 'computeplan[dask]'"
        ) from None
    if address.startswith("tls:") and not Security().get_connection_args("client")["ssl_context"]:
        raise UsageError(
            f"{address} needs the certificates that `distributed.comm.tls` of Dask's config names",
            path="--cluster",
        )
    # What is no scheduler may keep a client waiting for an answer that never ends.
    connected = Future[Client]()
    connect = partial(Client, address, timeout=CONNECT_S, set_as_default=False)
    threading.Thread(target=_set_result, args=(connected, connect), daemon=True).start()
    try:
        client = connected.result(timeout=2 * CONNECT_S)
    except TimeoutError:
        raise UsageError(f"what answers at {address} is no Dask scheduler", path="--cluster") from None
    except (OSError, ValueError, TypeError, AssertionError, RuntimeError) as error:
        raise UsageError(f"the cluster at {address} cannot be reached: {error}", path="--cluster") from None
    try:
        threads = sum(client.nthreads().values())
        if not threads:
            raise UsageError(f"the cluster at {address} has no workers", path="--cluster")
        executor = client.get_executor(pure=False)
        yield WorkerPool(executor, threads, partial(_check_scheduler, client, address))
    finally:
        client.close(timeout=CLOSE_S)


def _set_result(future: Future[Result], work: Callable[[], Result]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised again by result()
        future.set_exception(error)


def _check_scheduler(client: Client, address: str) -> None:
    """Wait until a scheduler answers; a `UsageError` if it does not."""
    deadline = monotonic() + CONNECT_S
    while client.status != "running":
        if client.status == "closed" or monotonic() > deadline:
            raise UsageError(f"the scheduler at {address} is gone", path="--cluster")
        sleep(POLL_S)
    try:
        client.sync(client._update_scheduler_info, callback_timeout=CONNECT_S)  # noqa: SLF001 - takes a time
    except (OSError, TimeoutError) as error:
        raise UsageError(f"the scheduler at {address} does not answer: {error}", path="--cluster") from None


@contextmanager
def executor_pool(executor: Executor) -> Iterator[WorkerPool]:
    """Use an executor that the caller made and will shut down."""
    yield WorkerPool(executor, getattr(executor, "_max_workers", None) or count_cores())


def _prepare(share_bytes: int | None, workers: int) -> None:
    """Leave Ctrl-C to the main process, and memory to the other workers; end when the main process ends."""
    if share_bytes is not None and workers > 1:
        memory.take_share(share_bytes, f"fewer --workers than {workers} leave more memory for each")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
