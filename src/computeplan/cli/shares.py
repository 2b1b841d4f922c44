"""``computeplan shares``: what each group of companies pays for a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded, run_until_interrupted, tell_interrupted
from computeplan.cli.options import Json, choice
from computeplan.vocabulary import ShareMethod

Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan folder.", show_default=False)]
How = Annotated[str, choice("--method", among=ShareMethod, help="How it is shared; default average.")]
By = Annotated[
    str,
    typer.Option(metavar="tier|company|FILE.csv", help="Who pays together; FILE has columns company, group."),
]
Largest = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Only the N groups with most work; all others are one.")
]
Within = Annotated[
    float | None,
    typer.Option(
        metavar="S", min=0, help="Seconds for what coalitions would pay alone; then what is proved."
    ),
]
Orders = Annotated[
    int, typer.Option(metavar="N", min=2, help="Random orders for the Shapley value of more than 8 groups.")
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Of the random orders.")]
Check = Annotated[
    bool, typer.Option("--core/--no-core", help="Find how far from the core the bill is.", show_default=False)
]


@guarded
def shares(
    plan: Plan,
    *,
    method: How = ShareMethod.AVERAGE,
    by: By = "tier",
    largest: Largest = None,
    within: Within = None,
    orders: Orders = 20,
    seed: Seed = 0,
    core: Check = True,
    as_json: Json = False,
) -> ExitCode:
    """Share the cost of a plan among companies, tiers or other groups.

    Every method adds up to the plan's objective. In the core no groups together pay more than alone.
    """
    with terminal.working("reading the plan") as stages:
        from computeplan import api
        from computeplan.studies.shares import Effort

        run = api.open_plan(plan, baseline=False)
        effort = Effort(orders=orders, seed=seed, check=core, seconds=within)
        study, is_interrupted = run_until_interrupted(
            lambda stop: api.shares(
                run,
                method,
                by=by,
                largest=largest,
                effort=effort,
                options=replace(run.options, stop=stop),
                progress=stages,
            )
        )
    if as_json:
        terminal.write_answer(study.summary())
    else:
        from computeplan.reports.subjects.shares import describe_shares
        from computeplan.reports.terminal import render_terminal

        terminal.show(render_terminal(describe_shares(study)))
    return tell_interrupted() if is_interrupted else ExitCode.SOLVED
