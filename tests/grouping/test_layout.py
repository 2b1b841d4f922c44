"""Members of a class move as little as the class's use of its places allows, and the same ones again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import Case, Demand, Job, Pool, Site, on_demand
from computeplan.grouping import Allocation, merge
from computeplan.grouping.layout import lay_members
from computeplan.problem import Problem, Work


def laid(sizes, place_work, strand=None, strand_work=None) -> np.ndarray:
    """(n, places, t) work of members of these sizes."""
    sizes, place_work = np.array(sizes, float), np.array(place_work, float)
    strand = np.zeros(len(sizes), int) if strand is None else np.array(strand)
    total = place_work.sum(axis=0, keepdims=True)
    strand_work = total if strand_work is None else np.array(strand_work, float)
    layout = lay_members(strand, sizes, strand_work, place_work)
    whole = np.bincount(strand, weights=sizes)[strand]
    return layout.split(0, (sizes / whole)[:, None] * strand_work[strand], len(place_work))


def main_changes(work: np.ndarray) -> list[int]:
    return np.count_nonzero(np.diff(work.argmax(axis=1), axis=1), axis=1).tolist()


def test_the_largest_member_moves_again_and_again_and_the_others_never():
    """A fifth of the work swings between the two places: the member that is a fifth of it can do that."""
    swing = np.tile([[6.0, 4.0], [4.0, 6.0]], 4)
    work = laid([2, 1, 1, 1, 1, 1, 1, 1, 1], swing)
    assert main_changes(work) == [7, 0, 0, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(work.sum(axis=0), swing)


def test_no_more_moves_than_the_shares_of_the_places_demand():
    rng = np.random.default_rng(5)
    share = rng.dirichlet(np.ones(4), 30).T
    sizes = np.full(500, 1.0)
    work = laid(sizes, 500 * share)
    need = np.maximum(np.diff(share, axis=1), 0).sum()
    moved = np.maximum(np.diff(work, axis=2), 0).sum() / 500
    assert moved == pytest.approx(need, rel=1e-9)


def test_demand_that_rises_and_falls_moves_nothing():
    share = np.array([[0.3], [0.7]])
    work = laid([5, 3, 2], share * np.array([1.0, 5.0, 2.0, 0.0, 3.0]))
    active = [0, 1, 2, 4]
    assert main_changes(work[:, :, active]) == [0, 0, 0]


def test_work_that_pauses_resumes_where_it_was():
    work = laid([1], [[2, 0, 2, 0], [0, 0, 0, 1]])
    assert work[0].argmax(axis=0)[[0, 2, 3]].tolist() == [0, 0, 1]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_places_and_members_get_exactly_theirs(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    strands, members, places, periods = (data.draw(st.integers(1, n)) for n in (4, 9, 4, 8))
    strand = np.sort(np.concatenate((np.arange(strands), rng.integers(0, strands, members))))
    sizes = rng.pareto(1.0, len(strand)) + 1e-3
    strand_work = rng.integers(0, 4, (strands, periods)) * rng.random((strands, periods))
    place_work = rng.dirichlet(np.ones(places), periods).T * strand_work.sum(axis=0)
    work = laid(sizes, place_work, strand, strand_work)
    size = max(1.0, place_work.max())
    np.testing.assert_allclose(work.sum(axis=0), place_work, atol=1e-8 * size)
    each = sizes / np.bincount(strand, weights=sizes)[strand]
    np.testing.assert_allclose(work.sum(axis=1), each[:, None] * strand_work[strand], atol=1e-9 * size)


def test_a_member_that_is_lost_among_the_others_keeps_its_work():
    work = laid([1e15, 1.0], [[5, 1], [1, 5]])
    assert work[1].sum() == pytest.approx(12e-15)
    assert main_changes(work[1:]) == [0]


def allocation(problem: Problem, entries) -> Allocation:
    workload, pool, period, unit_h = (np.array(part) for part in zip(*sorted(entries), strict=True))
    none = np.zeros(0, int)
    work = Work(workload, pool, period, unit_h.astype(float), none, none, np.zeros(0))
    return Allocation(problem, merge(problem), work)


SITES = [Site("a"), Site("b")]
POOLS = [Pool(9, site="a"), on_demand(9, site="a", name="rent"), Pool(9, site="b")]


def test_a_place_is_divided_over_its_terms_without_a_move():
    """Both work at a; the rented units that are needed there for an hour move nobody to b."""
    problem = Case(periods=3, sites=SITES, pools=POOLS, workloads=[Demand(2), Demand(2), Demand(2)]).problem()
    entries = [
        (0, 0, 0, 4),
        (0, 2, 0, 2),
        (0, 0, 1, 2),
        (0, 1, 1, 2),
        (0, 2, 1, 2),
        (0, 0, 2, 4),
        (0, 2, 2, 2),
    ]
    work = np.concatenate([block.unit_h for block in allocation(problem, entries).blocks()])
    assert work.sum(axis=0).tolist() == [[4, 2, 4], [0, 2, 0], [2, 2, 2]]
    assert (work[:, 2] > 0).sum(axis=1).tolist() in ([3, 0, 0], [0, 3, 0], [0, 0, 3])


def test_each_block_of_the_horizon_starts_anew():
    case = Case(periods=4, blocks=[2, 2], sites=SITES, pools=POOLS, workloads=[Demand(3), Demand(1)])
    entries = [(0, 0, 0, 4), (0, 0, 1, 4), (0, 0, 2, 1), (0, 2, 2, 3), (0, 0, 3, 1), (0, 2, 3, 3)]
    work = np.concatenate([block.unit_h for block in allocation(case.problem(), entries).blocks()])
    assert work[:, 1].tolist() == [[0, 0, 3, 3], [0, 0, 0, 0]]


def test_deferrable_members_do_nothing_in_hours_without_work():
    workloads = [Demand([v, 0, 0, 1, 0, 0], max_delay=3) for v in (0.1, 0.7, 3.3)]
    problem = Case(periods=6, sites=SITES, pools=POOLS, workloads=workloads).problem()
    entries = [(0, 0, 2, 4.1), (0, 2, 4, 3.0)]
    work = np.concatenate([block.unit_h for block in allocation(problem, entries).blocks()])
    assert (work.sum(axis=1) > 0)[:, [0, 1, 3, 5]].sum() == 0
    np.testing.assert_allclose(work.sum(axis=(1, 2)), [1.1, 1.7, 4.3])


def test_jobs_of_a_class_move_alike():
    problem = Case(periods=4, sites=SITES, pools=POOLS, workloads=[Job(8.0), Job(2.0), Job(2.0)]).problem()
    entries = [(0, 0, 0, 6), (0, 0, 2, 2), (0, 2, 2, 4)]
    work = np.concatenate([block.unit_h for block in allocation(problem, entries).blocks()])
    assert sorted(main_changes(work[:, :, :2])) == [0, 0, 1]
