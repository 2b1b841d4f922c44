"""Every code that a solver can end with has one meaning here, whatever answer comes with it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import highspy
import numpy as np
import pulp
import pytest

from builders import Demand, Pool, make_problem, on_demand
from computeplan.errors import SolverError
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import Status
from computeplan.solvers import SolverOptions, solve
from computeplan.solvers import pulp as pulp_bridge
from computeplan.solvers.highs import run

LP = build(
    merge(make_problem(pools=[Pool(3, price=2.0), on_demand(price=3.0)], workloads=[Demand([4, 8, 12])]))
).lp
BEST = solve(LP, SolverOptions())
DEAR = solve(
    build(
        merge(make_problem(pools=[Pool(3, price=9.0), on_demand(price=3.0)], workloads=[Demand([4, 8, 12])]))
    ).lp,
    SolverOptions(),
)
"""A plan for other prices: feasible here, and not the best."""

ENDS = {
    "kOptimal": Status.OPTIMAL,
    "kModelEmpty": None,
    "kInfeasible": Status.INFEASIBLE,
    "kUnbounded": Status.UNBOUNDED,
    "kTimeLimit": Status.FEASIBLE,
    "kIterationLimit": Status.FEASIBLE,
    "kInterrupt": Status.FEASIBLE,
    "kHighsInterrupt": Status.FEASIBLE,
    "kMemoryLimit": Status.FEASIBLE,
    "kSolutionLimit": Status.FEASIBLE,
    "kObjectiveBound": Status.FEASIBLE,
    "kObjectiveTarget": Status.FEASIBLE,
    "kUnknown": Status.FEASIBLE,
}
FAILURES = {"kNotset", "kLoadError", "kModelError", "kPresolveError", "kSolveError", "kPostsolveError"}


class Ended:
    """A HiGHS that has ended in a given way with given values."""

    def __init__(self, status: str, values, duals) -> None:
        self.options = {"presolve": "choose"}
        self._status = SimpleNamespace(name=status)
        self._solution = SimpleNamespace(
            col_value=values,
            row_dual=duals,
            value_valid=values is not None,
            dual_valid=duals is not None,
        )

    def run(self):
        return None

    def setOptionValue(self, name, value):  # noqa: N802 - HiGHS's own name
        self.options[name] = value

    def getOptionValue(self, name):  # noqa: N802 - as above
        return None, self.options[name]

    def getModelStatus(self):  # noqa: N802 - as above
        return self._status

    def getInfo(self):  # noqa: N802 - as above
        return SimpleNamespace(
            objective_function_value=0.0,
            simplex_iteration_count=0,
            ipm_iteration_count=0,
            mip_dual_bound=-np.inf,
        )

    def getSolution(self):  # noqa: N802 - as above
        return self._solution

    def version(self):
        return "0"


def test_every_code_of_highs_is_known():
    codes = {name for name in dir(highspy.HighsModelStatus) if name.startswith("k")}
    assert codes <= set(ENDS) | FAILURES | {"kUnboundedOrInfeasible", "kMin", "kMax"}


@pytest.mark.parametrize("code", sorted(set(ENDS) - {"kModelEmpty"}))
def test_a_code_of_highs_with_a_good_answer(code):
    result = run(Ended(code, BEST.values, BEST.row_duals), LP, SolverOptions())
    assert result.status is ENDS[code]
    assert (result.values is not None) == ENDS[code].has_plan


@pytest.mark.parametrize("code", sorted(code for code, end in ENDS.items() if end and end.has_plan))
@pytest.mark.parametrize("values", [None, np.zeros(LP.n_columns), np.full(LP.n_columns, np.nan)])
def test_a_code_of_highs_without_a_plan(code, values):
    result = run(Ended(code, values, None), LP, SolverOptions())
    assert (result.status, result.values, result.objective) == (Status.NO_PLAN, None, None)


def test_an_optimum_of_highs_that_is_none_is_only_feasible():
    assert run(Ended("kOptimal", DEAR.values, BEST.row_duals), LP, SolverOptions()).status is Status.FEASIBLE


def test_whole_numbers_that_have_no_bound_yet_are_feasible_without_one():
    solver = Ended("kTimeLimit", BEST.values, None)
    solver.cbMipImprovingSolution = solver.cbMipInterrupt = SimpleNamespace(subscribe=id, unsubscribe=id)
    result = run(solver, replace(LP, integer=np.array([0])), SolverOptions())
    assert (result.status, result.bound) == (Status.FEASIBLE, None)


@pytest.mark.parametrize("code", sorted(FAILURES))
def test_a_failure_of_highs_is_told(code):
    with pytest.raises(SolverError, match=f"HiGHS failed with status {code[1:]}"):
        run(Ended(code, None, None), LP, SolverOptions())


@pytest.mark.parametrize("code", ["kInfeasible", "kUnbounded"])
def test_what_presolve_cannot_tell_apart_is_told_by_a_second_run(code):
    class Twice(Ended):
        def run(self):
            self._status = SimpleNamespace(name=code if hasattr(self, "ran") else "kUnboundedOrInfeasible")
            self.ran = True

    solver = Twice(code, None, None)
    solver.options["presolve"] = "on"
    assert run(solver, LP, SolverOptions()).status is ENDS[code]
    assert solver.options["presolve"] == "on"


def test_a_program_of_nothing_is_solved():
    nothing, numbers = np.empty(0), np.empty(0, np.int32)
    lp = LinearProgram(*[nothing] * 5, np.zeros(1, np.int32), numbers, nothing, 7.0, (), ())
    result = solve(lp, SolverOptions())
    assert (result.status, result.detail, result.objective) == (Status.OPTIMAL, "ModelEmpty", 7.0)


PULP_ENDS = [(status, solution) for status in pulp.LpStatus for solution in pulp.LpSolution]


def expected_of_pulp(status: int, solution: int) -> Status:
    if status == pulp.LpStatusInfeasible:
        return Status.INFEASIBLE
    if status == pulp.LpStatusUnbounded:
        return Status.UNBOUNDED
    if (status, solution) == (pulp.LpStatusOptimal, pulp.LpSolutionOptimal):
        return Status.OPTIMAL
    return Status.FEASIBLE if solution == pulp.LpSolutionIntegerFeasible else Status.NO_PLAN


@pytest.mark.parametrize(("status", "solution"), PULP_ENDS)
@pytest.mark.parametrize("good", [True, False])
def test_every_pair_of_codes_of_pulp(monkeypatch, status, solution, good):
    answer = BEST.values if good else np.zeros(LP.n_columns)

    class Ending(pulp.LpSolver):
        def actualSolve(self, problem, **_):  # noqa: N802 - PuLP's own name
            for variable in problem.variables():
                variable.varValue = float(answer[int(variable.name[1:])])
            for row, dual in zip(problem.constraints(), BEST.row_duals, strict=True):
                row.pi = float(dual)
            problem.assignStatus(status, solution)
            return status

    monkeypatch.setattr(pulp_bridge, "_solver", lambda _: Ending())
    result = solve(LP, SolverOptions("cbc"))
    expected = expected_of_pulp(status, solution)
    assert result.status is (expected if good or not expected.has_plan else Status.NO_PLAN)
    assert (result.objective is not None) == result.status.has_plan


def test_the_time_limit_of_highs_holds_for_each_run():
    """HiGHS counts the time of all runs of a solver together."""

    class Old(Ended):
        limits: tuple[float, ...] = ()

        def getRunTime(self):  # noqa: N802 - HiGHS's own name
            return 7.0

        def setOptionValue(self, name, value):  # noqa: N802 - as above
            self.limits += (value,) if name == "time_limit" else ()

    old = Old("kOptimal", BEST.values, BEST.row_duals)
    run(old, LP, SolverOptions(time_limit_s=2.0))
    assert old.limits == (9.0,)
