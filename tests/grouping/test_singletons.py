"""Workloads that merge with none are expanded together, with the same result as class by class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Demand, Job, Pool, Site, make_problem
from computeplan.grouping import Allocation, allocation, keep_all, singletons
from computeplan.lp import build
from computeplan.problem import Problem
from computeplan.solvers import SolverOptions, solve
from computeplan.solvers.planner import plan
from strategies import cases, examples


def dense(made: Allocation, most_cells: int = 10**6) -> tuple[np.ndarray, np.ndarray]:
    problem = made.problem
    work = np.zeros((problem.workloads.size, problem.pools.size, problem.horizon.size))
    short = np.zeros((problem.workloads.size, problem.horizon.size))
    seen = []
    for block in made.blocks(most_cells):
        assert len(block.workloads) == 1 or block.unit_h.size <= most_cells
        work[np.ix_(block.workloads, block.pools, block.periods)] = block.unit_h
        short[np.ix_(block.workloads, block.periods)] = block.short_unit_h
        seen += block.workloads.tolist()
    assert sorted(seen) == list(range(problem.workloads.size))
    return work, short


def one_by_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(allocation, "find_singletons", lambda _, grouping: np.zeros(grouping.size, dtype=bool))


@examples(40)
@given(cases(), st.sampled_from([1, 30, 10**6]))
def test_together_or_one_by_one_is_the_same(case, most_cells):
    solution = plan(case.problem()).solution
    if solution is None:
        return
    together = dense(solution.allocation, most_cells)
    with pytest.MonkeyPatch.context() as patch:
        one_by_one(patch)
        apart = dense(solution.allocation)
        audit = plan(case.problem()).solution.audit
    for found, expected in zip(together, apart, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-9 * max(1.0, expected.max(initial=0.0)))
    assert (audit.passed, audit.bound) == (solution.audit.passed, solution.audit.bound)
    assert audit.objective == pytest.approx(solution.audit.objective, rel=1e-12)
    assert audit.max_violation == pytest.approx(solution.audit.max_violation, abs=1e-9)


def year_of_jobs(jobs: int) -> Problem:
    rng = np.random.default_rng(5)
    price = rng.random(200).tolist()
    made = [
        Job(1.0 + number % 3, release=float(start), deadline=float(start + rng.integers(6, 12)))
        for number, start in enumerate(rng.integers(0, 180, jobs))
    ]
    demands = [Demand(rng.random(200).tolist()) for _ in range(3)]
    sites = [Site("a", price=price), Site("b", price=price[::-1])]
    pools = [Pool(40, site="a", busy_kw=1.0), Pool(40, site="b", busy_kw=1.0)]
    return make_problem(periods=200, sites=sites, pools=pools, workloads=[*made, *demands])


def test_jobs_of_the_same_time_share_a_block(monkeypatch):
    problem = year_of_jobs(400)
    grouping = keep_all(problem)
    model = build(grouping)
    work, _ = model.decode(solve(model.lp, SolverOptions()).values)
    monkeypatch.setattr(singletons, "MOST_CELLS", 4000)
    made = Allocation(problem, grouping, work)
    blocks = list(made.blocks())
    assert all(block.unit_h.size <= 4000 for block in blocks)
    # 3 demands and 400 jobs of up to 12 h, which need 7,200 cells: far fewer blocks than classes.
    assert len(blocks) < 40
    volume = np.concatenate([block.unit_h.sum(axis=(1, 2)) for block in blocks])
    order = np.concatenate([block.workloads for block in blocks])
    jobs = problem.workloads.is_job[order]
    np.testing.assert_allclose(volume[jobs], problem.workloads.volume_unit_h[order[jobs]], rtol=1e-12)


def test_what_is_negligible_to_the_solver_is_still_served():
    """Work dropped in one period is done where the workload runs anyway."""
    problem = make_problem(periods=2, pools=[Pool(9)], workloads=[Demand([1.0, 2.0])])
    grouping = keep_all(problem)
    model = build(grouping)
    work, _ = model.decode(solve(model.lp, SolverOptions()).values)
    first = replace(
        work,
        **{name: getattr(work, name)[:1].copy() for name in ("workload", "pool", "period", "unit_h")},
    )
    found, _ = dense(Allocation(problem, grouping, first))
    np.testing.assert_allclose(found[0, 0], [1.0, 2.0])
