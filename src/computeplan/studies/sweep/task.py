"""One point, solved: what runs in a worker process, here or on another machine."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from platform import node
from typing import Any

from computeplan.config import ConfigReader, LoadedConfig
from computeplan.errors import ComputeplanError, ConfigError, SolverError
from computeplan.explain.impossible import impossible
from computeplan.lp import Difference, Digest, digest
from computeplan.plan.plan import Plan, Solution
from computeplan.plan.provenance import versions
from computeplan.plan.scarcity import Limit, scarcities
from computeplan.plan.summary import costs, emissions_t, number
from computeplan.planner import Compiled, stated_options
from computeplan.problem import Problem, Status
from computeplan.solvers import Basis, SolverOptions, Start
from computeplan.studies.sweep.design import Point

INVALID, FAILED = "invalid", "failed"
"""Status of a point whose config is wrong, and of one that the solver broke down on."""


@dataclass(frozen=True)
class Study:
    """What all points have in common.

    Attributes
    ----------
    key : str
        Names the study among others.
    reader : ConfigReader
        The config and its files as they were at the start.
    options : mapping of str to object
        Fields of `SolverOptions` that replace those of each config.
    threads : int
        For a config that states none.
    versions : mapping of str to str
        Packages that a worker needs in the same version, or its answers are others.
    """

    key: str
    reader: ConfigReader
    options: Mapping[str, Any]
    threads: int
    versions: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Trace:
    """What a solved point leaves for those that start from it.

    Attributes
    ----------
    digest : Digest
    bases : tuple of Basis or None
    """

    digest: Digest
    bases: tuple[Basis | None, ...]


@dataclass(frozen=True)
class Task:
    """A point to solve.

    Attributes
    ----------
    key : str
        Of its study.
    index : int
    point : Point
    parent : Trace, optional
        Where to start.
    """

    key: str
    index: int
    point: Point
    parent: Trace | None


@dataclass(frozen=True, eq=False)
class Outcome:
    """A point that was solved.

    Attributes
    ----------
    index : int
    row : mapping of str to object
        What it is worth, as plain data.
    trace : Trace, optional
        None where its config is wrong.
    """

    index: int
    row: Mapping[str, Any]
    trace: Trace | None


class _Desk(threading.local):
    """What a thread of a worker keeps from one point to the next; answers do not depend on it."""

    def __init__(self) -> None:
        self.study: Study | None = None
        self.compiled: Compiled | None = None
        self.options: SolverOptions | None = None


_DESK = _Desk()


def solve_point(task: Task, study: Study | None = None) -> Outcome | None:
    """Solve and audit one point.

    Parameters
    ----------
    task : Task
    study : Study, optional
        Needed once in every worker.

    Returns
    -------
    Outcome or None
        None where the worker does not know the study: call again with it.

    Raises
    ------
    SolverError
        If the worker has other versions.
    """
    if study is not None:
        _check_versions(study)
        _DESK.study, _DESK.compiled = study, None
    if _DESK.study is None or _DESK.study.key != task.key:
        return None
    try:
        point = task.point
        loaded = _DESK.study.reader.load(scenario=point.scenario, overrides=point.overrides)
    except ConfigError as error:
        return Outcome(task.index, {"status": INVALID, "message": str(error.faults[0])}, None)
    try:
        return _solved(task, loaded.problem, _options(loaded, _DESK.study))
    except ComputeplanError as error:
        _DESK.compiled = None
        return Outcome(task.index, {"status": FAILED, "message": str(error)}, None)


def _options(loaded: LoadedConfig, study: Study) -> SolverOptions:
    """Take the solver options of a point, which may vary too."""
    options = replace(stated_options(loaded.solver), **study.options)
    return options if options.threads is not None else replace(options, threads=study.threads)


def _check_versions(study: Study) -> None:
    own = versions()
    other = [name for name, version in study.versions.items() if own[name] != version]
    if other:
        told = ", ".join(f"{name} {own[name]} instead of {study.versions[name]}" for name in other)
        raise SolverError(f"a worker on {node()} has {told}; install the same versions there")


def _solved(task: Task, problem: Problem, options: SolverOptions) -> Outcome:
    compiled = _DESK.compiled = _taken(problem, options)
    own, difference = digest(compiled.lp), None
    if task.parent is not None:
        difference = own.difference(task.parent.digest)
        costs_only = difference in (Difference.COSTS, Difference.NOTHING)
        compiled.start_from(Start(task.parent.bases, costs_only=costs_only))
    plan = compiled.plan()
    if difference is not None and not _is_proven(plan):
        # A start is only a shortcut: whatever is not proven is looked at anew.
        difference = None
        compiled.start_from(None)
        plan = compiled.plan()
    bases = compiled.bases()
    if plan.solution is None and task.parent is not None:
        bases = task.parent.bases
    changed = "anew" if difference is None else str(difference)
    return Outcome(task.index, {**_worth(plan), "started": changed}, Trace(own, bases))


def _taken(problem: Problem, options: SolverOptions) -> Compiled:
    if _DESK.compiled is None or options != _DESK.options:
        _DESK.options = options
        return Compiled(problem, options)
    _DESK.compiled.turn(problem)
    return _DESK.compiled


def _is_proven(plan: Plan) -> bool:
    audit = plan.solution.audit if plan.solution else None
    return plan.status is Status.OPTIMAL and audit is not None and audit.passed


def _worth(plan: Plan) -> dict[str, Any]:
    """Give status and worth of a plan; the same for the same plan."""
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
        "worth": _limits(plan.problem, plan.solution),
    }


def _limits(problem: Problem, solution: Solution) -> dict[str, float]:
    """Give what each limit that binds is worth over the horizon, and the price of a ton under a cap."""
    if solution.prices is None:
        return {}
    found: dict[str, float] = {}
    for scarcity in scarcities(problem, solution.prices):
        if scarcity.limit is Limit.CARBON:
            found["carbon cap, per t"] = 1000.0 * float(scarcity.price.sum())
            continue
        for name, worth in zip(scarcity.names, scarcity.worth.tolist(), strict=True):
            if worth:
                found[f"{scarcity.limit} {name}"] = worth
    return found
