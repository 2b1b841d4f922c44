"""The verdict: what passes, what does not, and what it says about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handmade import Handmade, by_hand, no_prices
from hypothesis import given

from builders import Demand, Pool, Site, make_problem, on_demand
from computeplan.audit import Check
from computeplan.problem import Goal, Prices, Problem, Status
from computeplan.solvers.planner import plan
from strategies import cases

PROBLEM = make_problem(pools=[Pool(2, price=1), on_demand(price=5)], workloads=[Demand(3, name="w")])
OPTIMUM = 21.0


def best() -> Handmade:
    return by_hand(PROBLEM, [[[2, 2, 2], [1, 1, 1]]])


def optimal_prices(problem: Problem = PROBLEM) -> Prices:
    return replace(no_prices(problem), load=np.full((2, 3), 5.0))


def test_an_optimal_plan_passes_with_its_proof():
    accounts, report = best().audit(
        optimal_prices(), claimed_objective=OPTIMUM, claimed_status=Status.OPTIMAL
    )
    assert report.passed
    assert report.notes == ()
    assert (report.objective, report.bound) == pytest.approx((OPTIMUM, OPTIMUM))
    assert report.objective == accounts.objective
    assert report.gap == pytest.approx(0)
    assert report.max_violation == 0
    assert [violation.family for violation in report.violations] == list(Check)
    assert {str(violation) for violation in report.violations} == {f"{family}: none" for family in Check}


def test_a_violation_is_reported_with_its_amount_and_unit():
    made = by_hand(PROBLEM, [[[2, 2, 2], [1, 1, 0.997]]])
    _, report = made.audit()
    assert not report.passed
    assert report.notes == ("demand: workload w, 2026-03-02 02:00: 0.003 unit·h (0.001 of its size)",)
    assert report.max_violation == pytest.approx(1e-3)


@pytest.mark.parametrize("claimed", [OPTIMUM + 1e-3, OPTIMUM - 1e-3, np.nan, np.inf])
def test_a_claimed_objective_that_differs_fails(claimed):
    _, report = best().audit(claimed_objective=claimed)
    assert not report.passed
    assert report.notes == (f"objective: the solver says {claimed:.10g}, recomputed 21",)


def test_a_claimed_objective_may_differ_by_rounding():
    assert best().audit(claimed_objective=OPTIMUM + 1e-6)[1].passed


def test_the_tolerance_scales_with_the_objective():
    dear = make_problem(pools=[on_demand(price=1e9)], workloads=[Demand(1)])
    made = by_hand(dear, [[[1, 1, 1]]])
    assert made.audit(claimed_objective=3e9 + 1e3)[1].passed
    assert not made.audit(claimed_objective=3e9 + 1e4)[1].passed


def test_a_worse_plan_may_not_claim_to_be_optimal():
    worse = by_hand(PROBLEM, [[[2, 2, 1], [1, 1, 2]]])
    _, report = worse.audit(optimal_prices(), claimed_status=Status.OPTIMAL)
    assert not report.passed
    assert (report.excess, report.gap) == pytest.approx((4, 4 / 21))
    assert report.notes == ("gap: claimed to be optimal, but 4 of the objective is not proved",)
    _, honest = worse.audit(optimal_prices(), claimed_status=Status.FEASIBLE)
    assert honest.passed
    assert honest.gap == pytest.approx(4 / 21)


@pytest.mark.parametrize("ban", [2.0, 1e10])
def test_a_price_that_nobody_pays_does_not_hide_a_worse_plan(ban):
    """With a pool that is priced as never to be used, twice the cost is still twice the cost."""
    pools = [Pool(9, price=1), Pool(9, price=2), Pool(9, price=ban)]
    sites = [Site(), Site("far")]
    problem = make_problem(sites=sites, pools=pools, workloads=[Demand(3, unit_cost={"far": ban})])
    prices = replace(no_prices(problem), load=np.ones((3, 3)))
    _, best = by_hand(problem, [[[3] * 3, [0] * 3, [0] * 3]]).audit(prices, claimed_status=Status.OPTIMAL)
    assert (best.passed, best.gap) == (True, pytest.approx(0))
    _, worse = by_hand(problem, [[[0] * 3, [3] * 3, [0] * 3]]).audit(prices, claimed_status=Status.OPTIMAL)
    assert (worse.passed, worse.gap) == (False, pytest.approx(1.0))


def test_above_a_bound_near_0_the_excess_is_an_amount():
    """Energy earns what the units cost: a share of 0 says nothing."""
    problem = make_problem(
        sites=[Site(price=-1)], pools=[Pool(9, price=1, busy_kw=1), Pool(9)], workloads=[Demand(1)]
    )
    prices = replace(no_prices(problem), energy=np.full((1, 3), -1.0))
    _, report = by_hand(problem, [[[1] * 3, [0] * 3]]).audit(prices, claimed_status=Status.OPTIMAL)
    assert (report.passed, report.bound, report.excess, report.gap) == (True, 0, 0, 0)
    dear = replace(problem, pools=replace(problem.pools, price=problem.pools.price * 2))
    _, worse = by_hand(dear, [[[1] * 3, [0] * 3]]).audit(prices, claimed_status=Status.FEASIBLE)
    assert (worse.bound, worse.excess, worse.gap) == (0, pytest.approx(3), None)


@pytest.mark.parametrize(("excess", "gap"), [(3e-6, 5e-7), (6e-5, None)])
def test_near_0_the_gap_is_a_share_of_the_magnitude_where_it_is_proved(excess, gap):
    """Energy earns 3 and units cost so little more; a pool that costs nothing is not used."""
    pools = [Pool(9, price=1 + excess / 3, busy_kw=1), Pool(9)]
    problem = make_problem(sites=[Site(price=-1)], pools=pools, workloads=[Demand(1)])
    prices = replace(no_prices(problem), energy=np.full((1, 3), -1.0))
    made = by_hand(problem, [[[1] * 3, [0] * 3]])
    accounts, report = made.audit(prices, claimed_status=Status.FEASIBLE)
    assert accounts.magnitude == pytest.approx(6 + excess)
    assert (report.passed, report.excess) == (True, pytest.approx(excess, rel=1e-6))
    assert report.gap == (gap and pytest.approx(gap, rel=1e-5))
    assert report.is_within(0.5) == (gap is not None)


def test_a_plan_below_the_bound_cannot_be_right():
    """Half of the work is missing, so the plan is cheaper than any that does all of it."""
    made = by_hand(PROBLEM, [[[1, 1, 1], [0, 0, 0]]])
    _, report = made.audit(optimal_prices(), claimed_status=Status.FEASIBLE)
    assert report.gap == pytest.approx((3 - 21) / 21)
    assert report.notes[1:] == ("gap: the bound exceeds the objective by 18",)


def test_without_prices_optimality_is_not_proved():
    _, report = best().audit(claimed_status=Status.OPTIMAL)
    assert report.passed
    assert (report.bound, report.excess, report.gap) == (None, None, None)
    assert report.notes == ("optimality is not proved: there are no dual prices",)


def test_rounding_is_not_held_against_a_plan_that_emits_nothing():
    sites = [Site("coal", carbon=1.0), Site("sun")]
    pools = [Pool(site="coal", busy_kw=1), Pool(site="sun", busy_kw=1)]
    problem = make_problem(sites=sites, pools=pools, workloads=[Demand(3)], goal=Goal.CARBON)
    made = by_hand(problem, [[[1e-15] * 3, [3] * 3]])
    accounts, report = made.audit(no_prices(problem), claimed_objective=0.0, claimed_status=Status.OPTIMAL)
    assert 0 < accounts.objective < 1e-14
    assert report.passed
    _, dirty = by_hand(problem, [[[1e-6] * 3, [3 - 1e-6] * 3]]).audit(
        no_prices(problem), claimed_status=Status.OPTIMAL
    )
    assert not dirty.passed


@pytest.mark.parametrize(("claimed", "passes"), [(8e-8, True), (1e-7, False)])
def test_a_solver_may_round_ten_times_as_much_where_a_plan_costs_nothing(claimed, passes):
    """A thousandth of the least that 9 kWh may emit, 9 kg, ten times and a millionth of it: 9e-8."""
    sites = [Site("coal", carbon=1.0), Site("sun")]
    pools = [Pool(site="coal", busy_kw=1), Pool(site="sun", busy_kw=1)]
    problem = make_problem(sites=sites, pools=pools, workloads=[Demand(3)], goal=Goal.CARBON)
    accounts, report = by_hand(problem, [[[0] * 3, [3] * 3]]).audit(
        no_prices(problem), claimed_objective=claimed, claimed_status=Status.OPTIMAL
    )
    assert (accounts.objective, accounts.gross) == (0.0, pytest.approx(10 * accounts.magnitude))
    assert report.passed == passes


@given(case=cases())
def test_plans_of_the_product_pass(case):
    found = plan(case.problem())
    if found.solution is None:
        return
    audit = found.solution.audit
    assert audit.passed, audit.notes
    assert audit.gap == pytest.approx(0, abs=1e-6)
