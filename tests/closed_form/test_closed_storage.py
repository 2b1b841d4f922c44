"""Batteries and certificates."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Battery, Case, Contract, Demand, Pool, Site
from computeplan.problem import CarbonBasis, Goal, HorizonEnd, Status
from solving import solve_product

CHEAP_THEN_DEAR = {
    "periods": 2,
    "sites": [Site(price=[1, 4])],
    "pools": [Pool(10, busy_kw=1)],
    "workloads": [Demand([2, 5])],
}


@pytest.mark.parametrize(("power", "energy", "moved"), [(3, 3, 3), (9, 2, 2), (1, 9, 1), (9, 9, 5)])
def test_a_battery_moves_energy_from_cheap_to_dear_periods(solve, power, energy, moved):
    """As much as its power and its size let it, and as is needed: 5 kWh."""
    answer = solve(**CHEAP_THEN_DEAR, batteries=[Battery(power=power, energy=energy)])
    decisions = answer.decisions
    assert decisions.charge_kwh == pytest.approx(np.array([[moved, 0]]))
    assert decisions.discharge_kwh == pytest.approx(np.array([[0, moved]]))
    assert decisions.grid_kwh == pytest.approx(np.array([[2 + moved, 5 - moved]]))
    assert answer.cost == pytest.approx((2 + moved) * 1 + (5 - moved) * 4)
    full, empty = decisions.stored_kwh[0]
    assert full - empty == pytest.approx(moved)


def test_a_battery_that_moves_all_it_holds_is_full_and_then_empty(solve):
    answer = solve(**CHEAP_THEN_DEAR, batteries=[Battery(power=9, energy=4)])
    assert answer.decisions.stored_kwh == pytest.approx(np.array([[4, 0]]))


@pytest.mark.parametrize(("efficiency", "price", "delivered"), [(0.8, 2.4, 2), (0.8, 2.5, 0), (0.5, 0.1, 0)])
def test_losses_and_wear_decide_whether_it_pays(solve, efficiency, price, delivered):
    """A kWh delivered takes 1 / efficiency² of the cheap energy."""
    battery = Battery(power=10, energy=2 / efficiency, efficiency=efficiency, price=price)
    answer = solve(**CHEAP_THEN_DEAR, batteries=[battery])
    assert answer.decisions.discharge_kwh.sum() == pytest.approx(delivered)
    saved = delivered * (4 - price - 1 / efficiency**2)
    assert answer.cost == pytest.approx(22 - saved)


@pytest.mark.parametrize("end", HorizonEnd)
def test_a_battery_is_as_full_at_the_end_as_at_the_start(solve, end):
    """Dear before cheap: what is taken out first is filled up later, whatever work may do."""
    fields = CHEAP_THEN_DEAR | {"sites": [Site(price=[4, 1])]}
    answer = solve(**fields, batteries=[Battery(power=9, energy=1)], end=end)
    assert answer.cost == pytest.approx(1 * 4 + 6 * 1)


def test_nothing_is_carried_between_blocks(solve):
    fields = CHEAP_THEN_DEAR | {"blocks": [1, 1]}
    assert solve(**fields, batteries=[Battery(power=9, energy=9)]).cost == pytest.approx(22)


def test_a_battery_lowers_the_peak_and_keeps_within_the_import_limit(solve):
    fields = CHEAP_THEN_DEAR | {"sites": [Site(demand_charge=10, import_limit=4)]}
    answer = solve(**fields, batteries=[Battery(power=9, energy=9)])
    assert answer.decisions.grid_kwh == pytest.approx(np.array([[3.5, 3.5]]))
    assert answer.cost == pytest.approx(35)


def test_a_battery_keeps_solar_energy_for_the_night(solve):
    fields = CHEAP_THEN_DEAR | {"sites": [Site(hourly=0.5)]}
    carbon = {"basis": CarbonBasis.HOURLY, "goal": Goal.CARBON}
    sun = Contract([9, 0], price=1)
    answer = solve(**fields, **carbon, contracts=[sun], batteries=[Battery(power=9, energy=4)])
    assert answer.objective == pytest.approx(0.5 * 1)


LOSSY = Battery(power=100, energy=9, efficiency=0.9)


@pytest.mark.parametrize(("prices", "cost"), [([-0.5, -0.5], -10.95), ([-0.5, 0.5], -10 + 0.5 * 1.9)])
def test_a_battery_that_is_paid_to_charge_does_not_discharge_at_once(solve, prices, cost):
    """Fill it in one hour, which takes 10 kWh for 9, and get 8.1 out of it in the other."""
    fields = {"periods": 2, "pools": [Pool(99, busy_kw=1)], "workloads": [Demand(10)]}
    answer = solve(**fields, sites=[Site(price=prices)], batteries=[LOSSY])
    assert answer.cost == pytest.approx(cost)
    assert np.minimum(answer.decisions.charge_kwh, answer.decisions.discharge_kwh).max() <= 1e-6


@pytest.mark.parametrize("price", [1.0, -1.0])
def test_what_nobody_needs_is_not_burnt_in_another_hour(solve, price):
    """Charging pays in the first hour only if the energy can leave the battery in the second."""
    fields = {"periods": 2, "pools": [Pool(9, busy_kw=1)], "workloads": [Demand(0)]}
    answer = solve(**fields, sites=[Site(price=[-1.0, price])], batteries=[LOSSY])
    assert answer.cost == pytest.approx(0)


@pytest.mark.parametrize(("share", "status"), [(0.5497, Status.OPTIMAL), (0.55, Status.INFEASIBLE)])
def test_a_renewable_share_is_not_met_by_losses(solve, share, status):
    """10 + 1 / 0.9 of sun in the first hour, 10 − 0.9 of the grid in the second, of 20.21 in all."""
    answer = solve(
        periods=2,
        sites=[Site(price=0.3, renewable=share)],
        pools=[Pool(100, busy_kw=1)],
        workloads=[Demand(10)],
        contracts=[Contract([100, 0], price=0.05)],
        batteries=[Battery(power=50, energy=1, efficiency=0.9)],
    )
    assert answer.status is status


def test_paid_contracts_are_not_burnt_either(solve):
    """5 kWh are used and 10 go into the battery, of which 8.1 come out: 5 are needed at night."""
    fields = {"periods": 2, "pools": [Pool(9, busy_kw=1)], "workloads": [Demand(5)]}
    paid = Contract([99, 0], price=-1)
    answer = solve(**fields, sites=[Site(price=9, import_limit=0)], contracts=[paid], batteries=[LOSSY])
    assert answer.cost == pytest.approx(-5 - 5 / 0.81)


def test_batteries_of_a_closed_site_stand_still(solve):
    """Two of them could pass energy from one to the other for ever and be paid for the losses."""
    answer = solve(
        periods=4,
        end=HorizonEnd.CYCLIC,
        sites=[Site("here", price=-1, optional=True, opening_price=1000), Site("there", zone="here")],
        pools=[Pool(1, busy_kw=1, site="here"), Pool(1, site="there")],
        workloads=[Demand(1)],
        batteries=[LOSSY, LOSSY],
    )
    assert answer.cost == pytest.approx(0)
    assert not answer.decisions.charge_kwh.any()


@pytest.mark.parametrize("solver", ["highs", "clarabel", "cbc"])
@pytest.mark.parametrize("take_or_pay", [False, True])
def test_free_energy_is_not_burnt_in_a_battery(solver, take_or_pay):
    """All plans cost the same: what a solver mixes of them is netted, and no energy is missed."""
    if solver == "clarabel":
        pytest.importorskip("clarabel")
    case = Case(
        periods=4,
        sites=[Site(import_limit=0)],
        pools=[Pool(9, busy_kw=1)],
        workloads=[Demand([1, 1, 0, 2])],
        contracts=[Contract([20, 20, 0, 0], take_or_pay=take_or_pay)],
        batteries=[Battery(power=6, energy=9, efficiency=0.8), Battery(power=6, energy=9, efficiency=0.9)],
    )
    answer = solve_product(case, solver)
    decisions = answer.decisions
    assert answer.cost == pytest.approx(0)
    assert np.minimum(decisions.charge_kwh, decisions.discharge_kwh).max() <= 1e-9


@pytest.mark.parametrize(("price", "bought"), [(0.9, 7), (1.1, 4), (2.1, 0)])
def test_certificates_cover_the_dirtiest_energy_first(solve, price, bought):
    """At 2 per kg an hour of 4 kWh emits at 1 kg and one of 3 kWh at 0.5 kg."""
    answer = solve(
        periods=2,
        sites=[Site(market=[0.5, 1.0], certificates=np.inf, certificate_price=price)],
        pools=[Pool(9, busy_kw=1)],
        workloads=[Demand([3, 4])],
        basis=CarbonBasis.MARKET,
        carbon_price=2.0,
    )
    assert answer.decisions.certificate_kwh[0] == pytest.approx(bought)
    assert answer.cost == pytest.approx(price * bought)


def test_no_more_certificates_than_there_are_and_only_for_energy_used(solve):
    fields = {"periods": 1, "pools": [Pool(9, busy_kw=1)], "workloads": [Demand(4)], "goal": Goal.CARBON}
    for most, left in ((3, 1), (9, 0)):
        sites = [Site(market=1.0, certificates=most)]
        assert solve(**fields, sites=sites, basis=CarbonBasis.MARKET).objective == pytest.approx(left)
        assert solve(**fields, sites=[Site(carbon=1, certificates=most)]).objective == pytest.approx(4)
