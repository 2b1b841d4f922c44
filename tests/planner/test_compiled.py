"""A compiled problem, planned again with other numbers, gives the plans of fresh ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import Case, Contract, Demand, Job, Pool, Site
from computeplan.decomposition import Reduction
from computeplan.planner import Compiled, plan
from computeplan.problem import CarbonBasis, Goal, Problem, Status
from computeplan.solvers import SolverOptions

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
    compiled = Compiled(original, SolverOptions(solver))
    for price in (0.0, 0.1, 5.0, 1.0, 0.0):
        compiled.change(at_price(original, price))
        again, fresh = compiled.plan(), plan(at_price(original, price))
        assert again.status is Status.OPTIMAL
        assert again.solution.audit.passed, again.solution.audit.notes
        assert again.solution.audit.objective == pytest.approx(fresh.solution.audit.objective, rel=1e-9)


def test_a_carbon_price_changes_costs_only():
    original = problem(carbon_price=1.0)
    compiled = Compiled(original)
    compiled.plan()
    compiled.change(at_price(original, 2.0))
    assert "build" not in compiled.plan().times_s


@settings(max_examples=30)
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
    compiled = Compiled(problem())
    for change in changes:
        compiled.change(problem(**change))
        again, fresh = compiled.plan(), plan(problem(**change))
        assert again.status is fresh.status
        if fresh.solution:
            assert again.solution.audit.passed, again.solution.audit.notes
            assert again.solution.audit.objective == pytest.approx(
                fresh.solution.audit.objective, rel=1e-9, abs=1e-9
            )


@pytest.mark.parametrize("reduction", [Reduction.ALL, Reduction.NONE])
def test_a_fresh_start_gives_the_same_optimum(reduction):
    original = problem()
    compiled = Compiled(original, reduction=reduction)
    compiled.plan()
    for price in (5.0, 0.1):
        compiled.change(at_price(original, price), afresh=True)
        again, other = compiled.plan(), plan(at_price(original, price))
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
