"""``computeplan sweep``: the same config with many values."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.options import AllowPaths, Config, Json, Overrides, Scenario
from computeplan.cli.planning import (
    Algorithm,
    Baselines,
    Solver,
    Threads,
    TimeLimit,
    default_folder,
    given_options,
    policies,
)

if TYPE_CHECKING:
    from computeplan.studies.sweep import Progress, Sweep

EVERY_S = 10.0
"""Seconds between two lines of progress where there is no terminal."""


class Chosen(StrEnum):
    """Designs, stated here so that ``--help`` need not import them."""

    GRID = "grid"
    ONE_AT_A_TIME = "one-at-a-time"
    LATIN_HYPERCUBE = "latin-hypercube"
    MONTE_CARLO = "monte-carlo"


Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=SPEC",
        help="What varies: demand*=0.8:1.4:7 (factors), sites.*.pue+=0,0.05 (amounts), "
        "objective.carbon_price=40,80,160 or uniform(40,160). Again for more; default the config's `sweep`.",
    ),
]
Scenarios = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES", help="Scenarios to go through: a,b; `base` is the config itself, `all` all."
    ),
]
Points = Annotated[
    Path | None, typer.Option(metavar="FILE", help="CSV with one row a point; columns are paths.")
]
DesignOf = Annotated[
    Chosen | None, typer.Option(help="How points are chosen; default grid.", show_default=False)
]
Samples = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Points of a random design; default 100.")
]
Seed = Annotated[int | None, typer.Option(metavar="N", min=0, help="Seed of a random design; default 0.")]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder to write; default sweeps/CONFIG.")]
Restart = Annotated[bool, typer.Option("--restart", help="Begin anew, and drop what is there.")]
Workers = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Worker processes; default one for each core.")
]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Work on a Dask cluster, such as tcp://10.0.0.5:8786.")
]


@guarded
def sweep(
    config: Config,
    *,
    vary: Vary = None,
    scenarios: Scenarios = None,
    points: Points = None,
    design: DesignOf = None,
    samples: Samples = None,
    seed: Seed = None,
    scenario: Scenario = None,
    overrides: Overrides = None,
    allow_paths: AllowPaths = None,
    out: Out = None,
    restart: Restart = False,
    workers: Workers = None,
    cluster: Cluster = None,
    solver: Solver = None,
    time_limit: TimeLimit = None,
    threads: Threads = None,
    method: Algorithm = None,
    baselines: Baselines = None,
    as_json: Json = False,
) -> ExitCode:
    """Solve a config with many values: what moves the answer.

    Also where plans switch. Each point is a verified plan. What was interrupted goes on with the same
    command.
    """
    folder = out or Path("sweeps") / default_folder(config, scenario).name
    with terminal.working("reading the config") as tell:
        from computeplan.api import policy_of
        from computeplan.studies.sweep import Question, Request, run_sweep

        names = tuple(name.strip() for name in scenarios.split(",")) if scenarios else ()
        chosen = design.value if design else None
        reporter = _Reporter(tell)
        request = Request(
            path=config,
            question=Question(tuple(vary or ()), names, points, chosen, samples, seed),
            scenario=scenario,
            overrides=tuple(overrides or ()),
            allow_paths=tuple(allow_paths or ()),
            options=given_options(solver, time_limit, threads, method),
            policies=tuple(map(policy_of, policies(baselines))),
            target=folder,
            restart=restart,
            workers=workers,
            cluster=cluster,
            tell=reporter.report,
        )
        try:
            found = run_sweep(request)
        except KeyboardInterrupt:
            terminal.fail(f"interrupted; {reporter.kept()}")
            return ExitCode.INTERRUPTED
    return _told(found, folder, as_json=as_json)


def _told(found: Sweep, folder: Path, *, as_json: bool) -> ExitCode:
    from computeplan.report import sweep_view

    if as_json:
        terminal.write_json({**found.summary, "sweep": str(folder)})
    else:
        terminal.show(sweep_view(found, folder))
    failed = found.summary["audit_failed"]
    broken = found.summary["status"].get("failed", 0)
    if failed:
        terminal.fail(f"the audit of {failed} points failed; the table says which and why")
        return ExitCode.AUDIT
    if broken:
        terminal.fail(f"the solver broke down at {broken} points; the table says which and why")
        return ExitCode.INTERNAL
    return ExitCode.SOLVED


class _Reporter:
    """Tells the progress: in place at a terminal, else now and then in a line."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell, self._last = tell, monotonic()
        self._progress: Progress | None = None

    def report(self, progress: Progress) -> None:
        """Tell how far the sweep is."""
        is_first, self._progress = self._progress is None, progress
        text = f"{progress.done:,} of {progress.total:,} points"
        if progress.left_s is not None:
            text += f", {_rate(progress.rate_per_s)}, {_span(progress.left_s)} left"
        if sys.stderr.isatty():
            self._tell(text)
        elif is_first or progress.done == progress.total or monotonic() - self._last >= EVERY_S:
            self._last = monotonic()
            terminal.note(text)

    def kept(self) -> str:
        """Say what is kept, and how to go on."""
        if self._progress is None:
            return "nothing was solved yet"
        done, total = self._progress.done, self._progress.total
        return f"{done:,} of {total:,} points are kept, and the same command goes on from there"


def _rate(per_s: float) -> str:
    return f"{per_s:.1f} a second" if per_s >= 1 else f"{60 * per_s:.1f} a minute"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
