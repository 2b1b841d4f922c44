"""``computeplan ranging``: what limits are worth, and where the plan changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.interruptible import interruptible
from computeplan.cli.options import Config, Json, Overrides, Scenario
from computeplan.cli.solve import Baselines, Solver, Threads, TimeLimit, policies, solver_options

if TYPE_CHECKING:
    from computeplan.studies.ranging import RangingStudy

Of = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATH",
        help="Vary this number, such as sites.hami.pue; may be repeated. Default: the carbon price and the "
        "grid price of every site.",
    ),
]
Low = Annotated[float | None, typer.Option("--from", metavar="X", help="Vary from here; default 0.")]
High = Annotated[
    float | None, typer.Option("--to", metavar="X", help="Vary to here; default twice the value.")
]
Limits = Annotated[
    int, typer.Option(metavar="N", min=0, help="Limits that are moved and solved; the others by their duals.")
]
StepShare = Annotated[
    float, typer.Option("--step", metavar="SHARE", min=1e-3, max=0.99, help="Of a limit, up and down.")
]


@guarded
def ranging(
    config: Config,
    *,
    of: Of = None,
    low: Low = None,
    high: High = None,
    limits: Limits = 8,
    step: StepShare = 0.1,
    scenario: Scenario = None,
    overrides: Overrides = None,
    solver: Solver = None,
    time_limit: TimeLimit = None,
    threads: Threads = None,
    baselines: Baselines = None,
    as_json: Json = False,
) -> ExitCode:
    """Find break-even points, and what one more and one less of every limit is worth."""
    with terminal.working("reading the config"):
        from computeplan import api, what_if

        loaded = api.load(config, scenario=scenario, overrides=overrides or ())
    for warning in loaded.warnings:
        terminal.note(f"warning: {warning}")
    options = solver_options(loaded, solver, time_limit, threads, None)
    with terminal.working("planning") as tell:
        study = interruptible(
            lambda: what_if.ranging(
                loaded,
                of=of,
                low=low,
                high=high,
                limits=limits,
                step=step,
                policies=policies(baselines),
                options=options,
                tell=tell,
            )
        )
    code = _outcome(study)
    if as_json:
        terminal.write_json(study.summary())
    elif code is ExitCode.SOLVED:
        from computeplan.report import ranging_view

        terminal.show(ranging_view(study))
    if code is not ExitCode.SOLVED:
        terminal.fail(f"there is nothing to range: the plan is {study.plan.status}")
    return code


def _outcome(study: RangingStudy) -> ExitCode:
    from computeplan.problem import Status

    solution = study.plan.solution
    if solution is not None:
        return ExitCode.SOLVED if solution.audit.passed else ExitCode.AUDIT
    return ExitCode.LIMIT if study.plan.status is Status.NO_PLAN else ExitCode.INFEASIBLE
