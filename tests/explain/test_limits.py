"""Limits that contradict alone: bookings above caps, links without bandwidth, carbon below the cleanest."""

from __future__ import annotations

import pytest

from builders import Battery, Cap, Case, Contract, Demand, Job, Link, Pool, Site, make_problem, reserved
from computeplan.explanations import endless, impossible
from computeplan.problem import CapMeasure, CarbonBasis, Goal, HorizonEnd, Status
from computeplan.solvers.planner import plan


def only(**fields):
    (reason,) = impossible(make_problem(**fields))
    return reason


def test_a_cap_below_what_has_to_be_booked_is_named():
    fields = {"pools": [reserved(9, min_units=6.0), Pool(9)], "workloads": [Demand(1)]}
    assert impossible(make_problem(caps=[Cap(6.0, weights={"here/p0": 1.0})], **fields)) == ()
    reason = only(caps=[Cap([6.0, 5.0, 4.0], weights={"here/p0": 1.0})], **fields)
    assert str(reason) == (
        "cap cap0: at 2026-03-02 02:00 (and in 1 more period), the limit is 4, "
        "below the 6 units that have to be booked in any case"
    )
    assert reason.details == ("here/p0: 6",)


def test_idle_power_above_a_cap_or_an_import_limit_is_named():
    fields = {"pools": [Pool(10, idle_kw=2.0, busy_kw=2.0)], "workloads": [Demand(1)]}
    assert impossible(make_problem(sites=[Site(import_limit=20.0)], **fields)) == ()
    reasons = impossible(make_problem(sites=[Site(import_limit=19.0)], **fields))
    assert str(reasons[0]).startswith("grid import and contracts of here: at 2026-03-02 00:00 (and in 2 more")
    assert "the limit is 19, below the 20 kW that idle units draw" in str(reasons[0])
    reasons = impossible(make_problem(caps=[Cap(19.0, CapMeasure.POWER)], **fields))
    assert reasons[0].subject == "cap cap0"


def remote(bandwidth, *workloads):
    return {
        "sites": [Site("far")],
        "pools": [Pool(100)],
        "links": [Link(("home", "far"), bandwidth=bandwidth)],
        "workloads": workloads,
    }


def test_traffic_without_another_way_above_the_bandwidth_is_named():
    work = Demand([1, 4, 5], name="video", zone="home", traffic=90.0)
    assert impossible(make_problem(**remote(450.0, work))) == ()
    reason = only(**remote(270.0, work))
    assert str(reason) == (
        "link home-far: at 2026-03-02 02:00 (and in 1 more period), 1 Gbps of traffic have no other way "
        "within their latency, but the bandwidth is 0.6 Gbps: workload video"
    )


def test_traffic_of_work_that_waits_counts_over_its_time():
    work = Demand([9, 0, 0], zone="home", traffic=90.0, max_delay=2.0)
    assert impossible(make_problem(**remote(270.0, work))) == ()
    assert "from 2026-03-02 00:00 to 2026-03-02 03:00" in only(**remote(260.0, work)).statement


def test_traffic_with_another_way_does_not_count():
    fields = remote(1.0, Demand(1, zone="home", traffic=90.0))
    fields["sites"] = [Site("far"), Site("home")]
    assert impossible(make_problem(**{**fields, "pools": [Pool(9), Pool(9, site="home")]})) == ()


@pytest.mark.parametrize("workload", [Demand([2, 0, 1]), Demand([3, 0, 0], max_delay=9.0), Job(volume=3.0)])
def test_a_carbon_cap_below_the_cleanest_plan_is_named(workload):
    case = Case(
        sites=[Site(carbon=[0.5, 0.25, 0.5], pue=2.0)],
        pools=[Pool(9, busy_kw=10.0), Pool(9, busy_kw=8.0)],
        workloads=[workload],
    )
    waits = isinstance(workload, Job) or workload.max_delay > 0
    least_kg = 3 * 2 * 8 * (0.25 if waits else 0.5)
    assert impossible(case.but(carbon_cap=least_kg).problem()) == ()
    (reason,) = impossible(case.but(carbon_cap=least_kg - 0.1).problem())
    assert reason.subject == "carbon cap, location basis"
    assert plan(case.but(carbon_cap=least_kg).problem()).status is Status.OPTIMAL
    assert plan(case.but(carbon_cap=least_kg - 0.1).problem()).status is Status.INFEASIBLE


@pytest.mark.parametrize(("basis", "least_kg"), [("location", 30.0), ("market", 6.0), ("hourly", 6.0)])
def test_the_cleanest_energy_depends_on_the_basis(basis, least_kg):
    case = Case(
        sites=[Site(carbon=1.0)],
        contracts=[Contract(available=99.0, carbon=0.2)],
        pools=[Pool(1, busy_kw=10.0)],
        basis=CarbonBasis(basis),
    )
    assert impossible(case.but(carbon_cap=least_kg).problem()) == ()
    assert len(impossible(case.but(carbon_cap=least_kg - 0.1).problem())) == 1


