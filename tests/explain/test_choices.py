"""Why a workload runs where it runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from builders import Demand, Link, Pool, Site, make_problem, on_demand
from computeplan.explanations.workload import explain_company, explain_workload
from computeplan.folder.tables import expand
from computeplan.prices.charges import price_parts
from computeplan.prices.dual_repair import repair_prices
from computeplan.problem import HorizonEnd
from computeplan.solvers.planner import plan
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
    assert of["a/x"].extra == pytest.approx(dict.fromkeys(of["a/x"].extra, 0.0))
    assert of["b/x"].extra == pytest.approx(
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
    assert of["b/x"].extra_cost == pytest.approx(6.5)
    assert of["b/x"].extra_kg == pytest.approx(1.5)
    assert of["b/x"].kwh == pytest.approx(2)


@pytest.mark.parametrize(
    ("demand", "fields", "share"),
    [
        (Demand([2, 2], max_delay=0, shortfall_price=50.0), {}, 1.0),
        (Demand([3, 0], max_delay=1), {"pools": [Pool(2)]}, 2 / 3),
        (Demand([3, 0, 1, 0], max_delay=1), {"pools": [Pool(2)], "blocks": (2, 2), "weights": (1, 5)}, 7 / 8),
        (
            Demand([0, 3, 0, 1], max_delay=1),
            {"pools": [Pool(2, price=[2, 1, 2, 1])], "blocks": (2, 2), "end": HorizonEnd.CYCLIC},
            3 / 4,
        ),
    ],
)
def test_how_much_is_done_at_once(demand, fields, share):
    """Shortfall does not wait, blocks count by their weight, and the end of a cyclic one is its start."""
    periods = len(demand.units)
    problem = make_problem(**{"periods": periods, "pools": [Pool(1)], "workloads": [demand], **fields})
    case, _ = choices_of(problem)
    assert case.at_once == pytest.approx(share)


def test_a_full_pool_costs_its_rent():
    problem = make_problem(
        pools=[Pool(1, name="own", price=1), on_demand(name="rented", price=5)], workloads=[Demand(3)]
    )
    _, of = choices_of(problem)
    # Two of three units·h run at 5; one more unit of one's own would save 4.
    assert of["here/own"].extra["capacity rent"] == pytest.approx(4 * 2 / 3)
    assert of["here/own"].extra_cost == pytest.approx(0, abs=1e-9)
    assert of["here/rented"].extra_cost == pytest.approx(0, abs=1e-9)


def test_an_excluded_pool_says_why_and_what_it_would_cost():
    problem = make_problem(
        sites=[Site("near", "here", security=1), Site("far", "far")],
        pools=[on_demand(site="near", name="n", price=5), on_demand(site="far", name="f", price=2)],
        workloads=[Demand(1, max_latency=10.0, security=1)],
        links=[Link(("here", "far"), latency=38.0)],
    )
    _, of = choices_of(problem)
    assert of["far/f"].excluded == ("security 0 < 1", "latency 38 ms > 10 ms")
    assert of["far/f"].extra_cost == pytest.approx(-3)


def test_without_work_hardware_or_prices_there_is_nothing_to_compare():
    problem = make_problem(pools=[Pool(5, name="own")], workloads=[Demand(0), Demand(1)])
    case, of = choices_of(problem)
    assert case.work_unit_h == 0
    assert of["here/own"].extra == {}
    assert np.isnan(of["here/own"].extra_cost)
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
            if choice.extra and not choice.excluded:
                assert choice.extra_cost >= -1e-6 * scale


@given(cases())
def test_the_parts_of_a_price_are_the_price(case):
    problem = case.problem()
    made = plan(problem)
    if made.solution is None or made.solution.prices is None:
        return
    prices = repair_prices(problem, made.solution.prices)
    parts = price_parts(problem, prices)
    assert parts.use + parts.rent + parts.energy + parts.carbon == pytest.approx(prices.load)


def test_a_workload_without_work_has_no_main_site():
    demands = [Demand(1, name="done", company="x"), Demand(1, name="idle", company="x", shortfall_price=0.1)]
    problem = make_problem(pools=[on_demand(price=1)], workloads=demands)
    case = explain_company(problem, expand(problem, plan(problem).solution), 0)
    assert dict(zip(case.workloads.tolist(), case.main_site.tolist(), strict=True)) == {0: 0, 1: -1}
