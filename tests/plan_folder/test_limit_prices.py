"""The price of a limit is what a little more of it saves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import Battery, Cap, Case, Contract, Demand, Link, Pool, Site, on_demand, reserved
from computeplan.explanations.site import binding_limits
from computeplan.prices.limits import limit_prices, list_limit_prices
from computeplan.problem import CapMeasure, CarbonBasis, Goal
from computeplan.problem.limits import LimitKind
from computeplan.solvers.planner import plan
from computeplan.studies.ranging import shadow_prices
from solving import tables_of

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
    (found,) = [s for s in limit_prices(problem, before.solution.prices) if s.kind is limit]
    difference = before.solution.audit.objective - after.solution.audit.objective
    return found, difference / LITTLE


def with_pool(case, index, **fields):
    pools = list(case.pools)
    pools[index] = replace(pools[index], **fields)
    return case.but(pools=pools)


def test_capacity_is_worth_what_it_spares_of_renting():
    found, saves = saved(CASE, LimitKind.CAPACITY, lambda case, more: with_pool(case, 0, units=4 + more))
    assert found.price[0].tolist() == pytest.approx([0.0, 47.0, 47.0])
    assert found.value[0] == pytest.approx(4 * 2 * 47.0)
    # A unit more also stands idle: 1 kW for three hours.
    assert saves == pytest.approx(found.price[0].sum() - 3 * 2.0)


def test_what_has_no_limit_is_not_scarce():
    problem = CASE.problem()
    (found,) = [
        s for s in limit_prices(problem, plan(problem).solution.prices) if s.kind is LimitKind.CAPACITY
    ]
    assert found.value[1] == 0


def test_bookable_units_are_worth_what_a_booking_earns():
    case = CASE.but(pools=[reserved(4, price=2.0, busy_kw=2, idle_kw=1), on_demand(price=50.0)])
    found, saves = saved(case, LimitKind.BOOKABLE_UNITS, lambda c, more: with_pool(c, 0, units=4 + more))
    assert found.names == ("here/p0",)
    assert float(found.price[0, 0]) == pytest.approx(saves)
    assert found.value[0] == pytest.approx(4 * saves)


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

    found, saves = saved(case, LimitKind.IMPORT_LIMIT, relieve)
    assert found.price[1].sum() == pytest.approx(saves)
    assert saves == pytest.approx(2 * (50.0 / 2 - 1.5))
    assert found.value[1] == pytest.approx(6.0 * saves)


@pytest.mark.parametrize("kind", [LimitKind.BATTERY_POWER, LimitKind.BATTERY_ENERGY])
def test_a_battery(kind):
    limits = {"power": 9.0, "energy": 9.0}
    field = "power" if kind is LimitKind.BATTERY_POWER else "energy"
    limits[field] = 2.0
    case = CASE.but(
        sites=[Site(price=[1.0, 1.0, 9.0])],
        pools=[Pool(9, busy_kw=2)],
        batteries=[Battery(**limits, efficiency=0.8, price=0.1)],
    )

    def relieve(case, more):
        return case.but(batteries=[Battery(**limits | {field: 2.0 + more}, efficiency=0.8, price=0.1)])

    found, saves = saved(case, kind, relieve)
    assert saves > 1.0
    assert found.price.sum() == pytest.approx(saves)
    assert found.value[0] == pytest.approx(2.0 * saves)


def test_contract_energy():
    case = CASE.but(contracts=[Contract(available=3.0, price=0.5)])

    def relieve(case, more):
        return case.but(contracts=[Contract(available=3.0 + more, price=0.5)])

    found, saves = saved(case, LimitKind.CONTRACT, relieve)
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

    found, saves = saved(case, LimitKind.BANDWIDTH, relieve)
    assert found.price[0].tolist() == pytest.approx([0.0, 24.0, 24.0])
    assert saves == pytest.approx(48.0)


@pytest.mark.parametrize("measure", list(CapMeasure))
def test_caps(measure):
    case = with_pool(CASE, 0, units=9).but(caps=[Cap(12.0, measure, {"here/p0": 1.0 + (measure == "units")})])

    def relieve(case, more):
        return case.but(caps=[replace(case.caps[0], limit=12.0 + more)])

    found, saves = saved(case, LimitKind.CAP, relieve)
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
    found, saves = saved(case, LimitKind.CARBON_CAP, lambda c, more: c.but(carbon_cap=10.0 + more))
    assert float(found.price[0, 0]) == pytest.approx(saves)
    assert found.value[0] == pytest.approx(10.0 * saves)
    assert saves > 0


def test_weights_are_in_the_prices():
    once = CASE.but(blocks=(3,), weights=(1.0,)).problem()
    often = CASE.but(blocks=(3,), weights=(5.0,)).problem()
    found = [limit_prices(problem, plan(problem).solution.prices) for problem in (once, often)]
    value = [sum(float(limits.value.sum()) for limits in each) for each in found]
    assert value[1] == pytest.approx(5 * value[0])


def test_a_problem_without_a_limit_that_binds_has_none_of_worth():
    problem = with_pool(CASE, 0, units=20).problem()
    found = limit_prices(problem, plan(problem).solution.prices)
    assert found
    assert all((each.value == 0).all() for each in found)


def test_the_goal_carbon_prices_in_kg():
    case = CASE.but(
        goal=Goal.CARBON,
        sites=FAR,
        pools=[Pool(4, busy_kw=1), Pool(9, site="far", busy_kw=1)],
        links=[Link(("here", "far"))],
    )
    problem = case.problem()
    (found,) = [
        s for s in limit_prices(problem, plan(problem).solution.prices) if s.kind is LimitKind.CAPACITY
    ]
    assert found.price[0].tolist() == pytest.approx([0.0, 1.0, 1.0])


def test_contract_energy_that_is_sold_is_worth_its_revenue_where_that_is_more():
    def contracts(power):
        return [Contract(available=power, price=0.5, feed_in=[5.0, 1.0, 0.0])]

    case = CASE.but(contracts=contracts(20.0))
    found, saves = saved(case, LimitKind.CONTRACT, lambda c, more: c.but(contracts=contracts(20.0 + more)))
    assert found.price[0].tolist() == pytest.approx([4.5, 0.5, 0.0])
    assert saves == pytest.approx(5.0)


def test_contracted_power_that_sells():
    def contracts(most):
        return [Contract(available=1.0, price=0.5, most=most, capacity_price=0.25, feed_in=[5.0, 1.0, 0.0])]

    case = CASE.but(contracts=contracts(20.0))
    found, saves = saved(
        case, LimitKind.CONTRACTED_POWER, lambda c, more: c.but(contracts=contracts(20.0 + more))
    )
    assert found.price.tolist() == [pytest.approx([4.5 + 0.5 - 0.25])]
    assert saves == pytest.approx(4.75)


ONE_PERIOD = Case(
    periods=1,
    blocks=(1,),
    weights=(4.0,),
    sites=[Site(carbon=0.5)],
    pools=[Pool(2, busy_kw=2), on_demand(price=10.0)],
    workloads=[Demand(3)],
)
"""One hour that stands for four: what is limited there is so in a period, not over the horizon."""


@pytest.mark.parametrize(
    ("case", "kind", "amount", "unit", "period"),
    [
        (ONE_PERIOD, LimitKind.CAPACITY, 8.0, "CNY/unit·h", 0),
        (with_pool(ONE_PERIOD, 0, units=9).but(carbon_cap=6.0), LimitKind.CARBON_CAP, 6.0, "CNY/kg", None),
    ],
)
def test_one_period_is_not_the_whole_horizon(case, kind, amount, unit, period):
    problem = case.problem()
    solution = plan(problem).solution
    row = tables_of(problem, solution)["duals"].row(-1, named=True)
    assert (row["what"], row["price"], row["unit"], row["period"]) == (kind, pytest.approx(10), unit, period)
    (shown,) = list_limit_prices(problem, solution.prices)
    assert shown.one_more == pytest.approx(10_000 if shown.unit == "t" else 10)
    assert shown.share == 1
    (shadow,) = shadow_prices(problem)
    assert (shadow.amount, shadow.marginal) == (pytest.approx(amount), pytest.approx(10))
    in_the_hour = binding_limits(problem, solution, None, period=0)
    assert [limits.kind for limits, _ in in_the_hour] == ([] if period is None else [kind])
