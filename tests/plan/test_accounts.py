"""Cost and emissions of small plans against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import by_hand
from hypothesis import given

from builders import Contract, Demand, Job, Link, Pool, Site, make_problem, on_demand, reserved
from computeplan.accounts.accounts import Accounts
from computeplan.problem import CarbonBasis, Goal, Status
from reference.accounts import account
from reference.model import solve_reference
from strategies import cases


def parts(accounts: Accounts) -> dict[str, float]:
    """The parts that are not 0."""
    return {name: amount for name, amount in accounts.cost.parts().items() if amount != 0}


def test_owned_units_draw_idle_power_and_busy_units_draw_more():
    site = Site(pue=1.5, price=[1, -2, 4], carbon=0.5)
    pool = Pool(units=10, price=[1, 2, 3], availability=[1, 0.5, 1], idle_kw=0.2, busy_kw=1.0)
    problem = make_problem(sites=[site], pools=[pool], workloads=[Demand([1, 2, 3])])
    accounts = by_hand(problem, [[[1, 2, 3]]]).accounts()
    # Facility energy: 1.5 · (0.2 · 10 · availability + 0.8 · load)
    kwh = [1.5 * 2.8, 1.5 * 2.6, 1.5 * 4.4]
    assert accounts.sites.facility_kwh == pytest.approx([sum(kwh)])
    assert accounts.sites.it_kwh == pytest.approx([9.8])
    energy = kwh[0] - 2 * kwh[1] + 4 * kwh[2]
    assert parts(accounts) == pytest.approx({"units_in_use": 14.0, "grid_energy": energy})
    assert accounts.cost.total == pytest.approx(14.0 + energy)
    assert accounts.objective == pytest.approx(14.0 + energy)
    assert accounts.emissions_kg.location == pytest.approx(0.5 * sum(kwh))
    assert accounts.emissions_t.location == pytest.approx(0.0005 * sum(kwh))
    assert accounts.pools.utilization == pytest.approx([6 / 25])


def test_a_negative_price_pays_for_consuming():
    problem = make_problem(
        sites=[Site(price=-3.0)], pools=[Pool(units=2, idle_kw=1, busy_kw=1)], workloads=[Demand(1)]
    )
    accounts = by_hand(problem, [[[1, 1, 1]]]).accounts()
    assert parts(accounts) == pytest.approx({"grid_energy": -18.0})
    assert accounts.objective == pytest.approx(-18.0)
    assert accounts.magnitude == pytest.approx(18.0)


def test_rented_units_are_only_there_while_busy():
    pool = on_demand(price=[5, 6, 7], idle_kw=0.5, busy_kw=1.0, efficiency=2.0)
    problem = make_problem(sites=[Site(price=1)], pools=[pool], workloads=[Demand([2, 4, 0])])
    accounts = by_hand(problem, [[[2, 4, 0]]]).accounts()
    assert parts(accounts) == pytest.approx({"units_in_use": 5 + 12, "grid_energy": 3.0})
    assert accounts.sites.work_unit_h == pytest.approx([6])
    assert accounts.pools.busy_unit_h == pytest.approx([3])
    assert np.isnan(accounts.pools.utilization).all()


def test_booked_units_are_paid_and_idle_whether_used_or_not():
    pool = reserved(8, price=[1, 2, 3], idle_kw=0.5, busy_kw=1.5, availability=0.5)
    problem = make_problem(sites=[Site(price=1)], pools=[pool], workloads=[Demand([1, 1, 0])], weights=[2])
    accounts = by_hand(problem, [[[1, 1, 0]]], booked=[4]).accounts()
    # Each period: 0.5 kW · 4 · 0.5 idle, and 1 kW more for each busy unit; everything twice.
    energy = 2 * (3 * 1.0 + 2 * 1.0)
    assert parts(accounts) == pytest.approx({"booked_units": 2 * 4 * 6, "grid_energy": energy})
    assert accounts.pools.capacity_unit_h == pytest.approx(np.full((1, 3), 2.0))
    assert accounts.pools.utilization == pytest.approx([2 / 6])
    assert accounts.charges["booked_units"] == pytest.approx([48])


def test_the_demand_charge_is_on_each_month_peak_power():
    problem = make_problem(
        period_h=0.5,
        periods=4,
        months=[0, 0, 1, 1],
        sites=[Site(demand_charge=[10, 100])],
        pools=[Pool(busy_kw=1)],
        workloads=[Demand([1, 3, 2, 0])],
    )
    accounts = by_hand(problem, [[[0.5, 1.5, 1.0, 0]]]).accounts()
    assert accounts.sites.peak_kw == pytest.approx(np.array([[3, 2]]))
    assert parts(accounts) == pytest.approx({"demand_charge": 230.0})


def test_contracts_are_paid_by_use_or_in_full():
    contracts = [
        Contract(available=[5, 5, 0], price=[1, 2, 3]),
        Contract(available=4, price=0.5, take_or_pay=True),
    ]
    problem = make_problem(
        sites=[Site(price=10)],
        pools=[Pool(busy_kw=1)],
        workloads=[Demand([4, 6, 2])],
        contracts=contracts,
        weights=[3],
    )
    made = by_hand(problem, [[[4, 6, 2]]], contract=[[1, 4, 0], [3, 2, 1]])
    accounts = made.accounts()
    assert parts(accounts) == pytest.approx({"energy_contracts": 3 * (1 + 8 + 6), "grid_energy": 3 * 10})
    assert accounts.sites.contract_kwh == pytest.approx([33])
    assert accounts.sites.spilled_kwh == pytest.approx([3 * (5 + 6)])
    assert made.report().passed


def test_the_three_bases_count_contracts_differently():
    site = Site(carbon=0.5, market=[0.2, 1.0, 0.6], hourly=[0.3, 0.4, 0.9])
    contracts = [
        Contract(available=10, carbon=0.1),
        Contract(available=[6, 0, 0], carbon=0.05, take_or_pay=True),
    ]
    case = {"sites": [site], "pools": [Pool(busy_kw=1)], "contracts": contracts, "workloads": [Demand(5)]}
    made = by_hand(make_problem(**case), [[[5, 5, 5]]], contract=[[1, 1, 0], [2, 0, 0]])
    emissions = made.accounts().emissions_kg
    assert emissions.location == pytest.approx(0.5 * 15)
    # Grid 2, 4, 5 kWh; used 2 kWh of the first contract, 2 of the second.
    assert emissions.hourly == pytest.approx(0.3 * 2 + 0.4 * 4 + 0.9 * 5 + 0.1 * 2 + 0.05 * 2)
    # Surplus 4 kWh covers the dirtiest period, the second; all 6 kWh are bought.
    assert emissions.market == pytest.approx(0.2 * 2 + 0.6 * 5 + 0.1 * 2 + 0.05 * 6)


@pytest.mark.parametrize(
    ("surplus", "emitted"),
    # 2 kWh cover the first period, 20 weighted kWh the third, 2 the second; the fourth is left alone.
    [(7, 0.2 * 2 + 0.8 * 15 - 10 * 2), (23, 0.2 * 1 - 10 * 2), (99, -10 * 2)],
)
def test_surplus_covers_the_dirtiest_periods_first_whatever_their_weight(surplus, emitted):
    problem = make_problem(
        periods=4,
        blocks=[2, 2],
        weights=[1, 10],
        sites=[Site(market=[1.0, 0.2, 0.8, -1.0])],
        pools=[Pool(busy_kw=1)],
        workloads=[Demand(2)],
        contracts=[Contract(available=[surplus, 0, 0, 0], take_or_pay=True)],
    )
    emissions = by_hand(problem, [[[2, 2, 2, 2]]]).accounts().emissions_kg
    assert emissions.market == pytest.approx(emitted)


def test_surplus_that_nothing_needs_is_not_credited():
    problem = make_problem(
        sites=[Site(market=0.5)],
        pools=[Pool(busy_kw=1)],
        workloads=[Demand(2)],
        contracts=[Contract(available=50, carbon=0.01, take_or_pay=True)],
    )
    assert by_hand(problem, [[[2, 2, 2]]]).accounts().emissions_kg.market == pytest.approx(1.5)


def test_traffic_and_data_sets_are_paid_on_every_link_of_the_route():
    links = [
        Link(("town", "mid"), price=0.1, energy=0.5, carbon=2.0),
        Link(("mid", "far"), price=0.3, energy=0.25, carbon=4.0),
    ]
    problem = make_problem(
        sites=[Site("far"), Site("town")],
        pools=[Pool(site="far"), Pool(site="town")],
        links=links,
        weights=[2],
        workloads=[
            Demand(4, zone="town", traffic=3.0),
            Job(volume=5, zone="town", traffic=1.0, data=20.0),
            Demand(2, zone="town", fixed=True, data=12.0),
        ],
    )
    done = [
        [[4, 0, 0], [0, 4, 4]],
        [[2, 0, 0], [0, 3, 0]],
        [[0.5, 0.5, 0.5], [1.5, 1.5, 1.5]],
    ]
    accounts = by_hand(problem, done).accounts()
    # In the far site: 4 unit·h of 3 GB; 2 unit·h of 1 + 20/5 GB; a quarter of 12 GB (real time: 6 h).
    far = [4 * 3 + 2 * 5 + 0.5, 0.5, 0.5]
    assert accounts.network.traffic_gb == pytest.approx(np.array([far, far]))
    gb = 2 * sum(far)
    assert parts(accounts) == pytest.approx({"network": 0.4 * gb})
    assert accounts.network.cost == pytest.approx([0.1 * gb, 0.3 * gb])
    assert accounts.emissions_kg.bases() == pytest.approx(dict.fromkeys(CarbonBasis, 2.0 * gb))
    assert accounts.pools.moved_gb == pytest.approx([2 * 8 + 3, 2 * 12 + 9])


def test_placement_and_shortfall_are_priced_by_unit_hour():
    problem = make_problem(
        sites=[Site("here"), Site("there")],
        pools=[Pool(site="here"), Pool(site="there", efficiency=2.0)],
        workloads=[Demand(3, unit_cost={"there": 0.5, "here": -1.0}, shortfall_price=20.0)],
        weights=[2],
    )
    accounts = by_hand(problem, [[[1, 1, 1], [2, 2, 0]]], short=[[0, 0, 2]]).accounts()
    assert parts(accounts) == pytest.approx({"placement": 2 * (-3 + 2)})
    assert accounts.sites.cost["placement"] == pytest.approx([-6, 4])
    assert accounts.shortfall_penalty == pytest.approx(80)
    assert accounts.shortfall_unit_h == pytest.approx(4)
    assert accounts.objective == pytest.approx(78)


@pytest.mark.parametrize(("basis", "factor"), [("location", 0.5), ("market", 0.7), ("hourly", 0.9)])
def test_the_carbon_charge_is_on_the_objective_basis(basis, factor):
    case = {
        "sites": [Site(price=1, carbon=0.5, market=0.7, hourly=0.9)],
        "pools": [Pool(busy_kw=1)],
        "workloads": [Demand(2)],
        "basis": CarbonBasis(basis),
        "carbon_price": 10.0,
    }
    accounts = by_hand(make_problem(**case), [[[2, 2, 2]]]).accounts()
    assert accounts.carbon_charge == pytest.approx(60 * factor)
    assert accounts.objective == pytest.approx(6 + 60 * factor)
    clean = by_hand(make_problem(**case, goal=Goal.CARBON), [[[2, 2, 2]]]).accounts()
    assert clean.carbon_charge == 0
    assert clean.cost.total == pytest.approx(6)
    assert clean.objective == pytest.approx(6 * factor)


@given(case=cases())
def test_accounts_of_any_plan_agree_with_the_oracle_and_add_up(case):
    problem = case.problem()
    answer = solve_reference(problem)
    if answer.status is not Status.OPTIMAL:
        return
    made = by_hand(problem, answer.done, short=answer.short)
    made = made.but(**vars(answer.decisions))
    accounts, expected = made.accounts(), account(problem, answer.done, answer.short, answer.decisions)
    close = {"rel": 1e-9, "abs": 1e-7}
    assert accounts.cost.parts() == pytest.approx(expected.cost, **close)
    assert accounts.shortfall_penalty == pytest.approx(expected.shortfall_penalty, **close)
    assert accounts.emissions_kg.bases() == pytest.approx(expected.emissions_kg, **close)
    of_sites = {name: part.sum() for name, part in accounts.sites.cost.parts().items()}
    of_sites["network"] = accounts.network.cost.sum()
    assert of_sites == pytest.approx(accounts.cost.parts(), **close)
