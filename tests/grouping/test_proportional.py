"""On request interchangeable workloads are served alike: the same part of their work in every pool."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from builders import Demand, Job, Pool, Site, make_problem
from computeplan.problem import Problem, Split
from computeplan.solvers.planner import plan
from strategies import crowds, examples

POOLS = [Pool(5, site="a", busy_kw=1.0), Pool(9, site="b", busy_kw=1.0), Pool(60, site="b", busy_kw=2.0)]
SITES = [Site("a", price=[5, 4, 3, 1]), Site("b", price=[2, 6, 1, 4])]


def work_of(problem: Problem, split: Split = Split.PROPORTIONAL) -> np.ndarray:
    """(W, P, T) work under an audited plan."""
    problem = replace(problem, split=split)
    solution = plan(problem).solution
    assert solution.audit.passed, solution.audit.notes
    work = np.zeros((problem.workloads.size, problem.pools.size, problem.horizon.size))
    for block in solution.allocation.blocks():
        work[np.ix_(block.workloads, block.pools, block.periods)] = block.unit_h
    return work


@pytest.mark.parametrize(
    "alike",
    [
        lambda size: Demand([4, 2, 5, 3], scale=size),
        lambda size: Demand([4, 2, 5, 3], scale=size, max_delay=1.5),
        lambda size: Demand([4, 2, 5, 3], scale=size, fixed=True),
        lambda size: Job(9.0 * size, deadline=3.5, max_rate=4.0 * size),
    ],
    ids=["interactive", "deferrable", "fixed", "job"],
)
def test_twins_of_another_size_do_the_same_part_everywhere(alike):
    sizes = np.array([1.0, 2.0, 0.5])
    problem = make_problem(periods=4, sites=SITES, pools=POOLS, workloads=[alike(s) for s in sizes])
    work = work_of(problem)
    per_size = work / sizes[:, None, None]
    np.testing.assert_allclose(per_size, np.broadcast_to(per_size[0], per_size.shape), atol=1e-9)
    assert (work[0].sum(axis=1) > 0).sum() > 1
    few = work_of(problem, Split.FEW_POOLS)
    np.testing.assert_allclose(work.sum(axis=0), few.sum(axis=0), atol=1e-9)
    assert (few.sum(axis=2) > 1e-9).sum() < (work.sum(axis=2) > 1e-9).sum()


@examples(25)
@given(crowds())
def test_the_plan_is_worth_the_same_and_passes_the_same_audit(case):
    few = plan(case.problem())
    spread = plan(replace(case.problem(), split=Split.PROPORTIONAL))
    assert spread.status is few.status
    if few.solution is not None:
        assert spread.solution.audit.passed, spread.solution.audit.notes
        size = few.solution.accounts.magnitude
        assert spread.solution.audit.objective == pytest.approx(few.solution.audit.objective, abs=1e-9 * size)
