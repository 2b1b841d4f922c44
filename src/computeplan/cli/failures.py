"""The one place that turns an exception into a message and an exit code."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import ParamSpec

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.errors import ComputeplanError, ConfigError, MemoryLimitError, SolverError

DEBUG = "COMPUTEPLAN_DEBUG"
"""Environment variable that lets unexpected errors through with their traceback."""

P = ParamSpec("P")


def guarded(command: Callable[P, ExitCode]) -> Callable[P, None]:
    """Make a command exit with its code, and with a message instead of a traceback where it fails.

    Parameters
    ----------
    command : callable
        Returns its exit code.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as error:  # the command line's last resort
            if os.environ.get(DEBUG) and not isinstance(error, ComputeplanError):
                raise
            terminal.fail(*describe(error))
            code = exit_code(error)
        raise typer.Exit(code)

    # Typer reads the options from the signature; what the command returns is no concern of it.
    return run


def exit_code(error: BaseException) -> ExitCode:
    """Give the exit code of an exception.

    Parameters
    ----------
    error : BaseException
    """
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    if isinstance(error, (MemoryLimitError, MemoryError)):
        return ExitCode.LIMIT
    usage = isinstance(error, (ComputeplanError, OSError)) and not isinstance(error, SolverError)
    return ExitCode.USAGE if usage else ExitCode.INTERNAL


def describe(error: BaseException) -> tuple[str, ...]:
    """Say what went wrong, in lines; the last ones may be hints.

    Parameters
    ----------
    error : BaseException
    """
    if isinstance(error, ConfigError):
        faults = [str(fault) for fault in error.faults]
        return tuple(faults) if len(faults) == 1 else (f"{len(faults)} faults in the config", *faults)
    if isinstance(error, ComputeplanError):
        return (str(error),)
    if isinstance(error, KeyboardInterrupt):
        return ("interrupted; no plan was written",)
    if isinstance(error, OSError):
        return (f"{error.filename}: {error.strerror}" if error.filename else str(error),)
    if isinstance(error, MemoryError):
        return ("not enough memory", "hint: longer periods or a shorter horizon make the problem smaller")
    return (
        f"internal error: {type(error).__name__}: {error}",
        f"hint: this is a fault of computeplan; please report it with the config and the output of {DEBUG}=1",
    )
