"""Why a config has no plan, and what would give it one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from computeplan.api.loaded import Loaded, configured_options, taken
from computeplan.config import SettingPaths
from computeplan.errors import ConfigError
from computeplan.explain import Diagnosis, Suggestion, endless, has_plan, impossible, ways_out
from computeplan.problem import Status
from computeplan.solvers import SolverOptions


def diagnose(
    config: str | Path | Loaded,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[str | Path] = (),
    options: SolverOptions | None = None,
    tell: Callable[[str], object] | None = None,
) -> Diagnosis:
    """Say why a config has no plan, and what would give it one.

    Parameters
    ----------
    config, scenario, overrides, allow_paths, options, tell
        As for `solve`. HiGHS looks for the ways out, whatever solver is named.

    Returns
    -------
    Diagnosis
        Its status is ``optimal`` if the config has a plan.

    Raises
    ------
    ConfigError, SolverError
    """
    loaded = taken(config, scenario, overrides, allow_paths)
    chosen = options or configured_options(loaded)
    if endless(loaded.problem) and has_plan(loaded.problem, chosen):
        return diagnosed(loaded, Status.UNBOUNDED, chosen, tell)
    found = diagnosed(loaded, Status.INFEASIBLE, chosen, tell)
    return replace(found, status=found.ways_out.status)


def diagnosed(
    loaded: Loaded, status: Status, options: SolverOptions, tell: Callable[[str], object] | None
) -> Diagnosis:
    """Diagnose an infeasible or unbounded problem.

    Parameters
    ----------
    loaded : Loaded
    status : Status
        Which of the two.
    options : SolverOptions
    tell : callable, optional
        Called with what is being done.
    """
    problem = loaded.problem
    if status is Status.UNBOUNDED:
        return Diagnosis(status, endless(problem))

    def works(suggestion: Suggestion) -> bool:
        try:
            changed = loaded.changed(suggestion.overrides)
        except ConfigError:
            return False
        return has_plan(changed.problem, options)

    settings = SettingPaths(loaded.config.data, problem.currency)
    return Diagnosis(status, impossible(problem), ways_out(problem, settings, works, options, tell))
