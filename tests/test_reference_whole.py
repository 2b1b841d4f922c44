"""The product against the oracle on random cases of the rarer parts of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import Case
from computeplan.decomposition import Reduction
from computeplan.problem import Decisions, Floats, Prices, Problem, Status
from test_reference import check, check_work, reductions
from whole_cases import INTEGERS, PARTS, integer_cases, whole_cases


@pytest.mark.parametrize("part", PARTS)
def test_product_agrees_with_the_oracle(part):
    """Cases are solved, and the part has a price or is chosen in some of them."""
    seen: Counter[str] = Counter()

    @settings(max_examples=20, database=None)
    @given(whole_cases(part))
    def agree(case: Case) -> None:
        made = check(case.problem())
        check_work(made)
        seen.update([made.status])
        if made.solution is not None:
            seen["used"] += USED[part](made.solution.prices, made.solution.decisions)

    agree()
    assert seen[Status.OPTIMAL] > 2
    assert seen["used"] > 0


@settings(max_examples=25)
@given(whole_cases())
def test_product_agrees_with_the_oracle_without_reductions(case):
    check_work(check(case.problem(), reduction=Reduction.NONE))


@settings(max_examples=15)
@given(whole_cases())
def test_product_agrees_with_the_oracle_on_cbc(case):
    check(case.problem(), "cbc")


@pytest.mark.parametrize("part", INTEGERS)
def test_product_agrees_with_the_oracle_in_whole_numbers(part):
    seen: Counter[str] = Counter()

    @settings(max_examples=20, database=None)
    @given(integer_cases(part))
    def agree(case: Case) -> None:
        made = check(case.problem())
        seen.update([made.status])
        if made.solution is not None:
            problem, decisions = made.problem, made.solution.decisions
            assert made.solution.prices is None or not problem.has_integers
            seen["used"] += CHOSEN[part](problem, decisions)

    agree()
    assert seen[Status.OPTIMAL] > 2
    assert seen["used"] > 0


@settings(max_examples=25)
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


USED: dict[str, Callable[[Prices, Decisions], bool]] = {
    "rules": lambda prices, _: _some(prices.rule),
    "renewable": lambda prices, _: _some(prices.renewable),
    "budget": lambda prices, _: prices.budget > 1e-6,
    "new": lambda _, decisions: _some(decisions.new_units),
    "contracted": lambda _, decisions: _some(decisions.contracted_kw),
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
