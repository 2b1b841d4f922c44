from __future__ import annotations

import pytest

from computeplan.problem import Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.planner import plan

CASE = "malloovia"
CONFIG = "malloovia.yaml"


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize(("scenario", "relaxed_optimum"), [(None, 149.928), ("problem-3", 180)])
def test_relaxed_optimum(case, solve, scenario, relaxed_optimum, solver):
    made = solve(case.load(CONFIG, scenario), solver)
    assert made.solution.accounts.cost.total == pytest.approx(relaxed_optimum, rel=1e-7)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_one_machine_of_each_class_is_infeasible(case, solver):
    assert plan(case.load(CONFIG, "problem-2"), SolverOptions(name=solver)).status is Status.INFEASIBLE


WHOLE = "malloovia_whole.yaml"


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize(("scenario", "optimum"), [(None, 178), ("problem-3", 226)])
def test_published_optimum_in_whole_machines(case, scenario, optimum, solver):
    made = plan(case.load(WHOLE, scenario), SolverOptions(name=solver))
    assert made.status is Status.OPTIMAL
    assert made.solution.audit.passed, made.solution.audit.notes
    assert made.solution.accounts.cost.total == pytest.approx(optimum, rel=1e-7)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_one_whole_machine_of_each_class_is_infeasible(case, solver):
    assert plan(case.load(WHOLE, "problem-2"), SolverOptions(name=solver)).status is Status.INFEASIBLE
