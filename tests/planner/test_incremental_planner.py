"""A planner problem, planned again with other numbers, gives the plans of fresh ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Case, Contract, Demand, Job, Pool, Site
from computeplan.problem import CarbonBasis, Goal, Problem, Status
from computeplan.solvers import SolverOptions, subproblems
from computeplan.solvers.decomposition import Reduction
from computeplan.solvers.planner import IncrementalPlanner, plan
from strategies import examples

SITES = [Site("a", price=[1, 4, 2, 3], carbon=0.9), Site("b", price=3.0, carbon=0.1, demand_charge=2.0)]
POOLS = [Pool(6, site="a", busy_kw=1.0), Pool(9, site="b", busy_kw=1.0)]
WORK = [Demand([2, 3, 4, 1], max_delay=1.0), Demand(1), Job(3.0)]


def problem(**fields) -> Problem:
    return Case(**{"periods": 4, "sites": SITES, "pools": POOLS, "workloads": WORK, **fields}).problem()


def at_price(original: Problem, price: float) -> Problem:
    return replace(original, objective=replace(original.objective, carbon_price_per_kg=price))


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("basis", list(CarbonBasis))
def test_carbon_prices_one_after_another(solver, basis):
    original = problem(basis=basis, contracts=[Contract([2, 0, 1, 3], site="b", price=0.5, take_or_pay=True)])
    planner = IncrementalPlanner(original, SolverOptions(solver))
    for price in (0.0, 0.1, 5.0, 1.0, 0.0):
        planner.update(at_price(original, price))
        again, fresh = planner.plan(), plan(at_price(original, price))
        assert again.status is Status.OPTIMAL
        assert again.solution.audit.passed, again.solution.audit.notes
        assert again.solution.audit.objective == pytest.approx(fresh.solution.audit.objective, rel=1e-9)


def test_a_carbon_price_changes_costs_only():
    original = problem(carbon_price=1.0)
    planner = IncrementalPlanner(original)
    planner.plan()
    planner.update(at_price(original, 2.0))
    assert "build" not in planner.plan().times_s


@examples(30)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "carbon_price": st.sampled_from([0.0, 2.0]),
                "carbon_cap": st.sampled_from([6.0, 9.0, float("inf")]),
                "pools": st.sampled_from([POOLS, POOLS[:1], [replace(POOLS[0], units=3.0), POOLS[1]]]),
                "workloads": st.sampled_from([WORK, WORK[:2], [Demand(2, shortfall_price=9.0), *WORK]]),
            }
        ),
        min_size=2,
        max_size=4,
    )
)
def test_any_change_gives_the_plan_of_a_fresh_problem(changes):
    planner = IncrementalPlanner(problem())
    for change in changes:
        planner.update(problem(**change))
        again, fresh = planner.plan(), plan(problem(**change))
        assert again.status is fresh.status
        if fresh.solution:
            assert again.solution.audit.passed, again.solution.audit.notes
            assert again.solution.audit.objective == pytest.approx(
                fresh.solution.audit.objective, rel=1e-9, abs=1e-9
            )


@pytest.mark.parametrize("reduction", [Reduction.ALL, Reduction.NONE])
def test_a_fresh_start_gives_the_same_optimum(reduction):
    original = problem()
    planner = IncrementalPlanner(original, reduction=reduction)
    planner.plan()
    for price in (5.0, 0.1):
        planner.update(at_price(original, price), afresh=True)
        again, other = planner.plan(), plan(at_price(original, price))
        assert again.solution.audit.passed, again.solution.audit.notes
        assert again.solution.audit.objective == pytest.approx(other.solution.audit.objective, rel=1e-9)


def test_least_carbon_leaves_work_undone_only_where_told():
    original = problem(workloads=[Demand(2, shortfall_price=9.0), Demand(1)], goal=Goal.CARBON)
    lenient = replace(original, objective=replace(original.objective, shortfall=True))
    serving, leaving = plan(original).solution, plan(lenient).solution
    assert serving.audit.passed
    assert leaving.audit.passed
    assert serving.accounts.shortfall_unit_h == 0
    assert leaving.accounts.shortfall_unit_h == pytest.approx(8)
    assert leaving.audit.bound == pytest.approx(leaving.audit.objective)
    assert leaving.audit.objective < serving.audit.objective


@pytest.mark.parametrize("wait_h", [0.0, 5.0], ids=["parts", "whole"])
def test_the_time_limit_begins_anew_with_each_plan(monkeypatch, wait_h):
    """A study plans again and again: what it has taken so far does not count against the next plan."""
    clock = [0.0]
    monkeypatch.setattr(subproblems, "PART_COLUMNS", 1)
    monkeypatch.setattr(subproblems, "monotonic", lambda: clock[0])
    original = Case(
        periods=6,
        sites=[Site(price=2.0, carbon=1.0)],
        pools=[Pool(9.0, price=1.0, busy_kw=1.0)],
        workloads=[Demand(3.0, max_delay=wait_h)],
    ).problem()
    planner = IncrementalPlanner(original, SolverOptions(time_limit_s=60.0))
    for price in (0.0, 1.0, 2.0):
        planner.update(at_price(original, price))
        assert planner.plan().status is Status.OPTIMAL
        clock[0] += 1000.0
