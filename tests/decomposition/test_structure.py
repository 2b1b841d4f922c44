"""Parts, rows that never bind and the price of what couples: the optimum is that of the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Cap, Case, Contract, Demand, Pool, Site, reserved
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import Status
from computeplan.solvers import SolverOptions, incremental, solve
from computeplan.solvers import subproblems as parts
from computeplan.solvers.decomposition import ProgramSolver, Reduction, structure_of
from computeplan.solvers.highs import run
from computeplan.solvers.planner import plan
from computeplan.solvers.presolve import never_binding
from strategies import examples

PERIODS = 24
HOURS = np.arange(PERIODS)
SITES = [
    Site("a", price=(1 + HOURS % 5).tolist(), carbon=(0.2 + 0.1 * (HOURS % 3)).tolist()),
    Site("b", price=(4 - HOURS % 4).tolist(), carbon=0.9),
]
POOLS = [Pool(6, site="a", busy_kw=1.0), Pool(9, site="b", busy_kw=1.0)]
SHAPE = (2 + HOURS % 6).tolist()


def hourly(**fields) -> Case:
    """Interactive work: nothing couples the periods."""
    base = {"periods": PERIODS, "sites": SITES, "pools": POOLS, "workloads": [Demand(SHAPE)]}
    return Case(**{**base, **fields})


def program(case: Case) -> LinearProgram:
    return build(merge(case.problem())).lp


@pytest.fixture
def small_parts(monkeypatch):
    """Every component a part of its own."""
    monkeypatch.setattr(parts, "PART_COLUMNS", 1)


def both_ways(case: Case) -> tuple[float, float, int]:
    """Objective by structure and of the whole, and the number of parts."""
    reduced, whole = plan(case.problem()), plan(case.problem(), reduction=Reduction.NONE)
    assert reduced.status is whole.status is Status.OPTIMAL
    assert reduced.solution.audit.passed, reduced.solution.audit.notes
    assert abs(reduced.solution.audit.gap) < 1e-9
    return reduced.solution.audit.objective, whole.solution.audit.objective, reduced.size.parts


@pytest.mark.usefixtures("small_parts")
def test_periods_that_nothing_couples_are_parts():
    structure = structure_of(program(hourly()), Reduction.ALL)
    assert len(structure.parts) == PERIODS
    assert not len(structure.coupling)
    columns = np.sort(np.concatenate([part.columns for part in structure.parts]))
    assert np.array_equal(columns, np.arange(program(hourly()).n_columns))


def test_small_parts_are_bundled():
    assert len(structure_of(program(hourly()), Reduction.ALL).parts) == 1


@pytest.mark.parametrize(
    "coupled",
    [
        hourly(workloads=[Demand(SHAPE, max_delay=3.0)]),
        hourly(workloads=[Demand(SHAPE, fixed=True)]),
        hourly(pools=[*POOLS, reserved(9, price=0.01, site="a", busy_kw=0.5)]),
        hourly(sites=[Site("a", demand_charge=5.0), SITES[1]]),
    ],
)
def test_what_couples_the_periods_keeps_them_together(coupled):
    assert not structure_of(program(coupled), Reduction.ALL).parts


@pytest.mark.usefixtures("small_parts")
def test_the_parts_have_the_optimum_of_the_whole():
    reduced, whole, count = both_ways(hourly())
    assert reduced == pytest.approx(whole, rel=1e-12)
    assert count == PERIODS


@examples(40)
@given(share=st.floats(0.02, 0.98), price=st.sampled_from([0.0, 0.5]), bundle=st.sampled_from([1, 30, 5000]))
def test_a_carbon_cap_is_priced_exactly(share, price, bundle):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART_COLUMNS", bundle)
        contracts = [Contract(2.0, site="b", price=1.5)]
        free = hourly(carbon_price=price, contracts=contracts)
        dirtiest = plan(free.problem()).solution.accounts.emissions_kg.location
        cleanest = plan(free.but(carbon_price=1e4).problem()).solution.accounts.emissions_kg.location
        capped = free.but(carbon_cap=cleanest + share * (dirtiest - cleanest))
        reduced, whole, _ = both_ways(capped)
        assert reduced == pytest.approx(whole, rel=1e-10)
        assert plan(capped.problem()).solution.accounts.emissions_kg.location == pytest.approx(
            capped.carbon_cap, rel=1e-9
        )


def test_the_price_of_the_cap_is_its_dual():
    dear = hourly(carbon_cap=40.0)
    result, _ = ProgramSolver(program(dear), SolverOptions(), Reduction.ALL).solve()
    whole = solve(program(dear), SolverOptions())
    row = structure_of(program(dear), Reduction.ALL).coupling
    assert len(row) == 1
    assert result.row_duals[row] == pytest.approx(whole.row_duals[row])
    assert result.row_duals[row] < 0


def test_a_cap_that_does_not_bind_has_no_price():
    free = plan(hourly().problem())
    loose = hourly(carbon_cap=free.solution.accounts.emissions_kg.location * 1.001)
    row = structure_of(program(loose), Reduction.ALL).coupling
    assert len(row) == 1
    result, _ = ProgramSolver(program(loose), SolverOptions(), Reduction.ALL).solve()
    assert result.objective == pytest.approx(free.solution.audit.objective)
    assert result.row_duals[row] == pytest.approx(0.0)


@pytest.mark.usefixtures("small_parts")
def test_a_cap_out_of_reach_is_infeasible():
    assert plan(hourly(carbon_cap=1.0).problem()).status is Status.INFEASIBLE


@pytest.mark.usefixtures("small_parts")
def test_an_impossible_part_makes_the_whole_infeasible():
    assert plan(hourly(workloads=[Demand([99, *SHAPE[1:]])]).problem()).status is Status.INFEASIBLE
    capped = hourly(workloads=[Demand([99, *SHAPE[1:]])], carbon_cap=50.0)
    assert plan(capped.problem()).status is Status.INFEASIBLE


def test_an_unbounded_part_makes_the_whole_unbounded():
    paid = reserved(np.inf, price=-1.0)
    assert plan(hourly(pools=[*POOLS, paid]).problem()).status is Status.UNBOUNDED


@pytest.mark.usefixtures("small_parts")
def test_a_time_limit_stops_the_search_without_a_false_optimum():
    options = SolverOptions(time_limit_s=1e-9)
    result, _ = ProgramSolver(program(hourly(carbon_cap=40.0)), options, Reduction.ALL).solve()
    assert result.status in {Status.NO_PLAN, Status.FEASIBLE}
    assert (result.values is None) == (result.status is Status.NO_PLAN)


def test_bundles_hold_as_many_components_each_and_whole_days():
    component = np.repeat(np.arange(100), 250)
    sizes = np.bincount(parts.bundle_components(component, 100))
    assert sizes.tolist() == [24, 24, 24, 24, 4]
    assert np.bincount(parts.bundle_components(np.repeat(np.arange(9), 3000), 9)).tolist() == [2, 2, 2, 2, 1]
    assert parts.bundle_components(np.zeros(99_999, dtype=int), 1).tolist() == [0]


@pytest.mark.usefixtures("small_parts")
def test_the_number_of_threads_changes_nothing():
    lp = program(hourly(carbon_cap=40.0))
    options = [SolverOptions(threads=threads) for threads in (1, 2, 5)]
    values = [ProgramSolver(lp, some, Reduction.ALL).solve()[0].values for some in options]
    assert values[0] is not None
    assert all(np.array_equal(values[0], other) for other in values)


@pytest.mark.usefixtures("small_parts")
def test_the_time_limit_holds_for_all_parts_together(monkeypatch):
    """Each part alone is quick; the clock runs out after the first few."""
    ticks = iter(np.arange(0.0, 1e6, 1.0).tolist())
    monkeypatch.setattr(parts, "monotonic", lambda: next(ticks))
    options = SolverOptions(time_limit_s=10.0, threads=1)
    result, count = ProgramSolver(program(hourly()), options, Reduction.ALL).solve()
    assert (result.status, result.detail, count) == (Status.NO_PLAN, "Optimal/TimeLimit", PERIODS)


@pytest.mark.usefixtures("small_parts")
def test_each_part_has_the_time_that_is_left(monkeypatch):
    clock, limits = [0.0], []

    def run_for_two_seconds(highs, lp, options):
        limits.append(options.time_limit_s)
        clock[0] += 2.0
        return run(highs, lp, options)

    monkeypatch.setattr(parts, "monotonic", lambda: clock[0])
    monkeypatch.setattr(incremental, "run", run_for_two_seconds)
    options = SolverOptions(time_limit_s=100.0, threads=1)
    assert ProgramSolver(program(hourly()), options, Reduction.ALL).solve()[0].status is Status.OPTIMAL
    assert limits == (100.0 - 2.0 * HOURS).tolist()


@pytest.mark.usefixtures("small_parts")
def test_a_cap_that_no_plan_can_break_does_not_couple():
    loose = hourly(carbon_cap=1e6)
    never = never_binding(program(loose))
    assert never.sum() == 1
    assert len(structure_of(program(loose), Reduction.ALL & ~Reduction.PRICE).parts) == PERIODS
    assert not structure_of(program(loose), Reduction.SPLIT).parts


@pytest.mark.parametrize(("share", "never"), [(0.99, False), (1.01, True)])
def test_a_cap_is_redundant_from_the_most_that_can_be_emitted(share, never):
    """The bounds of each variable alone let b do all work, and a as much of it as its six units can."""
    most_kg = 0.9 * sum(SHAPE) + sum((0.2 + 0.1 * (HOURS % 3)) * np.minimum(SHAPE, 6))
    capped = program(hourly(carbon_cap=share * most_kg))
    assert bool(never_binding(capped).any()) is never


def test_a_cap_that_cuts_only_the_peak_binds():
    """Of 2 to 7 busy units an hour, what is above 6.5 is left out at 50 a unit."""
    case = hourly(caps=[Cap(6.5)], workloads=[Demand(SHAPE, shortfall_price=50.0)])
    reduced, whole, _ = both_ways(case)
    assert reduced == pytest.approx(whole)
    left = plan(case.problem()).solution.accounts.shortfall_penalty
    assert left == pytest.approx(50 * 0.5 * SHAPE.count(7))


def test_rows_that_can_bind_are_kept():
    tight = hourly(caps=[Cap(1.5)], carbon_cap=40.0)
    assert not never_binding(program(tight)).any()


@examples(60)
@given(st.floats(1.0, 30.0), st.floats(1.0, 500.0))
def test_a_row_that_never_binds_can_go(limit, cap):
    """Whatever the rule calls redundant holds at the optimum of the program without it, to spare."""
    lp = program(hourly(caps=[Cap(limit)], carbon_cap=cap))
    never = never_binding(lp)
    column = np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))
    for sign in (-1.0, 1.0):
        rng = np.random.default_rng(1)
        pushed = sign * rng.random(lp.n_columns)
        relaxed = replace(lp, cost=pushed, row_upper=np.where(never, np.inf, lp.row_upper))
        found = solve(relaxed, SolverOptions())
        if found.values is not None:
            activity = np.bincount(lp.rows, lp.values * found.values[column], lp.n_rows)
            assert np.all(activity[never] <= lp.row_upper[never])
