"""``computeplan compare``: what changed from one plan to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
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
        from computeplan import archive
        from computeplan.problem import Goal
        from computeplan.report import changes_data, changes_view

        runs = [archive.open_plan(folder) for folder in (before, after)]
        changes = archive.compare(*runs)
    if as_json:
        terminal.write_json(changes_data(changes))
        return ExitCode.SOLVED
    problem = runs[1].plan.problem
    terminal.show(changes_view(changes, problem.currency if problem.objective.goal is Goal.COST else "kg"))
    return ExitCode.SOLVED
