"""Statements: charges by hand, and totals that add up to the accounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handmade import by_hand
from hypothesis import given

from builders import Contract, Demand, Job, Link, Pool, Site, make_problem, on_demand, reserved
from computeplan.accounts.statements import company_statements, workload_statements
from computeplan.grouping import Allocation
from computeplan.problem import CarbonBasis, Goal, Split
from computeplan.solvers.planner import plan
from strategies import cases, crowds, examples
from whole_cases import integer_cases, whole_cases


def test_busy_units_pay_the_price_and_the_energy_of_their_period():
    problem = make_problem(
        sites=[Site(price=[1, 2, 3], pue=2, carbon=0.5)],
        pools=[on_demand(price=[4, 5, 6], busy_kw=1.5, efficiency=2.0)],
        workloads=[Demand([2, 0, 0]), Demand([2, 4, 0])],
        weights=[10],
    )
    bill = by_hand(problem, [[[2, 0, 0]], [[2, 4, 0]]]).statements()
    assert bill.names == ("w0", "w1")
    assert bill.work_unit_h == pytest.approx(np.array([[20], [60]]))
    assert bill.cost["units_in_use"] == pytest.approx([10 * 4, 10 * (4 + 2 * 5)])
    assert bill.energy_kwh == pytest.approx([10 * 3, 10 * 9])
    assert bill.cost["grid_energy"] == pytest.approx([10 * 3, 10 * (3 + 2 * 6)])
    assert bill.emissions_kg.location == pytest.approx([15, 45])


def test_unused_booked_units_are_shared_by_busy_unit_hour():
    problem = make_problem(
        pools=[reserved(4, price=[1, 2, 3])], workloads=[Demand([1, 0, 0]), Demand([0, 0, 3])]
    )
    bill = by_hand(problem, [[[1, 0, 0]], [[0, 0, 3]]], booked=[4]).statements()
    # Booked for 24; used 1 at a price of 1 and 3 at 3; the other 14 fall on 4 busy unit·h.
    assert bill.cost["booked_units"] == pytest.approx([1 + 3.5, 9 + 10.5])


def test_idle_energy_is_shared_by_the_users_of_its_pool():
    problem = make_problem(
        sites=[Site(price=1, carbon=2)],
        pools=[Pool(2, idle_kw=1, busy_kw=3), Pool(5, busy_kw=1)],
        workloads=[Demand([1, 0, 0]), Demand([1, 1, 1])],
    )
    bill = by_hand(problem, [[[1, 0, 0], [0, 0, 0]], [[0, 1, 0], [1, 0, 1]]]).statements()
    # First pool: two busy unit·h of 3 kWh, and 4 idle ones of 1 kWh. In the first hour it does half the work.
    assert bill.energy_kwh == pytest.approx([(5 + 1) / 2, (5 + 1) / 2 + 5 + 1])
    assert bill.cost["grid_energy"] == pytest.approx([3, 9])
    assert bill.emissions_kg.location == pytest.approx([6, 18])


def test_a_pool_that_nobody_uses_is_shared_by_its_site_and_an_empty_site_by_all():
    problem = make_problem(
        sites=[Site("a", price=1), Site("b", price=1)],
        pools=[Pool(1, site="a", idle_kw=2, busy_kw=2), Pool(9, site="a"), Pool(9, site="b")],
        workloads=[Demand(1, unit_cost={"b": 1}), Demand(3)],
    )
    one_site = by_hand(problem, [[[0] * 3, [1] * 3, [0] * 3], [[0] * 3, [0] * 3, [3] * 3]]).statements()
    assert one_site.cost["grid_energy"] == pytest.approx([6, 0])
    nobody = by_hand(problem, [[[0] * 3, [0] * 3, [1] * 3], [[0] * 3, [0] * 3, [3] * 3]]).statements()
    assert nobody.cost["grid_energy"] == pytest.approx([6 * 0.25, 6 * 0.75])


def test_contract_energy_that_falls_in_periods_without_load_is_shared_too():
    problem = make_problem(
        pools=[Pool(busy_kw=1)],
        workloads=[Demand([1, 0, 0]), Demand([0, 3, 0])],
        contracts=[Contract(available=3, price=1, take_or_pay=True)],
    )
    made = by_hand(problem, [[[1, 0, 0]], [[0, 3, 0]]], contract=[[1, 3, 0]])
    # 3 in each period; the last is spread over 4 busy unit·h.
    assert made.statements().cost["energy_contracts"] == pytest.approx([3 + 0.75, 3 + 2.25])


def test_a_demand_charge_is_shared_by_the_energy_of_its_month():
    problem = make_problem(
        months=[0, 0, 1],
        sites=[Site(demand_charge=[10, 100])],
        pools=[Pool(busy_kw=1)],
        workloads=[Demand([1, 1, 0]), Demand([3, 0, 2])],
    )
    bill = by_hand(problem, [[[1, 1, 0]], [[3, 0, 2]]]).statements()
    assert bill.cost["demand_charge"] == pytest.approx([40 * 2 / 5, 40 * 3 / 5 + 200])


def test_what_work_causes_itself_is_paid_by_it_alone():
    problem = make_problem(
        sites=[Site("far"), Site("town")],
        pools=[Pool(site="far"), Pool(site="town")],
        links=[Link(("far", "town"), price=0.5, energy=1, carbon=0.1)],
        workloads=[
            Demand(1, zone="town", traffic=2.0, unit_cost={"far": 3.0}, shortfall_price=7.0),
            Job(volume=4, zone="town", data=8.0),
            Demand(1, zone="town", fixed=True, data=10.0),
            Demand(1, zone="town"),
        ],
        weights=[2],
        carbon_price=100.0,
    )
    done = [
        [[1, 1, 0], [0, 0, 0]],
        [[1, 0, 0], [3, 0, 0]],
        [[0.5] * 3, [0.5] * 3],
        [[0, 0, 0], [1, 1, 1]],
    ]
    made = by_hand(problem, done, short=[[0, 0, 1], [0] * 3, [0] * 3, [0] * 3])
    bill = made.statements()
    gb = np.array([8, 4, 5, 0])
    assert bill.cost["network"] == pytest.approx(0.5 * gb)
    assert bill.emissions_kg.hourly == pytest.approx(0.1 * gb)
    assert bill.carbon_charge == pytest.approx(10 * gb)
    assert bill.cost["placement"] == pytest.approx([12, 0, 0, 0])
    assert bill.shortfall_penalty == pytest.approx([14, 0, 0, 0])
    assert bill.short_unit_h == pytest.approx([2, 0, 0, 0])
    assert bill.work_unit_h == pytest.approx(np.array([[4, 0], [2, 6], [3, 3], [0, 6]]))


def test_where_no_work_is_done_the_costs_are_shared_equally():
    problem = make_problem(
        sites=[Site(price=1)], pools=[Pool(4, idle_kw=1, busy_kw=1)], workloads=[Demand(0), Demand(0)]
    )
    assert by_hand(problem, [[[0] * 3], [[0] * 3]]).statements().cost["grid_energy"] == pytest.approx([6, 6])


def test_the_goal_carbon_has_no_carbon_charge():
    problem = make_problem(
        sites=[Site(carbon=1)],
        pools=[Pool(busy_kw=1)],
        workloads=[Demand(1)],
        goal=Goal.CARBON,
        basis=CarbonBasis.MARKET,
        carbon_price=5.0,
    )
    bill = by_hand(problem, [[[1, 1, 1]]]).statements()
    assert bill.carbon_charge == pytest.approx([0])
    assert bill.emissions_kg.market == pytest.approx([3])


def test_a_company_gets_one_statement_for_all_its_workloads():
    work = [Demand(1, company="acme"), Demand(2, company="bolt"), Demand(4, company="acme")]
    problem = make_problem(pools=[Pool(price=1)], workloads=work)
    done = [[[1] * 3], [[2] * 3], [[4] * 3]]
    bill = company_statements(problem, by_hand(problem, done).statements())
    assert bill.names == ("acme", "bolt")
    assert bill.cost["units_in_use"] == pytest.approx([15, 6])
    assert bill.cost.total == pytest.approx([15, 6])
    assert bill.work_unit_h == pytest.approx(np.array([[15], [6]]))


def test_who_is_put_where_makes_no_difference_among_interchangeable_workloads():
    problem = make_problem(
        sites=[Site("a", "x"), Site("b", "x", price=1)],
        pools=[on_demand(site="a", price=1), on_demand(site="b", price=4, busy_kw=1)],
        workloads=[Demand(1), Demand(3, max_delay=2), Job(volume=6)],
    )
    swapped = [[[1, 0, 0], [0, 1, 1]], [[2, 2, 2], [1, 1, 1]], [[0, 0, 0], [2, 2, 2]]]
    bills = [by_hand(problem, done).statements() for done in (swapped, [[[1] * 3, [0] * 3], *swapped[1:]])]
    # In each hour everybody pays for a unit·h the mean of 1 at a and of 4 and a kWh at b.
    mean = (3 * 1 + 3 * 5) / 6 + 2 * (2 * 1 + 4 * 5) / 6
    assert bills[0].cost.total == pytest.approx([mean, 3 * mean, 2 * mean])
    assert bills[1].cost.total / bills[1].work_unit_h.sum(axis=1) == pytest.approx([3, 3, 3])


def test_owned_booked_and_rented_units_of_a_kind_cost_the_same():
    pools = [Pool(1, price=1), reserved(1, price=2), on_demand(price=6)]
    work = [Demand(1, unit_cost={"here": 1}), Demand(1), Demand(1, traffic=1)]
    problem = make_problem(pools=pools, workloads=work)
    done = [[[1] * 3, [0] * 3, [0] * 3], [[0] * 3, [1] * 3, [0] * 3], [[0] * 3, [0] * 3, [1] * 3]]
    bill = by_hand(problem, done, booked=[0, 1, 0]).statements()
    assert (bill.cost["units_in_use"] + bill.cost["booked_units"]) == pytest.approx([9, 9, 9])


def test_fixed_workloads_of_a_profile_share_their_pools_and_data():
    problem = make_problem(
        sites=[Site("town"), Site("far")],
        pools=[on_demand(site="town", price=1), on_demand(site="far", price=3)],
        links=[Link(("far", "town"), price=0.5)],
        workloads=[
            Demand(1, zone="town", fixed=True, data=4.0),
            Demand(1, zone="town", fixed=True, data=4.0),
        ],
    )
    bill = by_hand(problem, [[[1] * 3, [0] * 3], [[0] * 3, [1] * 3]]).statements()
    assert bill.cost["units_in_use"] == pytest.approx([6, 6])
    assert bill.cost["network"] == pytest.approx([1, 1])
    assert bill.work_unit_h == pytest.approx(np.array([[3, 0], [0, 3]]))


@examples(25)
@given(case=crowds())
def test_statements_do_not_depend_on_the_split(case):
    problem = case.problem()
    if (few := plan(problem).solution) is None:
        return
    spread = replace(problem, split=Split.PROPORTIONAL)
    even = Allocation(spread, few.allocation.grouping, few.allocation.work)
    bills = [
        workload_statements(each, blocks, few.decisions, few.accounts)
        for each, blocks in ((problem, few.allocation.blocks()), (spread, even.blocks()))
    ]
    close = {"rel": 1e-6, "abs": 1e-6 * (1 + few.accounts.magnitude)}
    assert bills[0].cost.total == pytest.approx(bills[1].cost.total, **close)
    assert bills[0].energy_kwh == pytest.approx(bills[1].energy_kwh, rel=1e-6, abs=1e-6)


@given(case=cases() | whole_cases() | integer_cases())
def test_statements_add_up_to_the_accounts(case):
    problem = case.problem()
    solution = plan(problem).solution
    if solution is None:
        return
    accounts = solution.accounts
    workloads = workload_statements(problem, solution.allocation.blocks(), solution.decisions, accounts)
    for bill in (workloads, company_statements(problem, workloads)):
        close = {"rel": 1e-9, "abs": 1e-9 * (1 + accounts.magnitude)}
        parts = {name: part.sum() for name, part in bill.cost.parts().items()}
        assert parts == pytest.approx(accounts.cost.parts(), **close)
        bases = {name: kg.sum() for name, kg in bill.emissions_kg.bases().items()}
        assert bases == pytest.approx(accounts.emissions_kg.bases(), **close)
        assert bill.energy_kwh.sum() == pytest.approx(accounts.sites.facility_kwh.sum(), **close)
        assert bill.water_l.sum() == pytest.approx(accounts.sites.water_l.sum(), **close)
        assert bill.shortfall_penalty.sum() == pytest.approx(accounts.shortfall_penalty, **close)
        assert bill.carbon_charge.sum() == pytest.approx(accounts.carbon_charge, **close)
        assert bill.work_unit_h.sum(axis=0) == pytest.approx(accounts.sites.work_unit_h, **close)


def test_water_follows_the_energy_of_the_hardware():
    problem = make_problem(
        sites=[Site(pue=2, water=[1, 2, 3])],
        pools=[Pool(4, idle_kw=0.5, busy_kw=1)],
        workloads=[Demand([1, 1, 1]), Demand([0, 0, 1])],
        weights=[10],
    )
    made = by_hand(problem, [[[1, 1, 1]], [[0, 0, 1]]])
    water = 10 * (2.5 * 1 + 2.5 * 2 + 3 * 3)
    assert made.accounts().sites.water_l == pytest.approx([water])
    assert made.statements().water_l.sum() == pytest.approx(water)
    assert (made.statements().water_l > 0).all()
