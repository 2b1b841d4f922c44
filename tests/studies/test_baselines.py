"""Simple policies: by hand, and never better than the plan."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Cap, Case, Contract, Demand, Job, Link, Pool, Site, on_demand, reserved
from computeplan.problem import CapMeasure, Goal, HorizonEnd, Status
from computeplan.solvers.planner import plan
from computeplan.studies.baselines import Policy, objective_of, plan_under
from solving import all_work
from strategies import cases, examples

CHEAP, GREEN = Site("cheap", price=1.0, carbon=1.0), Site("green", price=3.0, carbon=0.25)
FIRST = (Policy.CHEAPEST_FIRST, Policy.GREENEST_FIRST)


def case(**fields) -> Case:
    """Two units at a cheap site, plenty at a green one; a unit·h takes a kWh."""
    pools = [on_demand(2, site="cheap", busy_kw=1.0), on_demand(9, site="green", busy_kw=1.0)]
    return Case(**{"periods": 3, "sites": [CHEAP, GREEN], "pools": pools, **fields})


def work_of(baseline):
    assert baseline.plan.status is Status.FEASIBLE, baseline.notes
    return all_work(baseline.plan)[0]


def test_the_first_site_is_filled_before_the_next():
    found = work_of(plan_under(case(workloads=[Demand([1, 3, 5])]).problem(), Policy.CHEAPEST_FIRST))
    assert found[0].tolist() == [pytest.approx([1, 2, 2]), pytest.approx([0, 1, 3], abs=1e-6)]


def test_the_greenest_comes_first_where_asked():
    found = plan_under(case(workloads=[Demand([1, 3, 5])]).problem(), Policy.GREENEST_FIRST)
    assert work_of(found)[0, 1].tolist() == pytest.approx([1, 3, 5])
    assert found.accounts.emissions_kg.location == pytest.approx(9 * 0.25)


def test_nothing_waits_for_a_better_hour_but_for_room():
    """The dear hour is used although the next is free; only what finds no room waits."""
    site = Site("here", price=[5.0, 1.0, 1.0])
    problem = case(
        sites=[site], pools=[Pool(2, busy_kw=1.0)], workloads=[Demand([3, 0, 0], max_delay=1.0)]
    ).problem()
    assert work_of(plan_under(problem, Policy.CHEAPEST_FIRST))[0, 0].tolist() == pytest.approx([2, 1, 0])


def test_a_job_runs_from_its_release_at_its_greatest_rate():
    problem = case(workloads=[Job(5, release=0, deadline=3, max_rate=2)]).problem()
    assert work_of(plan_under(problem, Policy.CHEAPEST_FIRST))[0, 0].tolist() == pytest.approx([2, 2, 1])


def test_a_job_that_runs_through_starts_when_there_is_room_for_it():
    pools = [on_demand(2, site="cheap", busy_kw=1.0, availability=[1, 0, 1, 1])]
    work = [Job(4, max_rate=2, through=True)]
    problem = case(periods=4, pools=pools, workloads=work).problem()
    assert work_of(plan_under(problem, Policy.CHEAPEST_FIRST))[0, 0].tolist() == pytest.approx([0, 0, 2, 2])


def test_fixed_work_is_split_once():
    found = work_of(
        plan_under(case(workloads=[Demand([1, 4, 2], fixed=True)]).problem(), Policy.CHEAPEST_FIRST)
    )
    assert found[0, 0].tolist() == pytest.approx([0.5, 2, 1])


def test_work_that_finds_no_room_is_said():
    problem = case(pools=[on_demand(2, site="cheap", busy_kw=1.0)], workloads=[Demand([1, 3, 2])]).problem()
    found = plan_under(problem, Policy.CHEAPEST_FIRST)
    assert (found.plan.status, found.plan.solution, found.holds) == (Status.INFEASIBLE, None, False)
    assert found.accounts.shortfall_unit_h == pytest.approx(1)
    assert "demand" in found.notes[0] or "shortfall" in found.notes[0]


def test_work_with_a_price_may_find_no_room():
    problem = case(
        pools=[on_demand(2, site="cheap", busy_kw=1.0)], workloads=[Demand([1, 3, 2], shortfall_price=7.0)]
    ).problem()
    found = plan_under(problem, Policy.CHEAPEST_FIRST)
    assert found.holds
    assert found.accounts.shortfall_penalty == pytest.approx(7)


@pytest.mark.parametrize(
    "limits",
    [
        {"sites": [Site("cheap", price=1.0, import_limit=1.5, pue=1.5), GREEN]},
        {"caps": [Cap(1.0, weights={"cheap/p0": 1.0})]},
        {"caps": [Cap(1.0, CapMeasure.POWER, {"cheap/p0": 1.0})]},
        {"links": [Link(("user", "cheap"), bandwidth=2.0), Link(("user", "green"))]},
    ],
    ids=["import", "units", "power", "bandwidth"],
)
def test_every_limit_is_kept(limits):
    work = Demand(2, zone="user", traffic=2.0) if "links" in limits else Demand(2)
    found = work_of(plan_under(case(workloads=[work], **limits).problem(), Policy.CHEAPEST_FIRST))
    assert found[0].tolist() == [pytest.approx([1, 1, 1], abs=1e-6)] * 2


def test_a_cap_on_bookings_counts_the_level_not_the_use():
    """The cap of 3 holds in all hours: what one pool books at noon the other lacks at night."""
    pools = [reserved(9, site="cheap", price=1.0, idle_kw=0.5, busy_kw=1.0), on_demand(9, site="green")]
    problem = case(pools=pools, caps=[Cap(3.0)], workloads=[Demand([1, 3, 2])]).problem()
    assert work_of(plan_under(problem, Policy.CHEAPEST_FIRST)).sum() == pytest.approx(6)


def test_contracts_are_used_where_they_are_cheaper():
    wind = Contract(1.0, site="cheap", price=0.5)
    found = plan_under(case(workloads=[Demand(2)], contracts=[wind]).problem(), Policy.CHEAPEST_FIRST)
    assert found.accounts.cost.total == pytest.approx(3 * (0.5 + 1.0))


def test_no_deferral_serves_at_once():
    site = Site("here", price=[5.0, 1.0, 1.0])
    problem = case(
        sites=[site],
        pools=[Pool(9, busy_kw=1.0)],
        workloads=[Demand([3, 0, 0], max_delay=2.0), Job(4, release=0, deadline=3, max_rate=2)],
    ).problem()
    found = plan_under(problem, Policy.NO_DEFERRAL)
    assert found.accounts.cost.total == pytest.approx(3 * 5 + 2 * 5 + 2 * 1)


def test_cost_only_may_break_the_cap_and_says_so():
    problem = case(workloads=[Demand(2)], carbon_cap=3.0).problem()
    found = plan_under(problem, Policy.COST_ONLY)
    assert found.notes == ("carbon cap: 0.003 t over it",)
    assert not found.holds
    assert found.accounts.cost.total == pytest.approx(6)


def test_carbon_only_is_the_cleanest():
    found = plan_under(case(workloads=[Demand(2)]).problem(), Policy.CARBON_ONLY)
    assert found.accounts.emissions_kg.location == pytest.approx(6 * 0.25)
    assert found.accounts.cost.total == pytest.approx(18)


WORK_FAMILIES = {"demand", "deferral", "job_volume", "fixed_split", "shortfall", "carbon_cap"}


@examples(60)
@given(cases(end=st.just(HorizonEnd.CLOSE)), st.sampled_from(Policy))
def test_no_policy_beats_the_plan_and_a_greedy_one_breaks_no_limit(case, policy):
    problem = case.problem()
    found, best = plan_under(problem, policy), plan(problem)
    if policy in FIRST and found.attempt is not None:
        broken = {str(v.family) for v in found.attempt.audit.violations if v.relative > 1e-6}
        standing = {"cap", "import_limit"} if stands_in_the_way(problem) else set()
        assert broken <= WORK_FAMILIES | standing
    if found.holds and best.status is Status.OPTIMAL and found.plan.status.has_plan:
        own = objective_of(problem, best.solution.accounts)
        slack = 1e-6 * max(1.0, best.solution.accounts.magnitude)
        if problem.objective.goal is Goal.COST or problem.objective.carbon_cap_kg == inf:
            assert objective_of(problem, found.accounts) >= own - slack


def stands_in_the_way(problem) -> bool:
    """Whether idle units alone can break a limit, with no work at all."""
    pools = problem.pools
    return bool(((problem.idle_kw > 0) & (pools.max_units > 0)).any() or (pools.min_units > 0).any())


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"carbon_cap": 3.0}, "carbon cap, location basis: 0.003 t over it"),
        ({"budget": 4.0}, "budget: 2 CNY over it"),
    ],
)
def test_a_policy_that_fails_says_so_in_the_units_of_the_config(limits, said):
    problem = case(workloads=[Demand(2)], **limits).problem()
    found = plan_under(problem, Policy.CHEAPEST_FIRST)
    assert (found.plan.solution, found.notes) == (None, (said,))
