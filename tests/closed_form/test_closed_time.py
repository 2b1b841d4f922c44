"""Waiting and windows: deferral, its fractions, block ends, jobs, fixed splits."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from builders import Demand, Job, Pool, on_demand
from computeplan.problem import HorizonEnd, Status


@pytest.mark.parametrize(
    ("delay", "cost"),
    [
        (0, 4 * 5),
        (0.5, 2 * 5 + 2 * 3),  # the later half of the arrivals may wait until the next period
        (0.75, 1 * 5 + 3 * 3),
        (1, 4 * 3),
        (1.25, 3 * 3 + 1 * 1),
        (2, 4 * 1),
        (3, 4 * 1),
    ],
)
def test_work_waits_for_the_cheap_hour_within_its_delay(solve, delay, cost):
    answer = solve(pools=[on_demand(price=[5, 3, 1])], workloads=[Demand([4, 0, 0], max_delay=delay)])
    assert answer.objective == pytest.approx(cost)


def test_delay_is_in_hours_whatever_the_period(solve):
    """Half an hour is two periods of a quarter; demand and price are per hour."""
    answer = solve(
        period_h=0.25, pools=[on_demand(price=[5, 3, 1])], workloads=[Demand([4, 0, 0], max_delay=0.5)]
    )
    assert answer.objective == pytest.approx(0.25 * 4 * 1)


def test_work_never_runs_before_it_arrives(solve):
    answer = solve(pools=[on_demand(price=[1, 3, 5])], workloads=[Demand([0, 0, 4], max_delay=2)])
    assert answer.objective == pytest.approx(4 * 5)


@pytest.mark.parametrize(("delay", "status"), [(0.5, Status.OPTIMAL), (0.25, Status.INFEASIBLE)])
def test_a_burst_needs_a_delay_that_lets_half_of_it_wait(solve, delay, status):
    answer = solve(periods=2, pools=[Pool(3)], workloads=[Demand([6, 0], max_delay=delay)])
    assert answer.status is status


def test_waiting_work_does_not_pile_up_beyond_its_delay(solve):
    """With a delay of one period, what arrives in periods 0 and 1 cannot all be done in period 2."""
    answer = solve(pools=[on_demand(price=[9, 5, 1])], workloads=[Demand([2, 3, 0], max_delay=1)])
    assert answer.objective == pytest.approx(2 * 5 + 3 * 1)


@pytest.mark.parametrize(("end", "cost"), [(HorizonEnd.CLOSE, 4 * 5), (HorizonEnd.CYCLIC, 4 * 1)])
def test_the_end_closes_or_joins_the_start(solve, end, cost):
    pools = [on_demand(price=[1, 9, 5])]
    assert solve(end=end, pools=pools, workloads=[Demand([0, 0, 4], max_delay=1)]).objective == pytest.approx(
        cost
    )


def test_cyclic_delay_of_the_whole_block_may_use_every_period(solve):
    pools = [Pool(2, price=[1, 3, 9])]
    answer = solve(end=HorizonEnd.CYCLIC, pools=pools, workloads=[Demand([0, 2, 2], max_delay=3)])
    assert answer.objective == pytest.approx(2 * 1 + 2 * 3)


@pytest.mark.parametrize("end", HorizonEnd)
def test_work_never_moves_between_blocks(solve, end):
    pools = [on_demand(price=[9, 8, 1, 2])]
    answer = solve(
        periods=4, blocks=(2, 2), end=end, pools=pools, workloads=[Demand([0, 4, 0, 0], max_delay=2)]
    )
    assert answer.objective == pytest.approx(4 * 8)


def test_deferred_work_is_left_undone_at_its_price(solve):
    workloads = [Demand([6, 0, 0], max_delay=1, shortfall_price=10)]
    assert solve(pools=[Pool(2, price=1)], workloads=workloads).objective == pytest.approx(4 * 1 + 2 * 10)


def test_job_runs_in_the_cheapest_hours_at_its_rate(solve):
    answer = solve(
        periods=4, pools=[on_demand(price=[4, 3, 2, 1])], workloads=[Job(6, deadline=4, max_rate=2)]
    )
    assert answer.objective == pytest.approx(2 * 1 + 2 * 2 + 2 * 3)


def test_job_stays_within_its_window(solve):
    answer = solve(
        periods=4, pools=[on_demand(price=[1, 3, 2, 1])], workloads=[Job(6, release=1, deadline=3)]
    )
    assert answer.objective == pytest.approx(6 * 2)


def test_rate_is_limited_by_the_overlap_of_window_and_period(solve):
    """Window 0.5 to 2.25 at 4 units: 2, 4 and 1 unit·h fit into the three periods."""
    job = Job(5, release=0.5, deadline=2.25, max_rate=4)
    answer = solve(pools=[on_demand(price=[1, 2, 3])], workloads=[job])
    assert answer.objective == pytest.approx(2 * 1 + 3 * 2)
    assert solve(workloads=[Job(7, release=0.5, deadline=2.25, max_rate=4)]).status is Status.OPTIMAL
    assert solve(workloads=[Job(7.1, release=0.5, deadline=2.25, max_rate=4)]).status is Status.INFEASIBLE


def test_window_over_the_end_is_cut_off_or_wraps(solve):
    job = Job(3, release=2, deadline=4, max_rate=2)
    cyclic = solve(end=HorizonEnd.CYCLIC, pools=[on_demand(price=[1, 9, 5])], workloads=[job])
    assert cyclic.objective == pytest.approx(2 * 1 + 1 * 5)
    assert solve(end=HorizonEnd.CLOSE, workloads=[job]).status is Status.INFEASIBLE


def test_window_wraps_within_its_own_block(solve):
    job = Job(3, release=3, deadline=5, max_rate=2)
    answer = solve(
        periods=4,
        blocks=(2, 2),
        end=HorizonEnd.CYCLIC,
        pools=[on_demand(price=[0, 0, 3, 5])],
        workloads=[job],
    )
    assert answer.objective == pytest.approx(2 * 3 + 1 * 5)


@pytest.mark.parametrize(("volume", "status"), [(4, Status.OPTIMAL), (4.1, Status.INFEASIBLE)])
def test_window_longer_than_its_block_is_the_block_once(solve, volume, status):
    job = Job(volume, release=0.5, deadline=3.5, max_rate=2)
    assert solve(periods=2, end=HorizonEnd.CYCLIC, workloads=[job]).status is status


def test_part_of_a_job_is_left_undone_at_its_price(solve):
    job = Job(5, deadline=2, max_rate=2, shortfall_price=7)
    assert solve(periods=2, pools=[on_demand(price=1)], workloads=[job]).objective == pytest.approx(
        4 * 1 + 1 * 7
    )


def test_fixed_work_keeps_its_split_where_free_work_moves(solve):
    pools = [on_demand(price=[1, 3]), on_demand(price=[3, 1])]
    free = solve(periods=2, pools=pools, workloads=[Demand([3, 1])])
    fixed = solve(periods=2, pools=pools, workloads=[Demand([3, 1], fixed=True)])
    assert free.objective == pytest.approx(3 * 1 + 1 * 1)
    assert fixed.objective == pytest.approx(3 * 1 + 1 * 3)


def test_the_peak_limits_the_share_of_fixed_work(solve):
    """A pool of 2 holds two thirds of a peak of 3, in every period."""
    pools = [Pool(2, price=[1, 3]), on_demand(price=[3, 1])]
    answer = solve(periods=2, pools=pools, workloads=[Demand([3, 1], fixed=True)])
    assert answer.objective == pytest.approx(2 / 3 * (3 * 1 + 1 * 3) + 1 / 3 * (3 * 3 + 1 * 1))
    assert answer.done[0] == pytest.approx(np.array([[2, 2 / 3], [1, 1 / 3]]))


def test_fixed_work_is_left_undone_in_one_share(solve):
    answer = solve(
        periods=2, pools=[Pool(3, price=1)], workloads=[Demand([4, 2], fixed=True, shortfall_price=10)]
    )
    assert answer.short[0] == pytest.approx(np.array([1, 0.5]))
    assert answer.objective == pytest.approx(4.5 * 1 + 1.5 * 10)


@pytest.mark.parametrize("blocks", [(1,), (1, 1), (1, 2)])
@pytest.mark.parametrize(("delay", "shortfall_price"), [(0.5, inf), (1, inf), (1, 1), (3, inf)])
def test_a_block_of_one_period_wraps_onto_itself(solve, blocks, delay, shortfall_price):
    """What waits over its end is done at its start: work and shortfall of a period are its demand."""
    work = Demand(3, max_delay=delay, shortfall_price=shortfall_price)
    answer = solve(
        periods=sum(blocks),
        blocks=blocks,
        end=HorizonEnd.CYCLIC,
        pools=[on_demand(price=2)],
        workloads=[work, Job(volume=2, release=0.25, deadline=1.25, max_rate=2)],
    )
    assert answer.objective == pytest.approx(3 * sum(blocks) * min(2, shortfall_price) + 2 * 2)
