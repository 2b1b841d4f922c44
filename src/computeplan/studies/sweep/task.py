"""Solve one point: what runs in a worker process, here or on another machine."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from platform import node
from typing import Any

from computeplan import memory
from computeplan.config import ConfigReader, LoadedConfig
from computeplan.errors import ComputeplanError, ConfigError, MemoryLimitError, SolverError
from computeplan.explanations.shortage import impossible
from computeplan.folder.contents import versions
from computeplan.folder.summary import costs, emissions_t, number
from computeplan.lp import Digest, ProgramDiff, digest
from computeplan.prices.limits import limit_prices
from computeplan.problem import KG_PER_T, Problem, Status
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.solvers import Basis, SolverOptions, Start
from computeplan.solvers.plan import Plan, Solution
from computeplan.solvers.planner import IncrementalPlanner, stated_options
from computeplan.studies.sweep.design import Point

INVALID, FAILED = "invalid", "failed"
"""Status of a point whose config is wrong, and of one on which the solver fails."""


@dataclass(frozen=True)
class Study:
    """What all points have in common."""

    key: str
    """Names the study among others."""
    reader: ConfigReader
    """The config and its files as they were at the start."""
    options: Mapping[str, Any]
    """Fields of `SolverOptions` that replace those of each config."""
    threads: int
    """Solver threads for a config that states none."""
    versions: Mapping[str, str]
    """Packages that every worker must have in the same version."""


@dataclass(frozen=True, eq=False)
class WarmStart:
    """What a solved point leaves for those that start from it: its program's digest and its bases."""

    digest: Digest
    bases: tuple[Basis | None, ...]


@dataclass(frozen=True)
class Task:
    """A point to solve."""

    key: str
    index: int
    """Of the point in the design."""
    point: Point
    start: WarmStart | None
    """None: solve from scratch."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """A point that was solved."""

    index: int
    """Of the point in the design."""
    row: Mapping[str, Any]
    """Status, cost, emissions and so on, as plain data."""
    start: WarmStart | None
    """For other points; None where the config is wrong or the solver failed."""


class _WorkerState(threading.local):
    """State that a worker thread keeps from one point to the next; results do not depend on it."""

    def __init__(self) -> None:
        self.study: Study | None = None
        self.planner: IncrementalPlanner | None = None
        self.options: SolverOptions | None = None


_STATE = _WorkerState()


def solve_point(task: Task, study: Study | None = None) -> Outcome | None:
    """Solve and audit one point; return None where the worker does not know the study: call again with it.

    Raise SolverError if the worker has other versions.
    """
    if study is not None:
        _check_versions(study)
        _STATE.study, _STATE.planner = study, None
    if _STATE.study is None or _STATE.study.key != task.key:
        return None
    try:
        point = task.point
        loaded = _STATE.study.reader.load(scenario=point.scenario, overrides=point.changes)
    except ConfigError as error:
        return Outcome(task.index, {"status": INVALID, "message": str(error.faults[0])}, None)
    try:
        return _solve_problem(task, loaded.problem, _options(loaded, _STATE.study))
    except ComputeplanError as error:
        _STATE.planner = None
        if isinstance(error, MemoryLimitError) and memory.has_share():
            raise  # with fewer workers it may fit: this is no answer of the point
        return Outcome(task.index, {"status": FAILED, "message": str(error)}, None)


def _options(loaded: LoadedConfig, study: Study) -> SolverOptions:
    """Solver options of a point, which may vary too."""
    options = stated_options(loaded).changed(study.options)
    return options if options.threads is not None else replace(options, threads=study.threads)


def _check_versions(study: Study) -> None:
    own = versions()
    other = [name for name, version in study.versions.items() if own.get(name) != version]
    if other:
        found = ", ".join(f"{name} {own.get(name)} instead of {study.versions[name]}" for name in other)
        raise SolverError(f"a worker on {node()} has {found}", hint="install the same versions there")


def _solve_problem(task: Task, problem: Problem, options: SolverOptions) -> Outcome:
    planner = _STATE.planner = _planner(problem, options)
    own, difference = digest(planner.lp), None
    if task.start is not None:
        difference = own.diff(task.start.digest)
        costs_only = difference in (ProgramDiff.COSTS, ProgramDiff.NOTHING)
        planner.warm_start(Start(task.start.bases, costs_only=costs_only))
    plan = planner.plan()
    if difference is not None and not _is_proven(plan):
        # A start is only a shortcut: what is not proven is solved from scratch.
        difference = None
        planner.warm_start(None)
        plan = planner.plan()
    bases = planner.bases()
    if plan.solution is None and task.start is not None:
        bases = task.start.bases
    changed = "anew" if difference is None else str(difference)
    return Outcome(task.index, {**_outcome_row(plan), "started": changed}, WarmStart(own, bases))


def _planner(problem: Problem, options: SolverOptions) -> IncrementalPlanner:
    if _STATE.planner is None or options != _STATE.options:
        _STATE.options = options
        return IncrementalPlanner(problem, options)
    _STATE.planner.reset(problem)
    return _STATE.planner


def _is_proven(plan: Plan) -> bool:
    audit = plan.solution.audit if plan.solution else None
    return plan.status is Status.OPTIMAL and audit is not None and audit.passed


def _outcome_row(plan: Plan) -> dict[str, Any]:
    """List status, cost, emissions and limit prices of a plan; the same for the same plan."""
    row: dict[str, Any] = {"status": plan.status.value}
    if plan.solution is None:
        reasons = impossible(plan.problem) if plan.status is Status.INFEASIBLE else ()
        return {**row, "message": str(reasons[0]) if reasons else plan.solver.detail}
    accounts, audit, sites = plan.solution.accounts, plan.solution.audit, plan.problem.sites.names
    return row | {
        "message": "; ".join(audit.notes) if not audit.passed else "",
        "objective": number(audit.objective),
        "bound": number(audit.bound),
        "gap": number(audit.gap),
        "audit_passed": audit.passed,
        "cost": costs(accounts),
        "shortfall_penalty": number(accounts.shortfall_penalty),
        "shortfall_unit_h": number(accounts.shortfall_unit_h),
        "carbon_charge": number(accounts.carbon_charge),
        "emissions_t": emissions_t(accounts),
        "unit_h": dict(zip(sites, accounts.sites.work_unit_h.tolist(), strict=True)),
        "kwh": dict(zip(sites, accounts.sites.facility_kwh.tolist(), strict=True)),
        "value": _limits(plan.problem, plan.solution),
    }


def _limits(problem: Problem, solution: Solution) -> dict[str, float]:
    """List the value of each binding limit over the horizon, and the price of a ton under a carbon cap."""
    if solution.prices is None:
        return {}
    found: dict[str, float] = {}
    for limits in limit_prices(problem, solution.prices):
        if limits.kind is LimitKind.CARBON_CAP:
            found["carbon cap, per t"] = KG_PER_T * float(limits.price.sum())
            continue
        phrase = LIMITS[limits.kind].phrase
        values = zip(limits.names, limits.value.tolist(), strict=True)
        found |= {phrase.in_language("en", name): value for name, value in values if value}
    return found
