"""Pools: merit order, efficiency, availability, booking, caps, shortfall."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from builders import Cap, Demand, Job, Pool, Site, on_demand, reserved
from computeplan.problem import CapMeasure, Goal, Status


def test_cheapest_pool_fills_first(solve):
    answer = solve(periods=2, pools=[Pool(5, price=1), Pool(10, price=3)], workloads=[Demand([3, 8])])
    assert answer.objective == pytest.approx(3 * 1 + 5 * 1 + 3 * 3)
    assert answer.done[0] == pytest.approx(np.array([[3, 5], [0, 3]]))


def test_more_than_the_capacity_is_infeasible(solve):
    assert solve(pools=[Pool(5)], workloads=[Demand([5, 5.5, 5])]).status is Status.INFEASIBLE


def test_all_of_the_capacity_is_enough(solve):
    assert solve(pools=[Pool(5)], workloads=[Demand([5, 5, 5])]).status is Status.OPTIMAL


def test_half_the_efficiency_takes_twice_the_units(solve):
    answer = solve(periods=1, pools=[Pool(4, price=1, efficiency=0.5)], workloads=[Demand(2)])
    assert answer.objective == pytest.approx(4)


def test_hardware_that_cannot_run_a_kind_is_left_out(solve):
    pools = [Pool(price=1, efficiency={"training": 1}), Pool(price=7)]
    answer = solve(
        periods=1, pools=pools, workloads=[Demand(2, kind="inference"), Demand(3, kind="training")]
    )
    assert answer.objective == pytest.approx(2 * 7 + 3 * 1)


def test_unavailable_units_do_no_work(solve):
    pools = [Pool(10, price=1, availability=[0.5, 1]), on_demand(price=4)]
    answer = solve(periods=2, pools=pools, workloads=[Demand(8)])
    assert answer.objective == pytest.approx((5 * 1 + 3 * 4) + 8 * 1)


def test_nothing_is_available_of_an_unlimited_pool_that_is_closed(solve):
    pools = [on_demand(price=1, availability=[1, 0]), on_demand(price=4)]
    assert solve(periods=2, pools=pools, workloads=[Demand(2)]).objective == pytest.approx(2 * 1 + 2 * 4)


def test_book_what_is_used_often_and_rent_the_rest(solve):
    """A level is worth booking where price 3 × periods in use exceeds price 1 × 4 periods."""
    pools = [reserved(price=1), on_demand(price=3)]
    answer = solve(periods=4, pools=pools, workloads=[Demand([2, 2, 4, 6])])
    assert answer.decisions.booked_units == pytest.approx(np.array([4, 0]))
    assert answer.objective == pytest.approx(4 * 4 * 1 + 2 * 3)


@pytest.mark.parametrize(("rent", "booked"), [(1.9, 0), (2.1, 6)])
def test_renting_and_booking_break_even_at_the_share_of_use(solve, rent, booked):
    pools = [reserved(price=1), on_demand(price=rent)]
    answer = solve(periods=4, pools=pools, workloads=[Demand([6, 0, 6, 0])])
    assert answer.decisions.booked_units[0] == pytest.approx(booked)


def test_the_least_booking_is_paid_unused(solve):
    answer = solve(periods=2, pools=[reserved(8, min_units=3, price=[1, 5])], workloads=[Demand(1)])
    assert answer.objective == pytest.approx(3 * (1 + 5))


def test_booked_units_are_available_in_part(solve):
    answer = solve(periods=1, pools=[reserved(10, price=1, availability=0.5)], workloads=[Demand(4)])
    assert answer.objective == pytest.approx(8)


def test_idle_power_of_unlimited_booking_at_a_negative_price_has_no_bound(solve):
    pools = [reserved(inf, price=1, idle_kw=2)]
    assert solve(sites=[Site(price=-1)], pools=pools).status is Status.UNBOUNDED


def test_cap_on_units_sends_the_rest_elsewhere(solve):
    pools = [on_demand(price=1, name="near"), on_demand(price=2)]
    answer = solve(
        periods=2, pools=pools, workloads=[Demand(5)], caps=[Cap([2, 3], weights={"here/near": 1})]
    )
    assert answer.objective == pytest.approx((2 * 1 + 3 * 2) + (3 * 1 + 2 * 2))


def test_cap_on_units_counts_pool_units_not_work(solve):
    pools = [on_demand(price=1, efficiency=0.5, name="slow"), on_demand(price=9)]
    answer = solve(
        periods=1, period_h=0.25, pools=pools, workloads=[Demand(5)], caps=[Cap(4, weights={"here/slow": 2})]
    )
    assert answer.objective == pytest.approx(0.25 * (2 * 1 + 4 * 9)), "2 units at weight 2 do 1 unit of work"


def test_cap_on_units_counts_what_is_booked(solve):
    """Without the cap the whole peak of 5 is booked (2 · 5 < 2 + 4 · 5)."""
    pools = [reserved(price=1, name="book"), on_demand(price=5)]
    answer = solve(
        periods=2, pools=pools, workloads=[Demand([1, 5])], caps=[Cap(3, weights={"here/book": 1})]
    )
    assert answer.objective == pytest.approx(3 * 2 * 1 + 2 * 5)


def test_cap_on_power_counts_pue_and_idle_power(solve):
    """4 units draw 4 · 0.5 idle and 1.5 more when busy; a limit of 7.5 kW at PUE 1.5 leaves 2 busy."""
    pools = [Pool(4, price=1, idle_kw=0.5, busy_kw=2, name="mine"), on_demand(price=6, busy_kw=100)]
    power = Cap(7.5, measure=CapMeasure.POWER, weights={"here/mine": 1})
    answer = solve(periods=1, sites=[Site(pue=1.5)], pools=pools, workloads=[Demand(3)], caps=[power])
    assert answer.objective == pytest.approx(2 * 1 + 1 * 6)


@pytest.mark.parametrize("pool", [Pool, reserved])
def test_cap_on_power_counts_the_idle_power_of_available_units_only(solve, pool):
    """Half of 4 units idle at 0.5 kW; at PUE 1.5 a limit of 3.75 kW leaves 1 of them busy."""
    mine = pool(4, min_units=4, idle_kw=0.5, busy_kw=2, availability=0.5, name="mine")
    power = Cap(3.75, measure=CapMeasure.POWER, weights={"here/mine": 1})
    answer = solve(
        periods=1,
        sites=[Site(pue=1.5)],
        pools=[mine, on_demand(price=6)],
        workloads=[Demand(3)],
        caps=[power],
    )
    assert answer.objective == pytest.approx(2 * 6)


def test_idle_power_above_its_cap_is_infeasible(solve):
    power = Cap(1.5, measure=CapMeasure.POWER)
    answer = solve(pools=[Pool(4, idle_kw=0.5, busy_kw=0.5)], workloads=[Demand(0)], caps=[power])
    assert answer.status is Status.INFEASIBLE


def test_work_is_left_undone_at_its_price(solve):
    answer = solve(periods=1, pools=[Pool(2, price=1)], workloads=[Demand(5, shortfall_price=10)])
    assert answer.objective == pytest.approx(2 * 1 + 3 * 10)
    assert answer.cost == pytest.approx(2 * 1), "the penalty is no cost"
    assert answer.short.sum() == pytest.approx(3)


def test_work_dearer_than_its_shortfall_is_left_undone(solve):
    pools = [on_demand(price=11)]
    workloads = [
        Demand(1, shortfall_price=10),
        Demand(2, shortfall_price=10, fixed=True),
        Job(4, shortfall_price=10),
        Demand(5, shortfall_price=12),
    ]
    assert solve(periods=1, pools=pools, workloads=workloads).objective == pytest.approx(7 * 10 + 5 * 11)


def test_least_carbon_leaves_no_work_undone(solve):
    answer = solve(pools=[Pool(2)], workloads=[Demand(5, shortfall_price=10)], goal=Goal.CARBON)
    assert answer.status is Status.INFEASIBLE


def test_nothing_to_do_costs_nothing(solve):
    answer = solve(pools=[Pool(price=3)], workloads=[Demand(0)])
    assert (answer.status, answer.objective) == (Status.OPTIMAL, 0)


def test_no_workloads_cost_what_is_there(solve):
    answer = solve(periods=2, sites=[Site(price=2)], pools=[Pool(3, idle_kw=0.5, busy_kw=1)], workloads=[])
    assert answer.objective == pytest.approx(2 * 3 * 0.5 * 2)


def test_weighted_periods_cost_their_weight(solve):
    answer = solve(
        periods=2, blocks=(1, 1), weights=(2, 30), pools=[Pool(price=1)], workloads=[Demand([3, 4])]
    )
    assert answer.objective == pytest.approx(2 * 3 + 30 * 4)


def test_booked_units_are_paid_for_all_the_time_that_a_period_stands_for(solve):
    """Among equally clean plans: 3 · 3 for the booked unit against 3 · 2 for the rented one."""
    answer = solve(
        periods=1,
        weights=[3],
        pools=[reserved(9, price=3), on_demand(price=2)],
        workloads=[Demand(1)],
        goal=Goal.CARBON,
    )
    assert answer.cost == pytest.approx(3 * 2)
    assert answer.decisions.booked_units == pytest.approx([0, 0])
