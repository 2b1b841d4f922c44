"""``computeplan sweep``: the same config with many values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import completion, terminal
from computeplan.cli.command import ExitCode, guarded, run_until_interrupted, tell_interrupted
from computeplan.cli.options import Baselines, Config, Json, Overlay, SolverFlags, choice, named_policies
from computeplan.vocabulary import DesignKind

if TYPE_CHECKING:
    from computeplan.studies.sweep import Sweep

CHOSEN_DESIGNS = [kind for kind in DesignKind if kind is not DesignKind.LIST]

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=SPEC",
        autocompletion=completion.settings,
        help="What varies: demand*=0.8:1.4:7 (factors), sites.*.pue+=0,0.05 (amounts), "
        "objective.carbon_price=40,80,160 or uniform(40,160). Again for more; default the config's `sweep`.",
    ),
]
Scenarios = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        autocompletion=completion.listed_scenarios,
        help="Scenarios to go through: a,b; `base` is the config itself, `all` all.",
    ),
]
Points = Annotated[
    Path | None, typer.Option(metavar="FILE", help="CSV with one row a point; columns are paths.")
]
DesignOf = Annotated[
    str | None,
    choice(
        "--design",
        among=CHOSEN_DESIGNS,
        help="How points are chosen; default grid.",
    ),
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
    overlay: Overlay,
    flags: SolverFlags,
    *,
    vary: Vary = None,
    scenarios: Scenarios = None,
    points: Points = None,
    design: DesignOf = None,
    samples: Samples = None,
    seed: Seed = None,
    out: Out = None,
    restart: Restart = False,
    workers: Workers = None,
    cluster: Cluster = None,
    baselines: Baselines = None,
    as_json: Json = False,
) -> ExitCode:
    """Solve a config with many values: what moves the answer.

    Also where plans switch. Each point is a verified plan. What was interrupted goes on with the same
    command.
    """
    folder = out or overlay.folder("sweeps", config)
    with terminal.working("reading the config") as stages:
        from computeplan import api

        progress = _Kept(stages)
        try:
            found, is_interrupted = run_until_interrupted(
                lambda stop: api.sweep(
                    config,
                    vary=vary or (),
                    scenarios=[name.strip() for name in scenarios.split(",")] if scenarios else (),
                    points=points,
                    design=design,
                    samples=samples,
                    seed=seed,
                    **overlay.arguments(),
                    policies=named_policies(baselines),
                    options={**flags.stated(), "stop": stop},
                    out=folder,
                    restart=restart,
                    workers=workers,
                    cluster=cluster,
                    progress=progress,
                )
            )
        except KeyboardInterrupt:
            terminal.fail(f"interrupted; {progress.kept()}")
            return ExitCode.INTERRUPTED
    code = _show_results(found, folder, as_json=as_json)
    return tell_interrupted() if is_interrupted else code


def _show_results(found: Sweep, folder: Path, *, as_json: bool) -> ExitCode:
    from computeplan.reports.subjects.sweep import describe_sweep
    from computeplan.reports.terminal import render_terminal

    if as_json:
        terminal.write_answer({**found.summary, "sweep": str(folder)})
    else:
        terminal.show(render_terminal(describe_sweep(found, folder)))
    failed = found.summary["audit_failed"]
    broken = found.summary["status"].get("failed", 0)
    if failed:
        terminal.fail(f"the audit of {failed} points failed; the table says which and why")
        return ExitCode.AUDIT
    if broken:
        terminal.fail(f"the solver broke down at {broken} points; the table says which and why")
        return ExitCode.INTERNAL
    return ExitCode.SOLVED


class _Kept:
    """Shows how far a sweep is, and remembers it."""

    def __init__(self, stages: terminal.Stages) -> None:
        self._stages, self._stage = stages, ""

    def __call__(self, stage: str, seconds: float, gap: float | None, bound: float | None) -> None:
        """Show how far it is."""
        self._stage = stage
        self._stages(stage, seconds, gap, bound)

    def kept(self) -> str:
        """Say what is kept, and how to go on."""
        _, solved, points = self._stage.partition("sweep: ")
        if not solved:
            return "nothing was solved yet"
        return f"{points.split(', ')[0]} are kept, and the same command goes on from there"
