"""The allocation expanded to every workload, once for all tables that need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from computeplan.plan.plan import Solution
from computeplan.plan.statements import Statements, workload_statements
from computeplan.problem import Floats, Problem, WorkBlock


@dataclass(frozen=True, eq=False)
class WorkloadAccount:
    """What every workload does and is charged, over the time that the horizon stands for.

    Attributes
    ----------
    by_pool_unit_h : (W, P)
    statements : Statements
        One row for each workload.
    """

    by_pool_unit_h: Floats
    statements: Statements


def expand(problem: Problem, solution: Solution) -> WorkloadAccount:
    """Expand the allocation and account for every workload.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    """
    by_pool = np.zeros((problem.workloads.size, problem.pools.size))
    weight = problem.horizon.weight

    def watched() -> Iterator[WorkBlock]:
        for block in solution.allocation.blocks():
            by_pool[np.ix_(block.workloads, block.pools)] += block.unit_h @ weight[block.periods]
            yield block

    statements = workload_statements(problem, watched(), solution.decisions, solution.accounts)
    return WorkloadAccount(by_pool, statements)
