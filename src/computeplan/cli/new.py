"""``computeplan new``: a config to start from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

import computeplan
from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.errors import UsageError
from computeplan.text import expected_one_of

INPUT = re.compile(r"\bfile:\s*[\"']?([^\s\"',}#]+)")
"""An input named in a template: a path without spaces."""


def templates() -> dict[str, Path]:
    """Find the templates by name, the shortest first."""
    found = sorted(_folder().glob("*.yaml"), key=lambda path: path.stat().st_size)
    return {path.stem: path for path in found}


def _folder() -> Path:
    """Find the templates in an installed package or, in a checkout, the repository's configs."""
    package = Path(computeplan.__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parents[1] / "configs"


@guarded
def new(
    template: Annotated[
        str,
        typer.Argument(
            metavar="[TEMPLATE]",
            autocompletion=lambda: list(templates()),
            help=f"{' or '.join(templates())}.",
        ),
    ] = "quickstart",
    to: Annotated[
        Path | None, typer.Option(metavar="PATH", help="File or folder to write; default ./TEMPLATE.yaml.")
    ] = None,
) -> ExitCode:
    """Write a config to start from, with the files it reads.

    Nothing is overwritten.
    """
    written = copy_template(template, to)
    terminal.write("\n".join(str(path) for path in written))
    terminal.note(f"next: computeplan solve {written[0]}")
    return ExitCode.SOLVED


def copy_template(name: str, to: Path | None) -> list[Path]:
    """Copy a template and the data files it reads; gives the files, the config first.

    Raises
    ------
    UsageError
        If there is no such template, or a file is there already.
    """
    from computeplan.folder.write import refuse_inside_folder

    source = _find(name)
    target = to or Path(source.name)
    if target.is_dir():
        target /= source.name
    refuse_inside_folder(target)
    copies = {target: source}
    for relative in INPUT.findall(source.read_text(encoding="utf-8")):
        if (source.parent / relative).is_file():
            copies[target.parent / relative] = source.parent / relative
    for path in copies:
        if path.exists():
            raise UsageError(
                f"{path} is there already and is not overwritten",
                path=path,
                hint="--to PATH writes elsewhere",
            )
    for path, original in copies.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(original.read_bytes())
    return list(copies)


def _find(name: str) -> Path:
    known = templates()
    if name in known:
        return known[name]
    raise UsageError(path="template", **expected_one_of(known, name))
