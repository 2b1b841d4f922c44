"""``computeplan export``: the linear program for other solvers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.options import Config, Overlay


@guarded
def export(
    config: Config,
    overlay: Overlay,
    *,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="File ending in .mps or .lp.", show_default=False)
    ],
) -> ExitCode:
    """Write the linear program as an MPS or LP file for other solvers."""
    from computeplan.folder.write import refuse_inside_folder
    from computeplan.solvers import check_model_path

    check_model_path(out)
    refuse_inside_folder(out)
    loaded = overlay.load(config)
    with terminal.working("writing"):
        from computeplan import api

        columns, rows = api.export(loaded, out)
    terminal.note(f"wrote {out}: {columns:,} columns, {rows:,} rows")
    return ExitCode.SOLVED
