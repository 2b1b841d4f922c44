"""Plan a config, say why it has no plan, write its program."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from logging import getLogger
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from computeplan.api.calls import POLL_S, raise_if_stopped, read_config, run_stoppable
from computeplan.arguments import checked
from computeplan.errors import UsageError
from computeplan.explanations import Diagnosis, endless, plan_status
from computeplan.folder.contents import FRONTIER
from computeplan.folder.read import open_folder
from computeplan.grouping import merge
from computeplan.lp import build
from computeplan.problem import Problem, Status
from computeplan.progress import Progress
from computeplan.runs.explanation import diagnosed
from computeplan.runs.loaded import Loaded, Overrides, chosen_options
from computeplan.runs.opened import open_plan
from computeplan.runs.run import Run
from computeplan.solvers import SolverOptions, check_model_path, write_model
from computeplan.solvers.plan import Plan
from computeplan.solvers.planner import plan
from computeplan.studies.baselines import Baseline, Policy, all_local, baselines, policy_of
from computeplan.studies.frontier import Frontier, open_frontier
from computeplan.studies.ranging import EasedLimit, ease_limits
from computeplan.timing import StageClock

LOG = getLogger(__package__)
T = TypeVar("T")
EASED, EASED_WITHIN_S = 3, 2.0
"""Limits that are eased by default, and seconds that the plan may take for it."""


@checked
def diagnose(
    config: str | Path | Mapping[str, object] | Loaded,
    *,
    scenario: str | None = None,
    overrides: Overrides = (),
    allow_paths: Sequence[str | Path] = (),
    options: SolverOptions | Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Diagnosis:
    """Say why a config has no plan, and what would give it one.

    Its status is ``optimal`` if the config has a plan. HiGHS looks for ways out, whatever solver is named.

    Raises
    ------
    ConfigError, UsageError, SolverError, KeyboardInterrupt
    """
    loaded = read_config(config, scenario, overrides, allow_paths, progress)

    def work(options: SolverOptions) -> Diagnosis:
        options.enter("looking whether there is a plan", LOG)
        status = plan_status(loaded.problem, options)
        if status.has_plan and not endless(loaded.problem):
            return Diagnosis(Status.OPTIMAL)
        found = diagnosed(loaded, Status.UNBOUNDED if status.has_plan else Status.INFEASIBLE, options)
        raise_if_stopped(options)
        return replace(found, status=found.ways_out.status) if status is Status.NO_PLAN else found

    return run_stoppable(work, chosen_options(loaded, options), progress)


@checked
def solve(
    config: str | Path | Mapping[str, object] | Loaded,
    *,
    scenario: str | None = None,
    overrides: Overrides = (),
    allow_paths: Sequence[str | Path] = (),
    options: SolverOptions | Mapping[str, object] | None = None,
    baseline: bool = True,
    policies: Sequence[Policy | str] = (),
    limits: int | None = 0,
    progress: Progress | None = None,
) -> Run:
    """Find and audit the optimal plan of a config.

    `baseline`: also plan with no work leaving its zone, to compare with. `limits`: so many limits that bind,
    those of the highest value, are raised by a tenth and solved too; None: three, where the plan took less
    than two seconds. A time limit counts from the call on: reading is in it where the call reads the config.

    Raises
    ------
    ConfigError, UsageError, SolverError
    KeyboardInterrupt
        At Ctrl-C before there is a plan; later it ends the solver, and the best plan until then is returned.
    """
    start = perf_counter()
    if limits is not None and limits < 0:
        raise UsageError(path="limits", expected="at least 0, or None", found=limits)
    loaded = read_config(config, scenario, overrides, allow_paths, progress)
    if loaded.config.uncertainty is not None and loaded.scenario is None:
        expected = "a scenario, or a config without `uncertainty`"
        hint = "computeplan.decide(config) plans for all scenarios that may come"
        raise UsageError(path="config", expected=expected, found="`uncertainty`", hint=hint)
    return plan_loaded(
        loaded,
        options=options,
        baseline=baseline,
        policies=policies,
        limits=limits,
        progress=progress,
        spent_s=perf_counter() - start,
    )


def plan_loaded(
    loaded: Loaded,
    *,
    options: SolverOptions | Mapping[str, object] | None,
    baseline: bool,
    policies: Sequence[Policy | str],
    limits: int | None,
    progress: Progress | None,
    spent_s: float,
) -> Run:
    """Solve a config that was read, as `solve` does; `spent_s` of the time limit were spent on reading it."""
    chosen = chosen_options(loaded, options)
    wanted = [policy for policy in dict.fromkeys(map(policy_of, policies)) if policy is not Policy.ALL_LOCAL]

    def work(watched: SolverOptions) -> Run:
        clock = StageClock()
        found, local, others = _plan_and_compare(
            loaded.problem, _after(spent_s, watched), clock, wanted, baseline=baseline
        )
        if found.status is Status.NO_PLAN:
            raise_if_stopped(watched)
        diagnosis = None
        if found.status in (Status.INFEASIBLE, Status.UNBOUNDED):
            diagnosis = clock.timed("diagnose", diagnosed)(loaded, found.status, watched)
        eased: tuple[EasedLimit, ...] = ()
        most = 0 if watched.is_stopped else _limits_to_ease(found, limits)
        if most and found.solution is not None:
            watched.enter("raising limits that bind by a tenth", LOG, ends_soon=True)
            muted = watched.muted()
            eased = clock.timed("limits", ease_limits)(found.problem, found.solution, muted, most)
        times_s = {"read": loaded.read_s, **found.times_s, **clock.times_s}
        return Run(loaded, chosen, found, local, diagnosis, times_s, others, eased=eased)

    return run_stoppable(work, chosen, progress)


def _limits_to_ease(found: Plan, limits: int | None) -> int:
    """Count the limits of which a tenth more is solved."""
    if found.solution is None or not found.solution.audit.passed:
        return 0
    quick = sum(found.times_s.values()) < EASED_WITHIN_S
    return limits if limits is not None else EASED if quick else 0


def _after(spent_s: float, options: SolverOptions) -> SolverOptions:
    """Take time that was spent off the time limit."""
    limit_s = options.time_limit_s
    return options if limit_s is None else replace(options, time_limit_s=max(0.0, limit_s - spent_s))


def _plan_and_compare(
    problem: Problem,
    options: SolverOptions,
    clock: StageClock,
    policies: Sequence[Policy],
    *,
    baseline: bool,
) -> tuple[Plan, Baseline | None, tuple[Baseline, ...]]:
    """Plan a problem, and what the plan is compared with; once stopped, the plan alone."""
    muted = options.muted()
    # Solvers release the interpreter while they work, so a second core plans the baseline meanwhile.
    threads = ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1))
    try:
        main = threads.submit(plan, problem, options, fewest_moves=True)
        local = threads.submit(clock.timed("baseline", all_local), problem, muted) if baseline else None
        if local:
            # Compute the baseline's company statements while the main solve is running.
            threads.submit(lambda: local.result().companies)
        found, kept = main.result(), None
        others: tuple[Baseline, ...] | None = ()
        if not found.status.has_plan:
            return found, None, ()
        if local:
            options.enter("planning with all work local, to compare", LOG, ends_soon=True)
            kept = _result(local, options)
        if policies and not options.is_stopped:
            options.enter("planning under simple policies, to compare", LOG, ends_soon=True)
            others = _result(
                threads.submit(
                    clock.timed("baselines", baselines), problem, policies, options.within_stage()
                ),
                options,
            )
    except BaseException:
        if options.stop is not None:
            options.stop.set()
        raise
    finally:
        threads.shutdown(wait=not options.is_stopped, cancel_futures=True)
    return (found, None, ()) if options.is_stopped else (found, kept, others or ())


def _result(future: Future[T], options: SolverOptions) -> T | None:
    """Wait for what is planned to compare with; None once the call is to stop, which needs none of it."""
    while not wait((future,), timeout=POLL_S).done:
        if options.is_stopped:
            return None
    return future.result()


@checked
def open(folder: str | Path) -> Run | tuple[Frontier, ...]:  # noqa: A001 - as ``computeplan.open``
    """Open what was saved: of a plan the run that wrote it, of a frontier its curves.

    Raises
    ------
    PlanFolderError
        If the folder is neither, or a file in it is not what was written.
    """
    is_frontier = open_folder(Path(folder), kind=None).kind == FRONTIER
    return open_frontier(folder) if is_frontier else open_plan(folder)


@checked
def export(config: str | Path | Mapping[str, object] | Loaded, path: str | Path) -> tuple[int, int]:
    """Write the linear program of a config, merged as for solving.

    The path ends in ``.mps`` or ``.lp``; gives the number of columns and of rows.

    Raises
    ------
    ConfigError, UsageError
    OSError
        If the file cannot be written.
    """
    check_model_path(Path(path))
    lp = build(merge(read_config(config, None, (), (), None).problem)).lp
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    write_model(lp, Path(path))
    return lp.n_columns, lp.n_rows
