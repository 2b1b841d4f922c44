"""Batteries and certificates."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Battery, Contract, Demand, Pool, Site
from computeplan.problem import CarbonBasis, Goal, HorizonEnd

CHEAP_THEN_DEAR = {
    "periods": 2,
    "sites": [Site(price=[1, 4])],
    "pools": [Pool(10, busy_kw=1)],
    "workloads": [Demand([2, 5])],
}


def test_a_battery_moves_energy_from_cheap_to_dear_periods(solve):
    answer = solve(**CHEAP_THEN_DEAR, batteries=[Battery(power=3, energy=9)])
    assert answer.decisions.charge_kwh == pytest.approx(np.array([[3, 0]]))
    assert answer.decisions.discharge_kwh == pytest.approx(np.array([[0, 3]]))
    assert answer.decisions.stored_kwh == pytest.approx(np.array([[3, 0]]), abs=6), "up to a constant"
    assert answer.cost == pytest.approx(5 * 1 + 2 * 4)


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
