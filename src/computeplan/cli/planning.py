"""What the commands that plan have in common: reading, options of the solver, exit code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode

if TYPE_CHECKING:
    from computeplan.api import Loaded
    from computeplan.plan.plan import Plan
    from computeplan.problem import Status
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


def read_config(
    config: Path,
    scenario: str | None,
    overrides: Sequence[str] | None,
    allow_paths: Sequence[Path] | None,
) -> Loaded:
    """Read a config and tell what in it looks wrong.

    Parameters
    ----------
    config, scenario, overrides, allow_paths
        As on the command line.
    """
    with terminal.working("reading the config"):
        from computeplan import api

        loaded = api.load(config, scenario=scenario, overrides=overrides or (), allow_paths=allow_paths or ())
    for warning in loaded.warnings:
        terminal.note(f"warning: {warning}")
    return loaded


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


def outcome(plan: Plan) -> ExitCode:
    """Give the exit code of a plan.

    Parameters
    ----------
    plan : Plan
    """
    if plan.solution is not None:
        return ExitCode.SOLVED if plan.solution.audit.passed else ExitCode.AUDIT
    return no_plan(plan.status)


def no_plan(status: Status) -> ExitCode:
    """Give the exit code of a status without a plan.

    Parameters
    ----------
    status : Status
    """
    return ExitCode.LIMIT if status == "no_plan" else ExitCode.INFEASIBLE
