"""A solve that starts from the basis of another one: as exact, and the same wherever it runs."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import given

from builders import Case, Contract, Demand, Job, Pool, Site
from computeplan.lp import ProgramDiff, digest
from computeplan.problem import Problem, Status, share_equal_parts
from computeplan.solvers import SolverOptions, Start
from computeplan.solvers.planner import IncrementalPlanner, plan
from strategies import cases

CASE = Case(
    periods=60,
    sites=[
        Site("a", price=[1, 4, 2, 3] * 15, carbon=0.9),
        Site("b", price=3.0, carbon=0.1, demand_charge=2.0),
    ],
    pools=[Pool(6, site="a", busy_kw=1.0), Pool(9, site="b", busy_kw=1.0)],
    workloads=[Demand([2, 3, 4, 1] * 15, max_delay=3.0), Demand(1), Job(3.0)],
    contracts=[Contract([2, 0, 1, 3] * 15, site="b", price=0.5)],
)
APART = replace(
    CASE,
    sites=[CASE.sites[0], replace(CASE.sites[1], demand_charge=0.0)],
    workloads=[Demand([2, 3, 4, 1] * 15)],
)


def with_price(problem: Problem, factor: float) -> Problem:
    return replace(problem, grid=replace(problem.grid, price=problem.grid.price * factor))


@pytest.mark.parametrize(("case", "parts"), [(CASE, 1), (APART, 60)])
def test_a_start_saves_iterations_and_gives_the_same_plan(case, parts, monkeypatch):
    monkeypatch.setattr("computeplan.solvers.subproblems.PART_COLUMNS", 1)
    first = IncrementalPlanner(case.problem())
    cold = first.plan()
    start = pickle.loads(pickle.dumps(Start(first.bases(), costs_only=True)))  # noqa: S301 - our own
    other = with_price(case.problem(), 1.01)
    warm = IncrementalPlanner(other)
    warm.warm_start(start)
    found = warm.plan()
    assert found.size.parts == cold.size.parts == parts
    assert found.solver.iterations < cold.solver.iterations / 4
    assert found.solution.audit.passed
    assert found.solution.audit.objective == pytest.approx(plan(other).solution.audit.objective, rel=1e-12)
    again = IncrementalPlanner(case.problem())
    again.plan()
    again.reset(other)
    again.warm_start(start)
    assert again.plan().solution.accounts.objective == found.solution.accounts.objective


def test_a_start_that_does_not_fit_is_no_harm():
    small = IncrementalPlanner(
        replace(
            CASE, periods=4, sites=[Site("a")], pools=[Pool(9, site="a")], workloads=[Demand(1)], contracts=[]
        ).problem()
    )
    small.plan()
    other = IncrementalPlanner(CASE.problem())
    other.warm_start(Start(small.bases()))
    started, alone = other.plan(), IncrementalPlanner(CASE.problem()).plan()
    assert started.status is Status.OPTIMAL
    assert started.solution.audit.objective == pytest.approx(alone.solution.audit.objective)


def test_solvers_without_bases_start_anew():
    planner = IncrementalPlanner(APART.problem(), SolverOptions("cbc"))
    planner.plan()
    assert planner.bases() == ()
    planner.warm_start(Start(()))
    assert planner.plan().solution.audit.passed


@given(cases(), cases())
def test_any_start_gives_the_plan_of_a_fresh_solver(one, other):
    first = IncrementalPlanner(one.problem())
    first.plan()
    second = IncrementalPlanner(other.problem())
    second.warm_start(Start(first.bases()))
    found, fresh = second.plan(), plan(other.problem())
    assert found.status is fresh.status
    if fresh.solution:
        assert found.solution.audit.passed, found.solution.audit.notes
        assert found.solution.audit.objective == pytest.approx(
            fresh.solution.audit.objective, rel=1e-6, abs=1e-6
        )


def test_what_differs_between_two_programs_is_told():
    base = CASE.problem()
    changes = {
        ProgramDiff.NOTHING: CASE.problem(),
        ProgramDiff.COSTS: with_price(base, 2.0),
        ProgramDiff.LIMITS: replace(base, pools=replace(base.pools, max_units=base.pools.max_units * 2)),
        ProgramDiff.MATRIX: replace(base, sites=replace(base.sites, pue=base.sites.pue * 2)),
        ProgramDiff.SHAPE: APART.problem(),
    }
    own = digest(IncrementalPlanner(base).lp)
    for difference, problem in changes.items():
        assert digest(IncrementalPlanner(problem).lp).diff(own) is difference


def test_problems_share_what_is_equal():
    one, other = CASE.problem(), with_price(CASE.problem(), 2.0)
    shared = share_equal_parts(other, one)
    assert shared.grid is other.grid
    assert all(
        getattr(shared, name) is getattr(one, name) for name in ("workloads", "pools", "sites", "network")
    )


def test_what_nothing_touched_is_not_grouped_again():
    planner = IncrementalPlanner(CASE.problem())
    planner.plan()
    planner.reset(with_price(CASE.problem(), 2.0))
    assert "reduce" not in planner.plan().times_s
