"""Statements at the margin: charges and rents by hand, sums that are exact, and nobody better off alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders import Case, Contract, Demand, Job, Link, Pool, Rule, Site, make_problem, on_demand, reserved
from computeplan.prices.charges import marginal_statement
from computeplan.problem import CarbonBasis, Goal, RuleMeasure, Status
from computeplan.solvers.planner import plan
from strategies import cases, examples


def statement_of(problem):
    solution = plan(problem).solution
    return marginal_statement(problem, solution.prices, solution.accounts.objective)


def lines_of(statement):
    return {(line.owner, str(line.kind), line.name): pytest.approx(line.amount) for line in statement.lines}


def test_the_rent_of_what_is_scarce_goes_to_its_owner():
    pools = [Pool(2, name="own", price=1, owner="city"), on_demand(name="rented", price=7)]
    work = [Demand([3, 0, 0], name="peak"), Demand([0, 1, 1], name="quiet")]
    bill = statement_of(make_problem(pools=pools, workloads=work))
    # The peak pays 7 for each of 3 unit·h, 2 of which cost the city 1; the quiet hours pay 1.
    assert bill.charge == pytest.approx([21, 2])
    assert lines_of(bill) == {("city", "capacity", "here/own"): -12}
    assert bill.gap == pytest.approx(0)


def test_units_that_idle_and_least_bookings_are_paid_by_their_owner():
    pools = [Pool(2, name="own", idle_kw=1, busy_kw=3), reserved(4, name="booked", min_units=1, price=2)]
    problem = make_problem(sites=[Site(price=1)], pools=pools, workloads=[Demand([1, 0, 0])])
    bill = statement_of(problem)
    # One busy unit·h takes 2 kWh more than an idle one; the level of 1 costs 2 in 3 hours, and is not needed.
    assert bill.charge == pytest.approx([0])
    assert lines_of(bill) == {
        ("", "idle energy", "here/own"): 6,
        ("", "least booked units", "here/booked"): 6,
    }


def test_networks_data_sets_and_contracts_are_charged():
    problem = make_problem(
        sites=[Site("a", "here"), Site("b", "far", price=3, carbon=1)],
        pools=[Pool(9, site="b", price=2, busy_kw=1)],
        workloads=[
            Demand([1, 0, 0], traffic=4.0, name="chat"),
            Demand([1, 1, 1], fixed=True, data=6.0, name="base"),
            Job(name="train", volume=2, release=0, deadline=3, data=8.0),
        ],
        links=[Link(("here", "far"), price=0.5, energy=0.1, carbon=0.5)],
        contracts=[Contract(site="b", available=[9, 0, 0], price=1)],
        basis=CarbonBasis.HOURLY,
    )
    bill = statement_of(problem)
    # Nothing is scarce, so what is charged at the margin is what is paid.
    assert bill.charge == pytest.approx([2 + 1 + 2, 6 + 1 + 3 + 3 + 3, 4 + 2 + 4])
    assert bill.lines == ()


def test_the_limit_of_a_companys_own_rule_is_its_own():
    work = [Demand(1, company="acme"), Demand(1, company="bolt")]
    rules = [Rule(6, RuleMeasure.COST, workloads=[0])]
    pools = [Pool(1, name="own", price=1), on_demand(name="rented", price=3)]
    bill = statement_of(make_problem(pools=pools, workloads=work, rules=rules))
    assert bill.charge.sum() + sum(line.amount for line in bill.lines) == pytest.approx(12)
    assert {line.owner for line in bill.lines if line.kind == "rule"} <= {"acme"}


def test_the_goal_carbon_is_shared_in_kg():
    problem = make_problem(
        sites=[Site(carbon=2)], pools=[Pool(busy_kw=1)], workloads=[Demand(1)], goal=Goal.CARBON
    )
    assert statement_of(problem).charge == pytest.approx([6])


@given(cases())
def test_charges_lines_and_gap_add_up_to_the_objective(case):
    problem = case.problem()
    solution = plan(problem).solution
    if solution is None or solution.prices is None:
        return
    accounts = solution.accounts
    bill = marginal_statement(problem, solution.prices, accounts.objective)
    total = bill.charge.sum() + sum(line.amount for line in bill.lines) + bill.gap
    assert total == pytest.approx(accounts.objective, rel=1e-12, abs=1e-12 * (1 + accounts.magnitude))
    assert abs(bill.gap) <= 1e-6 * max(1.0, accounts.magnitude)


@st.composite
def owned_cases(draw):
    """A case of up to 8 companies, of which some own pools."""
    case = draw(cases())
    count = draw(st.integers(2, 8))
    twins = [replace(work, name="") for work in (*case.workloads, *case.workloads)][: max(count, 3)]
    companies = [f"c{draw(st.integers(0, count - 1))}" for _ in twins]
    owners = st.sampled_from(["", "bank", *(f"c{i}" for i in range(count))])
    return case.but(
        workloads=[replace(work, company=owner) for work, owner in zip(twins, companies, strict=True)],
        pools=[replace(pool, owner=draw(owners)) for pool in case.pools],
    )


def alone(case: Case, group: set[str]) -> float:
    """Optimum of a group with its own work, its own pools, and all that belongs to the operator."""
    work = [work if work.company in group else nothing(work) for work in case.workloads]
    pools = [
        pool if pool.owner in group | {""} else replace(pool, units=0.0, min_units=0.0, new=0.0)
        for pool in case.pools
    ]
    found = plan(case.but(workloads=work, pools=pools).problem())
    if found.solution is not None:
        return found.solution.accounts.objective
    return np.inf if found.status is Status.INFEASIBLE else -np.inf


def nothing(work):
    return replace(work, volume=0.0) if isinstance(work, Job) else replace(work, scale=0.0)


@examples(12)
@given(owned_cases(), st.data())
def test_no_group_of_companies_and_owners_pays_more_than_it_would_alone(case, data):
    """Owen: the operator, who takes part in every group, has the rents of what nobody else owns."""
    problem = case.problem()
    solution = plan(problem).solution
    assume(solution is not None and solution.prices is not None)
    bill = marginal_statement(problem, solution.prices, solution.accounts.objective)
    paid = dict.fromkeys(("", "bank", *problem.companies.names), 0.0)
    for company, charge in zip(problem.workloads.company, bill.charge, strict=True):
        paid[problem.companies.names[company]] += charge
    for line in bill.lines:
        paid[line.owner] = paid.get(line.owner, 0.0) + line.amount
    parties = sorted(set(paid) - {""})
    for _ in range(3):
        group = set(data.draw(st.lists(st.sampled_from(parties), unique=True)))
        together = paid[""] + sum(paid[party] for party in group)
        assert together <= alone(case, group) + 1e-6 * max(1.0, solution.accounts.magnitude)
