"""``computeplan export``: the linear program for other solvers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.options import AllowPaths, Config, Overrides, Scenario


@guarded
def export(
    config: Config,
    *,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="File ending in .mps or .lp.", show_default=False)
    ],
    scenario: Scenario = None,
    overrides: Overrides = None,
    allow_paths: AllowPaths = None,
) -> ExitCode:
    """Write the linear program of a config as an MPS or LP file, for other solvers."""
    with terminal.working("writing"):
        from computeplan import api

        loaded = api.load(config, scenario=scenario, overrides=overrides or (), allow_paths=allow_paths or ())
        columns, rows = api.export(loaded, out)
    terminal.note(f"wrote {out}: {columns:,} columns, {rows:,} rows")
    return ExitCode.SOLVED
