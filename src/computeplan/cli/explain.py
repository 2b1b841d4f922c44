"""``computeplan explain``: why a workload runs where it runs, what fills a site, what a company pays."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.options import Json


class KindName(StrEnum):
    """Kinds of things, stated here so that ``--help`` need not import them."""

    WORKLOAD = "workload"
    COMPANY = "company"
    SITE = "site"


Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="The plan folder.", show_default=False)]
Subject = Annotated[
    str, typer.Argument(metavar="NAME", help="A workload, company or site.", show_default=False)
]
As = Annotated[KindName | None, typer.Option("--as", help="Which kind of thing the name means.")]


@guarded
def explain(plan: Plan, subject: Subject, *, kind: As = None, as_json: Json = False) -> ExitCode:
    """Say why a workload runs where it runs, what fills a site, or what a company pays."""
    with terminal.working("reading the plan"):
        from computeplan import archive
        from computeplan.explain.subject import Kind
        from computeplan.report import explanation_data, explanation_view

        found = archive.explain(archive.open_plan(plan), subject, Kind(kind) if kind else None)
    if as_json:
        terminal.write_json(explanation_data(found))
    else:
        terminal.show(explanation_view(found))
    return ExitCode.SOLVED
