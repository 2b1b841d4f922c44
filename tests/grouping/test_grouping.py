"""Merged workloads get their own parts back, few of them split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Case, Demand, Job, Link, Pool, Site, make_problem
from computeplan.grouping import Allocation, keep_all, merge
from computeplan.lp import build
from computeplan.problem import HorizonEnd, Problem
from computeplan.solvers import SolverOptions, solve

PERIODS = 6
amounts = st.lists(st.integers(0, 4), min_size=PERIODS, max_size=PERIODS).filter(any)
DEAR_AT_FIRST = [Site("a", price=[5, 4, 3, 1, 2, 2]), Site("b", price=[2, 6, 1, 4, 3, 1])]
POOLS = [Pool(9, site="a", busy_kw=1.0), Pool(7, site="b", busy_kw=1.0), Pool(60, site="b", busy_kw=2.0)]


def case(workloads, end=HorizonEnd.CLOSE, **fields) -> Case:
    return Case(periods=PERIODS, sites=DEAR_AT_FIRST, pools=POOLS, workloads=workloads, end=end, **fields)


def optimal(problem: Problem) -> Allocation:
    grouping = merge(problem)
    model = build(grouping)
    work, _ = model.decode(solve(model.lp, SolverOptions()).values)
    return Allocation(problem, grouping, work)


def dense(allocation: Allocation, most_cells: int = 10**6) -> np.ndarray:
    problem = allocation.problem
    work = np.zeros((problem.workloads.size, problem.pools.size, problem.horizon.size))
    for block in allocation.blocks(most_cells):
        work[np.ix_(block.workloads, block.pools, block.periods)] = block.unit_h
    return work


def classes(*workloads, **fields) -> int:
    return merge(case(workloads, **fields).problem()).size


def test_interactive_demands_of_any_shape_merge():
    assert classes(Demand([1, 0, 2, 0, 0, 1]), Demand(3), Demand(3, company="other")) == 1


def test_demands_of_another_delay_or_penalty_do_not_merge():
    assert classes(Demand(1), Demand(1, max_delay=1), Demand(1, max_delay=2)) == 3
    assert classes(Demand(1, shortfall_price=2), Demand(1, shortfall_price=3)) == 2


def test_limits_that_exclude_the_same_pools_merge():
    link = Link(("a", "b"), latency=30.0)
    assert classes(Demand(1, max_latency=20), Demand(1, max_latency=10), links=[link]) == 1
    assert classes(Demand(1, max_latency=20), Demand(1, max_latency=40), links=[link]) == 2


def test_zones_count_only_where_traffic_flows():
    link = Link(("a", "b"), latency=30.0)
    assert classes(Demand(1, zone="a"), Demand(1, zone="b"), links=[link]) == 1
    assert classes(Demand(1, zone="a", traffic=1), Demand(1, zone="b", traffic=1), links=[link]) == 2


def test_unit_costs_at_pools_that_are_excluded_do_not_matter():
    needs = {"residency": ["a"]}
    assert classes(Demand(1, unit_cost={"b": 1}, **needs), Demand(1, unit_cost={"b": 2}, **needs)) == 1
    assert classes(Demand(1, unit_cost={"a": 1}, **needs), Demand(1, unit_cost={"a": 2}, **needs)) == 2


def test_jobs_merge_if_the_window_and_the_time_at_full_rate_agree():
    job = Job(2.0, deadline=4.0, max_rate=1.0)
    assert classes(job, Job(6.0, deadline=4.0, max_rate=3.0)) == 1
    assert classes(job, Job(6.0, deadline=4.0, max_rate=2.0)) == 2
    assert classes(job, Job(2.0, deadline=5.0, max_rate=1.0)) == 2


def test_fixed_workloads_merge_if_shape_and_data_agree():
    fixed = Demand(1, fixed=True, data=5)
    link = [Link(("a", "b"))]
    assert classes(fixed, Demand(1, scale=3.0, fixed=True, data=15), links=link) == 1
    assert classes(fixed, Demand(1, scale=3.0, fixed=True, data=5), links=link) == 2
    assert classes(fixed, Demand([1, 2, 1, 1, 1, 1], fixed=True, data=5), links=link) == 2


def test_keep_all_merges_nothing():
    problem = case([Demand(1), Demand(1)]).problem()
    assert keep_all(problem).problem is problem
    assert keep_all(problem).size == 2


@given(st.lists(amounts, min_size=1, max_size=5))
def test_interactive_demand_is_served_when_it_arrives(shapes):
    work = dense(optimal(case([Demand(shape) for shape in shapes]).problem()))
    np.testing.assert_allclose(work.sum(axis=1), np.array(shapes, float), atol=1e-9)


@given(
    st.lists(amounts, min_size=1, max_size=5),
    st.sampled_from([1.0, 1.5, 2.25, 6.0]),
    st.sampled_from(list(HorizonEnd)),
)
def test_deferred_work_of_every_member_keeps_its_own_limit(shapes, delay, end):
    work = dense(optimal(case([Demand(s, max_delay=delay) for s in shapes], end).problem()))
    done, arrived = work.sum(axis=1), np.array(shapes, float)
    np.testing.assert_allclose(done.sum(axis=1), arrived.sum(axis=1), atol=1e-9)
    backlog = np.cumsum(arrived - done, axis=1)
    if end is HorizonEnd.CYCLIC:
        # What waits at the end waits before the start, at least as much as makes nothing negative.
        backlog -= np.minimum(backlog.min(axis=1, keepdims=True), 0.0)
    limit = np.array([[recent(a, t, delay, end) for t in range(PERIODS)] for a in arrived])
    assert np.all(backlog >= -1e-7)
    assert np.all(backlog <= limit + 1e-7)


def recent(arrived: np.ndarray, t: int, delay: float, end: HorizonEnd) -> float:
    """Arrivals of the last `delay` periods, one by one."""
    total = 0.0
    for back in range(PERIODS):
        part = min(1.0, max(0.0, delay - back))
        total += part * arrived[t - back] if t >= back or end is HorizonEnd.CYCLIC else 0.0
    return total


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_every_job_does_the_same_part_of_its_volume(volumes):
    jobs = [Job(float(v), release=0.5, deadline=5.25, max_rate=v / 2) for v in volumes]
    work = dense(optimal(case(jobs).problem()))
    np.testing.assert_allclose(work.sum(axis=(1, 2)), volumes, atol=1e-9)
    rate_limit = np.array([0.5, 1, 1, 1, 1, 0.25])[None, :] * np.array(volumes)[:, None] / 2
    assert np.all(work.sum(axis=1) <= rate_limit + 1e-7)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_fixed_members_have_one_split_for_the_horizon(scales):
    shape = np.array([1, 2, 1, 0, 1, 3], float)
    fixed = [Demand(shape.tolist(), scale=s / 2, fixed=True) for s in scales]
    work = dense(optimal(case(fixed).problem()))
    share = work.sum(axis=2) / (np.array(scales) / 2 * shape.sum())[:, None]
    expected = share[:, :, None] * np.array(scales)[:, None, None] / 2 * shape
    np.testing.assert_allclose(work, expected, atol=1e-9)
    np.testing.assert_allclose(share.sum(axis=1), 1.0)
    assert ((share > 1e-9).sum(axis=1) > 1).sum() <= len(POOLS) - 1


@pytest.mark.parametrize("most_cells", [1, 7, 40, 10**6])
def test_the_size_of_blocks_changes_nothing(most_cells):
    rng = np.random.default_rng(3)
    workloads = [Demand(rng.integers(0, 3, PERIODS).tolist(), max_delay=1.5) for _ in range(7)]
    workloads += [Demand(rng.random(PERIODS).tolist()) for _ in range(5)]
    workloads += [Demand(1, scale=float(s), fixed=True) for s in range(1, 4)]
    allocation = optimal(case(workloads).problem())
    np.testing.assert_allclose(dense(allocation, most_cells), dense(allocation), atol=1e-9)


def test_one_workload_can_be_read_alone():
    allocation = optimal(case([Demand([1, 2, 0, 1, 3, 1]), Demand(2), Job(4.0)]).problem())
    everything = dense(allocation)
    for workload in range(3):
        block = allocation.block_of(workload)
        alone = np.zeros(everything.shape[1:])
        alone[np.ix_(block.pools, block.periods)] = block.unit_h[0]
        np.testing.assert_allclose(alone, everything[workload], atol=1e-12)


def test_shortfall_falls_on_all_members_in_proportion():
    workloads = [Demand([v, 0, 0, 0, 0, 0], shortfall_price=99.0) for v in (20, 60)]
    allocation = optimal(case(workloads).but(pools=[Pool(40)]).problem())
    short = np.concatenate([block.short_unit_h[:, 0] for block in allocation.blocks()])
    np.testing.assert_allclose(short, [10.0, 30.0])


def test_a_job_without_work_does_nothing():
    allocation = optimal(case([Demand(1), Job(0.0)]).problem())
    assert dense(allocation)[1].sum() == 0.0


@pytest.mark.parametrize("change", [{"release": 1.0}, {"deadline": 5.0}, {"volume": 3.0}, {"max_rate": 3.0}])
def test_jobs_of_another_window_or_pace_are_not_merged(change):
    """One may start when the other is already over: merged, they would share the time of both."""
    job = Job(2.0, release=0.0, deadline=4.0, max_rate=2.0)
    grouping = merge(make_problem(periods=6, workloads=[job, replace(job, **change)]))
    assert grouping.size == 2