def test_generation_that_is_paid_for_counts_on_the_market_basis():
    paid = Contract(available=10.0, carbon=0.5, take_or_pay=True)
    case = Case(contracts=[paid], basis=CarbonBasis.MARKET, carbon_cap=14.0)
    (reason,) = impossible(case.problem())
    assert reason.details == ("energy bought in any case: 0.015 t",)


def test_a_booking_that_earns_money_without_limit_is_named():
    case = Case(
        sites=[Site(price=[-2.0, 1.0, 1.0])],
        pools=[reserved(float("inf"), price=0.5, idle_kw=4.0, busy_kw=4.0)],
        workloads=[Demand(1)],
    )
    assert endless(case.problem()) == ()
    earns = case.but(sites=[Site(price=[-2.0, 0.5, 0.25])])
    (reason,) = endless(earns.problem())
    assert str(reason) == (
        "pool here/p0: each booked unit earns 3.5 CNY over the horizon, and nothing limits how many"
    )
    assert plan(earns.problem()).status is Status.UNBOUNDED
    assert plan(case.problem()).status is Status.OPTIMAL


@pytest.mark.parametrize(
    "limit",
    [
        {"pools": [reserved(50, price=0.5, idle_kw=4.0, busy_kw=4.0)]},
        {"sites": [Site(price=-2.0, import_limit=400.0)]},
        {"sites": [Site(price=-2.0, demand_charge=50.0)]},
        {"sites": [Site(price=-2.0, carbon=1.0)], "carbon_cap": 1e4},
        {"sites": [Site(price=-2.0, carbon=1.0)], "carbon_price": 2.0},
        {"caps": [Cap(90.0)]},
        {"caps": [Cap(900.0, CapMeasure.POWER)]},
        {"goal": Goal.CARBON},
        {"end": HorizonEnd.CYCLIC, "pools": [reserved(float("inf"), price=9.0, idle_kw=4.0, busy_kw=4.0)]},
    ],
)
def test_what_limits_a_booking_keeps_it_bounded(limit):
    case = Case(
        sites=[Site(price=-2.0)],
        pools=[reserved(float("inf"), price=0.5, idle_kw=4.0, busy_kw=4.0)],
        workloads=[Demand(1)],
    )
    assert len(endless(case.problem())) == 1
    assert endless(case.but(**limit).problem()) == ()
    assert plan(case.but(**limit).problem()).status is not Status.UNBOUNDED


CHOSEN = {
    "a lease": {
        "sites": [Site("far")],
        "links": [Link(("home", "far"), bandwidth=0.0, lease=900.0)],
        "workloads": [Demand(1, zone="home", traffic=450.0)],
    },
    "new units behind a link": {
        "sites": [Site("far"), Site("near", zone="home")],
        "pools": [Pool(9), Pool(0, site="near", new=5.0)],
        "links": [Link(("home", "far"), bandwidth=1.0)],
        "workloads": [Demand(1, zone="home", traffic=450.0)],
    },
    "a cap on a site that may be closed": {
        "sites": [Site(optional=True), Site("open", zone="here")],
        "pools": [Pool(10, idle_kw=2.0, busy_kw=2.0), Pool(5, site="open", busy_kw=1.0)],
        "caps": [Cap(5.0, CapMeasure.POWER)],
    },
    "bookings at a site that may be closed": {
        "sites": [Site(optional=True), Site("open", zone="here")],
        "pools": [reserved(10, min_units=6.0), Pool(5, site="open")],
        "caps": [Cap(3.0)],
    },
    "power that the plan contracts": {
        "sites": [Site(import_limit=1.0)],
        "pools": [Pool(10, idle_kw=2.0, busy_kw=2.0)],
        "contracts": [Contract(1.0, most=30.0)],
    },
    "a battery": {
        "sites": [Site(import_limit=12.0)],
        "pools": [Pool(10, idle_kw=1.0, busy_kw=2.0)],
        "workloads": [Demand([0, 0, 4])],
        "batteries": [Battery(power=5.0, energy=5.0)],
    },
    "clean power that the plan contracts": {
        "sites": [Site(carbon=1.0)],
        "pools": [Pool(2, busy_kw=1.0)],
        "contracts": [Contract(1.0, most=30.0)],
        "basis": CarbonBasis.HOURLY,
        "carbon_cap": 0.5,
    },
    "certificates": {
        "sites": [Site(carbon=1.0, certificates=100.0)],
        "pools": [Pool(2, busy_kw=1.0)],
        "basis": CarbonBasis.MARKET,
        "carbon_cap": 0.5,
    },
    "a site that may be closed": {
        "sites": [Site(carbon=1.0, optional=True), Site("open", zone="here")],
        "pools": [Pool(10, idle_kw=2.0, busy_kw=2.0), Pool(5, site="open", busy_kw=1.0)],
        "carbon_cap": 0.5,
    },
}


@pytest.mark.parametrize("choice", CHOSEN)
def test_what_the_plan_may_choose_is_no_reason(choice):
    problem = make_problem(**CHOSEN[choice])
    assert plan(problem).status is Status.OPTIMAL
    assert impossible(problem) == ()
