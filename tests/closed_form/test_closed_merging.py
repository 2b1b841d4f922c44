"""Near twins: workloads that are alike but for one thing must not be planned as one."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Demand, Job, Link, Site, on_demand

HOME_AND_AWAY = {
    "sites": [Site("home"), Site("away")],
    "pools": [on_demand(price=9, site="home"), on_demand(price=1, site="away")],
    "links": [Link(("home", "away"), price=0.5)],
}


def test_jobs_of_other_data_go_other_ways(solve):
    """2 GB for a unit·h are worth moving for 8, 20 GB are not."""
    jobs = [Job(3, data=6), Job(3, data=60)]
    answer = solve(periods=1, workloads=jobs, **HOME_AND_AWAY)
    assert answer.objective == pytest.approx(3 * (1 + 2 * 0.5) + 3 * 9)


def test_fixed_work_of_other_data_goes_other_ways(solve):
    demands = [Demand(3, fixed=True, data=6), Demand(3, fixed=True, data=60)]
    answer = solve(periods=1, workloads=demands, **HOME_AND_AWAY)
    assert answer.objective == pytest.approx(3 * (1 + 2 * 0.5) + 3 * 9)


def test_work_of_each_zone_pays_its_own_way(solve):
    fields = HOME_AND_AWAY | {"links": [Link(("home", "away"), price=100)]}
    demands = [Demand(3, zone="home", traffic=1), Demand(3, zone="away", traffic=1)]
    assert solve(periods=1, workloads=demands, **fields).objective == pytest.approx(3 * 9 + 3 * 1)


def test_each_job_meets_its_own_deadline(solve):
    jobs = [Job(2, deadline=1), Job(2, deadline=2)]
    answer = solve(periods=2, pools=[on_demand(price=[9, 1])], workloads=jobs)
    assert answer.objective == pytest.approx(2 * 9 + 2 * 1)


def test_each_job_keeps_its_own_rate(solve):
    jobs = [Job(2, max_rate=1), Job(2, max_rate=2)]
    answer = solve(periods=2, pools=[on_demand(price=[9, 1])], workloads=jobs)
    assert answer.objective == pytest.approx((9 + 1) + 2 * 1)


def test_each_demand_waits_no_longer_than_its_own_delay(solve):
    demands = [Demand([2, 0, 0], max_delay=1), Demand([2, 0, 0], max_delay=2)]
    answer = solve(pools=[on_demand(price=[9, 5, 1])], workloads=demands)
    assert answer.objective == pytest.approx(2 * 5 + 2 * 1)


def test_fixed_work_of_another_shape_has_another_split(solve):
    demands = [Demand([3, 1], fixed=True), Demand([1, 3], fixed=True)]
    pools = [on_demand(price=[1, 3]), on_demand(price=[3, 1])]
    answer = solve(periods=2, pools=pools, workloads=demands)
    assert answer.objective == pytest.approx(2 * (3 * 1 + 1 * 3))


def test_twins_each_get_their_own_work(solve):
    demands = [Demand([1, 2, 3]), Demand([2, 0, 1]), Demand([1, 2, 3], scale=2)]
    answer = solve(pools=[on_demand(4, price=1), on_demand(price=2)], workloads=demands)
    assert answer.objective == pytest.approx((4 + 1 * 2) + (4 + 2 * 2) + (4 + 6 * 2))
    assert answer.done.sum(axis=1) == pytest.approx(np.array([[1, 2, 3], [2, 0, 1], [2, 4, 6]]))
