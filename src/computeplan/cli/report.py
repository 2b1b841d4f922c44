"""``computeplan report``: a plan, a sweep or a frontier as one HTML file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.options import Json


class Language(StrEnum):
    """Languages of a report, stated here so that ``--help`` need not import them."""

    EN = "en"
    ZH = "zh"


Folder = Annotated[
    Path,
    typer.Argument(metavar="FOLDER", help="The folder of a plan, a sweep or a frontier.", show_default=False),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The HTML file; default: beside the folder, with its name."),
]
Lang = Annotated[Language, typer.Option(help="Language of the report.")]


@guarded
def report(folder: Folder, *, out: Out = None, lang: Lang = Language.EN, as_json: Json = False) -> ExitCode:
    """Write a plan, a sweep or a frontier as one HTML file.

    It needs no other file and no network.
    """
    place = folder.absolute()
    target = out or place.with_name(f"{place.name}.html")
    with terminal.working("writing the report"):
        from computeplan.report.html import write_report

        write_report(folder, target, lang.value)
    if as_json:
        terminal.write_json({"report": str(target), "bytes": target.stat().st_size})
    else:
        terminal.write(str(target))
    return ExitCode.SOLVED
