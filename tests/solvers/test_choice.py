"""What ``auto`` takes, by the shape of a program."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Demand, Pool, Site, make_problem, on_demand, reserved
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import Status
from computeplan.solvers import Method, SolverOptions, choice, choose_options, clarabel, solve
from computeplan.solvers import subproblems as parts
from computeplan.solvers.choice import LARGE, SMALL, Shape, fill_options, shape_of
from computeplan.solvers.decomposition import ProgramSolver, Reduction
from computeplan.solvers.planner import plan

AUTO = SolverOptions("auto", time_limit_s=9.0, threads=2)


def program(periods: int = 30, **fields) -> LinearProgram:
    price = np.linspace(1.0, 2.0, periods).tolist()
    sites = [Site("a", price=price, carbon=0.9), Site("b", price=1.5, carbon=0.1)]
    pools = [Pool(3, site="a", busy_kw=1.0), on_demand(site="b", price=0.1, busy_kw=1.0)]
    fields = {"pools": pools, **fields}
    return build(merge(make_problem(periods=periods, sites=sites, workloads=[Demand(2.0)], **fields))).lp


@pytest.mark.parametrize(
    ("shape", "name", "method"),
    [
        (Shape(SMALL, 0), "highs", Method.SIMPLEX),
        (Shape(SMALL, 9), "highs", Method.SIMPLEX),
        (Shape(SMALL + 1, 0), "highs", Method.IPM),
        (Shape(LARGE, 9), "highs", Method.IPM),
        (Shape(LARGE + 1, 0), "highs", Method.IPM),
        (Shape(LARGE + 1, 9), "clarabel", Method.IPM),
    ],
)
def test_the_shape_decides(shape, name, method):
    found = fill_options(AUTO, shape, with_clarabel=True)
    assert (found.name, found.method) == (name, method)
    assert (found.time_limit_s, found.threads) == (9.0, 2)


def test_without_clarabel_or_with_a_stated_method_highs_is_taken():
    large = Shape(LARGE + 1, 9)
    assert fill_options(AUTO, large, with_clarabel=False).name == "highs"
    stated = SolverOptions("auto", method=Method.SIMPLEX)
    assert fill_options(stated, large, with_clarabel=True) == SolverOptions("highs", method=Method.SIMPLEX)


@pytest.mark.parametrize("name", ["highs", "cbc", "clarabel"])
def test_a_named_solver_stays(name):
    assert fill_options(SolverOptions(name), Shape(LARGE + 1, 9), with_clarabel=True).name == name


def test_a_booking_couples_the_periods_and_a_pool_s_load_does_not():
    booking = program(pools=[reserved(9, price=1.0, site="a")])
    assert shape_of(booking) == Shape(booking.n_columns, 1)
    assert shape_of(program()).coupling_columns == 0


def test_auto_finds_the_optimum_and_names_the_solver_that_did():
    found = solve(program(), SolverOptions("auto"))
    assert (found.status, found.solver) == (Status.OPTIMAL, "highs")
    assert found.objective == pytest.approx(solve(program(), SolverOptions()).objective)


@pytest.mark.skipif(not clarabel.is_installed(), reason="the extra clarabel is not installed")
def test_auto_takes_clarabel_where_it_is_measured_faster(monkeypatch):
    monkeypatch.setattr(choice, "LARGE", 10)
    booking = program(pools=[reserved(9, price=1.0, site="a")])
    assert choose_options(booking, AUTO).name == "clarabel"
    result, count = ProgramSolver(booking, AUTO, Reduction.ALL).solve()
    assert (result.solver, count) == ("clarabel", 1)
    assert result.objective == pytest.approx(solve(booking, SolverOptions()).objective)


def test_independent_parts_are_solved_with_auto_as_with_highs(monkeypatch):
    monkeypatch.setattr(parts, "PART_COLUMNS", 1)
    workloads, pools = [Demand(2.0), Demand(1.0, traffic=1.0)], [Pool(9, price=1.0)]
    problem = make_problem(periods=9, pools=pools, workloads=workloads)
    auto, highs = plan(problem, SolverOptions("auto")), plan(problem)
    assert auto.size.parts == highs.size.parts > 1
    assert auto.solution.audit.objective == highs.solution.audit.objective
