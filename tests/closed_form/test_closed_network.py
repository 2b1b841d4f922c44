"""Where work may go and what moving it takes: routes, bandwidth, data sets, latency, labels."""

from __future__ import annotations

from math import inf

import pytest

from builders import Demand, Job, Link, Pool, Site, on_demand
from computeplan.problem import Status

HOME, AWAY = Site("home"), Site("away")
DEAR_HOME = [on_demand(price=9, site="home"), on_demand(price=1, site="away")]


def test_traffic_pays_every_link_of_its_route(solve):
    links = [Link(("home", "middle"), price=0.5), Link(("middle", "away"), price=1.5)]
    answer = solve(
        periods=1, sites=[HOME, AWAY], pools=DEAR_HOME, links=links, workloads=[Demand(3, traffic=2)]
    )
    assert answer.objective == pytest.approx(3 * (1 + 2 * (0.5 + 1.5)))


def test_bandwidth_keeps_the_rest_at_home(solve):
    link = Link(("home", "away"), bandwidth=4)
    answer = solve(
        periods=1,
        period_h=0.5,
        sites=[HOME, AWAY],
        pools=DEAR_HOME,
        links=[link],
        workloads=[Demand(3, traffic=2)],
    )
    assert answer.objective == pytest.approx(0.5 * (2 * 1 + 1 * 9))


def test_work_at_home_needs_no_link(solve):
    link = Link(("home", "away"), bandwidth=0, price=100)
    answer = solve(
        periods=1, sites=[HOME, AWAY], pools=DEAR_HOME, links=[link], workloads=[Demand(3, traffic=2)]
    )
    assert answer.objective == pytest.approx(3 * 9)


def test_traffic_without_a_route_stays_at_home_and_work_without_traffic_does_not(solve):
    fields = {"periods": 1, "sites": [HOME, AWAY], "pools": DEAR_HOME}
    assert solve(workloads=[Demand(3, traffic=2)], **fields).objective == pytest.approx(3 * 9)
    assert solve(workloads=[Demand(3)], **fields).objective == pytest.approx(3 * 1)


@pytest.mark.parametrize(("gb_price", "cost"), [(0.5, 6 * 1 + 10 * 0.5), (5.0, 6 * 9)])
def test_data_of_fixed_work_moves_once_where_that_pays(solve, gb_price, cost):
    answer = solve(
        periods=2,
        sites=[HOME, AWAY],
        pools=DEAR_HOME,
        links=[Link(("home", "away"), price=gb_price)],
        workloads=[Demand([2, 4], fixed=True, data=10)],
    )
    assert answer.objective == pytest.approx(cost)


def test_data_of_fixed_work_moves_evenly_over_the_horizon(solve):
    """5 GB/h for all of it: half the bandwidth lets half the work go."""
    answer = solve(
        periods=2,
        sites=[HOME, AWAY],
        pools=DEAR_HOME,
        links=[Link(("home", "away"), bandwidth=2.5)],
        workloads=[Demand([2, 4], fixed=True, data=10)],
    )
    assert answer.objective == pytest.approx(6 * (0.5 * 1 + 0.5 * 9))


def test_data_of_fixed_work_moves_once_whatever_the_weights(solve):
    answer = solve(
        periods=2,
        blocks=(1, 1),
        weights=(3, 5),
        sites=[HOME, AWAY],
        pools=DEAR_HOME,
        links=[Link(("home", "away"), price=0.5)],
        workloads=[Demand(1, fixed=True, data=10)],
    )
    assert answer.objective == pytest.approx(8 * 1 + 10 * 0.5)


def test_data_of_a_job_moves_with_its_work(solve):
    """2 GB for each of the 3 unit·h; 2 GB/h of bandwidth lets 1 unit·h a period go away."""
    answer = solve(
        periods=2,
        sites=[HOME, AWAY],
        pools=DEAR_HOME,
        links=[Link(("home", "away"), bandwidth=2, price=0.5)],
        workloads=[Job(3, data=6)],
    )
    assert answer.objective == pytest.approx(2 * (1 + 2 * 0.5) + 1 * 9)


