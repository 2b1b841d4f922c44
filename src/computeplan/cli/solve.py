"""``computeplan solve``: from a config to a plan, printed and written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.interruptible import interruptible
from computeplan.cli.options import AllowPaths, Config, Json, Overrides, Scenario

if TYPE_CHECKING:
    from computeplan.api import Loaded, Run
    from computeplan.solvers import SolverOptions


class Method(StrEnum):
    """Algorithms, as the solvers name them; stated here so that ``--help`` need not import them."""

    AUTO = "auto"
    SIMPLEX = "simplex"
    IPM = "ipm"


class Policy(StrEnum):
    """Simple policies, as the studies name them; stated here so that ``--help`` need not import them."""

    ALL = "all"
    ALL_LOCAL = "all_local"
    CHEAPEST_FIRST = "cheapest_first"
    GREENEST_FIRST = "greenest_first"
    NO_DEFERRAL = "no_deferral"
    COST_ONLY = "cost_only"
    CARBON_ONLY = "carbon_only"


Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Plan folder, replacing a plan there; default plans/CONFIG[-SCENARIO]."),
]
Solver = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="highs, clarabel, auto, cbc or any other that PuLP finds."),
]
TimeLimit = Annotated[float | None, typer.Option(metavar="S", min=0, help="Seconds for the solver.")]
Threads = Annotated[int | None, typer.Option(metavar="N", min=1, help="Most threads for the solver.")]
Algorithm = Annotated[Method | None, typer.Option(help="Algorithm of HiGHS.")]
Baselines = Annotated[
    list[Policy] | None,
    typer.Option("--baselines", help="Compare with simple policies too, may be repeated."),
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
    """Find the optimal plan, audit it, print it and write the plan folder."""
    start, folder = perf_counter(), out or default_folder(config, scenario)
    with terminal.working("reading the config"):
        from computeplan import api
        from computeplan.plan.folder import check_target

        check_target(folder)
        loaded = api.load(config, scenario=scenario, overrides=overrides or (), allow_paths=allow_paths or ())
    for warning in loaded.warnings:
        terminal.note(f"warning: {warning}")
    options = solver_options(loaded, solver, time_limit, threads, method)
    with terminal.working("planning") as tell:
        run = interruptible(
            lambda: api.solve(
                loaded, options=options, baseline=not no_baseline, policies=policies(baselines), tell=tell
            )
        )
    code = _outcome(run)
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


def policies(chosen: Sequence[Policy] | None) -> list[str]:
    """Name the policies that were chosen.

    Parameters
    ----------
    chosen : sequence of Policy, optional
    """
    everyone = Policy.ALL in (chosen or ())
    return [each.value for each in (Policy if everyone else chosen or ()) if each is not Policy.ALL]


def default_folder(config: Path, scenario: str | None) -> Path:
    """Name the plan folder after the config and the scenario.

    Parameters
    ----------
    config : Path
    scenario : str, optional
        Characters that cannot stand in a file name become ``-``.
    """
    name = config.stem if scenario is None else f"{config.stem}-{scenario}"
    return Path("plans") / (re.sub(r"[^\w.-]", "-", name).lstrip(".") or "plan")


def solver_options(
    loaded: Loaded, solver: str | None, time_limit: float | None, threads: int | None, method: Method | None
) -> SolverOptions:
    """Take the config's solver options, replaced by those of the command line.

    Parameters
    ----------
    loaded : Loaded
    solver, time_limit, threads, method
        As stated; None where not.
    """
    from dataclasses import replace

    from computeplan.api import configured_options

    return replace(configured_options(loaded), **given_options(solver, time_limit, threads, method))


def given_options(
    solver: str | None, time_limit: float | None, threads: int | None, method: Method | None
) -> dict[str, Any]:
    """Give the fields of the solver's options that the command line states.

    Parameters
    ----------
    solver, time_limit, threads, method
        As on the command line.
    """
    from computeplan.solvers import options

    stated = {
        "name": solver,
        "time_limit_s": time_limit,
        "threads": threads,
        "method": method and options.Method(method.value),
    }
    return {name: value for name, value in stated.items() if value is not None}


def _outcome(run: Run) -> ExitCode:
    from computeplan.problem import Status

    if run.plan.solution is not None:
        return ExitCode.SOLVED if run.plan.solution.audit.passed else ExitCode.AUDIT
    return ExitCode.LIMIT if run.plan.status is Status.NO_PLAN else ExitCode.INFEASIBLE


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
