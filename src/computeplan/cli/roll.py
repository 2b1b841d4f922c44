"""``computeplan roll``: the rest of a plan anew, from what has happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import NO_PLAN, ExitCode, guarded, outcome, run_until_interrupted
from computeplan.cli.options import Json, Overlay, SolverFlags
from computeplan.errors import UsageError

if TYPE_CHECKING:
    from computeplan.api import Roll

Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="The plan folder so far.", show_default=False)]
Now = Annotated[
    str,
    typer.Option(metavar="TIME", help="Local time from which on all is planned anew.", show_default=False),
]
New = Annotated[
    Path | None,
    typer.Option("--config", metavar="NEW", help="What is known now; default what the plan was made from."),
]
Actuals = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE", help="Work done until now, as `schedule --out` writes it; others did as planned."
    ),
]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of the new plan; default PLAN-rolled beside it.")
]


@guarded
def roll(
    plan: Plan,
    overlay: Overlay,
    flags: SolverFlags,
    *,
    now: Now,
    config: New = None,
    actuals: Actuals = None,
    out: Out = None,
    as_json: Json = False,
) -> ExitCode:
    """Plan the rest anew from what has happened, and say what changes.

    What was done and what was decided once is held; backlogs, volumes, peaks, budgets go on from there.
    """
    folder = out or plan.resolve().with_name(f"{plan.resolve().name}-rolled")
    if config is None and overlay.stated():
        raise UsageError(path=overlay.stated()[0], expected="with --config only")
    from computeplan.folder.write import check_target

    check_target(folder)
    loaded = overlay.load(config) if config else None
    with terminal.working("planning the rest") as stages:
        from computeplan import api

        before = api.open_plan(plan, baseline=False)
        found, is_interrupted = run_until_interrupted(
            lambda stop: api.roll(
                before,
                now,
                config=loaded,
                actuals=actuals or (),
                options={**before.options.data(), **flags.stated(), "stop": stop},
                progress=stages,
            )
        )
    code = outcome(found.run.plan)
    if code is not ExitCode.SOLVED:
        told = NO_PLAN.get(found.run.plan.status.value, "the audit failed, so no plan was written")
        terminal.fail(told, f"hint: what happened until {found.now} is held; --config can relax what follows")
        return code
    with terminal.working("writing the plan"):
        found.run.save(folder)
    _show(found, folder, as_json=as_json)
    return ExitCode.INTERRUPTED if is_interrupted else ExitCode.SOLVED


def _show(found: Roll, folder: Path, *, as_json: bool) -> None:
    from computeplan.reports.json import render_json
    from computeplan.reports.subjects.rolled import describe_roll
    from computeplan.reports.terminal import render_terminal

    blocks = describe_roll(found)
    if as_json:
        terminal.write_answer({"plan": str(folder), **render_json(blocks)})
    else:
        terminal.show(render_terminal(blocks))
        terminal.note(f"wrote {folder}")
