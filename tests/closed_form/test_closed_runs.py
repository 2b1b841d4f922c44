"""Jobs that run through: the cheapest hours in a row, capacity in the way, whole jobs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Case, Job, Pool, on_demand
from computeplan.problem import Floats, HorizonEnd
from solving import solve_product
from strategies import examples, quarters

PRICE = [5, 1, 9, 2, 3, 4]


def run(hours: float, rate: float = 1.0, **fields: object) -> Job:
    return Job(hours * rate, max_rate=rate, through=True, **fields)


@pytest.mark.parametrize(("hours", "cheapest"), [(1, 1), (2, 5), (2.5, 7), (3, 9), (3.5, 13.5), (6, 24)])
def test_a_job_takes_the_cheapest_hours_in_a_row(solve, hours, cheapest):
    """It starts with an hour, so that 2.5 hours are 2, 3 and half of 4."""
    answer = solve(periods=6, pools=[on_demand(price=PRICE)], workloads=[run(hours, 2.0)])
    assert answer.objective == pytest.approx(2 * cheapest)
    paused = solve(periods=6, pools=[on_demand(price=PRICE)], workloads=[Job(2.0 * hours, max_rate=2.0)])
    assert paused.objective <= answer.objective + 1e-9


def test_it_runs_in_one_pool_where_two_are_cheap_by_turns(solve):
    pools = [on_demand(price=[1, 9, 1, 9]), on_demand(price=[9, 1, 9, 2])]
    answer = solve(periods=4, pools=pools, workloads=[run(2)])
    assert answer.objective == pytest.approx(10)
    assert answer.done.sum(axis=2)[0].max() == pytest.approx(2)


def test_it_starts_at_its_release_inside_a_period(solve):
    work = [run(1.5, 2.0, release=0.5, deadline=2.0)]
    answer = solve(periods=3, pools=[on_demand(price=[4, 2, 1])], workloads=work)
    assert answer.done[0].sum(axis=0) == pytest.approx([1, 2, 0])


def test_a_cyclic_window_goes_on_at_the_start_of_the_block(solve):
    work = [run(2, release=3, deadline=6)]
    fields = {"periods": 4, "pools": [on_demand(price=[1, 2, 9, 3])], "workloads": work}
    assert solve(end=HorizonEnd.CYCLIC, **fields).objective == pytest.approx(1 + 2)


def test_what_is_worth_less_than_it_costs_is_refused(solve):
    fields = {"periods": 6, "pools": [on_demand(price=PRICE)]}
    assert solve(workloads=[run(2, shortfall_price=2.4)], **fields).objective == pytest.approx(2 * 2.4)
    assert solve(workloads=[run(2, shortfall_price=2.6)], **fields).objective == pytest.approx(5)


def test_whole_jobs_share_a_pool_in_whole_numbers(solve):
    """Three of two hours in a pool for one: a second one at a time rents."""
    pools = [Pool(1), on_demand(price=[7, 7, 8, 8, 9])]
    work = [run(2, whole=True) for _ in range(3)]
    answer = solve(periods=5, pools=pools, workloads=work)
    assert answer.objective == pytest.approx(14)
    assert sorted((answer.done > 1e-6).sum(axis=2).max(axis=1)) == [2, 2, 2]
    on_average = solve(periods=5, pools=pools, workloads=[run(2) for _ in range(3)])
    assert on_average.objective <= answer.objective


def test_a_whole_job_is_refused_whole(solve):
    work = [run(3, 2.0, whole=True, shortfall_price=3.5)]
    answer = solve(periods=4, pools=[Pool(2), on_demand(price=9)], workloads=[*work, *work])
    assert answer.objective == pytest.approx(6 * 3.5)
    assert sorted(answer.short.sum(axis=1)) == pytest.approx([0, 6])


jobs = st.tuples(st.integers(1, 3), st.sampled_from([1.0, 2.0]), st.integers(0, 2), st.integers(3, 5))


@examples(20)
@given(st.lists(jobs, min_size=1, max_size=3), st.lists(quarters(0, 4), min_size=10, max_size=10))
def test_whole_jobs_are_the_best_of_all_ways(drawn, prices):
    """Every choice of pools and starts, tried one by one; with the jobs on average nothing costs more."""
    price = np.reshape(prices, (2, 5)) + 1
    work = [
        run(hours, rate, release=release, deadline=max(end, release + hours), whole=True)
        for hours, rate, release, end in drawn
        if release + hours <= 5
    ]
    case = Case(periods=5, pools=[Pool(2, price=price[0]), on_demand(price=price[1] + 2)], workloads=work)
    if work:
        best = solve_product(case)
        assert best.objective == pytest.approx(cheapest_by_trial(work, np.add(price, [[0], [2]])))
        fluid = [
            run(job.volume / job.max_rate, job.max_rate, release=job.release, deadline=job.deadline)
            for job in work
        ]
        assert solve_product(case.but(workloads=fluid)).objective <= best.objective + 1e-6


def cheapest_by_trial(work: list[Job], price: Floats) -> float:
    ways = []
    for job in work:
        length = round(job.volume / job.max_rate)
        starts = range(int(job.release), int(job.deadline) - length + 1)
        ways.append([(pool, start, length, job.max_rate) for pool in (0, 1) for start in starts])
    best = np.inf
    for chosen in product(*ways):
        load = np.zeros((2, 5))
        for pool, start, length, rate in chosen:
            load[pool, start : start + length] += rate
        if load[0].max() <= 2:
            best = min(best, float((load * price).sum()))
    return best
