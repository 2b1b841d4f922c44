"""Whole numbers: workloads in one piece, units in steps, sites open or closed."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Cap, Demand, Pool, Site, on_demand, reserved
from computeplan.problem import CapMeasure, Goal, Status


def test_whole_workloads_are_packed(solve):
    """Three of 2, 2 and 3 units in pools of 4 and 3: in halves the cheap pool would be full."""
    pools = [Pool(4, price=1), Pool(3, price=2), on_demand(price=9)]
    work = [Demand(units, whole=True) for units in (2, 2, 3)]
    answer = solve(periods=1, pools=pools, workloads=work)
    assert answer.done.max(axis=1).sum() == pytest.approx(7), "each in one pool"
    assert answer.objective == pytest.approx(4 * 1 + 3 * 2)
    larger = solve(periods=1, pools=pools, workloads=[*work[:2], Demand(2.5, whole=True)])
    assert larger.objective == pytest.approx(4 * 1 + 2.5 * 2)
    both = solve(periods=1, pools=pools, workloads=[Demand(3, whole=True), Demand(3.5, whole=True)])
    assert both.objective == pytest.approx(3.5 * 1 + 3 * 2)
    none = solve(periods=1, pools=pools[:2], workloads=[Demand(3.5, whole=True), Demand(3.5, whole=True)])
    assert none.status is Status.INFEASIBLE


def test_a_whole_workload_is_left_undone_whole(solve):
    pools = [Pool(4, price=1)]
    work = [Demand([3, 5], whole=True, shortfall_price=4)]
    assert solve(periods=2, pools=pools, workloads=work).objective == pytest.approx(8 * 4)


@pytest.mark.parametrize(("price", "booked"), [(0.9, 9), (1.1, 6), (3.9, 6), (4.1, 3), (5.9, 3), (6.1, 0)])
def test_units_are_booked_in_steps(solve, price, booked):
    """A step of 3 units costs 6 · price; the first saves 6 · 6, the second 4 · 6, the third 1 · 6."""
    pools = [reserved(9, step=3, price=price), on_demand(price=6)]
    answer = solve(periods=2, pools=pools, workloads=[Demand([7, 4])])
    assert answer.decisions.booked_units[0] == pytest.approx(booked)
    saved = {0: 0, 3: 36, 6: 60, 9: 66}[booked]
    assert answer.objective == pytest.approx(66 - saved + 2 * booked * price)


def test_new_units_come_in_steps(solve):
    pools = [Pool(1, new=7, step=2, new_price=5, new_kg=1), on_demand(price=4)]
    answer = solve(periods=2, pools=pools, workloads=[Demand([4, 2])])
    # A step of two saves 8 and 4 unit·h · price: 2 · 10 < 4 · (2 + 1), but 10 < 4 · 3 only for the first.
    assert answer.decisions.new_units[0] == pytest.approx(2)
    assert answer.objective == pytest.approx(10 + 4 * 1)


def test_rented_steps_are_paid_whether_busy_or_not(solve):
    pools = [on_demand(10, step=4, price=1), on_demand(price=3)]
    answer = solve(periods=3, pools=pools, workloads=[Demand([1, 5, 8])])
    assert answer.decisions.rented_units[0] == pytest.approx(np.array([0, 4, 8]))
    assert answer.objective == pytest.approx(3 + (4 + 3) + 8)


def test_rented_steps_count_under_a_cap_of_units(solve):
    pools = [on_demand(10, step=4, price=1, name="big"), on_demand(price=3, name="any")]
    cap = Cap(7, weights={"here/big": 1.0})
    answer = solve(periods=1, pools=pools, workloads=[Demand(7)], caps=[cap])
    assert answer.done[0, :, 0] == pytest.approx(np.array([4, 3]))


@pytest.mark.parametrize(("cost", "is_open"), [(18, 1), (20, 0)])
def test_a_site_opens_where_it_pays(solve, cost, is_open):
    """Open it does 5 unit·h at 1 and takes 4 · 2 kWh at 2, busy or idle; closed all is done at 8."""
    sites = [Site("a", price=2, optional=True, opening_price=cost), Site("b")]
    pools = [Pool(4, site="a", idle_kw=1, busy_kw=1, price=1), on_demand(site="b", price=8)]
    answer = solve(periods=2, sites=sites, pools=pools, workloads=[Demand([4, 1], zone="b")])
    assert answer.decisions.open_sites[0] == pytest.approx(is_open)
    assert answer.objective == pytest.approx(21 + cost if is_open else 40)


def test_a_closed_site_books_nothing_and_takes_no_power(solve):
    sites = [Site("a", optional=True, opening_price=50), Site("b")]
    pools = [
        reserved(9, min_units=2, site="a", price=1),
        Pool(3, site="a", idle_kw=2, busy_kw=2),
        Pool(9, site="b"),
    ]
    cap = Cap(5, CapMeasure.POWER)
    answer = solve(periods=1, sites=sites, pools=pools, workloads=[Demand(1, zone="b")], caps=[cap])
    assert answer.decisions.open_sites.tolist() == [0, 1]
    assert answer.objective == pytest.approx(0)
    # Open, its idle units alone take 6 kW.
    full = solve(periods=1, sites=sites, pools=pools, workloads=[Demand(12, zone="b")], caps=[cap])
    assert full.status is Status.INFEASIBLE


def test_least_carbon_in_whole_numbers_is_then_cheapest(solve):
    sites = [Site("dirty", carbon=1.0), Site("clean", carbon=0.5), Site("dear", carbon=0.5)]
    pools = [
        on_demand(site=site.name, busy_kw=1, price=price)
        for site, price in zip(sites, (1, 2, 9), strict=True)
    ]
    answer = solve(periods=1, sites=sites, pools=pools, workloads=[Demand(4, whole=True)], goal=Goal.CARBON)
    assert answer.objective == pytest.approx(2)
    assert answer.cost == pytest.approx(8)


def test_an_open_site_books_its_least_and_no_more(solve):
    site = Site(optional=True, opening_price=5)
    pools = [reserved(8, min_units=2, price=1)]
    answer = solve(periods=1, sites=[site], pools=pools, workloads=[Demand(1, shortfall_price=100)])
    assert answer.decisions.booked_units == pytest.approx([2])
    assert answer.objective == pytest.approx(5 + 2)
