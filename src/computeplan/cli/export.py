"""``computeplan export``: a plan for the systems that run it, or the linear program for other solvers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.options import Json, Overlay, choice
from computeplan.errors import UsageError
from computeplan.vocabulary import System

if TYPE_CHECKING:
    from computeplan.api import PlanExport

Source = Annotated[
    Path,
    typer.Argument(metavar="PLAN|CONFIG", help="A plan folder; without --to a config.", show_default=False),
]
To = Annotated[str | None, choice("--to", among=System, help="The system that the plan is written for.")]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="OUT",
        help="Folder, default exports/PLAN-SYSTEM; without --to a file ending in .mps or .lp.",
        show_default=False,
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        metavar="company|tier|FILE.csv",
        help="What has a quota of its own; FILE has columns company, group. Default company.",
    ),
]
Resource = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="What is counted whole: default nvidia.com/gpu, in Slurm node."),
]
PerUnit = Annotated[
    float | None, typer.Option(metavar="N", help="How many of it a unit of the plan is; default 1.")
]
Window = Annotated[
    float | None, typer.Option(metavar="HOURS", help="How long a quota holds; default 168, a week.")
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name", metavar="PLAN=SYSTEM", help="Name of a site, pool, hardware or group in the other system."
    ),
]


@guarded
def export(
    source: Source,
    overlay: Overlay,
    *,
    to: To = None,
    out: Out = None,
    by: By = None,
    resource: Resource = None,
    per_unit: PerUnit = None,
    window: Window = None,
    names: Names = None,
    as_json: Json = False,
) -> ExitCode:
    """Write a plan for the systems that run it: quotas, reservations, weights, curves, a forecast of cost.

    Without --to, write the linear program of a config as an MPS or LP file for other solvers.
    """
    stated = {
        "--by": by,
        "--resource": resource,
        "--per-unit": per_unit,
        "--window": window,
        "--name": names,
        "--json": as_json or None,
    }
    if to is None:
        _refuse([name for name, value in stated.items() if value is not None], "with --to only")
        return _write_program(source, overlay, out)
    _refuse(overlay.stated(), "with a config only, not with --to")
    folder = out or Path("exports") / f"{source.resolve().name}-{to}"
    with terminal.working("writing the plan for another system"):
        from computeplan import api
        from computeplan.folder.contents import EXPORT
        from computeplan.folder.write import check_target

        check_target(folder, EXPORT)
        made = api.export_plan(
            source,
            to,
            by=by or "company",
            resource=resource,
            per_unit=1.0 if per_unit is None else per_unit,
            window_h=168.0 if window is None else window,
            names=_read_names(names or []),
        )
        made.save(folder)
    _show(made, folder, as_json=as_json)
    return ExitCode.SOLVED


def _refuse(options: list[str], when: str) -> None:
    if options:
        raise UsageError(path=options[0], expected=when)


def _read_names(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for text, (name, _, system) in zip(texts, pairs, strict=True):
        if not name or not system:
            raise UsageError(path="--name", expected="PLAN=SYSTEM, such as hami=aws/eu-north-1", found=text)
    return {name: system for name, _, system in pairs}


def _show(made: PlanExport, folder: Path, *, as_json: bool) -> None:
    from computeplan.reports.json import render_json
    from computeplan.reports.subjects.exported import describe_export
    from computeplan.reports.terminal import render_terminal

    blocks = describe_export(made)
    if as_json:
        terminal.write_answer({"export": str(folder), "files": len(made.files), **render_json(blocks)})
    else:
        terminal.show(render_terminal(blocks))
        terminal.note(f"wrote {folder}: {len(made.files):,} files")


def _write_program(config: Path, overlay: Overlay, out: Path | None) -> ExitCode:
    from computeplan.folder.write import refuse_inside_folder
    from computeplan.solvers import check_model_path

    if out is None:
        raise UsageError(path="export", expected="--to SYSTEM, or --out FILE.mps", found="neither")
    check_model_path(out)
    refuse_inside_folder(out)
    loaded = overlay.load(config)
    with terminal.working("writing"):
        from computeplan import api

        columns, rows = api.export(loaded, out)
    terminal.note(f"wrote {out}: {columns:,} columns, {rows:,} rows")
    return ExitCode.SOLVED
