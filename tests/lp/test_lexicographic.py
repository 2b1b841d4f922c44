"""Programs that optimize a second objective among the optimal solutions of the first."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Case, Demand, Pool, on_demand
from computeplan.grouping import merge
from computeplan.lp import LinearForm, build, restrict_to_optimal_face, with_objective_limit
from computeplan.solvers import SolverOptions, solve


def program():
    """Two owned units for nothing, the rest at 5: the free pool is full in each of three periods."""
    case = Case(pools=[Pool(2), on_demand(price=5.0)], workloads=[Demand(3)])
    return build(merge(case.problem())).lp


def test_the_face_holds_columns_and_rows_at_the_limits_that_have_a_price():
    lp = program()
    duals = solve(lp, SolverOptions()).row_duals
    load = next(family for family in lp.column_families if family.name == "load")
    second = np.zeros(lp.n_columns)
    # Doing less in the full pool would be better: only the face keeps it at its upper limit.
    full = load.first + np.arange(3)
    second[full] = 1.0
    face = restrict_to_optimal_face(lp, duals, LinearForm(second, 0.0))
    assert face.column_lower[full] == pytest.approx([2, 2, 2])
    assert solve(face, SolverOptions()).objective == pytest.approx(6)


def test_a_limit_on_the_objective_keeps_it():
    lp = program()
    second = LinearForm(-lp.cost, 0.0)
    limited = with_objective_limit(lp, 20.0, second)
    assert solve(limited, SolverOptions()).objective == pytest.approx(-20.0)
