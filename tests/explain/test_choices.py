"""Why a workload runs where it runs, and what everyone pays at the margin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from builders import Contract, Demand, Job, Link, Pool, Site, make_problem, on_demand
from computeplan.explain.choices import explain_workload
from computeplan.plan.audit.repair import repair
from computeplan.plan.marginal_charges import MarginalBiller
from computeplan.plan.price_parts import price_parts
from computeplan.planner import plan
from computeplan.problem import CarbonBasis, Goal
from strategies import cases


def choices_of(problem, workload=0):
    made = plan(problem)
    case = explain_workload(problem, made.solution, workload)
    return case, {choice.pool: choice for choice in case.choices}


def test_another_pool_is_dearer_by_its_parts():
    problem = make_problem(
        sites=[Site("a", "here", price=1.0, carbon=0.5), Site("b", "far", price=0.5, carbon=1.0, pue=2)],
        pools=[
            on_demand(site="a", name="x", price=3, busy_kw=1),
            on_demand(site="b", name="x", price=4, busy_kw=1),
        ],
        workloads=[Demand([2, 0, 1], traffic=10.0)],
        links=[Link(("here", "far"), price=0.25)],
        carbon_price=2.0,
    )
    case, of = choices_of(problem)
    assert [choice.pool for choice in case.choices] == ["a/x", "b/x"]
    assert of["a/x"].work_unit_h == pytest.approx(3)
    assert of["a/x"].more == pytest.approx(dict.fromkeys(of["a/x"].more, 0.0))
    assert of["b/x"].more == pytest.approx(
        {
            "use": 1,
            "capacity rent": 0,
            "energy": 0,
            "carbon": 2 * 1.5,
            "network": 2.5,
            "placement": 0,
            "rules": 0,
        }
    )
    assert of["b/x"].dearer == pytest.approx(6.5)
    assert of["b/x"].more_kg == pytest.approx(1.5)
    assert of["b/x"].kwh == pytest.approx(2)


def test_a_full_pool_costs_its_rent():
    problem = make_problem(
        pools=[Pool(1, name="own", price=1), on_demand(name="rented", price=5)], workloads=[Demand(3)]
    )
    _, of = choices_of(problem)
    # Two of three units·h run at 5; one more unit of one's own would save 4.
    assert of["here/own"].more["capacity rent"] == pytest.approx(4 * 2 / 3)
    assert of["here/own"].dearer == pytest.approx(0, abs=1e-9)
    assert of["here/rented"].dearer == pytest.approx(0, abs=1e-9)


def test_an_excluded_pool_says_why_and_what_it_would_cost():
    problem = make_problem(
        sites=[Site("near", "here", security=1), Site("far", "far")],
        pools=[on_demand(site="near", name="n", price=5), on_demand(site="far", name="f", price=2)],
        workloads=[Demand(1, max_latency=10.0, security=1)],
        links=[Link(("here", "far"), latency=38.0)],
    )
    _, of = choices_of(problem)
    assert of["far/f"].excluded == ("security 0 < 1", "latency 38 ms > 10 ms")
    assert of["far/f"].dearer == pytest.approx(-3)


def test_without_work_hardware_or_prices_there_is_nothing_to_compare():
    problem = make_problem(pools=[Pool(5, name="own")], workloads=[Demand(0), Demand(1)])
    case, of = choices_of(problem)
    assert case.work_unit_h == 0
    assert of["here/own"].more == {}
    assert np.isnan(of["here/own"].dearer)
    assert of["here/own"].excluded == ()


def test_work_that_waits_is_told():
    problem = make_problem(
        sites=[Site(price=[5, 1, 1])], pools=[Pool(9, busy_kw=1)], workloads=[Demand([2, 1, 1], max_delay=1)]
    )
    case, _ = choices_of(problem)
    # The work of the first period waits for the second.
    assert case.at_once == pytest.approx(2 / 4)


@given(cases())
def test_no_pool_that_may_be_used_is_cheaper(case):
    problem = case.problem()
    made = plan(problem)
    if made.solution is None or made.solution.prices is None:
        return
    scale = max(1.0, abs(made.solution.audit.objective), np.abs(made.solution.prices.load).max(initial=0))
    for workload in range(problem.workloads.size):
        found = explain_workload(problem, made.solution, workload)
        assert sum(choice.work_unit_h for choice in found.choices) == pytest.approx(found.work_unit_h)
        for choice in found.choices:
            assert not (choice.is_used and choice.excluded)
            if choice.more and not choice.excluded:
                assert choice.dearer >= -1e-6 * scale


@given(cases())
def test_the_parts_of_a_price_are_the_price(case):
    problem = case.problem()
    made = plan(problem)
    if made.solution is None or made.solution.prices is None:
        return
    prices = repair(problem, made.solution.prices)
    parts = price_parts(problem, prices)
    assert parts.use + parts.rent + parts.energy + parts.carbon == pytest.approx(prices.load)


@given(cases())
def test_marginal_charges_add_up_to_the_plan(case):
    problem = case.problem()
    made = plan(problem)
    if made.solution is None or made.solution.prices is None:
        return
    biller = MarginalBiller(problem, made.solution.prices)
    for block in made.solution.allocation.blocks():
        biller.add(block)
    accounts = made.solution.accounts
    charges = biller.charges(accounts)
    emitted = accounts.emissions_kg.on(problem.objective.basis)
    for charged, total in ((charges.cost, accounts.cost.total), (charges.kg, emitted)):
        assert np.isnan(charged).all() or charged.sum() == pytest.approx(total)
    assert np.isnan(charges.cost).all() or problem.objective.goal is Goal.COST


def test_who_fills_what_is_scarce_pays_more():
    problem = make_problem(
        pools=[Pool(2, name="own", price=1), on_demand(name="rented", price=7)],
        workloads=[Demand([3, 0, 0], name="peak"), Demand([0, 1, 1], name="quiet")],
    )
    made = plan(problem)
    biller = MarginalBiller(problem, made.solution.prices)
    for block in made.solution.allocation.blocks():
        biller.add(block)
    # At the margin the peak pays 7 a unit·h, the quiet hours 1; the plan costs 2 + 7 + 2.
    assert biller.charges(made.solution.accounts).cost == pytest.approx(np.array([21, 2]) * 11 / 23)


def test_marginal_charges_know_networks_data_sets_and_contracts():
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
    made = plan(problem)
    biller = MarginalBiller(problem, made.solution.prices)
    for block in made.solution.allocation.blocks():
        biller.add(block)
    charges = biller.charges(made.solution.accounts)
    # Nothing is scarce, so what is charged at the margin is what is paid.
    assert charges.cost == pytest.approx([2 + 1 + 2, 6 + 1 + 3 + 3 + 3, 4 + 2 + 4])
    assert charges.kg == pytest.approx([4 * 0.05, 2 + 6 * 0.05, 8 * 0.05])
