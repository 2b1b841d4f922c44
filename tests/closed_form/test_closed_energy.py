"""Energy: PUE, idle power, tariffs, import limits, demand charges, contracts."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Contract, Demand, Pool, Site, on_demand, reserved
from computeplan.problem import CarbonBasis, Status


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


@pytest.mark.parametrize(("interval", "peak_kw"), [(1, 30), (2, 15), (3, 10), (6, 5)])
def test_peak_is_the_mean_of_an_interval(solve, interval, peak_kw):
    """Of 6 periods with 30 kW in the third: intervals begin with the horizon, the last may be short."""
    answer = solve(
        periods=6,
        period_h=1 / 12,
        sites=[Site(demand_charge=10, demand_interval=interval)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([0, 0, 30, 0, 0, 0])],
    )
    assert answer.objective == pytest.approx(10 * peak_kw)


def test_intervals_end_with_blocks_and_months(solve):
    answer = solve(
        periods=4,
        blocks=(2, 2),
        months=(0, 0, 0, 1),
        weights=(1, 1),
        sites=[Site(demand_charge=[10, 1], demand_interval=4)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([4, 0, 3, 8])],
    )
    assert answer.objective == pytest.approx(10 * 3 + 1 * 8), (
        "means 2 and 3 in the first month, 8 in the other"
    )


def test_waiting_into_the_next_interval_raises_its_mean(solve):
    answer = solve(
        periods=4,
        sites=[Site(demand_charge=10, demand_interval=2, price=[1, 3, 1, 3])],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([0, 4, 0, 4], max_delay=1)],
    )
    assert answer.objective == pytest.approx(10 * 2 + 3 * 4 + 3 * 4), "to wait saves 2 and costs 5 a kWh"


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


SITE_OF_ONE = {"pools": [on_demand(busy_kw=1)], "workloads": [Demand(1)]}


def test_what_is_left_is_sold_where_it_earns_more_than_it_costs(solve):
    contract = Contract(5, price=0.25, feed_in=[0.75, 0.125, -1])
    answer = solve(
        sites=[Site(price=1)], pools=[on_demand(busy_kw=1)], workloads=[Demand(2)], contracts=[contract]
    )
    assert answer.objective == pytest.approx(3 * 2 * 0.25 - 3 * (0.75 - 0.25))
    assert answer.decisions.sold_kwh == pytest.approx(np.array([[3, 0, 0]]))


def test_take_or_pay_is_sold_at_any_price_above_nothing(solve):
    contract = Contract(5, price=1, take_or_pay=True, feed_in=[0.125, -0.125])
    answer = solve(periods=2, weights=(3,), sites=[Site(price=1)], contracts=[contract], **SITE_OF_ONE)
    assert answer.objective == pytest.approx(3 * (2 * 5 * 1 - 4 * 0.125))
    assert answer.decisions.sold_kwh == pytest.approx(np.array([[4, 0]]))


def test_use_comes_before_sale_where_the_grid_costs_more_and_after_it_where_it_costs_less(solve):
    contract = Contract(3, price=0.5, take_or_pay=True, feed_in=1)
    answer = solve(
        periods=2,
        sites=[Site(price=[2, 0.25])],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand(2)],
        contracts=[contract],
    )
    assert answer.objective == pytest.approx(6 * 0.5 - 1 * 1 + (2 * 0.25 - 3 * 1))
    assert answer.decisions.sold_kwh == pytest.approx(np.array([[1, 3]]))
    assert answer.decisions.grid_kwh == pytest.approx(np.array([[0, 2]]))


def test_grid_energy_is_not_sold(solve):
    contract = Contract([1, 0], feed_in=9)
    answer = solve(periods=2, sites=[Site(price=1)], contracts=[contract], **SITE_OF_ONE)
    assert answer.objective == pytest.approx(2 * 1 - 1 * 9)


def test_without_a_feed_in_price_nothing_is_sold(solve):
    answer = solve(periods=1, sites=[Site(price=1)], contracts=[Contract(5)], **SITE_OF_ONE)
    assert answer.objective == pytest.approx(0)
    assert answer.decisions.sold_kwh == pytest.approx(0)


@pytest.mark.parametrize(("capacity_price", "power"), [(1, 20), (2, 8), (3, 4), (5, 0)])
def test_chosen_power_grows_until_it_costs_what_its_energy_brings_in(solve, capacity_price, power):
    """A kW gives 1.5 kWh: worth 4.5 up to 4 kW, 1 + 1.5 up to 8 kW where half is sold, then 1.5."""
    contract = Contract([1, 0.5], most=20, capacity_price=capacity_price, feed_in=1)
    answer = solve(
        periods=2,
        sites=[Site(price=3)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand(4)],
        contracts=[contract],
    )
    assert answer.decisions.contracted_kw == pytest.approx([power])


def test_energy_sold_covers_no_grid_energy(solve):
    """A kWh kept for the second hour saves 1 of carbon, one that is sold brings in 0.5."""
    answer = solve(
        periods=2,
        sites=[Site(market=1)],
        contracts=[Contract([3, 0], take_or_pay=True, feed_in=0.5)],
        basis=CarbonBasis.MARKET,
        carbon_price=1,
        **SITE_OF_ONE,
    )
    assert answer.objective == pytest.approx(-1 * 0.5)
    assert answer.decisions.sold_kwh == pytest.approx(np.array([[1, 0]]))


@pytest.mark.parametrize(("basis", "carbon"), [(CarbonBasis.LOCATION, 2 * 1), (CarbonBasis.HOURLY, 0.25 * 1)])
def test_energy_sold_emits_nothing_at_the_site(solve, basis, carbon):
    answer = solve(
        periods=1,
        sites=[Site(carbon=2, price=9)],
        contracts=[Contract(3, carbon=0.25, feed_in=0.125)],
        basis=basis,
        carbon_price=1,
        **SITE_OF_ONE,
    )
    assert answer.objective == pytest.approx(carbon - 2 * 0.125)


@pytest.mark.parametrize(("feed_in", "sold"), [(0.125, 0), (0.5, 2)])
def test_energy_bought_to_be_sold_counts_on_the_market_basis(solve, feed_in, sold):
    answer = solve(
        periods=1,
        sites=[Site(price=9)],
        contracts=[Contract(3, carbon=0.25, feed_in=feed_in)],
        basis=CarbonBasis.MARKET,
        carbon_price=1,
        **SITE_OF_ONE,
    )
    assert answer.objective == pytest.approx(0.25 * (1 + sold) - sold * feed_in)


def test_energy_sold_is_no_part_of_the_renewable_share(solve):
    answer = solve(
        periods=1,
        sites=[Site(renewable=0.5)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand(2)],
        contracts=[Contract(4, feed_in=1)],
    )
    assert answer.objective == pytest.approx(-3)
    assert answer.decisions.grid_kwh == pytest.approx(1)


def test_work_waits_for_hours_in_which_energy_sells_badly(solve):
    contract = Contract(4, take_or_pay=True, feed_in=[1, 0.5])
    answer = solve(
        periods=2,
        sites=[Site(price=9)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([3, 0], max_delay=1)],
        contracts=[contract],
    )
    assert answer.objective == pytest.approx(-4 * 1 - 1 * 0.5)


def test_a_budget_counts_what_is_sold(solve):
    tight = solve(
        periods=1, sites=[Site(price=9)], contracts=[Contract(3, feed_in=2)], budget=-4, **SITE_OF_ONE
    )
    assert tight.objective == pytest.approx(-4)
    beyond = solve(
        periods=1, sites=[Site(price=9)], contracts=[Contract(3, feed_in=2)], budget=-5, **SITE_OF_ONE
    )
    assert beyond.status is Status.INFEASIBLE
