"""Symmetry and scale: another way to write a problem has the same optimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from changes import (
    halve_periods,
    name_pools,
    rotate,
    scale_amounts,
    scale_prices,
    scale_time,
    split_pool,
    split_workload,
)
from comparing import at_most, same
from hypothesis import given
from hypothesis import strategies as st

from builders import Demand, Site
from computeplan.problem import Goal, HorizonEnd, Status
from reference.model import solve_reference
from solving import optimum, solve_product
from strategies import cases

factors = st.sampled_from([0.5, 3.0, 16.0])
shares = st.sampled_from([0.5, 0.25, 0.1])


@given(cases(), st.integers(0, 5), shares)
def test_splitting_a_workload_changes_nothing(case, index, share):
    same(optimum(split_workload(case, index % len(case.workloads), share)), optimum(case))


@given(cases(), st.integers(0, 4), shares)
def test_splitting_a_pool_changes_nothing(case, index, share):
    same(optimum(split_pool(case, index % len(case.pools), share)), optimum(case))


@given(cases(), st.data())
def test_reordering_workloads_reorders_the_work(case, data):
    order = data.draw(st.permutations(range(len(case.workloads))))
    answer = solve_product(case.but(workloads=[case.workloads[i] for i in order]))
    assert_solves(case, answer, lambda done: done[np.argsort(order)])


@given(cases(), st.data())
def test_reordering_pools_reorders_the_work(case, data):
    case = name_pools(case)
    order = data.draw(st.permutations(range(len(case.pools))))
    answer = solve_product(case.but(pools=[case.pools[i] for i in order]))
    assert_solves(case, answer, lambda done: done[:, np.argsort(order)])


@given(cases())
def test_reversing_sites_links_and_contracts_changes_nothing(case):
    case = name_pools(case)
    turned = case.but(sites=case.sites[::-1], links=case.links[::-1], contracts=case.contracts[::-1])
    assert_solves(case, solve_product(turned), lambda done: done)


def assert_solves(case, answer, put_back):
    """The answer, its work put back in order, is the optimum of the case as the oracle sees it."""
    if answer.status is not Status.OPTIMAL:
        assert solve_reference(case.problem()).status is answer.status
        return
    pinned = solve_reference(case.problem(), pinned=put_back(answer.done))
    assert pinned.objective == pytest.approx(answer.objective, rel=1e-5, abs=1e-3)
    same(optimum(case), answer.objective)


@given(cases(goal=st.just(Goal.COST)), factors)
def test_cost_scales_with_prices(case, factor):
    same(optimum(scale_prices(case, factor)), factor * optimum(case))


@given(cases(), factors)
def test_everything_scales_with_work_and_capacity(case, factor):
    same(optimum(scale_amounts(case, factor)), factor * optimum(case))


@given(cases(), st.sampled_from([2.0, 52.0]))
def test_everything_scales_with_the_real_time_it_stands_for(case, factor):
    same(optimum(scale_time(case, factor)), factor * optimum(case))


@given(cases(end=st.just(HorizonEnd.CYCLIC)))
def test_cyclic_horizon_may_start_anywhere(case):
    sites = [replace(site, demand_interval=1) for site in case.sites]  # longer ones would be cut elsewhere
    case = case.but(blocks=(case.periods,), weights=case.weights[:1], sites=sites)
    same(optimum(rotate(case)), optimum(case))


@given(cases())
def test_finer_periods_change_nothing_where_delays_and_windows_are_whole_periods(case):
    case = case.but(workloads=[_in_whole_periods(w, case.period_h) for w in case.workloads])
    same(optimum(halve_periods(case)), optimum(case))


@given(cases())
def test_finer_periods_never_cost_less(case):
    at_most(optimum(case), optimum(halve_periods(case)))


def _in_whole_periods(workload, period_h):
    if isinstance(workload, Demand):
        return replace(workload, max_delay=round(workload.max_delay / period_h) * period_h)
    release = workload.release // period_h * period_h
    deadline = -(-workload.deadline // period_h) * period_h
    return replace(workload, release=release, deadline=deadline)


@given(cases())
def test_nothing_more_to_do_and_nowhere_else_to_go_change_nothing(case):
    idle = [Demand(0.0, zone="town"), Demand(0.0, zone="town", fixed=True, data=5.0)]
    padded = case.but(sites=[*case.sites, Site("empty")], workloads=[*case.workloads, *idle])
    same(optimum(padded), optimum(case))
