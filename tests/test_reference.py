"""The product against the oracle on random cases: status, optimum, accounts, and every workload's work."""

from __future__ import annotations

from functools import reduce
from operator import or_

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import Case
from computeplan.problem import CarbonBasis, Goal, Problem, Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.decomposition import Reduction
from computeplan.solvers.plan import Plan
from computeplan.solvers.planner import plan
from reference.accounts import account
from reference.model import Answer, solve_reference
from solving import all_work
from strategies import cases, crowds, examples

reductions = st.sets(st.sampled_from(list(Reduction))).map(lambda some: reduce(or_, some, Reduction.NONE))
"""Any of the exact reductions, each on or off."""


def near(value: float, digits: int = 6) -> object:
    return pytest.approx(value, rel=10.0**-digits, abs=10.0**-digits)


def check(problem: Problem, solver: str = "highs", reduction: Reduction = Reduction.ALL) -> Plan:
    """Same status and optimum as the oracle, proved and accounted for."""
    made, answer = plan(problem, SolverOptions(name=solver), reduction), solve_reference(problem)
    assert made.status is answer.status
    assert (made.solution is None) == (answer.status is not Status.OPTIMAL)
    if made.solution:
        check_optimum(made, answer)
        check_accounts(made)
    return made


def check_optimum(made: Plan, answer: Answer) -> None:
    audit, accounts = made.solution.audit, made.solution.accounts
    assert audit.passed, audit.notes
    assert audit.objective == near(answer.objective)
    if audit.gap is not None:
        assert abs(audit.gap) <= 1e-6
        assert audit.bound <= answer.objective + max(1e-6, 1e-6 * accounts.magnitude)
    if made.problem.objective.goal is Goal.CARBON:
        assert accounts.cost.total == near(answer.cost, digits=4), "the cheapest of the cleanest"


def check_accounts(made: Plan) -> None:
    accounts = made.solution.accounts
    expected = account(made.problem, *all_work(made), made.solution.decisions)
    assert accounts.cost.parts() == {name: near(amount) for name, amount in expected.cost.items()}
    assert accounts.shortfall_penalty == near(expected.shortfall_penalty)
    emissions = {basis: getattr(accounts.emissions_kg, basis.value) for basis in CarbonBasis}
    assert emissions == {basis: near(kg) for basis, kg in expected.emissions_kg.items()}


def check_work(made: Plan) -> None:
    """The work of every workload, held as it is, is a plan of the unreduced model at the same price."""
    if made.solution and made.problem.objective.goal is Goal.COST:
        done, _ = all_work(made)
        assert not done[~made.problem.eligibility.allowed[made.problem.workloads.need]].any()
        pinned = solve_reference(made.problem, pinned=done)
        assert pinned.status is Status.OPTIMAL
        assert pinned.objective == pytest.approx(made.solution.audit.objective, rel=1e-5, abs=2e-3)


@examples(150)
@given(cases())
def test_product_agrees_with_the_oracle(case):
    check_work(check(case.problem()))


@examples(100)
@given(crowds())
def test_product_agrees_with_the_oracle_on_workloads_to_merge(case):
    check_work(check(case.problem()))


@examples(60)
@given(cases())
def test_product_agrees_with_the_oracle_without_reductions(case):
    check_work(check(case.problem(), reduction=Reduction.NONE))


@examples(60)
@given(cases())
def test_product_agrees_with_the_oracle_on_cbc(case):
    check(case.problem(), "cbc")


@examples(60)
@given(cases(goal=st.just(Goal.COST)), st.sampled_from([0.05, 0.5, 0.9]))
def test_product_agrees_with_the_oracle_under_a_binding_carbon_cap(case, share):
    if (problem := capped(case, share)) is not None:
        check_work(check(problem))


@examples(60)
@given(cases() | crowds())
def test_product_agrees_with_the_oracle_in_small_parts(case):
    """However small its parts are, and whatever rows couple them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("computeplan.solvers.subproblems.PART_COLUMNS", 1)
        patch.setattr("computeplan.solvers.decomposition.LARGEST_PART", 1.0)
        patch.setattr("computeplan.solvers.decomposition.DENSE_ENTRIES", 2)
        check_work(check(case.problem()))


@pytest.mark.slow
@settings(max_examples=2000)
@given(cases() | crowds(), st.sampled_from(["highs", "cbc"]), reductions)
def test_product_agrees_with_the_oracle_on_many_cases(case, solver, reduction):
    check_work(check(case.problem(), solver, reduction))


def capped(case: Case, share: float) -> Problem | None:
    """The case with a cap between the least emissions and those of the least cost."""
    free = solve_reference(case.but(carbon_cap=np.inf).problem())
    least = solve_reference(case.but(goal=Goal.CARBON, carbon_cap=np.inf).problem())
    if free.status is not Status.OPTIMAL or least.status is not Status.OPTIMAL:
        return None
    problem = case.problem()
    emitted = account(problem, free.done, free.short, free.decisions).emissions_kg[case.basis]
    cap = least.objective + share * (emitted - least.objective)
    return case.but(carbon_cap=round(cap, 6) + 1e-6).problem()