@pytest.mark.parametrize(("limit", "cost"), [(12, 3 * 1), (11.9, 3 * 9)])
def test_latency_is_the_sum_over_the_route(solve, limit, cost):
    links = [Link(("home", "middle"), latency=5), Link(("middle", "away"), latency=7)]
    answer = solve(
        periods=1, sites=[HOME, AWAY], pools=DEAR_HOME, links=links, workloads=[Demand(3, max_latency=limit)]
    )
    assert answer.objective == pytest.approx(cost)


def test_route_of_least_latency_is_taken(solve):
    links = [
        Link(("home", "away"), latency=9, price=1),
        Link(("home", "middle"), latency=4, price=3),
        Link(("middle", "away"), latency=4, price=3),
    ]
    answer = solve(
        periods=1, sites=[HOME, AWAY], pools=DEAR_HOME, links=links, workloads=[Demand(1, traffic=1)]
    )
    assert answer.objective == pytest.approx(1 + 6)


@pytest.mark.parametrize(("limit", "status"), [(2, Status.OPTIMAL), (1.9, Status.INFEASIBLE)])
def test_latency_within_a_zone_counts(solve, limit, status):
    answer = solve(zone_latency={"here": 2}, workloads=[Demand(max_latency=limit)])
    assert answer.status is status


def test_unknown_latency_meets_no_limit(solve):
    answer = solve(periods=1, sites=[HOME, AWAY], pools=DEAR_HOME, workloads=[Demand(3, max_latency=1e9)])
    assert answer.objective == pytest.approx(3 * 9)


@pytest.mark.parametrize(
    ("needs", "cost"),
    [
        ({"requires": ["cleared"]}, 9),
        ({"requires": ["trusted"]}, 1),
        ({"security": 2}, 9),
        ({"security": 1}, 1),
        ({"residency": ["home"]}, 9),
        ({"residency": ["home", "away"]}, 1),
        ({"unit_cost": {"away": 7.5}}, 1 + 7.5),
        ({"unit_cost": {"away": 8.5}}, 9),
        ({"unit_cost": {"home": -8.5}}, 9 - 8.5),
        ({"max_latency": inf}, 1),
    ],
)
def test_needs_decide_where_work_may_go_and_what_it_costs(solve, needs, cost):
    sites = [
        Site("home", provides=["cleared", "trusted"], security=2),
        Site("away", provides=["trusted"], security=1),
    ]
    assert solve(
        periods=1, sites=sites, pools=DEAR_HOME, workloads=[Demand(1, **needs)]
    ).objective == pytest.approx(cost)


@pytest.mark.parametrize("needs", [{"requires": ["never"]}, {"security": 4}, {"residency": []}])
def test_needs_that_no_site_meets_are_infeasible(solve, needs):
    assert solve(workloads=[Demand(1, **needs)]).status is Status.INFEASIBLE


def test_zone_without_a_site_sends_all_its_work_away(solve):
    answer = solve(
        periods=1,
        sites=[HOME],
        pools=[Pool(price=2)],
        links=[Link(("town", "home"), price=1)],
        workloads=[Demand(3, zone="town", traffic=1)],
    )
    assert answer.objective == pytest.approx(3 * (2 + 1))


def test_fixed_work_without_demand_moves_no_data(solve):
    """Home cannot take it, so the data set would have to move; there is nothing to move it for."""
    answer = solve(
        periods=2,
        sites=[HOME, AWAY],
        pools=[Pool(5, site="away")],
        links=[Link(("home", "away"), price=0.5)],
        workloads=[Demand(0, fixed=True, data=10), Demand(1, fixed=True, data=6)],
    )
    assert answer.objective == pytest.approx(6 * 0.5)
