"""Every solver gives the same answers in the same words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pulp
import pytest

from builders import Demand, Job, Pool, Site, make_problem, on_demand, reserved
from computeplan.errors import SolverError, UsageError
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import Status
from computeplan.solvers import SolverOptions, available, solve, write_model
from computeplan.solvers.clarabel import is_installed
from computeplan.solvers.pulp import solve_pulp
from computeplan.solvers.termination import verify_status
from computeplan.vocabulary import Method

without_clarabel = pytest.mark.skipif(not is_installed(), reason="the extra clarabel is not installed")
SOLVERS = ["highs", "cbc", pytest.param("clarabel", marks=without_clarabel)]


def program(**fields) -> LinearProgram:
    return build(merge(make_problem(**fields))).lp


def merit_order() -> LinearProgram:
    pools = [Pool(5, price=2.0), on_demand(price=3.0), reserved(4, price=1.0)]
    return program(pools=pools, workloads=[Demand([4, 8, 12]), Job(3.0)])


def large(workloads: int = 150, pools: int = 8, periods: int = 24) -> LinearProgram:
    """A problem that takes a solver some seconds: waiting work, dear rows, no two prices alike."""
    rng = np.random.default_rng(7)
    return program(
        periods=periods,
        sites=[Site(price=rng.random(periods).tolist(), demand_charge=20.0)],
        pools=[
            Pool(5.0 * workloads, price=rng.random(periods).tolist(), busy_kw=rng.random())
            for _ in range(pools)
        ],
        workloads=[Demand(rng.random(periods).tolist(), max_delay=6.0) for _ in range(workloads)],
    )


@pytest.mark.parametrize("name", SOLVERS)
def test_the_optimum_is_found_with_its_duals(name):
    result = solve(merit_order(), SolverOptions(name))
    assert result.status is Status.OPTIMAL
    # Reserved 4 × 3 periods; owned 3 (the job), 4 and 5; rented 3.
    assert result.objective == pytest.approx(12 * 1.0 + 12 * 2.0 + 3 * 3.0)
    assert result.row_duals is not None
    assert len(result.row_duals) == merit_order().n_rows


@pytest.mark.parametrize("name", SOLVERS)
def test_all_solvers_agree_on_the_objective_and_its_dual_value(name):
    lp = merit_order()
    result, highs = solve(lp, SolverOptions(name)), solve(lp, SolverOptions())
    assert result.objective == pytest.approx(highs.objective, rel=1e-9)
    assert verify_status(Status.OPTIMAL, lp, result.values, result.row_duals) is Status.OPTIMAL


@pytest.mark.parametrize("method", list(Method))
def test_highs_methods_agree(method):
    expected = solve(merit_order(), SolverOptions()).objective
    assert solve(merit_order(), SolverOptions(method=method)).objective == pytest.approx(expected)


@pytest.mark.parametrize("name", SOLVERS)
def test_infeasible_has_neither_objective_nor_values(name):
    result = solve(program(pools=[Pool(1)], workloads=[Demand(2)]), SolverOptions(name))
    assert (result.status, result.objective, result.values) == (Status.INFEASIBLE, None, None)


@pytest.mark.parametrize("name", SOLVERS)
def test_a_row_that_nothing_can_meet_is_infeasible(name):
    nowhere = program(workloads=[Demand(2, security=1)])
    assert solve(nowhere, SolverOptions(name)).status is Status.INFEASIBLE


@pytest.mark.parametrize("name", SOLVERS)
def test_unbounded_is_told_from_infeasible(name):
    paid_to_rent = program(pools=[Pool(1), reserved(np.inf, price=-1.0)])
    assert solve(paid_to_rent, SolverOptions(name)).status is Status.UNBOUNDED


@pytest.mark.parametrize("name", SOLVERS)
def test_a_problem_without_work_is_solved(name):
    result = solve(program(workloads=[Demand(0)]), SolverOptions(name))
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize("name", SOLVERS)
@pytest.mark.parametrize("seconds", [1e-3, 0.05])
def test_a_time_limit_never_gives_a_false_optimum(name, seconds):
    lp = large()
    result = solve(lp, SolverOptions(name, time_limit_s=seconds))
    if result.status is Status.OPTIMAL:
        exact = solve(lp, SolverOptions())
        assert result.objective == pytest.approx(exact.objective, rel=1e-6)
    else:
        assert result.status in {Status.FEASIBLE, Status.NO_PLAN}
        assert (result.values is None) == (result.status is Status.NO_PLAN)


def test_a_tiny_time_limit_stops_highs_without_a_plan():
    result = solve(large(), SolverOptions(time_limit_s=1e-6))
    assert (result.status, result.objective) == (Status.NO_PLAN, None)


def test_an_optimum_claimed_with_an_all_zero_answer_is_no_plan():
    lp = merit_order()
    assert verify_status(Status.OPTIMAL, lp, np.zeros(lp.n_columns), None) is Status.NO_PLAN


def test_an_optimum_claimed_with_duals_that_leave_a_gap_is_only_feasible():
    lp = merit_order()
    good = solve(lp, SolverOptions())
    wrong_duals = np.zeros(lp.n_rows)
    assert verify_status(Status.OPTIMAL, lp, good.values, wrong_duals) is Status.FEASIBLE


def test_values_that_are_no_numbers_are_no_plan():
    lp = merit_order()
    assert verify_status(Status.FEASIBLE, lp, np.full(lp.n_columns, np.nan), None) is Status.NO_PLAN


def test_a_coefficient_that_is_no_number_is_refused():
    with pytest.raises(SolverError, match="not a finite number"):
        solve(program(pools=[Pool(5, price=np.nan)]), SolverOptions())


def test_an_unknown_solver_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match=r"expected one of highs, .*cbc.*, got 'hihgs'"):
        solve(merit_order(), SolverOptions("hihgs"))
    assert available()[0] == "highs"


def test_threads_can_change_from_solve_to_solve():
    objectives = [solve(merit_order(), SolverOptions(threads=n)).objective for n in (1, 2, 1)]
    assert objectives == [objectives[0]] * 3


def test_threads_can_differ_between_threads_of_the_caller():
    lp, one = merit_order(), SolverOptions(threads=1)
    expected = solve(lp, SolverOptions()).objective
    with ThreadPoolExecutor(1) as other:
        objectives = [other.submit(solve, lp, one).result().objective, solve(lp, one).objective]
    assert objectives == [expected, expected]


def test_a_solver_of_one_thread_passes_over_the_number_of_threads(monkeypatch):
    """PuLP's class of GLPK takes no such option; here CBC is at work behind it."""
    cbc = pulp.getSolver("COIN_CMD", path=pulp.PULP_CBC_CMD.pulp_cbc_path, msg=False)
    monkeypatch.setattr(pulp.GLPK_CMD, "actualSolve", lambda _, model: cbc.actualSolve(model))
    assert solve_pulp(merit_order(), SolverOptions("glpk", threads=2)).status is Status.OPTIMAL


