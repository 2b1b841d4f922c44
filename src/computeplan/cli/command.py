"""What all commands share: exit codes, messages instead of tracebacks, and Ctrl-C while a solver works."""

from __future__ import annotations

import functools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from computeplan.cli import terminal
from computeplan.cli.options import flat_signature, gather_blocks, read_loudness
from computeplan.errors import AuditError, ComputeplanError, ConfigError, MemoryLimitError, SolverError
from computeplan.memory import require_libraries
from computeplan.text import number, percent

if TYPE_CHECKING:
    from computeplan.audit import AuditReport
    from computeplan.problem import Status
    from computeplan.solvers import StopSignal
    from computeplan.solvers.plan import Plan

Result = TypeVar("Result")


class ExitCode(IntEnum):
    """How a command ended."""

    SOLVED = 0
    INTERNAL = 1
    USAGE = 2
    INFEASIBLE = 3
    LIMIT = 4
    AUDIT = 5
    GAP = 6
    INTERRUPTED = 130


def outcome(plan: Plan, max_gap: float = inf) -> ExitCode:
    """Give the exit code of a plan; `max_gap` is the largest gap, proved, that counts as solved."""
    if plan.solution is None:
        return no_plan(plan.status)
    audit = plan.solution.audit
    if not audit.passed:
        return ExitCode.AUDIT
    return ExitCode.SOLVED if max_gap == inf or audit.is_within(max_gap) else ExitCode.GAP


def above_max_gap(audit: AuditReport, asked: str | None) -> tuple[str, ...]:
    """Say that a plan is farther from its bound than `--max-gap` allows."""
    proved = "how far it is above the optimum is not proved"
    if audit.gap is not None:
        proved = f"it is only proved to be at most {percent(audit.gap)} above the optimum"
    elif audit.excess is not None:
        proved = (
            f"it is only proved to be at most {number(audit.excess)} above the optimum, which may be near 0"
        )
    return (f"--max-gap {asked}: {proved}", "hint: a longer --time-limit, or another --solver")


def no_plan(status: Status) -> ExitCode:
    """Give the exit code of a status without a plan."""
    return ExitCode.LIMIT if status == "no_plan" else ExitCode.INFEASIBLE


NO_PLAN = {
    "infeasible": "infeasible: no plan meets all limits",
    "unbounded": "unbounded: the cost can fall without end",
    "no_plan": "the solver stopped before it was known whether there is a plan",
}
"""What is said last where there is no plan, by status."""

DEBUG = "COMPUTEPLAN_DEBUG"
"""Environment variable that lets unexpected errors through with their traceback."""


def guarded(command: Callable[..., ExitCode]) -> Callable[..., None]:
    """Make a command exit with its code, and with a message instead of a traceback where it fails.

    Typer reads the options from the signature, in which the command's blocks of options are spread out.
    """

    @functools.wraps(command)
    def run(**typed: Any) -> None:
        try:
            with _raising_interrupts():
                require_libraries()
                with terminal.speaking(read_loudness(typed)):
                    code = command(**gather_blocks(command, typed))
        except (Exception, KeyboardInterrupt) as error:  # the command line's last resort
            if os.environ.get(DEBUG) and not isinstance(error, ComputeplanError):
                raise
            code = fail_with(error)
        raise typer.Exit(code)

    run.__signature__ = flat_signature(command)  # type: ignore[attr-defined]  # mypy knows no such attribute
    return run


@contextmanager
def _raising_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt at Ctrl-C where it would end the process."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_DFL or not _is_main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _is_main_thread() -> bool:
    """Whether this thread may set signal handlers."""
    return threading.current_thread() is threading.main_thread()


def fail_with(error: BaseException) -> ExitCode:
    """Say what went wrong, and give the exit code."""
    terminal.fail(*describe(error))
    return exit_code(error)


def exit_code(error: BaseException) -> ExitCode:
    """Give the exit code of an exception."""
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    if isinstance(error, (MemoryLimitError, MemoryError)):
        return ExitCode.LIMIT
    if isinstance(error, AuditError):
        return ExitCode.AUDIT
    usage = isinstance(error, (ComputeplanError, OSError)) and not isinstance(error, SolverError)
    return ExitCode.USAGE if usage else ExitCode.INTERNAL


def describe(error: BaseException) -> tuple[str, ...]:
    """Say what went wrong, in lines; the last ones may be hints."""
    if isinstance(error, ConfigError):
        faults = [str(fault) for fault in error.faults]
        return tuple(faults) if len(faults) == 1 else (f"{len(faults)} faults in the config", *faults)
    if isinstance(error, ComputeplanError):
        return (str(error),)
    if isinstance(error, KeyboardInterrupt):
        return ("interrupted; no plan was written",)
    if isinstance(error, OSError):
        found = "expected a folder, got a file" if isinstance(error, FileExistsError) else error.strerror
        return (f"{error.filename}: {found}" if error.filename else f"{found or error}",)
    if isinstance(error, MemoryError):
        return ("not enough memory", "hint: longer periods or a shorter horizon make the problem smaller")
    return (
        f"internal error: {type(error).__name__}: {error}",
        f"hint: this is a fault of computeplan; please report it with the config and the output of {DEBUG}=1",
    )


def run_until_interrupted(work: Callable[[StopSignal], Result]) -> tuple[Result, bool]:
    """Do the work of a call of the API; also say whether Ctrl-C ended it early.

    The first Ctrl-C sets the signal that the work is given: what solvers had until then is its result. It is
    not raised, as an exception could be raised where Python drops it, such as in a finalizer.

    Raises
    ------
    KeyboardInterrupt
        At Ctrl-C where there is no such result, and at the second one.
    """
    from computeplan.api import StopSignal

    stop = StopSignal()
    with _stopping_at_ctrl_c(stop):
        return work(stop), stop.is_set()


@contextmanager
def _stopping_at_ctrl_c(stop: StopSignal) -> Iterator[None]:
    """Let the first Ctrl-C set the signal, and the next raise KeyboardInterrupt."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or not _is_main_thread():
        yield
        return

    def note(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def tell_interrupted() -> ExitCode:
    """Say that what was shown is only what was found until Ctrl-C, and give the exit code."""
    terminal.fail("interrupted; what was found until then is above")
    return ExitCode.INTERRUPTED


def has_abandoned_work() -> bool:
    """Whether the process would wait for a thread, such as a solver that Ctrl-C left alone."""
    others = (thread for thread in threading.enumerate() if thread is not threading.main_thread())
    return any(not thread.daemon for thread in others)
