"""``computeplan schedule``: who runs where and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.options import Json
from computeplan.errors import UsageError

if TYPE_CHECKING:
    from computeplan.api import Run

MOST_JSON = 500_000
"""Rows that are printed as JSON."""

Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan folder.", show_default=False)]
Company = Annotated[str | None, typer.Option(metavar="NAME", help="Workloads of this company only.")]
Workload = Annotated[str | None, typer.Option(metavar="NAME", help="This workload only.")]
Site = Annotated[str | None, typer.Option(metavar="NAME", help="Work at this site only.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write it, one row a workload, pool and period: .parquet or .csv."),
]


@guarded
def schedule(
    plan: Plan,
    *,
    company: Company = None,
    workload: Workload = None,
    site: Site = None,
    out: Out = None,
    as_json: Json = False,
) -> ExitCode:
    """Say who runs where and when.

    Without --out, hours of a workload in a row in the same pool are one line.
    """
    if out is not None:
        from computeplan.folder.tables.schedule import check_target

        check_target(out)
    with terminal.working("reading the plan"):
        from computeplan import api

        run = api.open_plan(plan, baseline=False)
    if out is not None:
        _write(run, (workload, company, site), out, as_json=as_json)
    elif as_json:
        terminal.write_answer({"schedule": _rows(run, (workload, company, site))})
    else:
        _show(run, (workload, company, site))
    return ExitCode.SOLVED


Names = tuple[str | None, str | None, str | None]
"""Of a workload, a company and a site."""


def _write(run: Run, names: Names, out: Path, *, as_json: bool) -> None:
    from computeplan.folder.tables.schedule import write_schedule

    workload, company, site = names
    with terminal.working("writing the schedule"):
        write_schedule(run.scan_schedule(workload, company=company, site=site), out)
    if as_json:
        terminal.write_answer({"schedule": str(out), "bytes": out.stat().st_size})
    else:
        terminal.write(str(out))


def _rows(run: Run, names: Names) -> list[dict[str, object]]:
    workload, company, site = names
    rows = run.scan_schedule(workload, company=company, site=site).head(MOST_JSON + 1).collect()
    if len(rows) > MOST_JSON:
        raise UsageError(
            path="schedule --json",
            expected=f"at most {MOST_JSON:,} rows",
            hint="--out FILE writes all; --company, --workload and --site choose some",
        )
    starts = [start.isoformat() for start in rows["start"].to_list()]
    return [{**row, "start": start} for row, start in zip(rows.to_dicts(), starts, strict=True)]


def _show(run: Run, names: Names) -> None:
    from computeplan.folder.tables.schedule import schedule_frames
    from computeplan.reports.subjects.schedule import describe_schedule
    from computeplan.reports.terminal import render_terminal

    allocation = run.require_solution("schedule").allocation
    frames = schedule_frames(allocation, run.select(*names))
    terminal.show(render_terminal(describe_schedule(run.plan.problem, frames)))
