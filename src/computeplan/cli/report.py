"""``computeplan report``: a plan or a study as one HTML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.options import Json
from computeplan.vocabulary import Language

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="The folder of a plan or a study.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The HTML file; default: next to the folder, with its name."),
]
SweepFolder = Annotated[
    Path | None,
    typer.Option(
        "--sweep",
        metavar="DIR",
        help="A sweep of the plan's config: assumptions are sorted by how far the cost goes with each.",
    ),
]
Lang = Annotated[Language, typer.Option(metavar=f"[{'|'.join(Language)}]", help="Language of the report.")]


@guarded
def report(
    folder: Folder,
    *,
    out: Out = None,
    sweep: SweepFolder = None,
    lang: Lang = Language.EN,
    as_json: Json = False,
) -> ExitCode:
    """Write a plan or a study as one HTML file.

    It needs no other file and no network.
    """
    place = Path(os.path.normpath(folder.absolute()))  # a name also for `.` and `..`
    target = out or place.parent / f"{place.name or 'report'}.html"
    with terminal.working("writing the report"):
        from computeplan.folder.write import refuse_inside_folder
        from computeplan.reports.html import write_report

        refuse_inside_folder(target)
        write_report(folder, target, lang, sweep=sweep)
    if as_json:
        terminal.write_answer({"report": str(target), "bytes": target.stat().st_size})
    else:
        terminal.write(str(target))
    return ExitCode.SOLVED
