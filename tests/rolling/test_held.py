"""What is held of any plan leaves its own rest the best there is."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from computeplan.runs.happened import take_over
from computeplan.solvers.planner import plan
from strategies import examples
from whole_cases import integer_cases

TOLERANCE = 1e-6


def rest_of(problem, solution, until, now):
    """Plan the rest of a plan in a problem as it is known now; inf where no rest keeps a budget or a cap."""
    found = plan(replace(now, held=take_over(problem, solution, now, until))).solution
    if found is None:
        return inf
    assert found.audit.passed, found.audit.notes
    return found.accounts.objective


@examples(8)
@given(integer_cases(), st.integers(0, 9))
def test_the_rest_of_an_optimum_is_optimal(case, drawn):
    problem = case.problem()
    assume(len(problem.horizon.blocks) == 1 and problem.horizon.size > 1)
    solution = plan(problem).solution
    assume(solution is not None)
    until = 1 + drawn % (problem.horizon.size - 1)
    room = TOLERANCE * max(solution.accounts.magnitude, TOLERANCE)
    assert rest_of(problem, solution, until, problem) == pytest.approx(solution.accounts.objective, abs=room)
    price = problem.grid.price.copy()
    price[:, until:] = price[:, until:][:, ::-1] + 0.25
    other = replace(problem, grid=replace(problem.grid, price=price))
    best = plan(other).solution
    rest = rest_of(problem, solution, until, other)
    assert rest >= (best.accounts.objective - room if best else inf)
