"""Break-even points and shadow prices: by hand, against direct solves, and by the config's paths."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders import Case, Demand, Link, Pool, Site, make_problem, on_demand, reserved
from computeplan.problem import Problem, Status
from computeplan.problem.limits import LimitKind
from computeplan.solvers.planner import plan
from computeplan.studies.ranging import Kind, Parameter, find_range, shadow_prices
from computeplan.studies.ranging.parameter import kind_of, linear_blend
from strategies import cases, examples

HERE, THERE = Site("here"), Site("there")


def two_sites(*, price: float = 1.0, units: float = inf, demand: float = 4.0, **fields) -> Problem:
    """One hour of work here at a price, in some units, or there at 3 a unit·h without limit."""
    pools = [on_demand(units, site="here", price=price), on_demand(site="there", price=3.0)]
    return make_problem(
        **{"periods": 1, "sites": [HERE, THERE], "pools": pools, "workloads": [Demand(demand)], **fields}
    )


def varied(value: float, at, kind: Kind, high: float = 8.0, low: float = 0.0, *, stops=()) -> Parameter:
    return Parameter("x", "", value, low, high, at, kind, stops)


def test_a_site_wins_the_work_where_it_gets_cheaper():
    found = find_range(varied(5.0, lambda x: two_sites(price=x), Kind.PRICE))
    assert (found.slope, found.high.changes) == (0.0, False)
    assert found.low.at == pytest.approx(3.0)
    assert found.low.slope_beyond == pytest.approx(4.0)
    moved = {move.site: move.work_unit_h for move in found.low.moves}
    assert moved == pytest.approx({"here": 4, "there": -4})
    assert (found.low.movers.count, len(found.low.movers.names)) == (1, 1)


def test_the_worth_of_a_limit_holds_until_it_binds_no_more():
    found = find_range(varied(2.0, lambda x: two_sites(units=x), Kind.LIMIT))
    assert found.slope == pytest.approx(-2.0)
    assert (found.low.at, found.low.changes) == (0.0, False)
    assert found.high.at == pytest.approx(4.0)
    assert found.high.slope_beyond == pytest.approx(0, abs=1e-9)


def test_at_a_kink_both_sides_are_told():
    found = find_range(varied(4.0, lambda x: two_sites(units=x), Kind.LIMIT))
    sides = [end for end in (found.low, found.high) if end.changes]
    slopes = [found.slope, *(end.slope_beyond for end in sides)]
    assert all(end.at == pytest.approx(4.0) for end in sides)
    assert (min(slopes), max(slopes)) == pytest.approx((-2.0, 0.0), abs=1e-9)


def test_a_limit_below_which_nothing_works():
    case = Case(periods=1, workloads=[Demand(4)])
    found = find_range(varied(6.0, lambda x: case.but(pools=[Pool(x, price=1.0)]).problem(), Kind.LIMIT))
    assert not found.low.is_possible
    assert found.low.at == pytest.approx(4.0, abs=1e-4)
    assert found.high.is_possible


def test_a_problem_without_a_plan_has_no_range():
    found = find_range(varied(1.0, lambda x: two_sites(pools=[Pool(x)]), Kind.LIMIT))
    assert (found.status, found.low, found.high, found.steps) == (Status.INFEASIBLE, None, None, ())


def test_each_stop_of_a_latency_is_solved():
    def at(limit: float) -> Problem:
        links = [Link(("here", "there"), latency=30.0)]
        pools = [on_demand(site="here", price=3.0), on_demand(site="there", price=1.0)]
        work = [Demand(4, zone="here", max_latency=limit)]
        return two_sites(links=links, pools=pools, workloads=work)

    found = find_range(varied(20.0, at, Kind.LATENCY, 60.0, stops=(30.0,)))
    assert [(step.at, step.objective) for step in found.steps] == [(0, 12), (20, 12), (30, 4), (60, 4)]
    assert found.steps[0].moves == ()
    assert {move.site for move in found.steps[2].moves} == {"here", "there"}


@examples(30)
@given(cases(carbon_cap=st.just(inf)), st.sampled_from(["price", "carbon", "units"]), st.floats(0.05, 0.95))
def test_the_objective_is_straight_inside_and_bends_outside(case, what, where):
    original = case.problem()
    parameter = _parameter(original, what)
    found = find_range(parameter)
    assume(found.objective is not None and found.low is not None)
    slack = 1e-6 * max(1.0, abs(found.objective))
    inside = found.low.at + where * (found.high.at - found.low.at)
    if found.low.is_possible or inside > found.low.at:
        line = found.objective + found.slope * (inside - parameter.value)
        assert optimum(parameter, inside) == pytest.approx(line, abs=slack)
    for end, far in ((found.low, parameter.low), (found.high, parameter.high)):
        if not end.changes or end.slope_beyond is None or abs(end.at - far) < 1e-6:
            continue
        line = found.objective + found.slope * (far - parameter.value)
        # The optimum is convex or concave: it leaves the line at least as fast as just beyond the end.
        bend = abs(end.slope_beyond - found.slope) * abs(far - end.at)
        assert slack < bend <= abs(optimum(parameter, far) - line) + slack


def _parameter(original: Problem, what: str) -> Parameter:
    pools, goal = original.pools, original.objective
    match what:
        case "price":

            def at(x: float) -> Problem:
                return replace(original, pools=replace(pools, price=x * pools.price))

            return varied(1.0, at, Kind.PRICE, 3.0)
        case "carbon":

            def at(x: float) -> Problem:
                return replace(original, objective=replace(goal, carbon_price_per_kg=x))

            return varied(goal.carbon_price_per_kg, at, Kind.PRICE, goal.carbon_price_per_kg + 2.0)
        case _:

            def at(x: float) -> Problem:
                scaled = replace(pools, min_units=x * pools.min_units, max_units=x * pools.max_units)
                return replace(original, pools=scaled)

            return varied(1.0, at, Kind.LIMIT, 2.0, 0.5)


def optimum(parameter: Parameter, value: float) -> float:
    solution = plan(parameter.at(value)).solution
    return inf if solution is None else solution.audit.objective


def test_a_shadow_price_and_the_true_cost_of_a_step():
    price = only(shadow_prices(two_sites(units=2.0), step=0.5))
    assert (price.limit, price.name, price.unit) == (LimitKind.CAPACITY, "here/p0", "unit·h")
    assert (price.amount, price.marginal) == pytest.approx((2, 2))
    assert (price.more, price.less) == pytest.approx((2, 2))
    assert price.is_unique
    assert (price.step_saves, price.step_costs, price.step_marginal) == pytest.approx((2, 2, 2))


def test_the_worth_fades_within_the_step():
    price = only(shadow_prices(two_sites(units=3.5), step=0.5))
    assert (price.step_saves, price.step_marginal) == pytest.approx((1.0, 3.5))


def test_a_dual_price_that_is_not_unique_is_told():
    """Exactly as much here as there is work: one more is worth nothing, one less costs 2."""
    price = only(shadow_prices(two_sites(units=4.0), step=0.5))
    assert (price.more, price.less) == pytest.approx((0, 2), abs=1e-6)
    assert price.is_unique is False


def test_at_the_edge_of_what_is_possible_one_less_has_no_plan():
    problem = make_problem(periods=1, pools=[reserved(4, price=1.0)], workloads=[Demand(4)], caps=[])
    prices = shadow_prices(problem)
    assert prices
    assert all(price.less is None and price.step_costs is None for price in prices)
    assert all(price.is_unique is False for price in prices)


def test_limits_that_are_not_solved_have_their_dual_price():
    price = only(shadow_prices(two_sites(units=2.0), solved=0))
    assert (price.marginal, price.more, price.is_unique) == (pytest.approx(2), None, None)


def test_idle_power_counts_against_one_more():
    site = Site("here", price=1.0)
    pools = [Pool(2, site="here", idle_kw=0.5, busy_kw=0.5), on_demand(site="there", price=3.0)]
    price = only(shadow_prices(two_sites(sites=[site, THERE], pools=pools)))
    assert price.marginal == pytest.approx(3.0 - 0.5)
    assert (price.more, price.less) == pytest.approx((2.5, 2.5))


def only(prices):
    assert len(prices) == 1
    return prices[0]


def test_kinds_of_numbers():
    one = two_sites()
    assert kind_of(one, two_sites(price=2.0)) is Kind.PRICE
    assert kind_of(one, two_sites(units=2.0)) is Kind.LIMIT
    assert kind_of(one, two_sites(sites=[Site("here", pue=2.0), THERE])) is Kind.OTHER
    assert kind_of(one, two_sites(workloads=[Demand(4), Demand(1)])) is Kind.OTHER


def test_what_goes_straight_is_blended_and_what_does_not_is_told():
    one, other, between = (two_sites(price=x, units=5.0) for x in (1.0, 3.0, 2.0))
    at = linear_blend(one, other, between, 0.5)
    assert at(0.25).pools.price[0, 0] == pytest.approx(1.5)
    assert at(0.25).grid is one.grid, "what is alike stays the same object"
    assert linear_blend(one, other, two_sites(price=2.5, units=5.0), 0.5) is None
