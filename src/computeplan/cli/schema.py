"""``computeplan schema``: the JSON Schema of configs, for editors, and of answers, for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.options import choice

CONFIG, ANSWERS = "config", ("solve", "decide", "alternatives")
"""What there are schemas of: configs, and what commands print with ``--json``."""

Of = Annotated[
    str, choice("--of", among=[CONFIG, *ANSWERS], help="Of configs (default), or of a command's --json.")
]


@guarded
def schema(
    of: Of = CONFIG,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="File to write; default stdout.")] = None,
) -> ExitCode:
    """Print the JSON Schema of configs, for completion in editors, or of what --json prints."""
    found = _schema(of)
    if out is None:
        terminal.write_json(found)
        return ExitCode.SOLVED
    from computeplan.files import write_file
    from computeplan.folder.write import refuse_inside_folder

    refuse_inside_folder(out)
    write_file(out, f"{json.dumps(found, indent=2, ensure_ascii=False)}\n".encode())
    use = f"; name it in a config's first line: # yaml-language-server: $schema={out}"
    terminal.note(f"wrote {out}{use if of == CONFIG else ''}")
    return ExitCode.SOLVED


def _schema(of: str) -> dict[str, object]:
    if of == CONFIG:
        from computeplan.config import json_schema

        return json_schema()
    from computeplan.reports.answers import answer_schema

    return answer_schema(of)
