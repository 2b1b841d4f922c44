"""``computeplan solve``: from a config to a plan, printed and written."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.interruptible import interruptible
from computeplan.cli.options import AllowPaths, Config, Json, Overrides, Scenario
from computeplan.cli.planning import (
    Algorithm,
    Baselines,
    Solver,
    Threads,
    TimeLimit,
    default_folder,
    outcome,
    policies,
    read_config,
    solver_options,
)

if TYPE_CHECKING:
    from computeplan.api import Run


Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Plan folder, replacing a plan there; default plans/CONFIG[-SCENARIO]."),
]
NoBaseline = Annotated[bool, typer.Option("--no-baseline", help="Skip the all-local plan to compare with.")]


@guarded
def solve(
    config: Config,
    *,
    out: Out = None,
    scenario: Scenario = None,
    overrides: Overrides = None,
    allow_paths: AllowPaths = None,
    solver: Solver = None,
    time_limit: TimeLimit = None,
    threads: Threads = None,
    method: Algorithm = None,
    no_baseline: NoBaseline = False,
    baselines: Baselines = None,
    as_json: Json = False,
) -> ExitCode:
    """Find the optimal plan, audit it, print it and write its folder."""
    start, folder = perf_counter(), out or default_folder(config, scenario)
    with terminal.working("reading the config"):
        from computeplan import api
        from computeplan.plan.folder import check_target

        check_target(folder)
    loaded = read_config(config, scenario, overrides, allow_paths)
    options = solver_options(loaded, solver, time_limit, threads, method)
    with terminal.working("planning") as tell:
        run = interruptible(
            lambda: api.solve(
                loaded, options=options, baseline=not no_baseline, policies=policies(baselines), tell=tell
            )
        )
    code = outcome(run.plan)
    written = folder if code is ExitCode.SOLVED else None
    if written:
        with terminal.working("writing the plan"):
            before = perf_counter()
            run.save(written)
            run.times_s["write"] = perf_counter() - before
    run.times_s["total"] = perf_counter() - start
    if as_json:
        data = {**run.summary(), "times_s": run.times_s, "plan": str(written) if written else None}
        terminal.write_json(data)
    else:
        _show(run, written)
    _explain(run, code, told=as_json)
    return code


def _show(run: Run, folder: Path | None) -> None:
    from computeplan.report import diagnosis_view, plan_view

    if run.plan.solution is not None:
        terminal.show(plan_view(run, run.plan.solution, folder))
    elif run.diagnosis is not None:
        terminal.show(diagnosis_view(run.diagnosis))


def _explain(run: Run, code: ExitCode, *, told: bool) -> None:
    """Say on stderr why there is no plan."""
    match code:
        case ExitCode.INFEASIBLE if run.plan.status == "unbounded":
            told_lines = [str(reason) for reason in run.reasons] if told else []
            terminal.fail("unbounded: the cost can fall without end", *told_lines)
        case ExitCode.INFEASIBLE:
            told_lines = [str(reason) for reason in run.reasons] if told else []
            terminal.fail("infeasible: no plan meets all limits", *told_lines)
        case ExitCode.LIMIT:
            terminal.fail(
                f"the solver stopped ({run.plan.solver.detail}) before it had a plan",
                "hint: a longer --time-limit, or longer periods",
            )
        case ExitCode.AUDIT if run.plan.solution is not None:
            notes = run.plan.solution.audit.notes
            terminal.fail(
                "the audit failed, so no plan was written", *notes, "hint: try another --solver or --method"
            )
