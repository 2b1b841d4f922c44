"""Classes swap places only where the loads demand it; loads, cost and proof stay as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from builders import Case, Demand, Link, Pool, Rule, Site
from computeplan.grouping import merge
from computeplan.lp import build
from computeplan.problem import Problem, RuleMeasure, Status, Work
from computeplan.solvers import Method, SolverOptions, StopSignal
from computeplan.solvers.decomposition import Reduction
from computeplan.solvers.division import divide_work
from computeplan.solvers.planner import plan
from strategies import crowds

SITES = [Site("a", price=[1, 1, 1, 1]), Site("b", price=[1, 1, 1, 1])]
POOLS = [Pool(3, site="a", busy_kw=1.0), Pool(3, site="b", busy_kw=1.0)]
TWO = [Demand(3, name="one"), Demand(3, name="two", shortfall_price=1e3)]
"""Two classes of the same size, each as large as a pool."""
SWAPPING = [(c, (c + t) % 2, t, 3.0) for c in range(2) for t in range(4)]
"""A plan in which they swap places every hour."""


def divided(problem: Problem, entries, **options) -> np.ndarray:
    """(classes, P, T) work, divided anew."""
    grouping = merge(problem)
    workload, pool, period, unit_h = (np.array(part) for part in zip(*sorted(entries), strict=True))
    none = np.zeros(0, int)
    work = Work(workload, pool, period, unit_h.astype(float), none, none, np.zeros(0))
    found = divide_work(build(grouping), grouping, work, SolverOptions(**options))
    dense = np.zeros((grouping.size, problem.pools.size, problem.horizon.size))
    dense[found.workload, found.pool, found.period] = found.unit_h
    return dense


def test_classes_that_swap_places_stay():
    dense = divided(Case(periods=4, sites=SITES, pools=POOLS, workloads=TWO).problem(), SWAPPING)
    assert dense[0].tolist() == [[3, 3, 3, 3], [0, 0, 0, 0]]
    assert dense[1].tolist() == [[0, 0, 0, 0], [3, 3, 3, 3]]


def test_a_block_starts_anew_and_small_amounts_are_divided_too():
    case = Case(periods=4, blocks=[2, 2], sites=SITES, pools=POOLS, workloads=TWO)
    swapped = [(c, (c + t + (t > 1)) % 2, t, 3e-7) for c, _, t, _ in SWAPPING]
    dense = divided(case.problem(), swapped)
    assert (dense[0] > 0).tolist() == [[True, True, False, False], [False, False, True, True]]
    np.testing.assert_allclose(dense.sum(axis=1), 3e-7)


@pytest.mark.parametrize(
    ("workloads", "fields", "first"),
    [
        # Of the traffic between a and b there may be less than planned, not more.
        (
            [TWO[0], replace(TWO[1], zone="a", traffic=1.0)],
            {"links": [Link(("a", "b"), price=1.0)]},
            [3, 0, 0, 0],
        ),
        ([TWO[0], replace(TWO[1], unit_cost={"a": 1.0})], {}, [3, 3, 3, 3]),
        ([TWO[0], replace(TWO[1], unit_cost={"b": 1.0})], {}, [3, 0, 0, 0]),
        (TWO, {"rules": [Rule(0.5, RuleMeasure.MOST_SHARE, ["a"], [0])]}, [3, 0, 0, 0]),
        (TWO, {"rules": [Rule(0.5, RuleMeasure.LEAST_SHARE, ["a"], [0])]}, [3, 3, 3, 3]),
    ],
    ids=["traffic", "cost elsewhere", "cost here", "most share", "least share"],
)
def test_what_costs_or_is_limited_does_not_grow(workloads, fields, first):
    """The work of the first class at a: to stay for ever may cost more, or break a rule."""
    problem = Case(periods=4, sites=SITES, pools=POOLS, workloads=workloads, **fields).problem()
    dense = divided(problem, SWAPPING)
    assert dense[0, 0].tolist() == first
    np.testing.assert_allclose(dense.sum(axis=0), 3.0)


def test_stopped_or_out_of_time_it_gives_the_plan_as_it_was():
    stop = StopSignal()
    stop.set()
    problem = Case(periods=4, sites=SITES, pools=POOLS, workloads=TWO).problem()
    for options in ({"stop": stop}, {"time_limit_s": 0.0}):
        assert divided(problem, SWAPPING, **options)[0].tolist() == [[3, 0, 3, 0], [0, 3, 0, 3]]


@pytest.mark.parametrize("iterations", [29, 36])
def test_a_plan_that_is_not_the_optimum_costs_what_its_solver_says(iterations):
    """Its classes may be at the wrong places, where to swap them pays."""
    workloads = [
        Demand([3, 2, 3, 1], shortfall_price=1e3, unit_cost={"b": 1.0}),
        Demand([3, 3, 1, 3], shortfall_price=1e3, unit_cost={"a": 1.0}),
    ]
    own = {"simplex_iteration_limit": iterations, "simplex_strategy": 4, "presolve": "off"}
    options = SolverOptions(method=Method.SIMPLEX, options=own)
    problem = Case(periods=4, sites=SITES, pools=POOLS, workloads=workloads).problem()
    made = plan(problem, options, Reduction.NONE, fewest_moves=True)
    assert made.status is Status.FEASIBLE
    assert made.solution.audit.passed, made.solution.audit.notes


@settings(max_examples=12, deadline=None)
@given(crowds())
def test_the_plan_is_worth_the_same_at_the_same_loads_and_prices(case):
    problem = case.problem()
    usual, calm = plan(problem), plan(problem, fewest_moves=True)
    assert calm.status is usual.status
    if usual.solution is not None:
        assert calm.solution.audit.passed, calm.solution.audit.notes
        size = usual.solution.accounts.magnitude
        assert calm.solution.audit.objective <= usual.solution.audit.objective + 1e-8 * size
        load = [found.solution.accounts.usage.load_unit_h for found in (usual, calm)]
        np.testing.assert_allclose(*load, atol=1e-7 * max(1.0, float(load[0].max(initial=0.0))))
