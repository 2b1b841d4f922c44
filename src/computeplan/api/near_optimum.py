"""Alternatives near the optimum: what good plans share, and in what they can differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from logging import getLogger
from pathlib import Path

from computeplan.api.calls import raise_if_stopped, read_config, run_stoppable
from computeplan.arguments import checked
from computeplan.errors import UsageError
from computeplan.explanations import impossible
from computeplan.problem import Status, find_measures
from computeplan.progress import Progress
from computeplan.runs.loaded import Loaded, Overrides, chosen_options, origin, replaced_options
from computeplan.runs.opened import open_plan
from computeplan.runs.run import Run
from computeplan.solvers import SolverOptions
from computeplan.studies.alternatives import (
    TOLERANCE,
    AlternativesStudy,
    Prober,
    check_request,
    study_alternatives,
)
from computeplan.text import shown_value

LOG = getLogger(__package__)


@checked
def alternatives(
    config: str | Path | Mapping[str, object] | Loaded | Run,
    *,
    within: float = 0.02,
    of: Sequence[str] = (),
    count: int = 0,
    tolerance: float = TOLERANCE,
    scenario: str | None = None,
    overrides: Overrides = (),
    allow_paths: Sequence[str | Path] = (),
    options: SolverOptions | Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> AlternativesStudy:
    """Find what plans of nearly the least cost share, and in what they can differ.

    Parameters
    ----------
    config : str, Path, mapping, Loaded or Run
        A config, or a plan: its folder or run.
    within : float
        Share of the optimum, carbon at its price included, by which plans may cost more.
    of : sequence of str
        Measures such as ``share:xinjiang``, ``booked:*`` or ``carbon``; default: all but the cost.
    count : int
        Plans to find that differ as much as they can in where the work runs, the optimum first.
    tolerance : float
        Share of a range up to which its ends are proved.

    Returns
    -------
    AlternativesStudy
        The least and the most of each measure, reached by an audited plan and proved by the audit's bound.

    Raises
    ------
    ConfigError, UsageError, SolverError, PlanFolderError, AuditError
    """
    run = _planned(config, scenario, overrides, allow_paths)
    source = config.loaded if isinstance(config, Run) else config
    loaded = run.loaded if run else read_config(source, scenario, overrides, allow_paths, progress)
    chosen = replaced_options(run.options, options) if run else chosen_options(loaded, options)
    problem = loaded.problem
    check_request(problem, within, tolerance, count)
    measures = find_measures(problem, of)
    here = run.require_solution("find alternatives to") if run else None
    if problem.held is not None:
        raise UsageError(
            "alternatives: the past of the plan is held, and no price proves how far the rest can go",
            path="plan",
            hint="take the plan before, or the config",
        )

    def work(options: SolverOptions) -> AlternativesStudy:
        options.enter("planning", LOG)
        prober = Prober(problem, options)
        if prober.first.status is Status.NO_PLAN:
            raise_if_stopped(options)
        study = study_alternatives(prober, measures, here, within=within, tolerance=tolerance, count=count)
        runs = [Run(loaded, chosen, each.plan, None, None, dict(each.plan.times_s)) for each in study.plans]
        reasons = impossible(problem) if study.status is Status.INFEASIBLE else ()
        plans = [run.folder_files for run in runs]
        kept, where = partial(_kept_with, loaded, plans), origin(loaded, chosen)
        return replace(study, kept=kept, provenance=where, reasons=reasons)

    return run_stoppable(work, chosen, progress)


def _kept_with(
    loaded: Loaded, plans: Sequence[Callable[[], Iterator[tuple[str, bytes]]]]
) -> Iterator[tuple[str, bytes]]:
    """Give what the folder of alternatives keeps: config and inputs, and a plan folder of each plan."""
    yield from loaded.kept()
    for number, files in enumerate(plans):
        yield from ((f"plans/{number}/{name}", content) for name, content in files())


def _planned(
    config: str | Path | Mapping[str, object] | Loaded | Run,
    scenario: str | None,
    overrides: Overrides,
    allow_paths: Sequence[str | Path],
) -> Run | None:
    """Take a run, or open it where a plan folder is named; None for a config."""
    if not isinstance(config, Run | str | Path) or not (isinstance(config, Run) or Path(config).is_dir()):
        return None
    if scenario is not None or overrides or allow_paths:
        raise UsageError(
            path="scenario, overrides, allow_paths",
            expected="none with a plan, whose config has them in it",
            found=shown_value(scenario or overrides or allow_paths),
            hint="name the config",
        )
    return config if isinstance(config, Run) else open_plan(config, baseline=False)
