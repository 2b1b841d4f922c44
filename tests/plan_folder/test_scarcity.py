"""The price of a limit is what a little more of it saves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import Cap, Case, Contract, Demand, Link, Pool, Site, on_demand, reserved
from computeplan.plan.scarcity import Limit, scarcities
from computeplan.planner import plan
from computeplan.problem import CapMeasure, CarbonBasis, Goal

LITTLE = 1e-3

CASE = Case(
    sites=[Site(price=2.0, carbon=0.5)],
    pools=[Pool(4, busy_kw=2, idle_kw=1, price=1.0), on_demand(price=50.0)],
    workloads=[Demand([3, 6, 9])],
)
FAR = (Site("here"), Site("far", zone="far", price=1.0, carbon=1.0, import_limit=6.0))


def saved(case, limit, relieve):
    """Price per unit of one limit in the plan, and what a little more of it saves, per unit."""
    problem = case.problem()
    before = plan(problem)
    after = plan(relieve(case, LITTLE).problem())
    (found,) = [s for s in scarcities(problem, before.solution.prices) if s.limit is limit]
    difference = before.solution.audit.objective - after.solution.audit.objective
    return found, difference / LITTLE


def with_pool(case, index, **fields):
    pools = list(case.pools)
    pools[index] = replace(pools[index], **fields)
    return case.but(pools=pools)


def test_capacity_is_worth_what_it_spares_of_renting():
    found, saves = saved(CASE, Limit.CAPACITY, lambda case, more: with_pool(case, 0, units=4 + more))
    assert found.price[0].tolist() == pytest.approx([0.0, 47.0, 47.0])
    assert found.worth[0] == pytest.approx(4 * 2 * 47.0)
    # A unit more also stands idle: 1 kW for three hours.
    assert saves == pytest.approx(found.price[0].sum() - 3 * 2.0)


def test_what_has_no_limit_is_not_scarce():
    problem = CASE.problem()
    (found,) = [s for s in scarcities(problem, plan(problem).solution.prices) if s.limit is Limit.CAPACITY]
    assert found.worth[1] == 0


def test_bookable_units_are_worth_what_a_booking_earns():
    case = CASE.but(pools=[reserved(4, price=2.0, busy_kw=2, idle_kw=1), on_demand(price=50.0)])
    found, saves = saved(case, Limit.BOOKABLE, lambda c, more: with_pool(c, 0, units=4 + more))
    assert found.names == ("here/p0",)
    assert float(found.price[0, 0]) == pytest.approx(saves)
    assert found.worth[0] == pytest.approx(4 * saves)


def test_import_limit():
    case = CASE.but(
        sites=FAR,
        pools=[Pool(9, site="far", busy_kw=2), on_demand(price=50.0)],
        workloads=[Demand([2, 6, 9])],
        links=[Link(("here", "far"))],
        carbon_price=0.5,
    )

    def relieve(case, more):
        return case.but(sites=[FAR[0], replace(FAR[1], import_limit=6.0 + more)])

    found, saves = saved(case, Limit.IMPORT, relieve)
    assert found.price[1].sum() == pytest.approx(saves)
    assert saves == pytest.approx(2 * (50.0 / 2 - 1.5))
    assert found.worth[1] == pytest.approx(6.0 * saves)


def test_contract_energy():
    case = CASE.but(contracts=[Contract(available=3.0, price=0.5)])

    def relieve(case, more):
        return case.but(contracts=[Contract(available=3.0 + more, price=0.5)])

    found, saves = saved(case, Limit.CONTRACT, relieve)
    assert found.price[0].tolist() == pytest.approx([1.5, 1.5, 1.5])
    assert saves == pytest.approx(4.5)


def test_bandwidth():
    case = CASE.but(
        sites=FAR,
        pools=[Pool(9, site="far"), on_demand(price=50.0)],
        workloads=[Demand([3, 6, 9], traffic=2.0)],
        links=[Link(("here", "far"), price=1.0, bandwidth=10.0)],
    )

    def relieve(case, more):
        return case.but(links=[Link(("here", "far"), price=1.0, bandwidth=10.0 + more)])

    found, saves = saved(case, Limit.LINK, relieve)
    assert found.price[0].tolist() == pytest.approx([0.0, 24.0, 24.0])
    assert saves == pytest.approx(48.0)


@pytest.mark.parametrize("measure", list(CapMeasure))
def test_caps(measure):
    case = with_pool(CASE, 0, units=9).but(caps=[Cap(12.0, measure, {"here/p0": 1.0 + (measure == "units")})])

    def relieve(case, more):
        return case.but(caps=[replace(case.caps[0], limit=12.0 + more)])

    found, saves = saved(case, Limit.CAP, relieve)
    assert found.price[0].sum() == pytest.approx(saves)
    assert saves > 0
    assert found.units == ("kWh" if measure is CapMeasure.POWER else "unit·h",)


def test_carbon_cap():
    case = CASE.but(
        sites=[Site(price=2.0, carbon=0.5, market=0.7)],
        contracts=[Contract(available=1.0, price=9.0, take_or_pay=True)],
        basis=CarbonBasis.MARKET,
        carbon_cap=10.0,
    )
    found, saves = saved(case, Limit.CARBON, lambda c, more: c.but(carbon_cap=10.0 + more))
    assert float(found.price[0, 0]) == pytest.approx(saves)
    assert found.worth[0] == pytest.approx(10.0 * saves)
    assert saves > 0


def test_weights_are_in_the_prices():
    once = CASE.but(blocks=(3,), weights=(1.0,)).problem()
    often = CASE.but(blocks=(3,), weights=(5.0,)).problem()
    worth = [sum(float(s.worth.sum()) for s in scarcities(p, plan(p).solution.prices)) for p in (once, often)]
    assert worth[1] == pytest.approx(5 * worth[0])


def test_a_problem_without_a_limit_that_binds_has_none_of_worth():
    problem = with_pool(CASE, 0, units=20).problem()
    assert all((s.worth == 0).all() for s in scarcities(problem, plan(problem).solution.prices))


def test_the_goal_carbon_prices_in_kg():
    case = CASE.but(
        goal=Goal.CARBON,
        sites=FAR,
        pools=[Pool(4, busy_kw=1), Pool(9, site="far", busy_kw=1)],
        links=[Link(("here", "far"))],
    )
    problem = case.problem()
    (found,) = [s for s in scarcities(problem, plan(problem).solution.prices) if s.limit is Limit.CAPACITY]
    assert found.price[0].tolist() == pytest.approx([0.0, 1.0, 1.0])
