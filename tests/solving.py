"""The product's answer in the oracle's terms, so that the same test can hold either to account."""

from __future__ import annotations

import numpy as np
import polars as pl

from builders import Case
from computeplan.accounts.decisions import compare_decisions, list_decisions
from computeplan.folder.tables import expand, tables
from computeplan.problem import Floats, Problem, Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.decomposition import Reduction
from computeplan.solvers.plan import Plan, Solution
from computeplan.solvers.planner import plan
from reference.model import Answer


def solve_product(case: Case, solver: str = "highs", reduction: Reduction = Reduction.ALL) -> Answer:
    """What computeplan answers, with the work of every workload."""
    return as_answer(plan(case.problem(), SolverOptions(name=solver), reduction))


def tables_of(problem: Problem, solution: Solution) -> dict[str, pl.DataFrame]:
    """All tables of a plan, without one to compare with."""
    made = list_decisions(problem, solution.decisions, solution.accounts)
    return tables(problem, solution, expand(problem, solution), compare_decisions(made, None))


def as_answer(made: Plan) -> Answer:
    if made.solution is None:
        return Answer(made.status)
    done, short = all_work(made)
    accounts, audit = made.solution.accounts, made.solution.audit
    assert audit.passed, audit.notes
    return Answer(made.status, audit.objective, accounts.cost.total, done, short, made.solution.decisions)


def all_work(made: Plan) -> tuple[Floats, Floats]:
    """Work done (W, P, T) and left undone (W, T) by every workload, unit·h."""
    problem = made.problem
    size = (problem.workloads.size, problem.pools.size, problem.horizon.size)
    done, short = np.zeros(size), np.zeros((size[0], size[2]))
    for block in made.solution.allocation.blocks():
        place = np.ix_(block.workloads, block.pools, block.periods)
        done[place] = block.unit_h
        short[np.ix_(block.workloads, block.periods)] = block.short_unit_h
    return done, short


def optimum(case: Case) -> float:
    """The product's least objective: inf where nothing is possible, -inf without bound."""
    answer = solve_product(case)
    if answer.status is Status.OPTIMAL:
        return answer.objective
    return {Status.INFEASIBLE: np.inf, Status.UNBOUNDED: -np.inf}[answer.status]
