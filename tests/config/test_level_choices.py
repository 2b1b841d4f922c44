"""What the plan may choose, in the config: new units, contracted power, leased bandwidth."""

from __future__ import annotations

import pytest

CONFIG = """
name: choices
currency: CNY
horizon: {start: 2026-03-02T00:00, duration: 2 h, weight: 438}
zones: {here: {}, there: {}}
network:
  links:
    line: {between: [here, there], lease: {max_bandwidth: 2 Gbps, price: 90 kCNY/Gbps/year}}
hardware: {gpu: {busy_power: 1}}
sites:
  a:
    zone: here
    contracts:
      wind: {profile: [0.5, 1], max_capacity: 3 MW, price: 0.3, capacity_price: 100, settlement: take_or_pay}
      sun: {profile: [0, 1], capacity: 1 MW, price: 0.2}
    pools:
      own:
        hardware: gpu
        term: owned
        units: 9
        new:
          {max_units: 5, price: 200 kCNY/unit, life: 5 year, interest: 10 %, upkeep: 1000, carbon: 1.5 t/unit}
workloads: {chat: {zone: here, demand: 1}}
"""


def test_choices_are_for_the_time_that_the_horizon_stands_for(load):
    """876 h are a tenth of a year."""
    problem = load(CONFIG).problem
    pools, contracts, network = problem.pools, problem.contracts, problem.network
    assert pools.max_new_units == pytest.approx([5])
    annuity = 0.1 / (1 - 1.1**-5)
    assert pools.new_unit_price == pytest.approx([0.1 * (200_000 * annuity + 1000)])
    assert pools.new_unit_kg == pytest.approx([0.1 * 1500 / 5])
    assert contracts.max_chosen_kw == pytest.approx([3000, 0])
    assert contracts.available_kw.tolist() == [[0, 0], [0, 1000]]
    assert contracts.profile.tolist() == [[0.5, 1], [0, 1]]
    assert contracts.capacity_price == pytest.approx([10, 0])
    assert network.bandwidth_gb_per_h == pytest.approx([0])
    assert network.max_leased_gb_per_h == pytest.approx([900])
    assert network.lease_price == pytest.approx([9000 / 450])


def test_a_contract_with_a_feed_in_price_may_sell(load):
    contracts = load(
        CONFIG.replace("price: 0.2}", "price: 0.2, feed_in_price: [0.1, 120 CNY/MWh]}")
    ).problem.contracts
    assert contracts.may_sell.tolist() == [False, True]
    assert contracts.feed_in_price.tolist() == [[0, 0], [0.1, 0.12]]


def test_without_interest_the_price_is_spread_in_equal_parts(load):
    problem = load(CONFIG.replace("interest: 10 %, ", "")).problem
    assert problem.pools.new_unit_price == pytest.approx([0.1 * 41_000])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("max_capacity: 3 MW, ", "", "sites.a.contracts.wind.capacity: expected a power here"),
        ("max_capacity: 3 MW", "max_capacity: 3 MW, capacity: 1 MW", "`max_capacity` instead, got both"),
        ("capacity: 1 MW", "capacity: 1 MW, capacity_price: 3", "expected nothing together with `capacity`"),
        ("life: 5 year", "life: 0", "sites.a.pools.own.new.life: expected a number above 0"),
        ("price: 90 kCNY/Gbps/year", "price: 90 kCNY/month", "network.links.line.lease.price: expected"),
    ],
)
def test_faults_of_choices(faults, old, new, expected):
    assert CONFIG.count(old) == 1
    assert any(expected in fault for fault in faults(CONFIG.replace(old, new)))
