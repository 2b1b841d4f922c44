"""``computeplan new``: a config to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded


@guarded
def new(
    template: Annotated[
        str, typer.Argument(metavar="[TEMPLATE]", help="quickstart or chongqing.")
    ] = "quickstart",
    to: Annotated[
        Path | None, typer.Option(metavar="PATH", help="File or folder to write; default ./TEMPLATE.yaml.")
    ] = None,
) -> ExitCode:
    """Write a config to start from, with the files it reads.

    Nothing is overwritten.
    """
    from computeplan.cli.templates import copy_template

    written = copy_template(template, to)
    terminal.write("\n".join(str(path) for path in written))
    terminal.note(f"next: computeplan solve {written[0]}")
    return ExitCode.SOLVED
