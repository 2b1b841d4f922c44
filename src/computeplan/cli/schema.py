"""``computeplan schema``: the JSON Schema of configs, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded


@guarded
def schema(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="File to write; default stdout.")] = None,
) -> ExitCode:
    """Print the JSON Schema of configs, for completion in editors."""
    from computeplan.config import json_schema

    found = json_schema()
    if out is None:
        terminal.write_json(found)
        return ExitCode.SOLVED
    out.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    terminal.note(f"wrote {out}; name it in a config's first line: # yaml-language-server: $schema={out}")
    return ExitCode.SOLVED
