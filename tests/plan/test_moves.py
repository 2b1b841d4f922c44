"""A move is a change of site or hardware since the workload last worked, not one of rounding."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Case, Demand, Job, Pool, Site, on_demand
from computeplan.accounts.moves import MoveCounter, Moves, count_moves, move_statistics, moved_unit_h
from computeplan.accounts.statements import workload_statements
from computeplan.problem import WorkBlock
from computeplan.solvers.planner import plan

SITES = [Site("a"), Site("b")]
POOLS = [Pool(9, site="a"), on_demand(9, site="a", name="rent"), Pool(9, site="b")]
OWNED, RENTED, ELSEWHERE = range(3)


def count(*work: list[float], pools=POOLS, **fields) -> list[float]:
    """Moves of one workload that does this work in each pool and period."""
    amounts = np.array([work], float)
    periods = amounts.shape[2]
    problem = Case(periods=periods, sites=SITES, pools=pools, workloads=[Demand(1)], **fields).problem()
    used = np.flatnonzero(amounts[0].any(axis=1))
    block = WorkBlock(np.array([0]), used, np.arange(periods), amounts[:, used], np.zeros((1, periods)))
    return count_moves(problem, block).tolist()


def test_another_site_is_a_move():
    assert count([1, 0, 0, 1], [0, 0, 0, 0], [0, 1, 1, 0]) == [2]


def test_another_term_at_the_same_site_is_none():
    assert count([1, 0, 1], [0, 1, 0], [0, 0, 0]) == [0]
    assert count([2, 2, 2], [0, 2, 1], [0, 3, 0]) == [0], "most is at the site, under two terms"


def test_other_hardware_at_the_same_site_is_a_move():
    pools = [Pool(9, site="a"), Pool(9, site="a", name="fast", busy_kw=2.0)]
    assert count([1, 0], [0, 1], pools=pools) == [1]


def test_work_that_resumes_elsewhere_has_moved_and_a_pause_is_no_move():
    assert count([1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]) == [1]
    assert count([1, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]) == [0]


def test_most_of_the_work_has_to_move():
    assert count([3, 3, 1], [0, 0, 0], [1, 2, 3]) == [1]
    assert count([2, 1, 2], [0, 0, 0], [1, 1, 1]) == [0], "a tie stays"
    assert count([1, 1, 1], [0, 0, 0], [0, 1 + 1e-12, 0]) == [0], "rounding decides nothing"


def test_slivers_in_idle_hours_are_no_work():
    assert count([5, 0, 5], [0, 0, 0], [0, 1e-10, 0]) == [0]


def test_nothing_moves_over_the_seam_of_blocks_and_a_week_counts_by_its_weight():
    blocks = {"blocks": [2, 3], "weights": [10.0, 4.0]}
    assert count([1, 1, 0, 0, 1], [0] * 5, [0, 0, 1, 1, 0], **blocks) == [4.0]


def test_statistics_weigh_workloads_once_and_by_their_work():
    workloads = [Demand(1), Demand(1), Demand(1, max_delay=1), Job(1.0), Demand(1, fixed=True)]
    problem = Case(periods=2, workloads=workloads).problem()
    moves = Moves(np.array([4.0, 0.0, 3.0, 1.0, 0.0]), np.array([1.0, 3.0, 2.0, 8.0, 6.0]))
    found = move_statistics(problem, moves)
    assert list(found) == ["interactive", "deferrable", "jobs", "all"]
    interactive, every = found["interactive"], found["all"]
    assert (interactive.workloads, interactive.per_workload, interactive.per_unit_of_work) == (2, 2.0, 1.0)
    assert interactive.median == 2.0
    assert every.workloads == 5
    assert every.per_workload == pytest.approx(8 / 5)
    assert every.per_unit_of_work == pytest.approx((4 + 6 + 8) / 20)
    assert 3.0 < every.percentile_99 <= 4.0


def moved(*work: list[float], demand: list[float], **fields) -> list[list[float]]:
    """Work that comes to each place from elsewhere, of one workload with this demand and work by pool."""
    amounts = np.array([work], float)
    periods = amounts.shape[2]
    workloads = [Demand(demand, move=1.0)]
    problem = Case(periods=periods, sites=SITES, pools=POOLS, workloads=workloads, **fields).problem()
    block = WorkBlock(np.array([0]), np.arange(3), np.arange(periods), amounts, np.zeros((1, periods)))
    sites, amount = moved_unit_h(problem, block, np.array([0]))
    assert sites.tolist() == [0, 1]
    return amount[0].tolist()


def test_what_comes_to_a_place_is_what_its_share_grows_by():
    assert moved([4, 1], [0, 0], [0, 3], demand=[4, 4]) == [[0, 0], [0, 3]]
    assert moved([2, 4], [0, 0], [2, 4], demand=[4, 8]) == [[0, 0], [0, 0]], "demand grows everywhere"
    assert moved([4, 1], [0, 3], [0, 0], demand=[4, 4]) == [[0, 0], [0, 0]], "under another term"


def test_work_is_compared_with_the_last_period_of_the_block_with_demand():
    assert moved([4, 0, 0], [0, 0, 0], [0, 0, 2], demand=[4, 0, 2]) == [[0, 0, 0], [0, 0, 2]]
    blocks = {"blocks": [1, 2]}
    assert moved([4, 0, 0], [0, 0, 0], [0, 4, 4], demand=[4, 4, 4], **blocks) == [[0, 0, 0], [0, 0, 0]]


def test_workloads_that_are_alike_share_what_their_moves_cost():
    """A unit moves, of one of the two; each pays for its part of the work."""
    sites = [Site("a"), Site("b")]
    pools = [Pool(9, site="a", availability=[1, 2 / 9, 1]), Pool(9, site="b", price=1)]
    alike = Demand(1, move=0.25)
    problem = Case(periods=3, sites=sites, pools=pools, workloads=[alike, alike.times(2)]).problem()
    solution = plan(problem).solution
    assert solution.accounts.cost["moving"] == pytest.approx(0.25 * 2)
    assert solution.accounts.charges["moving"] == pytest.approx([0.25, 0.25])
    made = workload_statements(problem, solution.allocation.blocks(), solution.decisions, solution.accounts)
    assert made.cost["moving"] == pytest.approx([0.5 / 3, 1.0 / 3])


def test_a_plan_counts_the_moves_of_every_workload():
    """The cheap site changes twice; the fixed workload may not follow."""
    sites = [Site("a", price=[1, 9, 1]), Site("b", price=[2, 2, 2])]
    pools = [Pool(9, site="a", busy_kw=1.0), Pool(9, site="b", busy_kw=1.0)]
    workloads = [Demand(2), Demand([1, 1, 0]), Demand(1, fixed=True)]
    made = plan(Case(periods=3, sites=sites, pools=pools, workloads=workloads).problem())
    assert made.solution.moves.times.tolist() == [2, 1, 0]
    assert made.solution.moves.work_unit_h.tolist() == [6, 2, 3]
    counter = MoveCounter(made.problem)
    assert len(list(counter.watch(made.solution.allocation.blocks()))) > 0
    assert counter.moves().times.tolist() == [2, 1, 0]
