"""``computeplan ranging``: what more of each limit saves, and where the plan changes."""

from __future__ import annotations

from typing import Annotated

import typer

from computeplan.cli import completion, terminal
from computeplan.cli.command import ExitCode, guarded, outcome, run_until_interrupted, tell_interrupted
from computeplan.cli.options import Baselines, Config, Json, Overlay, SolverFlags, named_policies

Of = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATH[=FROM:TO]",
        autocompletion=completion.paths,
        help="Vary this number, such as sites.hami.pue=1:1.5; may be repeated. Default: the carbon price and "
        "the grid price of every site.",
    ),
]
Low = Annotated[
    list[float] | None,
    typer.Option("--from", metavar="X", help="Vary from here, one for each --of in order; default 0."),
]
High = Annotated[
    list[float] | None,
    typer.Option("--to", metavar="X", help="Vary to here, one for each --of; default twice the value."),
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
    overlay: Overlay,
    flags: SolverFlags,
    *,
    of: Of = None,
    low: Low = None,
    high: High = None,
    limits: Limits = 8,
    step: StepShare = 0.1,
    baselines: Baselines = None,
    as_json: Json = False,
) -> ExitCode:
    """Find break-even points, and what more of each limit saves."""
    loaded = overlay.load(config)
    with terminal.working("planning") as stages:
        from computeplan import api

        study, is_interrupted = run_until_interrupted(
            lambda stop: api.ranging(
                loaded,
                of=of,
                low=low,
                high=high,
                limits=limits,
                step=step,
                policies=named_policies(baselines),
                options={**flags.stated(), "stop": stop},
                progress=stages,
            )
        )
    code = outcome(study.plan)
    if as_json:
        terminal.write_answer(study.summary())
    elif code is ExitCode.SOLVED:
        from computeplan.reports.subjects.ranging import describe_ranging
        from computeplan.reports.terminal import render_terminal

        terminal.show(render_terminal(describe_ranging(study)))
    if code is not ExitCode.SOLVED:
        terminal.fail(f"there is nothing to range: the plan is {study.plan.status}")
    return tell_interrupted() if is_interrupted else code
