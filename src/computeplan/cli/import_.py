"""``computeplan import``: series and workloads out of the files of other systems."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.options import Json, choice
from computeplan.errors import UsageError
from computeplan.imports.catalog import KINDS, WORK_KINDS
from computeplan.vocabulary import Fill

if TYPE_CHECKING:
    from computeplan.api import SeriesImport, WorkImport

MOST_NOTES = 20
"""Kinds of rows left out that are named on stderr."""

_LISTED = f"What the files are: {', '.join([*KINDS, *WORK_KINDS])}."


def _read_curve(text: str | None) -> dict[float, float] | None:
    """Read ``10:1.15,25:1.3``."""
    if text is None:
        return None
    try:
        points = [point.split(":") for point in text.split(",")]
        return {float(celsius): float(pue) for celsius, pue in points}
    except ValueError:
        example = "temperatures in °C, each with its PUE, such as 10:1.15,25:1.3"
        raise UsageError(path="--pue", expected=example, found=repr(text)) from None


@guarded
def import_(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", autocompletion=lambda: [*KINDS, *WORK_KINDS], help=_LISTED, show_default=False
        ),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Files of this kind, which are joined.", show_default=False),
    ],
    *,
    to: Annotated[
        Path,
        typer.Option(
            metavar="OUT",
            help="Writes OUT.parquet, OUT.yaml (the part of a config) and OUT.provenance.json.",
            show_default=False,
        ),
    ],
    fill: Annotated[
        str | None,
        choice("--fill", among=Fill, help="Make up values that are missing between others."),
    ] = None,
    unit: Annotated[
        str | None, typer.Option(metavar="UNIT", help="Unit of values where the files say none: CNY/MWh.")
    ] = None,
    pue: Annotated[
        str | None,
        typer.Option(metavar="CURVE", help="PUE by temperature, °C, linear in between: 10:1.15,25:1.3."),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Of a log: IANA zone of its times.")
    ] = None,
    slack: Annotated[
        float | None,
        typer.Option(metavar="N", min=0, help="Of a log: how long jobs may wait, in run times; default 1."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a log: zone of the config with its users and data.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take rows left out and values missing for faults.")
    ] = False,
    as_json: Json = False,
) -> ExitCode:
    """Turn files of prices, carbon, weather, generation or jobs into series or workloads of a config.

    Nothing is fetched. Times become UTC at the start of each interval, units those of configs. What the
    files do not say is asked in comments of OUT.yaml.
    """
    curve = _read_curve(pue)
    from computeplan.folder.write import refuse_inside_folder

    refuse_inside_folder(to)
    with terminal.working("reading the files"):
        from computeplan import api
        from computeplan.reports.json import render_json
        from computeplan.reports.subjects.imported import describe_import
        from computeplan.reports.terminal import render_terminal

        series = {"--fill": fill, "--unit": unit, "--pue": pue}
        work = {"--time-zone": time_zone, "--slack": slack, "--zone": zone}
        _refuse(work if kind in KINDS else series, kind)
        if kind in WORK_KINDS:
            found: SeriesImport | WorkImport = api.import_work(
                kind,
                files,
                time_zone=_required(time_zone),
                slack=1.0 if slack is None else slack,
                zone=zone,
                strict=strict,
            )
        else:
            found = api.import_series(kind, files, fill=fill, unit=unit, pue_curve=curve, strict=strict)
        written = [str(path) for path in found.save(to)]
    _note_omissions(found)
    blocks = describe_import(found)
    if as_json:
        terminal.write_answer({"written": written, **render_json(blocks)})
    else:
        terminal.show(render_terminal(blocks))
        terminal.note("\n".join(f"wrote {path}" for path in written))
    return ExitCode.SOLVED


def _refuse(options: Mapping[str, object], kind: str) -> None:
    """Refuse options that are about another sort of files."""
    for option, value in options.items():
        if value is not None:
            raise UsageError(path=option, expected=f"nothing with {kind}", found=repr(value))


def _required(time_zone: str | None) -> str:
    if time_zone is None:
        hint = "a log's times have no offset"
        raise UsageError(
            path="--time-zone", expected="an IANA zone such as Asia/Shanghai", found="none", hint=hint
        )
    return time_zone


def _note_omissions(found: SeriesImport | WorkImport) -> None:
    """Say what was left out, and what stays open."""
    for each in found.left_out[:MOST_NOTES]:
        terminal.note(f"warning: {each}")
    if len(found.left_out) > MOST_NOTES:
        terminal.note(f"warning: {len(found.left_out) - MOST_NOTES:,} more in OUT.provenance.json")
    for question in found.questions:
        terminal.note(f"? {question}")
