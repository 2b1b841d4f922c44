"""The product against the oracle on random cases of the rarer parts of the model."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings

from builders import Case
from computeplan.decomposition import Reduction
from computeplan.planner import plan
from computeplan.problem import Status
from test_reference import check, check_work
from whole_cases import whole_cases

EXAMPLES = 150


@settings(max_examples=EXAMPLES)
@given(whole_cases())
def test_product_agrees_with_the_oracle(case):
    check_work(check(case.problem()))


@settings(max_examples=60)
@given(whole_cases())
def test_product_agrees_with_the_oracle_without_reductions(case):
    check_work(check(case.problem(), reduction=Reduction.NONE))


@settings(max_examples=40)
@given(whole_cases())
def test_product_agrees_with_the_oracle_on_cbc(case):
    check(case.problem(), "cbc")


def test_random_cases_reach_every_part():
    """Most cases can be solved, and each part has a price or is chosen in some of them."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, database=None)
    @given(whole_cases())
    def look(case: Case) -> None:
        made = plan(case.problem())
        seen.update([made.status])
        if made.solution is not None and made.solution.prices is not None:
            seen.update(name for name, holds in _parts(made.solution).items() if holds)

    look()
    assert seen[Status.OPTIMAL] > 0.5 * EXAMPLES
    names = _parts(plan(Case().problem()).solution)
    assert {name: seen[name] for name in names if not seen[name]} == {}


def _parts(solution) -> dict[str, bool]:
    prices, decisions = solution.prices, solution.decisions
    return {
        "units are added": bool((decisions.new_units > 1e-6).any()),
        "power is contracted": bool((decisions.contracted_kw > 1e-6).any()),
        "bandwidth is leased": bool((decisions.leased_gb_per_h > 1e-6).any()),
        "a rule binds": bool((prices.rule > 1e-6).any()),
        "the budget binds": prices.budget > 1e-6,
        "a renewable share binds": bool((prices.renewable > 1e-6).any()),
    }
