"""Our interior point for many periods: the answers of HiGHS, proofs that there is none, and its hand-over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from builders import Battery, Cap, Case, Contract, Demand, Job, Link, Pool, Site, on_demand, reserved
from computeplan import memory
from computeplan.errors import MemoryLimitError, UsageError
from computeplan.grouping import merge
from computeplan.lp import FAMILIES, LinearProgram, build
from computeplan.problem import Goal, HorizonEnd, Status
from computeplan.progress import Monitor
from computeplan.solvers import SolverOptions, SolverResult, available, solve, staircase
from computeplan.solvers.decomposition import Reduction
from computeplan.solvers.planner import plan
from computeplan.solvers.registry import check_available
from computeplan.solvers.staircase import iteration, solver, vertex
from computeplan.solvers.staircase.ray import proves_infeasible
from computeplan.solvers.staircase.structure import TIMED, row_periods
from strategies import cases, examples

STAIRCASE = SolverOptions("staircase")
pytestmark = pytest.mark.skipif(not staircase.is_installed(), reason="the extra staircase is not installed")
DAYS = 2


def program(case: Case) -> LinearProgram:
    return build(merge(case.problem())).lp


def full(**fields) -> Case:
    """Everything that ties periods: waiting work, jobs, fixed work, bookings, peaks, batteries, contracts."""
    rng, periods = np.random.default_rng(5), 24 * DAYS
    sites = [
        Site(
            name,
            price=(1 + rng.random(periods)).tolist(),
            carbon=(rng.random(periods) * dirt).tolist(),
            demand_charge=2.0,
            pue=1.1 + 0.1 * rng.random(),
        )
        for name, dirt in (("a", 1.0), ("b", 0.2), ("c", 0.5))
    ]
    pools = [
        pool
        for site in sites
        for pool in (
            Pool(6.0, site=site.name, idle_kw=0.1, busy_kw=1.0),
            reserved(20.0, site=site.name, price=0.5 + rng.random(), busy_kw=0.9),
            on_demand(site=site.name, price=(3 + rng.random(periods)).tolist(), busy_kw=1.0),
        )
    ]
    day = 4 + 3 * np.sin(np.arange(periods) * 2 * np.pi / 24)
    work = [
        Demand((day * (1 + rng.random(periods) / 4)).tolist(), traffic=1.0),
        *(Demand((day * share).tolist(), max_delay=delay) for share, delay in ((0.5, 3.0), (0.7, 12.0))),
        Demand(2.0, fixed=True, shortfall_price=30.0),
        *(Job(8.0, release=6.0 * k, deadline=6.0 * k + 30.0, max_rate=2.0) for k in range(6)),
    ]
    usual = {
        "periods": periods,
        "sites": sites,
        "pools": pools,
        "workloads": work,
        "batteries": [Battery(2.0, 8.0, site="a", price=0.01)],
        "contracts": [Contract((2 * rng.random(periods)).tolist(), site="b", price=0.4)],
        "links": [Link(("a", "b"), bandwidth=9.0, price=0.1)],
        "end": HorizonEnd.CYCLIC,
        "carbon_price": 0.2,
    }
    return Case(**(usual | fields))


@pytest.fixture(scope="module")
def usual() -> LinearProgram:
    return program(full())


@pytest.fixture(scope="module")
def optimum(usual) -> float:
    return solve(usual, SolverOptions()).objective


EMITTED = 450.0
"""Between the least possible emissions of the case and those of its cheapest plan."""
VARIANTS = {
    "usual": {},
    "carbon cap": {"carbon_cap": EMITTED},
    "cap of a set": {"caps": [Cap(18.0)]},
    "budget": {"goal": Goal.CARBON, "carbon_price": 0.0, "budget": 2600.0},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_plan_of_all_that_ties_periods_is_that_of_highs_and_passes_the_audit(variant):
    problem = full(**VARIANTS[variant]).problem()
    found, exact = plan(problem, STAIRCASE), plan(problem, reduction=Reduction.MERGE)
    assert (found.status, found.solver.name, found.solver.detail) == (Status.OPTIMAL, "staircase", "Solved")
    assert found.solution.audit.passed, found.solution.audit.notes
    assert found.solution.audit.objective == pytest.approx(exact.solution.audit.objective, rel=1e-8)
    assert found.solution.audit.gap == pytest.approx(0.0, abs=1e-8)


def test_cut_into_days_it_uses_few_pools_too(monkeypatch):
    problem = full().problem()
    exact = plan(problem, reduction=Reduction.MERGE).solution
    monkeypatch.setattr(vertex, "PART_COLUMNS", 500)
    found = plan(problem, STAIRCASE).solution
    monkeypatch.setattr(solver, "find_vertex", lambda _, interior, *__: (interior.values, interior.row_duals))
    smeared = plan(problem, STAIRCASE).solution
    assert found.audit.passed, found.audit.notes
    assert found.audit.objective == pytest.approx(exact.audit.objective, rel=1e-8)
    assert found.audit.gap == pytest.approx(0.0, abs=1e-7)
    used = [np.count_nonzero(each.allocation.work.unit_h > 1e-6) for each in (exact, found, smeared)]
    assert used[1] < 1.1 * used[0] < 0.9 * used[2]


def test_a_part_that_fails_alone_is_joined_with_its_neighbor_and_then_left_as_it_is(monkeypatch):
    monkeypatch.setattr(vertex, "PART_COLUMNS", 500)
    problem, cross = full().problem(), vertex._Crossover._cross
    for failing in (1, 99):
        tried = []

        def fail(crossover, part, tried=tried, failing=failing):
            tried.append(len(part.columns))
            return None if len(tried) <= failing else cross(crossover, part)

        monkeypatch.setattr(vertex._Crossover, "_cross", fail)
        found = plan(problem, STAIRCASE)
        assert found.status is Status.OPTIMAL
        assert found.solution.audit.passed, found.solution.audit.notes
        if failing == 1:
            assert tried[-1] > 1.5 * tried[0]


@examples(12)
@given(cases())
def test_random_programs_have_the_objective_of_highs(case):
    """Without whole numbers, which make other programs; a hand-over has the answer of HiGHS anyway."""
    lp = replace(program(case), integer=np.zeros(0, dtype=np.int64))
    expected, found = solve(lp, SolverOptions()), solve(lp, STAIRCASE)
    assert found.status is expected.status
    if expected.objective is not None:
        assert found.objective == pytest.approx(expected.objective, rel=1e-8, abs=1e-8)


@examples(12)
@given(cases())
def test_random_plans_pass_the_audit(case):
    problem = case.problem()
    if len(build(merge(problem)).lp.integer):
        return
    expected, found = plan(problem), plan(problem, STAIRCASE)
    assert found.status is expected.status
    if expected.solution is not None:
        assert found.solution.audit.passed, found.solution.audit.notes


def test_the_periods_are_found_in_the_matrix_where_the_rows_have_no_families():
    """A booking ties the hours, so that without it each hour is a part of its own."""
    pools = [Pool(2.0), reserved(9.0, price=1.0), on_demand(price=(2 + np.arange(24) % 5).tolist())]
    lp = replace(program(Case(periods=24, pools=pools, workloads=[Demand(5.0)])), row_families=())
    assert row_periods(lp).max() >= 23
    found = solve(lp, STAIRCASE)
    assert (found.status, found.solver) == (Status.OPTIMAL, "staircase")
    assert found.objective == pytest.approx(24 * 3 * 1.0, rel=1e-8)


def test_numbers_of_all_sizes_do_not_spoil_it(usual, optimum):
    lp = usual
    rng = np.random.default_rng(2)
    row, column = (10.0 ** rng.integers(-6, 7, n) for n in (lp.n_rows, lp.n_columns))
    scaled = replace(
        lp,
        cost=lp.cost * column,
        values=lp.values * row[lp.rows] * column[lp.entry_columns],
        row_lower=lp.row_lower * row,
        row_upper=lp.row_upper * row,
        column_lower=lp.column_lower / column,
        column_upper=lp.column_upper / column,
    )
    found = solve(scaled, STAIRCASE)
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(optimum, rel=1e-8)


def test_equal_pools_and_rows_that_say_the_same_twice_do_not_spoil_it():
    pools = [on_demand(site="here", price=2.0, name=name) for name in ("one", "two", "three")]
    lp = program(Case(periods=6, pools=[*pools, Pool(1.0)], workloads=[Demand(4.0, max_delay=2.0)]))
    twice = replace(
        lp,
        row_lower=np.tile(lp.row_lower, 2),
        row_upper=np.tile(lp.row_upper, 2),
        starts=2 * lp.starts,
        rows=np.concatenate([np.r_[r, r + lp.n_rows] for r in np.split(lp.rows, lp.starts[1:-1])]).astype(
            np.int32
        ),
        values=np.concatenate([np.r_[v, v] for v in np.split(lp.values, lp.starts[1:-1])]),
        row_families=(),
    )
    found = solve(twice, STAIRCASE)
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(6 * 3 * 2.0, rel=1e-8)


def free_program(**fields) -> LinearProgram:
    """Minimize x − y  with  x + y = 3,  −x + y ≤ 5,  x free and y at most 7."""
    usual = {
        "cost": np.array([1.0, -1.0]),
        "column_lower": np.array([-np.inf, -np.inf]),
        "column_upper": np.array([np.inf, 7.0]),
        "row_lower": np.array([3.0, -np.inf]),
        "row_upper": np.array([3.0, 5.0]),
        "starts": np.array([0, 2, 4], dtype=np.int32),
        "rows": np.array([0, 1, 0, 1], dtype=np.int32),
        "values": np.array([1.0, -1.0, 1.0, 1.0]),
        "offset": 0.5,
        "column_families": (),
        "row_families": (),
    }
    return LinearProgram(**(usual | fields))


def test_columns_may_be_free_or_limited_from_above_alone():
    found = solve(free_program(), STAIRCASE)
    assert (found.status, found.solver) == (Status.OPTIMAL, "staircase")
    assert found.objective == pytest.approx(-1 - 4 + 0.5)
    assert found.values == pytest.approx([-1.0, 4.0])
    assert found.row_duals == pytest.approx([0.0, -1.0])


def test_a_program_that_can_fall_without_end_is_handed_over():
    unbounded = free_program(row_upper=np.array([3.0, np.inf]), column_upper=np.array([np.inf, np.inf]))
    found = solve(unbounded, STAIRCASE)
    assert (found.status, found.solver) == (Status.UNBOUNDED, "highs")
    assert "handed over by staircase: " in found.detail


def test_what_cannot_be_served_is_proved_by_a_ray():
    pools = [Pool(2.0, price=1.0), reserved(3.0, price=2.0)]
    lp = program(Case(periods=24, pools=pools, workloads=[Demand(4.0), Demand(3.0, max_delay=4.0)]))
    found = solve(lp, STAIRCASE)
    assert (found.status, found.solver) == (Status.INFEASIBLE, "staircase")
    assert found.values is None
    assert solve(lp, SolverOptions()).status is Status.INFEASIBLE


def test_only_prices_at_which_the_rows_ask_for_more_than_there_is_are_a_proof():
    lp = free_program(column_lower=np.zeros(2), column_upper=np.array([1.0, 1.0]))
    enough = np.array([1.0, 0.0])
    assert proves_infeasible(lp, enough, lp.column_upper)
    assert not proves_infeasible(lp, -enough, lp.column_upper)
    assert not proves_infeasible(lp, 0 * enough, lp.column_upper)
    assert not proves_infeasible(lp, np.nan * enough, lp.column_upper)
    assert not proves_infeasible(lp, enough, np.array([1.0, 2.0]))
    assert not proves_infeasible(lp, enough, np.array([1.0, np.inf]))


def test_a_program_in_which_nothing_can_move_is_handed_over():
    only = np.array([-1.0, 4.0])
    found = solve(free_program(column_lower=only, column_upper=only), STAIRCASE)
    assert (found.status, found.solver, found.objective) == (Status.OPTIMAL, "highs", -4.5)


def test_a_program_without_such_a_shape_is_handed_over(monkeypatch, usual):
    monkeypatch.setattr(solver, "WIDEST", 3)
    monkeypatch.setattr(solver, "solve_highs", lambda *_: SolverResult.stopped("highs", "", "TimeLimit"))
    found = solve(usual, STAIRCASE)
    assert (found.status, found.solver) == (Status.NO_PLAN, "highs")
    assert found.detail.startswith("TimeLimit, handed over by staircase: ")
    late = solve(usual, replace(STAIRCASE, time_limit_s=1e-6))
    assert (late.status, late.solver, late.detail) == (Status.NO_PLAN, "staircase", "TimeLimit")


def test_what_gets_no_better_is_handed_over(monkeypatch):
    monkeypatch.setattr(iteration, "FEW", 0)
    monkeypatch.setattr(iteration, "PATIENCE", 0)
    found = solve(program(Case(periods=2, workloads=[Demand(4.0, max_delay=1.0)])), STAIRCASE)
    assert (found.status, found.solver) == (Status.OPTIMAL, "highs")
    assert "handed over by staircase: no progress at an error of" in found.detail


def test_blocks_that_do_not_fit_into_memory_are_refused(monkeypatch, usual):
    monkeypatch.setattr(memory, "available_bytes", lambda: 10_000)
    with pytest.raises(MemoryLimitError, match="solving 48 periods by staircase needs at least"):
        solve(usual, STAIRCASE)


def test_a_time_limit_ends_it_with_what_it_has(usual):
    found = solve(usual, replace(STAIRCASE, time_limit_s=1e-9))
    assert (found.status, found.detail, found.solver) == (Status.NO_PLAN, "TimeLimit", "staircase")


def test_its_steps_are_heard(usual):
    class Listener(Monitor):
        gaps: list[float] = []  # noqa: RUF012

        def update(self, gap, bound):
            self.gaps.append(gap)
            assert bound is None

    listener = Listener()
    found = solve(usual, replace(STAIRCASE, monitor=listener))
    assert len(listener.gaps) == found.iterations + 1
    assert listener.gaps[-1] < 1e-7 < listener.gaps[0]


def test_without_the_package_the_error_says_what_to_install(monkeypatch, usual):
    monkeypatch.setattr(solver, "find_spec", lambda _: None)
    assert "staircase" not in available()
    for ask in (lambda: solve(usual, STAIRCASE), lambda: check_available("staircase")):
        with pytest.raises(UsageError, match=r"pip install 'computeplan\[staircase\]'"):
            ask()


def test_every_family_that_it_takes_for_one_of_periods_is_one():
    """The last index of what they return is the period."""
    for name in TIMED:
        shape = FAMILIES[name].formula.splitlines()[0].rsplit(";", 1)[1]
        assert shape.strip(" .").endswith("T)") or name in {"placement", "deferral"}, name
