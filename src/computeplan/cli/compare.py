"""``computeplan compare``: what changed from one plan to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.options import Json

Before = Annotated[Path, typer.Argument(metavar="BEFORE", help="A plan folder.", show_default=False)]
After = Annotated[
    Path, typer.Argument(metavar="AFTER", help="The plan folder to compare with it.", show_default=False)
]


@guarded
def compare(before: Before, after: After, *, as_json: Json = False) -> ExitCode:
    """Say what changed from one plan to another.

    Inputs, cost, carbon, where work runs, what binds.
    """
    with terminal.working("reading the plans"):
        from computeplan import api
        from computeplan.reports.json import render_json
        from computeplan.reports.subjects.changes import describe_changes
        from computeplan.reports.terminal import render_terminal

        runs = [api.open_plan(folder) for folder in (before, after)]
        blocks = describe_changes(api.compare(*runs), runs[1])
    if as_json:
        terminal.write_answer(render_json(blocks))
    else:
        terminal.show(render_terminal(blocks))
    return ExitCode.SOLVED