def test_nothing_but_the_answer_reaches_stdout():
    code = (
        "import json, numpy as np\n"
        "from computeplan.lp.builder import ProgramBuilder\n"
        "from computeplan.solvers import SolverOptions, solve\n"
        "a = ProgramBuilder(); a.cost.add(a.add_columns('x', (np.arange(2),), 1.0), 1.0)\n"
        "lp = a.build(a.cost.build(a.n_columns))\n"
        "print(json.dumps([solve(lp, SolverOptions(n)).objective for n in ('highs', 'cbc')]))\n"
    )
    run = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == [2.0, 2.0]


def objective_of(path: Path) -> float:
    """Optimum that CBC finds in the file."""
    command = [pulp.PULP_CBC_CMD.pulp_cbc_path, str(path), "-dualsimplex"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - CBC
    return float(re.search(r"Optimal objective (\S+)", said)[1])


@pytest.mark.parametrize("ending", [".mps", ".lp"])
def test_an_exported_file_holds_the_same_problem(tmp_path, ending):
    lp = merit_order()
    path = tmp_path / f"model{ending}"
    write_model(lp, path)
    assert "work_0_0_0" in path.read_text()
    assert objective_of(path) == pytest.approx(solve(lp, SolverOptions()).objective)


def test_an_export_of_another_kind_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"ending in .mps or .lp, got 'model.txt'"):
        write_model(merit_order(), tmp_path / "model.txt")


def test_an_export_into_no_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="none"):
        write_model(merit_order(), tmp_path / "none" / "model.mps")
