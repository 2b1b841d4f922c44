"""From a problem to an audited plan."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Case, Demand, Job, Pool, Site, on_demand
from computeplan.problem import CarbonBasis, Goal, HorizonEnd, Status
from computeplan.problem.limits import LimitKind
from computeplan.solvers import SolverOptions, planner
from computeplan.solvers.decomposition import Reduction
from computeplan.solvers.planner import plan
from computeplan.studies.baselines import all_local

CHEAP_AND_CLEAN = [Site("cheap", price=1.0, carbon=0.9), Site("clean", price=3.0, carbon=0.1)]
POOLS = [Pool(5, site="cheap", busy_kw=1.0), Pool(5, site="clean", busy_kw=1.0)]


def case(**fields) -> Case:
    return Case(sites=CHEAP_AND_CLEAN, pools=POOLS, **fields)


def test_a_plan_carries_its_proof_its_size_and_its_times():
    found = plan(case(workloads=[Demand(4), Demand(2)]).problem())
    assert found.status is Status.OPTIMAL
    assert found.solution.audit.passed
    assert found.solution.audit.gap == pytest.approx(0.0, abs=1e-9)
    assert found.solution.accounts.objective == pytest.approx(3 * (5 * 1.0 + 1 * 3.0))
    assert found.size.classes == 1
    assert found.size.columns > found.size.rows > 0
    assert set(found.times_s) == {"reduce", "build", "solve", "expand", "audit"}
    assert all(seconds >= 0 for seconds in found.times_s.values())
    assert set(found.cpu_s) == set(found.times_s)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_merging_changes_the_size_and_not_the_optimum(solver):
    problem = case(workloads=[Demand([1, 2, 3]), Demand([2, 0, 1]), Job(2.0), Job(1.0)]).problem()
    merged = plan(problem, SolverOptions(solver))
    whole = plan(problem, SolverOptions(solver), Reduction.NONE)
    assert (merged.size.classes, whole.size.classes) == (2, 4)
    assert merged.solution.accounts.objective == pytest.approx(whole.solution.accounts.objective)
    assert merged.solution.audit.passed
    assert whole.solution.audit.passed


def test_an_impossible_problem_has_no_solution():
    found = plan(case(workloads=[Demand(11)]).problem())
    assert (found.status, found.solution) == (Status.INFEASIBLE, None)


def test_least_carbon_is_cheapest_among_the_cleanest():
    """Both periods are equally clean; only money tells them apart."""
    sites = [Site("a", price=[5.0, 2.0], carbon=0.5)]
    work = [Demand([3, 0], max_delay=1.0)]
    found = plan(
        Case(
            periods=2,
            sites=sites,
            pools=[Pool(9, busy_kw=1.0)],
            workloads=work,
            goal=Goal.CARBON,
            end=HorizonEnd.CYCLIC,
        ).problem()
    )
    assert found.solution.accounts.emissions_kg.location == pytest.approx(1.5)
    assert found.solution.accounts.cost.total == pytest.approx(6.0)
    assert found.solution.audit.passed


def test_least_carbon_serves_all_work_whatever_shortfall_costs():
    work = [Demand(4, shortfall_price=0.01)]
    found = plan(case(workloads=work, goal=Goal.CARBON).problem())
    assert found.solution.accounts.shortfall_penalty == 0.0
    assert found.solution.accounts.emissions_kg.location == pytest.approx(3 * 4 * 0.1)


def test_least_carbon_of_nothing_is_nothing():
    found = plan(case(workloads=[Demand(0)], goal=Goal.CARBON, basis=CarbonBasis.MARKET).problem())
    assert found.status is Status.OPTIMAL
    assert found.solution.accounts.objective == 0.0


def test_the_allocation_reads_every_workload():
    found = plan(case(workloads=[Demand([1, 2, 3]), Demand([2, 0, 1]), Job(2.0)]).problem())
    allocation = found.solution.allocation
    totals = [allocation.block_of(w).unit_h.sum() for w in range(3)]
    np.testing.assert_allclose(totals, [6.0, 3.0, 2.0])


def test_all_local_keeps_work_in_its_zone():
    work = [Demand(2, zone="clean"), Demand(1, zone="cheap")]
    problem = case(workloads=work).problem()
    baseline = all_local(problem)
    assert baseline.exempt == 0
    assert baseline.plan.solution.accounts.cost.total == pytest.approx(3 * (2 * 3.0 + 1 * 1.0))
    assert plan(problem).solution.accounts.cost.total == pytest.approx(9.0)


def test_all_local_exempts_work_that_no_local_pool_can_serve():
    baseline = all_local(case(workloads=[Demand(2, zone="elsewhere"), Demand(1)]).problem())
    assert baseline.exempt == 1
    assert baseline.plan.status is Status.OPTIMAL


def test_all_local_is_planned_without_the_limits_that_it_breaks():
    baseline = all_local(case(workloads=[Demand(7)]).problem())
    assert [(limit.kind, limit.name) for limit in baseline.lifted] == [(LimitKind.CAPACITY, "cheap/p0")]
    assert baseline.lifted[0].more == pytest.approx(2, abs=1e-4)
    assert baseline.plan.status is Status.OPTIMAL


CLEAN = {
    "periods": 2,
    "sites": [Site("a", price=3, carbon=1.0), Site("b", price=1, carbon=0.25), Site("c", carbon=0.25)],
    "goal": Goal.CARBON,
}


@pytest.mark.parametrize("solver", ["highs", "cbc", "clarabel"])
def test_the_least_cost_among_the_cleanest_plans_has_a_proof_of_its_own(solver):
    """Both clean sites emit the same: the three cheap units of one are used, then the other."""
    if solver == "clarabel":
        pytest.importorskip("clarabel")
    pools = [on_demand(site="a", busy_kw=1), on_demand(9, price=2, site="b", busy_kw=1)]
    pools.append(on_demand(3, price=1, site="c", busy_kw=1))
    audit = plan(
        Case(**CLEAN, pools=pools, workloads=[Demand(5)]).problem(), SolverOptions(name=solver)
    ).solution.audit
    assert audit.objective == pytest.approx(0.25 * 10)
    assert (audit.cost_bound, audit.cost_gap) == pytest.approx((2 * (3 * 1 + 2 * 3), 0), abs=1e-5)
    assert audit.notes == ()


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_in_whole_numbers_the_least_cost_is_proved_or_said_not_to_be(solver):
    pools = [on_demand(9, price=2, site="b", busy_kw=1), on_demand(9, price=5, site="c", busy_kw=1)]
    made = plan(
        Case(**CLEAN, pools=pools, workloads=[Demand(5, whole=True)]).problem(), SolverOptions(name=solver)
    )
    audit, unproved = made.solution.audit, "the least cost among the cleanest plans is not proved"
    assert made.solution.accounts.cost.total == pytest.approx(2 * 5 * 3)
    assert (audit.cost_bound is None) == (solver == "cbc") == (unproved in audit.notes)


def test_a_second_goal_that_fails_is_not_passed_off_as_proved(monkeypatch):
    pools = [on_demand(9, price=2, site="b", busy_kw=1), on_demand(9, price=5, site="c", busy_kw=1)]
    monkeypatch.setattr(planner.IncrementalPlanner, "_solve_face", lambda *_: None)
    audit = plan(Case(**CLEAN, pools=pools, workloads=[Demand(5)]).problem()).solution.audit
    assert audit.notes == ("the least cost among the cleanest plans is not proved",)
