"""``computeplan alternatives``: what plans of nearly the least cost share, and in what they can differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded, no_plan, run_until_interrupted, tell_interrupted
from computeplan.cli.options import Json, Overlay, SolverFlags, read_share

Source = Annotated[
    Path, typer.Argument(metavar="CONFIG|PLAN", help="The YAML config, or a plan folder.", show_default=False)
]
Within = Annotated[str, typer.Option(metavar="SHARE", help="Of the optimum, by which plans may cost more.")]
Of = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MEASURE",
        help="Range this: share:xinjiang, booked:*, carbon; may be repeated. Default: all but cost.",
    ),
]
Count = Annotated[
    int,
    typer.Option(metavar="K", min=0, help="Find K plans that differ in where work runs, the optimum first."),
]
Tolerance = Annotated[
    str, typer.Option(metavar="SHARE", help="Of each range, up to which both its ends are proved.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder to write; the plans are plan folders, DIR/plans/0 and so on."),
]


def refuse_overlay(options: Sequence[str]) -> None:
    """Say that a plan has scenario and settings in it."""
    from computeplan.errors import UsageError

    if options:
        stated = ", ".join(options)
        raise UsageError(path=stated, expected="a config", found="a plan folder", hint="name the config")


@guarded
def alternatives(
    source: Source,
    overlay: Overlay,
    flags: SolverFlags,
    *,
    within: Within = "2%",
    of: Of = None,
    count: Count = 0,
    tolerance: Tolerance = "1%",
    out: Out = None,
    as_json: Json = False,
) -> ExitCode:
    """Find what good plans share, and what is a matter of taste.

    For each measure it finds the least and the most among plans within a share of the least cost: reached by
    audited plans, and proved.
    """
    most = read_share("--within", within) or 0.0
    proved = read_share("--tolerance", tolerance, most=1.0) or 0.0
    if out is not None:
        from computeplan.folder.contents import ALTERNATIVES
        from computeplan.folder.write import check_target

        check_target(out, ALTERNATIVES)
    if source.is_dir():
        refuse_overlay(overlay.stated())
    config = source if source.is_dir() else overlay.load(source)
    with terminal.working("planning") as stages:
        from computeplan import api

        study, is_interrupted = run_until_interrupted(
            lambda stop: api.alternatives(
                config,
                within=most,
                of=of or (),
                count=count,
                tolerance=proved,
                options={**flags.stated(), "stop": stop},
                progress=stages,
            )
        )
        if out is not None and study.objective is not None:
            study.save(out)
    if as_json:
        written = str(out) if out is not None and study.objective is not None else None
        terminal.write_answer({**study.summary(), "folder": written})
    elif study.objective is not None:
        from computeplan.reports.subjects.alternatives import describe_alternatives
        from computeplan.reports.terminal import render_terminal

        terminal.show(render_terminal(describe_alternatives(study)))
    if study.objective is None:
        terminal.fail("there is no plan, and so no alternative", *study.notes, *map(str, study.reasons))
        return ExitCode.AUDIT if study.status.has_plan else no_plan(study.status)
    if not study.certified and not is_interrupted:
        terminal.note("warning: not all ends are proved to the tolerance")
    return tell_interrupted() if is_interrupted else ExitCode.SOLVED
