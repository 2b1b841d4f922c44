"""``computeplan report``: a plan as one HTML file."""

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
    """Languages of a report."""

    EN = "en"
    ZH = "zh"


Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="The plan folder.", show_default=False)]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Default: report.html beside the plan folder, named after it.")]
Lang = Annotated[Language, typer.Option(help="Language of the report.")]


@guarded
def report(plan: Plan, *, out: Out = None, lang: Lang = Language.EN, as_json: Json = False) -> ExitCode:
    """Write a plan as one HTML file that opens in a browser without a network."""
    target = out or plan.absolute().with_name(f"{plan.absolute().name}.html")
    with terminal.working("reading the plan"):
        from computeplan.report.html import report_html

        html = report_html(plan, lang.value)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(html, encoding="utf-8", newline="\n")
    if as_json:
        terminal.write_json({"report": str(target), "bytes": target.stat().st_size})
    else:
        terminal.write(str(target))
    return ExitCode.SOLVED
