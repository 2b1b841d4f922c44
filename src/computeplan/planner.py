"""From a problem to a plan: reduce, build, solve, expand, audit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.grouping import Allocation, Grouping, keep_all, merge
from computeplan.lp import Model, build
from computeplan.plan.audit import audit_plan
from computeplan.plan.plan import Plan, Size, Solution, SolverRun
from computeplan.problem import Decisions, Goal, Prices, Problem, Work
from computeplan.solvers import SolverOptions, SolverResult, solve
from computeplan.stages import StageClock

CARBON_SLACK = 1e-9
"""Relative room above the least emissions in which the cheapest plan is sought."""


@dataclass(frozen=True, eq=False)
class _Answer:
    """What one solve of a model gave; `work` and `decisions` only with a plan."""

    model: Model
    result: SolverResult
    work: Work | None
    decisions: Decisions | None
    prices: Prices | None


def plan(problem: Problem, options: SolverOptions | None = None, *, merging: bool = True) -> Plan:
    """Find the optimal plan of a problem and audit it.

    Parameters
    ----------
    problem : Problem
    options : SolverOptions, optional
    merging : bool
        Merge interchangeable workloads first. The optimum is the same without.

    Returns
    -------
    Plan
        With a solution where the status has one.

    Raises
    ------
    SolverError, UsageError
        If the solver is missing or fails.
    """
    clock = StageClock()
    options = options or SolverOptions()
    with clock.stage("reduce"):
        grouping = merge(problem) if merging else keep_all(problem)
    answer = _solve(grouping, options, clock)
    if problem.objective.goal is Goal.CARBON and answer.work is not None:
        answer = _cheapest_at_least_carbon(grouping, answer, options, clock)
    solution = _audited(problem, grouping, answer, clock)
    lp = answer.model.lp
    return Plan(
        problem=problem,
        status=answer.result.status,
        solution=solution,
        size=Size(grouping.size, lp.n_columns, lp.n_rows, lp.n_nonzeros),
        solver=_run(answer.result),
        times_s=clock.times_s,
    )


def _solve(grouping: Grouping, options: SolverOptions, clock: StageClock) -> _Answer:
    with clock.stage("build"):
        model = build(grouping)
    with clock.stage("solve"):
        result = solve(model.lp, options)
    work = decisions = prices = None
    with clock.stage("expand"):
        if result.values is not None:
            work, decisions = model.decode(result.values)
        if result.row_duals is not None:
            prices = model.prices(result.row_duals)
    return _Answer(model, result, work, decisions, prices)


def _cheapest_at_least_carbon(
    grouping: Grouping, cleanest: _Answer, options: SolverOptions, clock: StageClock
) -> _Answer:
    """Among the cleanest plans take the cheapest; the proof stays that of the least emissions."""
    problem, least_kg = grouping.problem, cleanest.result.objective
    if least_kg is None:
        return cleanest
    capped = replace(
        problem,
        objective=replace(
            problem.objective,
            goal=Goal.COST,
            carbon_price_per_kg=0.0,
            carbon_cap_kg=least_kg + CARBON_SLACK * abs(least_kg),
        ),
        workloads=replace(problem.workloads, shortfall_price=np.full(problem.workloads.size, np.inf)),
    )
    cheapest = _solve(replace(grouping, problem=capped), options, clock)
    if cheapest.work is None:
        # Numerically the cap can be out of reach; the cleanest plan stands.
        return cleanest
    return replace(cleanest, work=cheapest.work, decisions=cheapest.decisions)


def _audited(problem: Problem, grouping: Grouping, answer: _Answer, clock: StageClock) -> Solution | None:
    if answer.work is None or answer.decisions is None:
        return None
    allocation = Allocation(problem, grouping, answer.work)
    with clock.stage("audit"):
        blocks = clock.pulled("expand", allocation.blocks(), out_of="audit")
        accounts, report = audit_plan(
            problem,
            blocks,
            answer.decisions,
            answer.prices,
            claimed_objective=answer.result.objective,
            claimed_status=answer.result.status,
        )
    return Solution(allocation, answer.decisions, answer.prices, accounts, report)


def _run(result: SolverResult) -> SolverRun:
    return SolverRun(result.solver, result.version, result.detail, result.iterations)
