"""What the plan chooses once for the horizon: contracted power, leased bandwidth, new units."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Cap, Contract, Demand, Link, Pool, Site, on_demand
from computeplan.problem import CapMeasure, CarbonBasis, Goal

GRID_OR_SUN = {
    "periods": 2,
    "sites": [Site(price=[2, 5])],
    "pools": [Pool(10, busy_kw=1)],
    "workloads": [Demand([4, 4])],
}


@pytest.mark.parametrize(("capacity_price", "power"), [(1.9, 8), (2.1, 4), (2.9, 4), (3.1, 0)])
def test_power_is_contracted_while_it_pays(solve, capacity_price, power):
    """A kW makes 1 and 0.5 kWh at 1: it saves (2 − 1) + 0.5 · (5 − 1) = 3 up to 4 kW, then only 2."""
    sun = Contract([1, 0.5], price=1, most=20, capacity_price=capacity_price)
    answer = solve(**GRID_OR_SUN, contracts=[sun])
    assert answer.decisions.contracted_kw[0] == pytest.approx(power)


def test_no_more_power_is_contracted_than_there_is(solve):
    answer = solve(**GRID_OR_SUN, contracts=[Contract([1, 0.5], price=1, most=3, capacity_price=2)])
    assert answer.decisions.contracted_kw[0] == pytest.approx(3)
    assert answer.cost == pytest.approx(2 * 1 + 5 * 2.5 + 1 * 4.5 + 2 * 3)


def test_all_that_chosen_power_generates_is_paid_under_take_or_pay(solve):
    """A kW costs 3 · (1 + 0.5) and saves 3 in the dear hour and 2 in the other, but only while it is used."""
    sun = Contract([1, 0.5], price=3, most=20, take_or_pay=True)
    answer = solve(**GRID_OR_SUN | {"sites": [Site(price=[2, 6])]}, contracts=[sun])
    assert answer.decisions.contracted_kw[0] == pytest.approx(4)
    assert answer.cost == pytest.approx(4 * 4.5 + 2 * 6)


def test_chosen_power_covers_other_hours_on_the_market_basis(solve):
    """Two hours of 4 kWh each of 1 kg; one kW generates 2 kWh in the first hour only."""
    answer = solve(
        periods=2,
        sites=[Site(market=1.0)],
        pools=[Pool(10, busy_kw=1)],
        workloads=[Demand(4)],
        contracts=[Contract([2, 0], price=1, most=20, take_or_pay=True, carbon=0.25)],
        basis=CarbonBasis.MARKET,
        goal=Goal.CARBON,
    )
    assert answer.decisions.contracted_kw[0] == pytest.approx(4)
    assert answer.objective == pytest.approx(8 * 0.25)


NEAR_OR_FAR = {
    "periods": 2,
    "sites": [Site("near"), Site("far")],
    "pools": [on_demand(site="near", price=6), on_demand(site="far", price=1)],
    "workloads": [Demand([4, 2], traffic=2.0)],
}


@pytest.mark.parametrize(("lease_price", "leased"), [(2.4, 5), (2.6, 1), (5.1, 0)])
def test_bandwidth_is_leased_while_it_pays(solve, lease_price, leased):
    """A GB saves 2.5, in one hour beyond 1 GB/h and in both up to it; 3 GB/h are there."""
    link = Link(("near", "far"), bandwidth=3, lease=5, lease_price=lease_price)
    answer = solve(**NEAR_OR_FAR, links=[link])
    assert answer.decisions.leased_gb_per_h[0] == pytest.approx(leased)
    moved = min(8, 3 + leased) + min(4, 3 + leased)
    assert answer.cost == pytest.approx(12 / 2 * 6 - moved * 2.5 + leased * lease_price)


GROW_OR_RENT = {
    "periods": 2,
    "period_h": 0.5,
    "sites": [Site(price=2, pue=1.5, carbon=0.1)],
    "workloads": [Demand([6, 3])],
}


@pytest.mark.parametrize(("price", "new"), [(3.4, 4), (3.6, 1), (8.4, 1), (8.6, 0)])
def test_units_are_added_while_they_pay(solve, price, new):
    """Renting costs 10 a busy unit·h; a unit takes 0.5 · 1.5 · 2 = 1.5 an hour, busy or idle."""
    pools = [Pool(2, idle_kw=0.5, busy_kw=0.5, new=5, new_price=price), on_demand(price=10)]
    answer = solve(**GROW_OR_RENT, pools=pools)
    # A unit saves 0.5 · 10 in each period of use and its energy is 2 · 0.75: 3.5 with one, 8.5 with both.
    assert answer.decisions.new_units[0] == pytest.approx(new)


def test_embodied_emissions_count_on_every_basis(solve):
    pools = [Pool(0, new=10, new_kg=3), on_demand(busy_kw=1)]
    for basis in CarbonBasis:
        fields = {"pools": pools, "workloads": [Demand([1, 0])], "basis": basis, "goal": Goal.CARBON}
        assert solve(periods=2, sites=[Site(carbon=4)], **fields).objective == pytest.approx(3)
        assert solve(periods=2, sites=[Site(carbon=2)], **fields).objective == pytest.approx(2)


def test_the_power_of_new_units_counts_under_a_cap(solve):
    pools = [Pool(1, idle_kw=1, busy_kw=2, new=9), on_demand(price=5, efficiency=1)]
    cap = Cap(5, CapMeasure.POWER, weights={"here/p0": 1.0})
    answer = solve(periods=1, pools=pools, workloads=[Demand(8)], caps=[cap])
    assert answer.done[0, :, 0] == pytest.approx(np.array([2.5, 5.5])), "each unit takes 2 kW when busy"
