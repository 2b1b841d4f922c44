"""Runs a job in a process of its own and measures it from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

import computeplan
from computeplan.bench.runs import FAILED, TIMEOUT, ProcessJob

if TYPE_CHECKING:
    import resource

MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
"""Unit of a process's peak memory, which differs between systems."""
POLL_S = 0.1
"""How often a waiting process looks whether it is to stop."""
JOB, ANSWER = "job.json", "answer.json"
"""Files of a child process, in a folder of its own."""
TEMPORARY = ("TMPDIR", "TMP", "TEMP")
"""Variables that say where temporary files go: those of a process that is killed go with its folder."""


@dataclass(frozen=True)
class Ended:
    """A process that came to its end: its answer, which has a status, and what it and its children used."""

    answer: dict[str, Any]
    process_s: float
    process_cpu_s: float
    peak_mb: float


def run_job(job: ProcessJob, limit_s: float, is_stopped: Callable[[], bool]) -> Ended:
    """Run a job; it is ended when its time is over and when this process goes away.

    On Linux a process counts the peak memory of the one that started it as its own: this one stays below
    what a smallest plan needs.

    Raises `KeyboardInterrupt` if `is_stopped`, which is asked again and again.
    """
    with TemporaryDirectory(prefix="computeplan-bench-") as name:
        folder, start = Path(name), perf_counter()
        job.write(folder / JOB)
        with (folder / "output").open("w+b") as output:
            with _start(folder, output) as child:
                is_late, usage = _wait(child, limit_s, is_stopped)
            wall_s = perf_counter() - start
            answer = _timeout(limit_s) if is_late else _answer_of(folder, child.returncode, output)
    cpu_s = usage.ru_utime + usage.ru_stime
    return Ended(answer, wall_s, cpu_s, usage.ru_maxrss * MAXRSS_BYTES / 1e6)


@contextmanager
def _start(folder: Path, output: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start the child in a group of its own, which is ended with this context."""
    # The very package that runs here, from whatever folder, and none that lies in the current one.
    package = str(Path(computeplan.__file__).parents[1])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", "computeplan.bench.child", str(folder)],
        stdin=subprocess.PIPE,  # its end is the end of this process
        stdout=output,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **dict.fromkeys(TEMPORARY, str(folder))},
        start_new_session=True,  # Ctrl-C is for this process alone
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            _end(child)
            child.wait()
        if child.stdin:
            child.stdin.close()


def _wait(
    child: subprocess.Popen[bytes], limit_s: float, is_stopped: Callable[[], bool]
) -> tuple[bool, resource.struct_rusage]:
    """Wait for the child; return whether its time was over, and what it used."""
    found: list[tuple[int, int, resource.struct_rusage]] = []
    waiter = Thread(target=lambda: found.append(os.wait4(child.pid, 0)))
    waiter.start()
    deadline, is_late, is_ended = perf_counter() + limit_s, False, False
    while waiter.is_alive() and not (is_late or is_ended):
        waiter.join(min(POLL_S, max(0.0, deadline - perf_counter())))
        is_late, is_ended = perf_counter() >= deadline, is_stopped()
    if waiter.is_alive():
        _end(child)
        waiter.join()
    _, status, usage = found[0]
    child.returncode = os.waitstatus_to_exitcode(status)
    if is_ended:
        raise KeyboardInterrupt
    return is_late and child.returncode != 0, usage


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child and what it started, such as a solver."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _timeout(limit_s: float) -> dict[str, Any]:
    return {"status": TIMEOUT, "message": f"not done within {limit_s:g} s"}


def _answer_of(folder: Path, code: int, output: IO[bytes]) -> dict[str, Any]:
    answer = folder / ANSWER
    if code == 0 and answer.exists():
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found
    if code < 0:
        number = signal.Signals(-code)
        reason = f"ended by {number.name}{', as when memory runs out' if number == signal.SIGKILL else ''}"
        return {"status": FAILED, "message": reason}
    output.seek(0)
    lines = output.read().decode(errors="replace").strip().splitlines()
    return {"status": FAILED, "message": lines[-1] if lines else f"ended with exit code {code}"}
