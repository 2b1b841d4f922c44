"""Warm re-solves give the answers of cold ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Demand, Job, Pool, Site, make_problem, on_demand
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import Status
from computeplan.solvers import IncrementalSolver, Method, SolverOptions, solve
from strategies import examples


def program(carbon_price: float = 0.0, units: float = 6.0, demand: float = 1.0) -> LinearProgram:
    sites = [Site("a", price=[1, 4, 2], carbon=0.9), Site("b", price=3.0, carbon=0.1)]
    pools = [Pool(units, site="a", busy_kw=1.0), on_demand(price=2.0, site="b", busy_kw=1.0)]
    workloads = [Demand([2 * demand, 3, 4], max_delay=1.0), Job(3.0)]
    fields = {"sites": sites, "pools": pools, "workloads": workloads}
    return build(merge(make_problem(carbon_price=carbon_price, **fields))).lp


@pytest.mark.parametrize("method", list(Method))
@examples(25)
@given(
    changes=st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 5.0]), st.sampled_from([2.0, 6.0]), st.sampled_from([0.5, 2.0])),
        min_size=1,
        max_size=5,
    )
)
def test_changes_of_costs_bounds_and_limits_are_solved_warm(method, changes):
    solver = IncrementalSolver(program(), SolverOptions(method=method))
    solver.solve()
    for change in changes:
        solver.update(program(*change))
        warm, cold = solver.solve(), solve(program(*change), SolverOptions())
        assert warm.status is cold.status is Status.OPTIMAL
        assert warm.objective == pytest.approx(cold.objective, rel=1e-9)


def test_a_change_before_the_first_solve_counts():
    solver = IncrementalSolver(program(), SolverOptions())
    solver.update(program(carbon_price=5.0))
    assert solver.solve().objective == pytest.approx(solve(program(5.0), SolverOptions()).objective)


def test_infeasible_in_between_does_no_harm():
    solver = IncrementalSolver(program(), SolverOptions())
    first = solver.solve()
    nothing = replace(program(), column_upper=np.zeros(program().n_columns))
    solver.update(nothing)
    assert solver.solve().status is Status.INFEASIBLE
    solver.update(program())
    assert solver.solve().objective == pytest.approx(first.objective)


def test_another_matrix_is_refused():
    solver = IncrementalSolver(program(), SolverOptions())
    other = replace(program(), values=program().values * 2.0)
    with pytest.raises(ValueError, match="another solver for another one"):
        solver.update(other)


def test_a_neighbor_s_basis_saves_iterations_and_changes_no_optimum():
    neighbor, other = (
        IncrementalSolver(program(), SolverOptions()),
        IncrementalSolver(program(5.0), SolverOptions()),
    )
    neighbor.solve()
    other.copy_basis(neighbor)
    again, cold = other.solve(), solve(program(5.0), SolverOptions())
    assert again.objective == pytest.approx(cold.objective)
    same = IncrementalSolver(program(), SolverOptions())
    same.copy_basis(neighbor)
    assert same.solve().iterations == 0


def test_a_basis_of_another_shape_or_of_no_solve_is_left_alone():
    small = build(merge(make_problem(workloads=[Demand(1)]))).lp
    solved, unsolved = (
        IncrementalSolver(small, SolverOptions()),
        IncrementalSolver(program(), SolverOptions()),
    )
    solved.solve()
    for other in (solved, unsolved):
        solver = IncrementalSolver(program(), SolverOptions())
        solver.copy_basis(other)
        assert solver.solve().objective == pytest.approx(solve(program(), SolverOptions()).objective)
