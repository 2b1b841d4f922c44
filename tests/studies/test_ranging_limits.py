"""Ranging knows every limit and every price of the catalogs: by hand, and against direct solves."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf, isfinite

import numpy as np
import pytest

import computeplan
from builders import (
    Battery,
    Cap,
    Case,
    Contract,
    Demand,
    Job,
    Link,
    Pool,
    Rule,
    Site,
    on_demand,
    reserved,
)
from command_line import run
from computeplan.accounts.limits import limited_things
from computeplan.problem import CarbonBasis, Goal, Problem, RuleMeasure
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.solvers.planner import plan
from computeplan.studies.ranging import Kind, Parameter, find_range, shadow_prices
from computeplan.studies.ranging.parameter import PRICES, kind_of
from whole_config import WHOLE

HERE, THERE = Site("here"), Site("there")
CHEAP, DEAR = on_demand(site="here", price=1.0), on_demand(site="there", price=3.0)
BUSY = on_demand(site="here", busy_kw=1.0)


def case(**fields) -> Case:
    """One hour of 4 units, here at 1 or there at 3 a unit·h."""
    given = {"periods": 1, "sites": [HERE, THERE], "pools": [CHEAP, DEAR], "workloads": [Demand(4)]}
    return Case(**{**given, **fields})


def powered(site: Site, **fields) -> Case:
    """One hour of 4 units at one site, 1 kW each, that cost energy only."""
    return case(**{"sites": [site], "pools": [BUSY], **fields})


def two_hours(**battery: float) -> Case:
    """Free energy in the first hour, work in the second, and a battery."""
    site = Site("here", price=[0.0, 1.0])
    return powered(site, periods=2, workloads=[Demand([0, 4])], batteries=[Battery(**battery)])


CLEANER = [Site("here", carbon=1.0), THERE]
EMITTING = [on_demand(site="here", price=1.0, busy_kw=1.0), DEAR]
LIMITED = {
    LimitKind.CAPACITY: (case(pools=[on_demand(2, site="here", price=1.0), DEAR]), 2, 2),
    LimitKind.BOOKABLE_UNITS: (case(pools=[reserved(2, site="here", price=1.0), DEAR]), 2, 2),
    LimitKind.MIN_UNITS: (
        case(pools=[reserved(9, min_units=3, site="here", price=1.0), on_demand(site="there", price=0.5)]),
        0.75,
        1,
    ),
    LimitKind.NEW_UNITS: (case(pools=[Pool(1, site="here", new=2, new_price=1.0), DEAR]), 2, 2),
    LimitKind.CAP: (case(caps=[Cap(2, weights={"here/p0": 1.0})]), 2, 2),
    LimitKind.IMPORT_LIMIT: (case(sites=[Site("here", import_limit=2), THERE], pools=EMITTING), 2, 2),
    LimitKind.CONTRACT: (powered(Site("here", price=1), contracts=[Contract(2, price=0.25)]), 0.75, 0.75),
    LimitKind.CONTRACTED_POWER: (
        powered(Site("here", price=1), contracts=[Contract(1, most=2, capacity_price=0.25)]),
        0.75,
        0.75,
    ),
    LimitKind.CERTIFICATES: (
        powered(
            Site("here", market=1.0, certificates=2, certificate_price=0.25),
            basis=CarbonBasis.MARKET,
            carbon_price=1.0,
        ),
        0.75,
        0.75,
    ),
    LimitKind.RENEWABLE_SHARE: (
        powered(Site("here", price=0.25, renewable=0.5), contracts=[Contract(9, price=1.0)]),
        0.75,
        0.75,
    ),
    LimitKind.BATTERY_POWER: (two_hours(power=1, energy=9), 0.5, 0.5),
    LimitKind.BATTERY_ENERGY: (two_hours(power=9, energy=1), 0.5, 0.5),
    LimitKind.BANDWIDTH: (
        case(links=[Link(("here", "there"), bandwidth=2)], workloads=[Demand(4, zone="there", traffic=1.0)]),
        2,
        2,
    ),
    LimitKind.LEASED_BANDWIDTH: (
        case(
            links=[Link(("here", "there"), bandwidth=1, lease=2, lease_price=0.5)],
            workloads=[Demand(4, zone="there", traffic=1.0)],
        ),
        1.5,
        1.5,
    ),
    LimitKind.CARBON_CAP: (case(sites=CLEANER, pools=EMITTING, carbon_cap=2.0), 2, 2),
    LimitKind.BUDGET: (case(sites=CLEANER, pools=EMITTING, goal=Goal.CARBON, budget=8.0), 2, 2),
    LimitKind.RULE: (case(rules=[Rule(0.5, sites=["here"])]), 2, 2),
}
"""By kind: a case in which it binds, and what half of it more saves and half of it less costs."""


def test_every_limit_with_a_price_can_be_moved():
    movable = set(limited_things(case().problem()))
    assert movable == set(LIMITED)
    assert {kind for kind, limit in LIMITS.items() if limit.has_price} <= movable


@pytest.mark.parametrize("kind", LIMITED)
def test_a_limit_of_every_kind_is_moved_and_solved(kind):
    limited, saves, costs = LIMITED[kind]
    price = next(each for each in shadow_prices(limited.problem(), step=0.5) if each.limit is kind)
    assert price.solved
    assert (price.step_saves, price.step_costs) == pytest.approx((saves, costs))
    assert price.more == pytest.approx(price.marginal)
    assert price.step_saves == pytest.approx(price.step_marginal), "straight up to there"


def test_a_least_share_is_eased_by_lowering_it():
    rule = Rule(0.5, measure=RuleMeasure.LEAST_SHARE, sites=["there"])
    price = next(iter(shadow_prices(case(rules=[rule]).problem(), step=0.5)))
    assert (price.limit, price.is_floor, price.unit) == (LimitKind.RULE, True, "unit·h")
    assert (price.amount, price.marginal, price.more, price.less) == pytest.approx((2, 2, 2, 2))
    assert (price.step_saves, price.step_costs) == pytest.approx((2, 2))


@pytest.mark.parametrize("measure", [RuleMeasure.COST, RuleMeasure.CARBON])
def test_a_rule_on_cost_or_carbon_is_moved(measure):
    """Cost: least carbon at most 8 money. Carbon: least cost at most 2 kg."""
    goal, limit = (Goal.CARBON, 8.0) if measure is RuleMeasure.COST else (Goal.COST, 2.0)
    limited = case(sites=CLEANER, pools=EMITTING, goal=goal, rules=[Rule(limit, measure=measure)])
    price = next(iter(shadow_prices(limited.problem(), step=0.5)))
    assert price.amount == pytest.approx(limit)
    assert (price.step_saves, price.step_costs) == pytest.approx((2, 2))


def everything() -> Problem:
    """A problem that has every price."""
    site = Site("here", price=1.0, demand_charge=1.0, certificates=2.0, certificate_price=1.0)
    return case(
        sites=[site, Site("there", price=2.0, optional=True, opening_price=1.0)],
        pools=[
            Pool(1, site="here", new=2, new_price=1.0, price=1.0, busy_kw=1.0),
            on_demand(9, site="there"),
        ],
        workloads=[
            Demand(4, zone="there", traffic=1.0, unit_cost={"here": 1.0}, shortfall_price=9.0, move=0.5)
        ],
        links=[Link(("here", "there"), bandwidth=9, price=1.0, lease=1.0, lease_price=1.0)],
        contracts=[Contract(1, price=1.0, most=2, capacity_price=1.0, feed_in=0.5)],
        batteries=[Battery(price=1.0)],
        carbon_price=1.0,
    ).problem()


def scaled(problem: Problem, field: str, factor: float) -> Problem:
    section, name = field.split(".")
    part = getattr(problem, section)
    return replace(problem, **{section: replace(part, **{name: factor * getattr(part, name)})})


@pytest.mark.parametrize("field", sorted(PRICES))
def test_every_price_has_an_interval_in_which_the_plan_stays(field):
    problem = everything()
    assert kind_of(problem, scaled(problem, field, 1.5)) is Kind.PRICE
    parameter = Parameter("x", "", 1.0, 0.0, 3.0, lambda x: scaled(problem, field, x), Kind.PRICE)
    found = find_range(parameter)
    for inside in np.linspace(found.low.at, found.high.at, 3).tolist():
        line = found.objective + found.slope * (inside - 1.0)
        assert optimum(parameter, inside) == pytest.approx(line, rel=1e-5)
    for end, far in ((found.low, 0.0), (found.high, 3.0)):
        if end.changes:
            assert optimum(parameter, far) < found.objective + found.slope * (far - 1.0)


def optimum(parameter: Parameter, value: float) -> float:
    solution = plan(parameter.at(value)).solution
    return inf if solution is None else solution.audit.objective


def test_there_are_sixteen_prices():
    assert len(PRICES) == 16


def test_a_price_that_a_budget_or_a_rule_counts_is_no_mere_price():
    one = case(sites=CLEANER, pools=EMITTING, goal=Goal.CARBON, budget=8.0).problem()
    assert kind_of(one, scaled(one, "pools.price", 1.5)) is Kind.OTHER
    assert kind_of(one, scaled(one, "objective.carbon_price_per_kg", 1.5)) is Kind.OTHER, "nothing differs"
    one = case(sites=CLEANER, pools=EMITTING, rules=[Rule(9.0, measure=RuleMeasure.COST)]).problem()
    assert kind_of(one, scaled(one, "pools.price", 1.5)) is Kind.OTHER
    assert kind_of(one, scaled(one, "network.lease_price", 1.5)) is Kind.OTHER, "nothing differs"


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, limit.field) for kind, limit in LIMITS.items() if limit.ranging and limit.ranging.is_convex],
)
def test_the_saving_of_every_convex_limit_holds_up_to_its_break(kind, field):
    cases = {kind: limited for kind, (limited, _, _) in LIMITED.items()}
    cases[LimitKind.DEMAND] = case(pools=[on_demand(2, site="here", price=1.0), DEAR])
    cases[LimitKind.MAX_RATE] = case(periods=2, **late_job(price=[1.0, 3.0]))
    problem = cases[kind].problem()
    check_convex_interval(Parameter("x", "", 1.0, 0.25, 3.0, lambda x: scaled(problem, field, x), Kind.LIMIT))
    assert kind_of(problem, scaled(problem, field, 1.5)) is Kind.LIMIT


def late_job(price: list[float]) -> dict:
    return {
        "sites": [HERE],
        "pools": [on_demand(site="here", price=price)],
        "workloads": [Job(volume=3, max_rate=2)],
    }


def check_convex_interval(parameter: Parameter) -> None:
    found = find_range(parameter)
    assert isfinite(found.slope)
    for inside in np.linspace(found.low.at, found.high.at, 4)[1:-1].tolist():
        line = found.objective + found.slope * (inside - 1.0)
        assert optimum(parameter, inside) == pytest.approx(line, rel=1e-5)
    for end, far in ((found.low, 0.25), (found.high, 3.0)):
        if end.changes and end.is_possible:
            assert optimum(parameter, far) > found.objective + found.slope * (far - 1.0) + 1e-6


def test_the_volume_of_a_job_costs_more_where_the_cheap_hour_is_full():
    """Two units in the cheap hour at 1, the third unit·h in the dear one at 3."""
    problem = case(periods=2, **late_job(price=[1.0, 3.0])).problem()
    high = 1.25

    def at(x: float) -> Problem:
        return scaled(problem, "workloads.volume_unit_h", x)

    found = find_range(Parameter("x", "", 1.0, 0.25, high, at, Kind.LIMIT))
    assert kind_of(problem, at(high)) is Kind.LIMIT
    assert found.slope == pytest.approx(9.0)
    assert found.low.at == pytest.approx(2 / 3)
    assert found.low.slope_beyond == pytest.approx(3.0)


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def test_a_limit_of_a_program_with_whole_numbers_is_solved_at_some_values(whole):
    units = "sites.coal.pools.owned.units"
    found = computeplan.ranging(whole, of=[units], low=0, high=20, limits=0).ranges[0]
    assert (found.slope, found.low, found.high) == (None, None, None)
    assert "whole numbers" in found.note
    assert {0, 10, 15, 20} <= {step.at for step in found.steps}
    for step in found.steps:
        run_ = computeplan.solve(whole, overrides=[f"{units}={step.at!r}"], baseline=False).plan
        objective = run_.solution.audit.objective if run_.solution else None
        assert step.objective == (None if objective is None else pytest.approx(objective, rel=1e-6))
        assert step.objective is None or step.bound <= step.objective + 1e-9


def test_a_price_of_a_program_with_whole_numbers_has_true_break_points(whole):
    path = "sites.coal.grid.price"
    found = computeplan.ranging(whole, of=[path], low=0.0, high=1.5, limits=0).ranges[0]
    assert found.parameter.kind is Kind.PRICE
    assert found.high.changes

    def solved(price: float) -> float:
        done = computeplan.solve(whole, overrides=[f"{path}={price!r}"], baseline=False)
        return done.plan.solution.audit.objective

    for price in (0.99 * found.high.at, 1.01 * found.high.at):
        line = found.objective + found.slope * (price - 0.08)
        assert (solved(price) < line - 1e-5) == (price > found.high.at)


def test_with_whole_numbers_limits_have_solved_steps_and_no_dual_prices(whole):
    result = run("ranging", whole, "--step", "0.2", "--json")
    assert "NaN" not in result.stdout
    prices = json.loads(result.stdout)["shadow_prices"]
    assert prices
    for price in prices:
        assert price["whole_numbers"]
        assert (price["marginal"], price["more"], price["less"], price["unique"]) == (None,) * 4
    text = " ".join(
        run("ranging", whole, "--step", "0.2", "--of", "sites.coal.pools.owned.units").stdout.split()
    )
    assert "nan" not in text
    assert "whole numbers" in text
