"""Where work may go and what moving it takes: routes, bandwidth, data sets, latency, labels."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from builders import Case, Demand, Job, Link, Pool, Site, on_demand
from computeplan.accounts.statements import workload_statements
from computeplan.problem import Status
from computeplan.solvers.planner import plan

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


@pytest.mark.parametrize(("limit", "price"), [(inf, 1), (9, 1), (8.5, 6), (8, 6)])
def test_of_the_routes_that_are_near_enough_the_cheapest_is_taken(solve, limit, price):
    links = [
        Link(("home", "away"), latency=9, price=1),
        Link(("home", "middle"), latency=4, price=3),
        Link(("middle", "away"), latency=4, price=3),
    ]
    work = Demand(1, traffic=1, max_latency=limit)
    answer = solve(periods=1, sites=[HOME, AWAY], pools=DEAR_HOME, links=links, workloads=[work])
    assert answer.objective == pytest.approx(1 + price)


TWO_WAYS = [
    Link(("home", "away"), latency=1, bandwidth=2, price=0.5),
    Link(("home", "middle"), latency=2, bandwidth=3, price=1),
    Link(("middle", "away"), latency=2, price=0.5, energy=1, carbon=1),
]


@pytest.mark.parametrize(
    ("work", "cost"),
    [
        (Demand(4, traffic=1), 4 + 2 * 0.5 + 2 * 1.5),
        (Demand(4, fixed=True, traffic=1), 4 + 2 * 0.5 + 2 * 1.5),
        (Job(volume=4, traffic=0.75, data=1), 4 + 2 * 0.5 + 2 * 1.5),
        # What only the near route may carry is limited by its bandwidth.
        (Demand(4, traffic=1, max_latency=3), 2 + 2 * 0.5 + 2 * 9),
        (Demand(6, traffic=1), 5 + 2 * 0.5 + 3 * 1.5 + 9),
    ],
)
def test_traffic_is_split_over_routes_where_one_is_full(solve, work, cost):
    sites = [HOME, AWAY]
    answer = solve(periods=1, sites=sites, pools=DEAR_HOME, links=TWO_WAYS, workloads=[work])
    assert answer.objective == pytest.approx(cost)


def test_a_dirty_route_is_left_where_carbon_is_priced(solve):
    links = [Link(("home", "away"), price=1), *TWO_WAYS[1:]]
    links[1] = replace(links[1], price=0)
    fields = {"periods": 1, "sites": [HOME, AWAY], "pools": DEAR_HOME, "links": links}
    for price, cost in ((0, 1 + 0.5), (0.25, 1 + 0.5 + 0.25), (1, 1 + 1)):
        answer = solve(**fields, carbon_price=price, workloads=[Demand(1, traffic=1)])
        assert answer.objective == pytest.approx(cost)


def test_companies_pay_the_routes_that_the_plan_took_on_average():
    work = [Demand(1, traffic=1), Demand(3, traffic=1)]
    problem = Case(periods=1, sites=[HOME, AWAY], pools=DEAR_HOME, links=TWO_WAYS, workloads=work).problem()
    made = plan(problem).solution
    charged = workload_statements(problem, made.allocation.blocks(), made.decisions, made.accounts)
    assert charged.cost["network"] == pytest.approx([1, 3])
    assert charged.emissions_kg.location == pytest.approx([0.5, 1.5])


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


def both_ways(**line) -> dict:
    """Work of each zone that only the other zone may do, 2 GB a unit·h."""
    return {
        "periods": 1,
        "sites": [Site("a", provides=["x"]), Site("b", provides=["y"])],
        "pools": [Pool(9, site="a"), Pool(9, site="b")],
        "links": [Link(("a", "b"), **line)],
        "workloads": [
            Demand(1, zone="a", requires=["y"], traffic=2, shortfall_price=10),
            Demand(1, zone="b", requires=["x"], traffic=2, shortfall_price=10),
        ],
    }


@pytest.mark.parametrize(("half", "short"), [(False, 0), (True, 0.5)])
def test_each_direction_has_its_bandwidth_unless_they_share_it(solve, half, short):
    answer = solve(**both_ways(bandwidth=3, price=0.5, half=half))
    assert answer.objective == pytest.approx(10 * short + 0.5 * 2 * (2 - short))


@pytest.mark.parametrize(("half", "cost"), [(False, 2 * 2), (True, 4 * 2)])
def test_a_lease_is_bandwidth_in_both_directions(solve, half, cost):
    answer = solve(**both_ways(bandwidth=0, lease=9, lease_price=2, half=half))
    assert answer.objective == pytest.approx(cost)
    assert answer.decisions.leased_gb_per_h == pytest.approx(cost / 2)


def test_the_directions_of_a_line_share_its_lease_by_their_traffic():
    case = Case(**both_ways(bandwidth=0, lease=9, lease_price=2))
    work = replace(case.workloads[1], traffic=1.0)
    made = plan(case.but(workloads=[case.workloads[0], work]).problem())
    accounts, allocation = made.solution.accounts, made.solution.allocation
    charged = workload_statements(made.problem, allocation.blocks(), made.solution.decisions, accounts)
    assert charged.cost["network"] == pytest.approx([4 * 2 / 3, 4 * 1 / 3])
