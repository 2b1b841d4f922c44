"""The allocation expanded to every workload, once for all tables that need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from computeplan.plan.marginal_charges import MarginalBiller, MarginalCharges
from computeplan.plan.plan import Solution
from computeplan.plan.statements import Statements, workload_statements
from computeplan.problem import Floats, Ints, Problem, WorkBlock


@dataclass(frozen=True, eq=False)
class WorkloadAccount:
    """What every workload does and is charged, over the time that the horizon stands for.

    Attributes
    ----------
    by_pool_unit_h : (W, P)
    split_periods : (W,)
        Periods in which the workload runs in more than one pool.
    moves : (W,)
        Times that most of its work is in another pool than in the period before.
    statements : Statements
        One row for each workload.
    marginal : MarginalCharges, optional
        Absent where the solver gives no prices.
    """

    by_pool_unit_h: Floats
    split_periods: Ints
    moves: Ints
    statements: Statements
    marginal: MarginalCharges | None


def expand(problem: Problem, solution: Solution) -> WorkloadAccount:
    """Expand the allocation and account for every workload.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    """
    by_pool = np.zeros((problem.workloads.size, problem.pools.size))
    split_periods, moves = np.zeros((2, problem.workloads.size), dtype=np.int64)
    weight = problem.horizon.weight
    marginal = MarginalBiller(problem, solution.prices) if solution.prices else None

    def watched() -> Iterator[WorkBlock]:
        for block in solution.allocation.blocks():
            by_pool[np.ix_(block.workloads, block.pools)] += block.unit_h @ weight[block.periods]
            split_periods[block.workloads], moves[block.workloads] = _restlessness(block)
            if marginal:
                marginal.add(block)
            yield block

    statements = workload_statements(problem, watched(), solution.decisions, solution.accounts)
    charges = marginal.charges(solution.accounts) if marginal else None
    return WorkloadAccount(by_pool, split_periods, moves, statements, charges)


def _restlessness(block: WorkBlock) -> tuple[Ints, Ints]:
    """Periods with more than one pool, and changes of the main pool, of each workload; (n,) each."""
    if len(block.pools) < 2:
        still = np.zeros(len(block.workloads), dtype=np.int64)
        return still, still
    pools = np.count_nonzero(block.unit_h, axis=1)
    main = np.where(pools > 0, block.unit_h.argmax(axis=1), -1)
    # A job's block lists only periods with work of its class, so its neighbors may lie apart.
    goes_on = (main[:, 1:] >= 0) & (main[:, :-1] >= 0) & (np.diff(block.periods) == 1)
    moved = goes_on & (main[:, 1:] != main[:, :-1])
    return np.count_nonzero(pools > 1, axis=1), np.count_nonzero(moved, axis=1)
