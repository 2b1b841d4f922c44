"""Carbon against cost: prices, caps and goals agree with each other."""

from __future__ import annotations

from math import inf

from changes import each
from comparing import at_most, same
from hypothesis import given
from hypothesis import strategies as st

from builders import Case
from computeplan.accounts.accounts import Accounts
from computeplan.problem import CarbonBasis, Goal
from computeplan.solvers.planner import plan
from solving import optimum
from strategies import cases, quarters

at_cost = cases(goal=st.just(Goal.COST), carbon_price=st.just(0.0), carbon_cap=st.just(inf))


def accounts(case: Case) -> Accounts | None:
    """What the product's plan costs and emits, where there is one."""
    solution = plan(case.problem()).solution
    return None if solution is None else solution.accounts


def emitted(case: Case, plan_accounts: Accounts) -> float:
    return {
        CarbonBasis.LOCATION: plan_accounts.emissions_kg.location,
        CarbonBasis.MARKET: plan_accounts.emissions_kg.market,
        CarbonBasis.HOURLY: plan_accounts.emissions_kg.hourly,
    }[case.basis]


def money(plan_accounts: Accounts) -> float:
    return plan_accounts.cost.total + plan_accounts.shortfall_penalty


@given(at_cost, quarters(0, 4), quarters(0.25, 8))
def test_higher_carbon_price_never_raises_emissions(case, price, extra):
    low, high = accounts(case.but(carbon_price=price)), accounts(case.but(carbon_price=price + extra))
    assert (low is None) == (high is None)
    if low and high:
        at_most(emitted(case, high), emitted(case, low))
        at_most(money(low), money(high))


@given(at_cost)
def test_cap_at_what_is_emitted_anyway_costs_nothing(case):
    free = accounts(case)
    if free:
        same(optimum(case.but(carbon_cap=emitted(case, free) + 1e-6)), money(free))


@given(at_cost)
def test_no_plan_emits_less_than_least_carbon(case):
    """Neither the cheapest plan nor any capped one, and a cap just above the least can be met."""
    case = case.but(workloads=each(case.workloads, shortfall_price=lambda _: inf))
    least, cheapest = optimum(case.but(goal=Goal.CARBON)), accounts(case)
    if cheapest is None:
        assert least == inf
        return
    at_most(least, emitted(case, cheapest))
    room = 1e-3 + 1e-3 * abs(least)
    assert optimum(case.but(carbon_cap=least - room)) == inf
    assert optimum(case.but(carbon_cap=least + room)) < inf


@given(at_cost)
def test_capped_plan_keeps_its_cap(case):
    free, least = accounts(case), optimum(case.but(goal=Goal.CARBON))
    if free is None or least == inf:
        return
    cap = (emitted(case, free) + least) / 2
    capped = accounts(case.but(carbon_cap=cap))
    assert capped is not None
    at_most(emitted(case, capped), cap)


@given(at_cost)
def test_huge_shortfall_price_is_none_where_all_can_be_done(case):
    strict = case.but(workloads=each(case.workloads, shortfall_price=lambda _: inf))
    if (least := optimum(strict)) < inf:
        same(optimum(case.but(workloads=each(case.workloads, shortfall_price=lambda _: 1e4))), least)


@given(cases())
def test_bound_from_the_duals_meets_the_objective(case):
    solution = plan(case.problem()).solution
    if solution is not None:
        audit = solution.audit
        at_most(audit.bound, audit.objective)
        assert abs(audit.gap) <= 1e-6
