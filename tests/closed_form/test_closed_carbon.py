"""Carbon: the three bases, price, cap and goal."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Contract, Demand, Link, Pool, Site, on_demand
from computeplan.problem import CarbonBasis, Goal, Status

DIRTY_AND_CLEAN = {
    "periods": 1,
    "sites": [Site("dirty", carbon=1.0), Site("clean", carbon=0.2)],
    "pools": [
        on_demand(site="dirty", price=1, busy_kw=1),
        on_demand(site="clean", price=2, busy_kw=1),
    ],
    "workloads": [Demand(10)],
}


@pytest.mark.parametrize(("price", "objective"), [(1.24, 10 * (1 + 1.24)), (1.26, 10 * (2 + 0.2 * 1.26))])
def test_work_moves_to_the_clean_site_where_carbon_costs_the_difference(solve, price, objective):
    """The sites break even at (2 − 1) / (1 − 0.2) = 1.25 per kg."""
    answer = solve(**DIRTY_AND_CLEAN, carbon_price=price)
    assert answer.objective == pytest.approx(objective)
    assert answer.cost == pytest.approx(10 if price < 1.25 else 20), "the charge is no cost"


def test_carbon_cap_mixes_the_sites(solve):
    answer = solve(**DIRTY_AND_CLEAN, carbon_cap=6)
    assert answer.objective == pytest.approx(5 * 1 + 5 * 2)
    assert answer.done[0, :, 0] == pytest.approx(np.array([5, 5]))


def test_carbon_cap_below_the_least_emissions_is_infeasible(solve):
    assert solve(**DIRTY_AND_CLEAN, carbon_cap=1.9).status is Status.INFEASIBLE
    assert solve(**DIRTY_AND_CLEAN, carbon_cap=2.0).status is Status.OPTIMAL


def test_carbon_cap_is_over_the_real_time(solve):
    answer = solve(**DIRTY_AND_CLEAN, weights=(30,), carbon_cap=30 * 6)
    assert answer.objective == pytest.approx(30 * (5 * 1 + 5 * 2))


def test_carbon_cap_may_leave_work_undone(solve):
    fields = DIRTY_AND_CLEAN | {"workloads": [Demand(10, shortfall_price=8)]}
    assert solve(**fields, carbon_cap=1).objective == pytest.approx(5 * 2 + 5 * 8)


def test_least_carbon_is_sought_before_least_cost(solve):
    pools = [*DIRTY_AND_CLEAN["pools"], on_demand(site="clean", price=1.5, busy_kw=1)]
    answer = solve(**DIRTY_AND_CLEAN | {"pools": pools}, goal=Goal.CARBON)
    assert answer.objective == pytest.approx(10 * 0.2)
    assert answer.cost == pytest.approx(10 * 1.5)


@pytest.mark.parametrize(
    ("basis", "kg"),
    [(CarbonBasis.LOCATION, 4), (CarbonBasis.HOURLY, 3), (CarbonBasis.MARKET, 0)],
)
def test_surplus_of_take_or_pay_counts_on_the_market_basis_only(solve, basis, kg):
    answer = solve(
        periods=2,
        sites=[Site(carbon=1)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([1, 3])],
        contracts=[Contract([4, 0], take_or_pay=True)],
        goal=Goal.CARBON,
        basis=basis,
    )
    assert answer.objective == pytest.approx(kg, abs=1e-9)


@pytest.mark.parametrize("basis", [CarbonBasis.HOURLY, CarbonBasis.MARKET])
def test_what_pay_as_used_spills_counts_for_nothing(solve, basis):
    answer = solve(
        periods=2,
        sites=[Site(carbon=1)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([1, 3])],
        contracts=[Contract([4, 0], carbon=0.25)],
        goal=Goal.CARBON,
        basis=basis,
    )
    assert answer.objective == pytest.approx(1 * 0.25 + 3 * 1)


@pytest.mark.parametrize(
    ("basis", "kg"),
    [
        (CarbonBasis.LOCATION, 4 * 1),
        (CarbonBasis.MARKET, 4 * 0.1),  # all that is bought carries its own factor
        (CarbonBasis.HOURLY, 1 * 0.1 + 3 * 1),
    ],
)
def test_contract_has_its_own_factor(solve, basis, kg):
    answer = solve(
        periods=2,
        sites=[Site(carbon=1)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([1, 3])],
        contracts=[Contract([4, 0], take_or_pay=True, carbon=0.1)],
        goal=Goal.CARBON,
        basis=basis,
    )
    assert answer.objective == pytest.approx(kg)


def test_surplus_covers_the_dirtiest_hours_first(solve):
    answer = solve(
        periods=3,
        sites=[Site(carbon=9, market=[0, 1, 2])],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([0, 3, 2])],
        contracts=[Contract([4, 0, 0], take_or_pay=True)],
        goal=Goal.CARBON,
        basis=CarbonBasis.MARKET,
    )
    assert answer.objective == pytest.approx(1 * 1), "2 kWh at factor 2 and 2 of 3 at factor 1 are covered"


def test_surplus_counts_over_the_real_time_of_its_periods(solve):
    """4 kWh spilled in each of 3 real weeks cover 12 of the 2 × 10 kWh of the other block."""
    answer = solve(
        periods=2,
        blocks=(1, 1),
        weights=(3, 2),
        sites=[Site(carbon=1)],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([0, 10])],
        contracts=[Contract([4, 0], take_or_pay=True)],
        goal=Goal.CARBON,
        basis=CarbonBasis.MARKET,
    )
    assert answer.objective == pytest.approx(2 * 10 - 3 * 4)


def test_surplus_stays_at_its_site(solve):
    answer = solve(
        periods=1,
        sites=[Site("a", carbon=1), Site("b", carbon=1)],
        pools=[Pool(4, site="a", busy_kw=1), Pool(2, site="b", busy_kw=1)],
        workloads=[Demand(6)],
        contracts=[Contract(5, site="b", take_or_pay=True)],
        goal=Goal.CARBON,
        basis=CarbonBasis.MARKET,
    )
    assert answer.objective == pytest.approx(4)


def test_each_basis_has_its_own_grid_factor(solve):
    site = Site(carbon=1, market=[2, 3], hourly=[0.5, 0.25])
    kg = {
        basis: solve(
            periods=2,
            sites=[site],
            pools=[on_demand(busy_kw=1)],
            workloads=[Demand([4, 8])],
            goal=Goal.CARBON,
            basis=basis,
        ).objective
        for basis in CarbonBasis
    }
    assert kg == pytest.approx({CarbonBasis.LOCATION: 12, CarbonBasis.MARKET: 32, CarbonBasis.HOURLY: 4})


@pytest.mark.parametrize("basis", CarbonBasis)
def test_links_emit_on_every_basis(solve, basis):
    answer = solve(
        periods=1,
        sites=[Site("home"), Site("away")],
        pools=[on_demand(site="away")],
        links=[Link(("home", "away"), energy=0.5, carbon=0.4)],
        workloads=[Demand(3, traffic=2)],
        carbon_price=10,
        basis=basis,
    )
    assert answer.objective == pytest.approx(3 * 2 * 0.5 * 0.4 * 10)
    assert answer.cost == pytest.approx(0)


def test_deferral_follows_the_clean_hour(solve):
    answer = solve(
        sites=[Site(carbon=[3, 1, 2])],
        pools=[on_demand(busy_kw=1)],
        workloads=[Demand([4, 0, 0], max_delay=2)],
        goal=Goal.CARBON,
    )
    assert answer.objective == pytest.approx(4 * 1)
