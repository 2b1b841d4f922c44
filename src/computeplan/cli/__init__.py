"""The command line: one small file a command; the only place that prints or exits."""

from __future__ import annotations

import os
import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line.

    Ctrl-C outside a command, while Python still imports or already ends, ends the process at once: an
    exception there would be shown as a traceback. Inside a command it is heard (`cli.command.guarded`).
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_closed_streams()
    from computeplan.cli.app import app
    from computeplan.cli.command import ExitCode, has_abandoned_work

    try:
        app()
    except SystemExit as end:
        if end.code == ExitCode.INTERRUPTED and has_abandoned_work():
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ExitCode.INTERRUPTED)
        raise
    except OSError as error:  # help and version are written by typer
        from computeplan.cli.command import fail_with

        sys.exit(fail_with(error))


def _open_closed_streams() -> None:
    """Open standard streams that are closed on nothing, so that no other file gets their numbers."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - stays open
