"""The product against the oracle on random cases of the rarer parts of the model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from builders import Case, Demand, Pool, on_demand
from computeplan.problem import Decisions, Floats, Prices, Problem
from computeplan.solvers.decomposition import Reduction
from computeplan.solvers.planner import plan
from strategies import examples
from test_reference import check, check_work, reductions
from whole_cases import INTEGERS, PARTS, integer_cases, whole_cases

SEARCH = settings(max_examples=500, phases=[Phase.generate])
"""Search for one case of a kind; which cases are drawn depends on the modules that are loaded."""


@pytest.mark.parametrize("part", PARTS)
def test_product_agrees_with_the_oracle(part):
    """Cases are solved, and the part has a price or is chosen in some of them."""

    @examples(20)
    @given(whole_cases(part))
    def agree(case: Case) -> None:
        check_work(check(case.problem()))

    agree()
    assert find(whole_cases(part), lambda case: _uses(part, case), settings=SEARCH)


def _uses(part: str, case: Case) -> bool:
    made = plan(case.problem())
    return bool(made.solution and made.solution.prices) and USED[part](
        made.solution.prices, made.solution.decisions
    )


@examples(25)
@given(whole_cases())
def test_product_agrees_with_the_oracle_without_reductions(case):
    check_work(check(case.problem(), reduction=Reduction.NONE))


@examples(15)
@given(whole_cases())
def test_product_agrees_with_the_oracle_on_cbc(case):
    check(case.problem(), "cbc")


@pytest.mark.parametrize("part", INTEGERS)
def test_product_agrees_with_the_oracle_in_whole_numbers(part):
    @examples(20)
    @given(integer_cases(part))
    def agree(case: Case) -> None:
        made = check(case.problem())
        if made.solution is not None:
            assert made.solution.prices is None or not made.problem.has_integers

    agree()
    assert find(integer_cases(part), lambda case: _chooses(part, case), settings=SEARCH)


def _chooses(part: str, case: Case) -> bool:
    made = plan(case.problem())
    return made.solution is not None and CHOSEN[part](made.problem, made.solution.decisions)


def test_whole_numbers_that_are_settled_before_the_solve_are_proved_by_the_linear_program():
    """A step of a pool without units leaves no column in whole numbers."""
    made = check(Case(pools=[Pool(0.0, step=0.25), on_demand(price=5.0)], workloads=[Demand(2.0)]).problem())
    assert made.problem.has_integers
    assert made.solution.prices is None
    assert made.solution.audit.gap == pytest.approx(0.0, abs=1e-9)


@examples(25)
@given(integer_cases())
def test_product_agrees_with_the_oracle_in_whole_numbers_on_cbc(case):
    check(case.problem(), "cbc")


@pytest.mark.slow
@settings(max_examples=1000)
@given(whole_cases(), st.sampled_from(["highs", "cbc"]), reductions)
def test_product_agrees_with_the_oracle_on_many_cases(case, solver, reduction):
    check_work(check(case.problem(), solver, reduction))


def _some(amounts: Floats) -> bool:
    return bool((amounts > 1e-6).any())


USED: dict[str, Callable[[Prices | None, Decisions], bool]] = {
    "rules": lambda prices, _: _some(prices.rule),
    "renewable": lambda prices, _: prices is not None and _some(prices.renewable),
    "budget": lambda prices, _: prices is not None and prices.budget > 1e-6,
    "new": lambda _, decisions: _some(decisions.new_units),
    "contracted": lambda _, decisions: _some(decisions.contracted_kw),
    "sale": lambda _, decisions: _some(decisions.sold_kwh),
    "lease": lambda _, decisions: _some(decisions.leased_gb_per_h),
    "battery": lambda _, decisions: _some(decisions.discharge_kwh),
    "certificates": lambda _, decisions: _some(decisions.certificate_kwh),
}


CHOSEN: dict[str, Callable[[Problem, Decisions], bool]] = {
    "whole": lambda problem, _: bool(problem.workloads.is_whole.sum() > 1),
    "steps": lambda problem, decisions: (
        _some(decisions.rented_units)
        or _some(np.where(problem.pools.step_units > 0, decisions.booked_units + decisions.new_units, 0.0))
    ),
    "optional": lambda _, decisions: not decisions.open_sites.all(),
}
