"""Clarabel's answers, in the words of the other solvers, and cleaned of what an interior point leaves."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given

from builders import Demand, Job, Pool, Site, make_problem, on_demand, reserved
from computeplan.errors import SolverError, UsageError
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import Status
from computeplan.progress import Monitor
from computeplan.solvers import SolverOptions, available, clarabel, solve
from computeplan.solvers import clarabel as conic_form
from computeplan.solvers.planner import IncrementalPlanner, plan
from computeplan.solvers.registry import check_available
from strategies import cases, examples

CLARABEL = SolverOptions("clarabel")
here = pytest.mark.skipif(not clarabel.is_installed(), reason="the extra clarabel is not installed")


def program(**fields) -> LinearProgram:
    return build(merge(make_problem(**fields))).lp


def priced() -> LinearProgram:
    """Pools of three terms, waiting work and a job."""
    pools = [Pool(5, price=2.0), on_demand(price=3.0), reserved(4, price=1.0)]
    return program(pools=pools, workloads=[Demand([4, 8, 12], max_delay=1.0), Job(3.0)])


def with_settings(monkeypatch, **changed) -> None:
    original = conic_form._settings

    def other(options):
        made = original(options)
        for name, value in changed.items():
            setattr(made, name, value)
        return made

    monkeypatch.setattr(conic_form, "_settings", other)


def answering(monkeypatch, *details: str) -> None:
    """Let Clarabel end with these statuses, one a run."""
    words = iter(details)
    monkeypatch.setattr(
        clarabel, "run", lambda *_: SimpleNamespace(status=next(words), x=[], z=[], iterations=7)
    )


@here
def test_solved_is_optimal_with_the_duals_of_highs():
    result, highs = solve(priced(), CLARABEL), solve(priced(), SolverOptions())
    assert (result.status, result.detail, result.solver) == (Status.OPTIMAL, "Solved", "clarabel")
    assert result.iterations > 0
    assert result.objective == pytest.approx(highs.objective, rel=1e-9)
    # Both are duals of the same program: each proves the other's objective.
    lp = priced()
    at_limits = np.where(result.row_duals > 0, lp.row_lower, lp.row_upper)
    scarce = np.abs(result.row_duals) > 1e-7
    reduced = lp.cost - [
        (lp.values[a:b] * result.row_duals[lp.rows[a:b]]).sum()
        for a, b in zip(lp.starts[:-1], lp.starts[1:], strict=True)
    ]
    held = np.abs(reduced) > 1e-7
    at_bounds = np.where(reduced > 0, lp.column_lower, lp.column_upper)
    bound = (result.row_duals * at_limits)[scarce].sum() + (reduced * at_bounds)[held].sum()
    assert bound + lp.offset == pytest.approx(highs.objective, rel=1e-6)


@here
def test_it_keeps_to_the_threads_of_the_options(caplog):
    options = replace(CLARABEL, threads=1, options={"direct_solve_method": "faer"}, monitor=Monitor())
    with caplog.at_level("DEBUG", "computeplan.solvers"):
        solve(priced(), options)
    assert "faer, precision: 64 bit (1 thread)" in caplog.text


@here
def test_almost_solved_is_feasible(monkeypatch):
    with_settings(monkeypatch, tol_gap_abs=1e-30, tol_gap_rel=1e-30, tol_feas=1e-30)
    result = solve(priced(), CLARABEL)
    assert (result.status, result.detail) == (Status.FEASIBLE, "AlmostSolved")
    assert result.objective == pytest.approx(solve(priced(), SolverOptions()).objective, rel=1e-5)


@here
def test_an_iteration_limit_without_a_plan_says_so(monkeypatch):
    with_settings(monkeypatch, max_iter=1)
    result = solve(priced(), CLARABEL)
    assert (result.status, result.detail) == (Status.NO_PLAN, "MaxIterations")
    assert result.objective is result.values is result.row_duals is None


@here
def test_a_time_limit_without_a_plan_says_so():
    result = solve(priced(), SolverOptions("clarabel", time_limit_s=1e-9))
    assert (result.status, result.detail, result.values) == (Status.NO_PLAN, "MaxTime", None)


@here
def test_infeasible_and_unbounded_are_told_apart_where_a_ray_could_be_either():
    earning, overfull = reserved(np.inf, price=-1.0), Demand(9, max_latency=1.0)
    fits = program(pools=[Pool(1), earning])
    assert solve(fits, CLARABEL).status is Status.UNBOUNDED
    never = program(pools=[Pool(1), earning], workloads=[overfull, Demand(2, security=1)])
    assert solve(never, CLARABEL).status is Status.INFEASIBLE


@here
@pytest.mark.parametrize(
    "detail", ["NumericalError", "AlmostPrimalInfeasible", "AlmostDualInfeasible", "Unsolved"]
)
def test_a_failure_is_an_error_that_names_another_solver(monkeypatch, detail):
    answering(monkeypatch, detail)
    with pytest.raises(SolverError, match=f"Clarabel failed with status {detail}; try --solver highs"):
        solve(priced(), CLARABEL)


@here
def test_a_ray_without_a_plan_to_start_from_is_no_unbounded_plan(monkeypatch):
    answering(monkeypatch, "DualInfeasible", "MaxTime")
    assert solve(priced(), CLARABEL).status is Status.NO_PLAN


@here
def test_no_progress_far_from_a_plan_is_an_error(monkeypatch):
    lp = priced()
    zeros = SimpleNamespace(
        status="InsufficientProgress", x=np.zeros(lp.n_columns), z=np.zeros(0), iterations=3
    )
    monkeypatch.setattr(conic_form.ConicForm, "row_duals", lambda *_: np.zeros(lp.n_rows))
    monkeypatch.setattr(clarabel, "run", lambda *_: zeros)
    with pytest.raises(SolverError, match="InsufficientProgress"):
        solve(lp, CLARABEL)


@here
def test_no_work_is_smeared_over_pools_that_the_optimum_does_not_use():
    rng = np.random.default_rng(3)
    sites = [Site(f"s{i}", price=rng.random(6).tolist()) for i in range(4)]
    pools = [Pool(5.0, site=f"s{i}", busy_kw=1.0) for i in range(4)]
    problem = make_problem(
        periods=6, sites=sites, pools=pools, workloads=[Demand(rng.random(6).tolist()) for _ in range(9)]
    )
    found, exact = plan(problem, CLARABEL).solution, plan(problem).solution
    work, vertex = found.allocation.work, exact.allocation.work
    assert sorted(zip(work.pool, work.period, strict=True)) == sorted(
        zip(vertex.pool, vertex.period, strict=True)
    )
    assert found.audit.passed
    assert found.audit.gap == pytest.approx(0.0, abs=1e-8)


@here
@examples(30)
@given(cases())
def test_random_problems_pass_the_same_audit_as_with_highs(case):
    problem = case.problem()
    expected, found = plan(problem), plan(problem, CLARABEL)
    assert found.status is expected.status
    if expected.solution is not None:
        assert found.solution.audit.passed, found.solution.audit.notes
        objective, size = expected.solution.audit.objective, expected.solution.accounts.magnitude
        assert found.solution.audit.objective == pytest.approx(objective, abs=1e-6 * size)


@here
def test_a_change_is_solved_anew():
    cheap, dear = (
        make_problem(pools=[Pool(2, price=1.0), on_demand(price=price)], workloads=[Demand(3)])
        for price in (2.0, 5.0)
    )
    planner = IncrementalPlanner(cheap, CLARABEL)
    assert planner.plan().solution.accounts.cost.total == pytest.approx(3 * (2 * 1.0 + 2.0))
    planner.update(dear)
    assert planner.plan().solution.accounts.cost.total == pytest.approx(3 * (2 * 1.0 + 5.0))


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(clarabel, "find_spec", lambda _: None)
    assert "clarabel" not in available()
    for ask in (lambda: solve(priced(), CLARABEL), lambda: check_available("clarabel")):
        with pytest.raises(UsageError, match=r"pip install 'computeplan\[clarabel\]'"):
            ask()
