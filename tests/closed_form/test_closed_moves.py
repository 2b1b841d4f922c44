"""Moves with a price: when work stays, when it follows the cheap hours, and what it pays."""

from __future__ import annotations

import pytest

from builders import Demand, Pool, Site, on_demand

SITES = [Site("a"), Site("b")]


def pools(*price: list[float]) -> list[Pool]:
    return [Pool(9, site=site.name, price=each) for site, each in zip(SITES, price, strict=True)]


def test_work_moves_where_that_saves_more_than_it_costs(solve):
    """There and back costs twice the price, and saves 3 a unit·h."""
    prices = pools([1, 4, 1], [4, 1, 4])
    for move, expected in ((0.0, 3), (1.0, 3 + 2), (1.4, 3 + 2 * 1.4), (2.0, 3 + 3)):
        answer = solve(periods=3, sites=SITES, pools=prices, workloads=[Demand(2, move=move)])
        assert answer.objective == pytest.approx(2 * expected)


def test_a_move_is_paid_by_the_unit_not_by_the_hour(solve):
    """Half an hour saves half as much of a unit·h."""
    workloads = [Demand(2, move=1.0)]
    answer = solve(periods=2, period_h=0.5, sites=SITES, pools=pools([0, 5], [9, 2]), workloads=workloads)
    assert answer.objective == pytest.approx(2 * (0.5 * 2 + 1.0))


def test_a_change_of_terms_is_free(solve):
    terms = [Pool(9, site="a", price=[1, 9]), on_demand(site="a", price=[9, 1])]
    answer = solve(periods=2, sites=SITES, pools=terms, workloads=[Demand(1, move=100.0)])
    assert answer.objective == pytest.approx(2)


def test_nothing_is_paid_for_an_hour_without_demand_or_between_weeks(solve):
    prices = pools([1, 9, 9], [9, 9, 1])
    fields = {"periods": 3, "sites": SITES, "pools": prices}
    paused = solve(workloads=[Demand([1, 0, 1], move=2.0)], **fields)
    assert paused.objective == pytest.approx(1 + 2 + 1), "it comes from where it was before the pause"
    apart = solve(workloads=[Demand([1, 0, 1], move=2.0)], blocks=[2, 1], weights=[1, 10], **fields)
    assert apart.objective == pytest.approx(1 + 10 * 1)


def test_work_that_grows_does_not_move(solve):
    limited = [Pool(2, site="a", price=1), Pool(9, site="b", price=3)]
    answer = solve(periods=2, sites=SITES, pools=limited, workloads=[Demand([2, 4], move=0.5)])
    # Two of four units come to b: half of the demand, which was all in a.
    assert answer.objective == pytest.approx(2 + (2 + 6 + 0.5 * 2))


def test_work_that_fell_short_comes_from_elsewhere(solve):
    full = [Pool(9, site="a", availability=[1, 0, 1], price=1)]
    workloads = [Demand(1, move=2.0, shortfall_price=5.0)]
    answer = solve(periods=3, sites=SITES, pools=full, workloads=workloads)
    assert answer.objective == pytest.approx(1 + 5 + 1 + 2)


def test_each_pays_its_own_price(solve):
    """One of both has to leave: the one that moves for less."""
    shared = [Pool(9, site="a", availability=[1, 1 / 9]), Pool(9, site="b", price=1)]
    workloads = [Demand(1, move=3.0), Demand(1, move=0.5)]
    answer = solve(periods=2, sites=SITES, pools=shared, workloads=workloads)
    assert answer.objective == pytest.approx(1 + 0.5)
    assert answer.done[1, 1, 1] == pytest.approx(1)
