"""Energy: PUE, idle power, tariffs, import limits, demand charges, contracts."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Contract, Demand, Pool, Site, on_demand, reserved
from computeplan.problem import Status


def test_energy_is_idle_and_busy_power_times_pue(solve):
    site, pool = Site(pue=[1.2, 1.5], price=2), Pool(10, idle_kw=0.1, busy_kw=0.5)
    answer = solve(periods=2, sites=[site], pools=[pool], workloads=[Demand(4)])
    assert answer.objective == pytest.approx((0.1 * 10 + 0.4 * 4) * (1.2 + 1.5) * 2)


def test_only_available_units_idle(solve):
    pool = Pool(10, idle_kw=0.1, busy_kw=0.5, availability=0.8)
    answer = solve(periods=1, sites=[Site(price=1)], pools=[pool], workloads=[Demand(4)])
    assert answer.objective == pytest.approx(0.1 * 8 + 0.4 * 4)


def test_booked_units_idle_and_rented_ones_do_not(solve):
    fields = {"periods": 2, "sites": [Site(price=1)], "workloads": [Demand([4, 0])]}
    booked = solve(pools=[reserved(idle_kw=0.1, busy_kw=0.5)], **fields)
    rented = solve(pools=[on_demand(idle_kw=0.1, busy_kw=0.5)], **fields)
    assert booked.objective == pytest.approx(4 * 0.5 + 4 * 0.1)
    assert rented.objective == pytest.approx(4 * 0.5)


def test_energy_of_a_quarter_of_an_hour(solve):
    pool = Pool(10, idle_kw=0.1, busy_kw=0.5, price=3)
    answer = solve(periods=1, period_h=0.25, sites=[Site(price=2)], pools=[pool], workloads=[Demand(4)])
    assert answer.objective == pytest.approx(0.25 * (3 * 4 + (0.1 * 10 + 0.4 * 4) * 2))
    assert answer.decisions.grid_kwh == pytest.approx(np.array([[0.65]]))


def test_negative_price_pays_for_the_hungrier_hardware(solve):
    pools = [Pool(2, busy_kw=3), Pool(10, busy_kw=1)]
    answer = solve(periods=1, sites=[Site(price=-2)], pools=pools, workloads=[Demand(5)])
    assert answer.objective == pytest.approx(-2 * (2 * 3 + 3 * 1))


def test_import_limit_sends_the_rest_elsewhere(solve):
    sites = [Site("a", import_limit=3), Site("b")]
    pools = [on_demand(price=1, busy_kw=1), on_demand(price=4, busy_kw=1, site="b")]
    answer = solve(periods=2, sites=sites, pools=pools, workloads=[Demand([2, 5])])
    assert answer.objective == pytest.approx(2 * 1 + 3 * 1 + 2 * 4)


def test_idle_power_above_the_import_limit_is_infeasible(solve):
    answer = solve(
        sites=[Site(import_limit=0.9)], pools=[Pool(10, idle_kw=0.1, busy_kw=0.1)], workloads=[Demand(0)]
    )
    assert answer.status is Status.INFEASIBLE


def test_deferral_shaves_the_peak(solve):
    site = Site(demand_charge=10)
    answer = solve(
        periods=2, sites=[site], pools=[on_demand(busy_kw=1)], workloads=[Demand([4, 0], max_delay=1)]
    )
    assert answer.objective == pytest.approx(10 * 2)


def test_each_month_has_its_own_peak_and_charge(solve):
    site = Site(demand_charge=[10, 1])
    answer = solve(
        months=(0, 1, 1),
        sites=[site],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([4, 2, 0], max_delay=1)],
    )
    assert answer.objective == pytest.approx(1 * 4), "all of it in the second month: 4 kW, then 2 kW"


def test_peak_is_power_whatever_the_period_and_its_weight(solve):
    answer = solve(
        periods=1,
        period_h=0.25,
        weights=(26,),
        sites=[Site(demand_charge=10, price=2)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand(4)],
    )
    assert answer.objective == pytest.approx(10 * 4 + 26 * 2 * 4 * 0.25)


def test_contract_takes_energy_off_the_peak(solve):
    contract = Contract([0, 3], price=1)
    answer = solve(
        periods=2,
        sites=[Site(demand_charge=10)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([1, 4])],
        contracts=[contract],
    )
    assert answer.objective == pytest.approx(10 * 1 + 3 * 1)


def test_pay_as_used_contract_serves_first_where_it_is_cheaper(solve):
    contract = Contract(2, price=[0.5, 1.5])
    answer = solve(
        periods=2,
        sites=[Site(price=1)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand(3)],
        contracts=[contract],
    )
    assert answer.objective == pytest.approx((2 * 0.5 + 1 * 1) + 3 * 1)


def test_take_or_pay_is_paid_unused(solve):
    contract = Contract(2, price=0.5, take_or_pay=True)
    answer = solve(
        periods=2,
        weights=(3,),
        sites=[Site(price=1)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([3, 0])],
        contracts=[contract],
    )
    assert answer.objective == pytest.approx(3 * (4 * 0.5 + 1 * 1))


def test_take_or_pay_is_spilled_where_the_grid_pays(solve):
    contract = Contract(2, price=0.5, take_or_pay=True)
    answer = solve(
        periods=1,
        sites=[Site(price=-1)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand(3)],
        contracts=[contract],
    )
    assert answer.objective == pytest.approx(2 * 0.5 - 3 * 1)


def test_contract_serves_its_own_site_only(solve):
    sites = [Site("a", price=1), Site("b", price=2)]
    pools = [Pool(2, site="a", busy_kw=1), Pool(9, site="b", busy_kw=1)]
    answer = solve(
        periods=1, sites=sites, pools=pools, workloads=[Demand(3)], contracts=[Contract(5, site="b")]
    )
    assert answer.objective == pytest.approx(0)
    assert answer.decisions.contract_kwh.sum() == pytest.approx(3)
