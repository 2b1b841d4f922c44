"""Policies: shares of work at sites, limits of companies, renewable shares, budgets."""

from __future__ import annotations

import numpy as np
import pytest

from builders import Contract, Demand, Job, Link, Pool, Rule, Site, on_demand
from computeplan.problem import CarbonBasis, Goal, RuleMeasure, Status

CHEAP_AND_DEAR = {
    "periods": 2,
    "sites": [Site("cheap"), Site("dear")],
    "pools": [on_demand(site="cheap", price=1), on_demand(site="dear", price=3)],
    "workloads": [Demand([4, 6], company="a"), Demand(10, company="b")],
}


@pytest.mark.parametrize("weights", [(1,), (7,)])
def test_a_least_share_moves_just_enough_work_of_the_set(solve, weights):
    rules = [Rule(0.3, RuleMeasure.LEAST_SHARE, ["dear"], [0])]
    answer = solve(**CHEAP_AND_DEAR, rules=rules, weights=weights)
    assert answer.done[0, 1].sum() == pytest.approx(3), "over the horizon, whenever it is"
    assert answer.done[1, 1].sum() == pytest.approx(0)
    assert answer.objective == pytest.approx(weights[0] * (30 + 3 * 2))


def test_a_most_share_counts_all_its_sites_together(solve):
    sites = [*CHEAP_AND_DEAR["sites"], Site("also")]
    pools = [*CHEAP_AND_DEAR["pools"], on_demand(site="also", price=2)]
    rules = [Rule(0.25, RuleMeasure.MOST_SHARE, ["cheap", "also"])]
    answer = solve(**CHEAP_AND_DEAR | {"sites": sites, "pools": pools}, rules=rules)
    assert answer.done.sum(axis=(0, 2)) == pytest.approx(np.array([7.5, 22.5, 0]))


def test_a_share_is_of_the_work_done(solve):
    work = [Demand(10, shortfall_price=2)]
    rules = [Rule(0.5, RuleMeasure.LEAST_SHARE, ["dear"])]
    answer = solve(**CHEAP_AND_DEAR | {"workloads": work}, rules=rules)
    # A unit·h in both costs 2 on average, as much as leaving it undone.
    assert answer.objective == pytest.approx(40)


def test_shares_that_exclude_each_other_are_infeasible(solve):
    rules = [Rule(0.6, RuleMeasure.LEAST_SHARE, [site], [0]) for site in ("cheap", "dear")]
    assert solve(**CHEAP_AND_DEAR, rules=rules).status is Status.INFEASIBLE


def test_the_list_cost_of_a_company_is_limited(solve):
    """Its energy counts at busy power and the grid's price, whoever supplies it."""
    answer = solve(
        periods=1,
        sites=[Site("here", price=2, pue=1.5), Site("there")],
        pools=[
            Pool(10, site="here", busy_kw=1, price=1, efficiency=2),
            on_demand(site="there", price=5),
        ],
        links=[Link(("here", "there"), price=0.25)],
        contracts=[Contract(100, site="here")],
        workloads=[Demand(4, traffic=2, unit_cost={"here": 3})],
        rules=[Rule(20, RuleMeasure.COST)],
    )
    # Listed at (1 + 1.5 · 2) / 2 + 3 = 5 here, at 5 + 0.5 there: all 4 unit·h are here.
    assert answer.done[0, :, 0] == pytest.approx(np.array([4, 0]))
    assert answer.objective == pytest.approx(4 * (0.5 + 3)), "the contract's energy is free"


def test_the_emissions_of_a_company_are_limited(solve):
    sites = [Site("cheap", carbon=1, pue=2), Site("dear", carbon=0.5)]
    pools = [on_demand(site="cheap", price=1, busy_kw=1), on_demand(site="dear", price=3, busy_kw=1)]
    rules = [Rule(11, RuleMeasure.CARBON, workloads=[0])]
    answer = solve(**CHEAP_AND_DEAR | {"sites": sites, "pools": pools}, rules=rules, basis=CarbonBasis.HOURLY)
    # 10 unit·h at 2 or 0.5 kg each: four of them may stay.
    assert answer.done[0].sum(axis=1) == pytest.approx(np.array([4, 6]))
    assert answer.done[1, 1].sum() == pytest.approx(0)


@pytest.mark.parametrize("volume", [1.0, 4.0])
def test_data_sets_count_for_a_company(solve, volume):
    """Of a fixed workload once, of a job with its work."""
    network = {"sites": [Site("a"), Site("b")], "links": [Link(("a", "b"), price=1.0)]}
    pools = [on_demand(site="a", price=9), on_demand(site="b", price=1)]
    work = [Demand([1, 1], fixed=True, data=6, zone="a"), Job(volume, data=6, zone="a")]
    rules = [Rule(limit, RuleMeasure.COST, workloads=[w]) for w, limit in ((0, 2 + 3 + 8 - 3), (1, 100))]
    answer = solve(**network, periods=2, pools=pools, workloads=work, rules=rules)
    # The fixed one costs 18 at home and 2 + 6 away, and is to cost 10 at most.
    assert answer.done[0, 1].sum() >= 2 * 0.8 - 1e-9
    assert answer.objective == pytest.approx(8 + min(9 * volume, volume + 6))


def test_contracts_deliver_the_renewable_share(solve):
    fields = {
        "periods": 2,
        "sites": [Site("here", price=1, renewable=0.6)],
        "pools": [Pool(10, busy_kw=1)],
        "workloads": [Demand([5, 5])],
    }
    answer = solve(**fields, contracts=[Contract([9, 1], price=3)])
    assert answer.decisions.contract_kwh.sum() == pytest.approx(6)
    assert answer.objective == pytest.approx(4 * 1 + 6 * 3)
    assert solve(**fields, contracts=[Contract([4, 1], price=3)]).status is Status.INFEASIBLE


DIRTY_AND_CLEAN = {
    "periods": 1,
    "sites": [Site("dirty", carbon=1.0), Site("clean", carbon=0.2)],
    "pools": [
        on_demand(site="dirty", price=1, busy_kw=1),
        on_demand(site="clean", price=2, busy_kw=1),
    ],
    "workloads": [Demand(10)],
}


def test_least_carbon_within_a_budget(solve):
    answer = solve(**DIRTY_AND_CLEAN, goal=Goal.CARBON, budget=14)
    assert answer.done[0, :, 0] == pytest.approx(np.array([6, 4]))
    assert answer.objective == pytest.approx(6 * 1 + 4 * 0.2)
    assert solve(**DIRTY_AND_CLEAN, goal=Goal.CARBON, budget=9).status is Status.INFEASIBLE


def test_a_budget_counts_no_penalty_and_no_carbon_charge(solve):
    fields = DIRTY_AND_CLEAN | {"workloads": [Demand(10, shortfall_price=50)]}
    answer = solve(**fields, budget=4, carbon_price=0.1)
    assert answer.cost == pytest.approx(4)
    assert answer.objective == pytest.approx(4 + 0.4 + 6 * 50)
