"""``computeplan explain``: why a config has no plan, or why a plan is as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import completion, terminal
from computeplan.cli.command import (
    NO_PLAN,
    ExitCode,
    guarded,
    no_plan,
    run_until_interrupted,
    tell_interrupted,
)
from computeplan.cli.options import Json, Overlay
from computeplan.errors import UsageError
from computeplan.vocabulary import SubjectKind

if TYPE_CHECKING:
    from computeplan.api import Loaded


Target = Annotated[
    Path, typer.Argument(metavar="CONFIG|PLAN", help="A YAML config or a plan folder.", show_default=False)
]
Subject = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        autocompletion=completion.names,
        help="A workload, company, site, pool, contract, link or hour of the plan.",
        show_default=False,
    ),
]
As = Annotated[
    SubjectKind | None,
    typer.Option("--as", metavar=f"[{'|'.join(SubjectKind)}]", help="Which kind of thing the name means."),
]


@guarded
def explain(
    target: Target,
    overlay: Overlay,
    subject: Subject = None,
    *,
    kind: As = None,
    as_json: Json = False,
) -> ExitCode:
    """Say why a config has no plan, or why a plan is as it is.

    Of a config: also the least change that gives it a plan. Of a plan: why a workload runs where it runs,
    what fills a site, pool or link, what a company pays, or what happens in an hour.
    """
    if subject is None and not target.is_dir():
        if kind is not None:
            raise UsageError(
                "explain: --as says what NAME means",
                path="explain",
                hint="a config is explained without a name",
            )
        return _explain_config(overlay.load(target), as_json=as_json)
    if stated := overlay.stated():
        raise UsageError(
            path="explain", expected=f"a config for {', '.join(stated)}", found=f"the plan {target}"
        )
    if subject is None:
        from computeplan.folder.read import open_folder

        open_folder(target)
        kinds = "workload, company, site, pool, contract, link or hour"
        raise UsageError(f"explain: name a {kinds} of the plan {target}", path="explain")
    return _explain_plan(target, subject, kind, as_json=as_json)


def _explain_plan(plan: Path, subject: str, kind: SubjectKind | None, *, as_json: bool) -> ExitCode:
    with terminal.working("reading the plan"):
        from computeplan import api
        from computeplan.reports.json import render_json
        from computeplan.reports.subjects.explanation import describe_explanation
        from computeplan.reports.terminal import render_terminal

        found = api.explain(api.open_plan(plan), subject, kind)
        blocks = describe_explanation(found)
    if as_json:
        terminal.write_answer(render_json(blocks))
    else:
        terminal.show(render_terminal(blocks))
    return ExitCode.SOLVED


def _explain_config(loaded: Loaded, *, as_json: bool) -> ExitCode:
    """Explain why there is no plan; exit as `solve` would."""
    with terminal.working("looking for what is in the way") as stages:
        from computeplan import api

        found, is_interrupted = run_until_interrupted(
            lambda stop: api.diagnose(loaded, options={"stop": stop}, progress=stages)
        )
    if as_json:
        terminal.write_answer({"name": loaded.problem.name, "status": found.status.value, **found.data()})
    if found.status.has_plan:
        terminal.note(f"{loaded.path} has a plan; nothing stands in its way")
        return ExitCode.SOLVED
    if not as_json:
        from computeplan.reports.subjects.diagnosis import describe_diagnosis
        from computeplan.reports.terminal import render_terminal

        terminal.show(render_terminal(describe_diagnosis(found)))
    terminal.fail(NO_PLAN[found.status.value])
    return tell_interrupted() if is_interrupted else no_plan(found.status)
