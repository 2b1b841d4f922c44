"""A fault put in anywhere between problem and plan is caught by the audit, or changes nothing.

Each test breaks one thing inside: a family of constraints is left out, a unit is mistaken, a solver lies.
What comes out must not pass as the optimum unless it is the optimum.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import Battery, Cap, Case, Contract, Demand, Job, Link, Pool, Rule, Site, on_demand, reserved
from computeplan.audit.context import Check
from computeplan.lp import FAMILIES, build
from computeplan.lp.context import ABSENT
from computeplan.problem import CarbonBasis, Goal, RuleMeasure, Status
from computeplan.problem.network import derive_routing
from computeplan.solvers import planner
from computeplan.solvers.planner import plan
from strategies import cases

RICH = Case(
    periods=4,
    blocks=(2, 2),
    weights=(1.0, 3.0),
    sites=[
        Site("here", price=[1.0, 0.2, 1.0, 1.0], carbon=0.5, demand_charge=2.0),
        Site("far", "far", pue=1.2, price=0.3, carbon=0.6, market=0.7),
    ],
    pools=[
        Pool(5, busy_kw=10, idle_kw=2, name="own"),
        reserved(4, site="far", name="book", price=1.0, busy_kw=8, min_units=1),
        on_demand(price=20.0, busy_kw=5, name="rent"),
    ],
    workloads=[
        Demand([3, 6, 9, 2], name="chat", traffic=0.5),
        Demand(2, name="batch", max_delay=1.0, traffic=0.5),
        Job(name="train", volume=4, release=2, deadline=4, max_rate=3),
        Demand(1, name="db", fixed=True, data=8.0),
    ],
    links=[Link(("here", "far"), price=0.1, bandwidth=0.8, energy=0.01, carbon=0.5)],
    contracts=[Contract(site="far", available=[24, 24, 14, 14], price=0.2, take_or_pay=True)],
    caps=[Cap(2.0, weights={"far/book": 1.0})],
    carbon_price=0.1,
    basis=CarbonBasis.MARKET,
)

CARBON_CAP_KG = 230.0
"""Between what the cheapest and the cleanest plan of `RICH` emit."""


TWO = {
    "periods": 2,
    "sites": [Site("cheap", carbon=1.0), Site("dear", carbon=0.2)],
    "pools": [on_demand(site="cheap", price=1, busy_kw=1), on_demand(site="dear", price=2, busy_kw=1)],
    "workloads": [Demand(10)],
}
POWERED = {"periods": 2, "pools": [Pool(10, busy_kw=1)], "workloads": [Demand([2, 5])]}
CLOSABLE = [Site(optional=True, opening_price=5.0)]

RARE = {
    "budget": Case(**TWO, goal=Goal.CARBON, budget=28),
    "renewable_share": Case(
        **POWERED, sites=[Site(price=1, renewable=0.6)], contracts=[Contract(9, price=3)]
    ),
    "rule": Case(**TWO, rules=[Rule(0.25, RuleMeasure.MOST_SHARE, ["cheap"])]),
    "contracted_power": Case(
        **POWERED, sites=[Site(price=5)], contracts=[Contract(1, price=1, most=9, capacity_price=1)]
    ),
    "sale": Case(**POWERED, contracts=[Contract(9, price=1, feed_in=2)]),
    "leased_bandwidth": Case(
        periods=1,
        sites=[Site("near"), Site("far")],
        pools=[on_demand(site="near", price=9), on_demand(site="far", price=1)],
        links=[Link(("near", "far"), bandwidth=1, lease=9, lease_price=2)],
        workloads=[Demand(4, traffic=1.0)],
    ),
    "new_capacity": Case(
        periods=2, pools=[Pool(1, new=9, new_price=3), on_demand(price=9)], workloads=[Demand(4)]
    ),
    "storage": Case(
        **POWERED, sites=[Site(price=[1, 4])], batteries=[Battery(power=3, energy=9, efficiency=0.9)]
    ),
    "move": Case(
        periods=2,
        sites=[Site("one"), Site("other")],
        pools=[on_demand(site="one", price=[1, 9]), on_demand(site="other", price=[9, 1])],
        workloads=[Demand(4, move=3)],
    ),
    **dict.fromkeys(
        ("run", "launch"),
        Case(
            periods=4,
            pools=[on_demand(price=[1, 9, 1, 9])],
            workloads=[Job(4, deadline=4, max_rate=2, through=True)],
        ),
    ),
    "steps": Case(
        periods=2, pools=[reserved(9, step=3, price=1), on_demand(price=9)], workloads=[Demand([7, 4])]
    ),
    "rented_steps": Case(
        periods=1, pools=[on_demand(8, step=4, price=1), on_demand(price=9)], workloads=[Demand(3)]
    ),
    "open_load": Case(sites=CLOSABLE, pools=[Pool(4)], workloads=[Demand(2, shortfall_price=9)]),
    "routing": Case(
        periods=1,
        sites=[Site("near"), Site("far")],
        pools=[on_demand(site="near", price=9), on_demand(site="far", price=1)],
        links=[
            Link(("near", "far"), price=1, bandwidth=1),
            Link(("near", "middle"), latency=1, price=2),
            Link(("middle", "far")),
        ],
        workloads=[Demand(4, traffic=1.0)],
    ),
    "direction": Case(
        **POWERED, sites=[Site(price=-1)], batteries=[Battery(power=9, energy=9, efficiency=0.9)]
    ),
    "open_battery": Case(
        periods=2,
        sites=[Site("here", price=[-1, 1], optional=True, opening_price=99), Site("there")],
        pools=[Pool(9, busy_kw=1, site="there")],
        workloads=[Demand(2, zone="there")],
        batteries=[Battery(power=9, energy=9, efficiency=0.9), Battery(power=9, energy=9, efficiency=0.8)],
    ),
    "open_level": Case(
        sites=CLOSABLE, pools=[reserved(4, price=1)], workloads=[Demand(2, shortfall_price=9)]
    ),
}
"""Cases of families that `RICH` has not."""


def passes_as_optimal(made):
    return made.status is Status.OPTIMAL and made.solution is not None and made.solution.audit.passed


def innocent(made, truth):
    """Whether a broken run says nothing wrong: no false optimum, and no optimum that is another."""
    if not passes_as_optimal(made):
        return True
    scale = max(1.0, abs(truth.solution.audit.objective)) if truth.solution else 0.0
    return (
        truth.solution is not None
        and abs(made.solution.audit.objective - truth.solution.audit.objective) <= 1e-5 * scale
    )


def without(family):
    """Build programs in which one family of constraints holds nothing."""

    def broken(grouping):
        model = build(grouping)
        rows = model.rows[family]
        rows = rows[rows != ABSENT]
        lower, upper = model.lp.row_lower.copy(), model.lp.row_upper.copy()
        lower[rows], upper[rows] = -np.inf, np.inf
        return replace(model, lp=replace(model.lp, row_lower=lower, row_upper=upper))

    return broken


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_family_left_out_is_caught(family, monkeypatch):
    # Under the carbon cap less is booked than the other cap allows.
    rich = replace(RICH, carbon_cap=CARBON_CAP_KG) if family != "cap" else RICH
    problem = RARE.get(family, rich).problem()
    truth = plan(problem)
    assert passes_as_optimal(truth)
    monkeypatch.setattr(planner, "build", without(family))
    made = plan(problem)
    assert innocent(made, truth)
    assert not passes_as_optimal(made), "nothing in this case depends on the family"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases(), st.sampled_from(sorted(FAMILIES)))
def test_no_family_left_out_gives_a_false_optimum(monkeypatch, case, family):
    problem = case.problem()
    truth = plan(problem)
    with monkeypatch.context() as patch:
        patch.setattr(planner, "build", without(family))
        made = plan(problem)
    assert innocent(made, truth)


def mistaken(**change):
    """Build programs from a problem in which a unit is another."""

    def broken(grouping):
        problem = grouping.problem
        for part, (field, factor) in change.items():
            section = getattr(problem, part)
            altered = replace(section, **{field: getattr(section, field) * factor})
            problem = replace(problem, **{part: altered})
        return build(replace(grouping, problem=problem))

    return broken


UNITS = {
    "MWh for kWh in prices": {"grid": ("price", 1e-3)},
    "t for kg": {"grid": ("market_kg_per_kwh", 1e3)},
    "W for kW": {"hardware": ("busy_kw", 1e3)},
    "Gb for GB": {"network": ("bandwidth_gb_per_h", 8.0)},
    "hours for minutes of waiting": {"workloads": ("max_delay_h", 1 / 60)},
    "a year's price for an hour's": {"pools": ("price", 1 / 8760)},
    "MW for kW of a contract": {"contracts": ("available_kw", 1e3)},
    "per cent for a share of availability": {"pools": ("availability", 100.0)},
    "a price of carbon per t for one per kg": {"objective": ("carbon_price_per_kg", 1e3)},
}


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_mistaken_unit_is_caught(unit, monkeypatch):
    problem = RICH.problem()
    assert passes_as_optimal(plan(problem))
    monkeypatch.setattr(planner, "build", mistaken(**UNITS[unit]))
    assert not passes_as_optimal(plan(problem))


class Liar:
    """Stands in for the solver and changes what it says."""

    def __init__(self, honest, change):
        self._honest, self._change = honest, change

    def __call__(self, *arguments):
        solver = self._honest(*arguments)
        solve = solver.solve

        def lie(time_limit_s):
            result, parts = solve(time_limit_s)
            return self._change(result), parts

        solver.solve = lie
        return solver


LIES = {
    "another objective": lambda result: replace(result, objective=0.9 * result.objective),
    "values of nothing": lambda result: replace(result, values=np.zeros_like(result.values)),
    "values that are no numbers": lambda result: replace(result, values=np.full_like(result.values, np.nan)),
    "one value changed": lambda result: replace(
        result, values=result.values + 0.5 * (np.arange(len(result.values)) == result.values.argmax())
    ),
    "duals of nothing": lambda result: replace(result, row_duals=np.zeros_like(result.row_duals)),
    "duals of the other sign": lambda result: replace(result, row_duals=-result.row_duals),
    "duals a thousandfold": lambda result: replace(result, row_duals=1000 * result.row_duals),
    "no duals at all": lambda result: replace(result, row_duals=None, objective=2 * result.objective),
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_solver_that_lies_is_caught(lie, monkeypatch):
    problem = RICH.problem()
    assert passes_as_optimal(plan(problem))
    monkeypatch.setattr(planner, "ProgramSolver", Liar(planner.ProgramSolver, LIES[lie]))
    assert not passes_as_optimal(plan(problem))


def test_a_solver_that_calls_a_worse_plan_optimal_is_caught(monkeypatch):
    dear = replace(RICH, pools=[replace(RICH.pools[0], price=99.0), *RICH.pools[1:]]).problem()
    problem = RICH.problem()

    def for_another_objective(grouping):
        wrong = build(replace(grouping, problem=replace(grouping.problem, pools=dear.pools)))
        right = build(grouping)
        return replace(right, lp=wrong.lp)

    monkeypatch.setattr(planner, "build", for_another_objective)
    made = plan(problem)
    assert not passes_as_optimal(made)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases(goal=st.just(Goal.COST)), st.integers(0, 2**32 - 1))
def test_random_noise_in_values_or_duals_never_gives_a_false_optimum(monkeypatch, case, seed):
    problem = case.problem()
    truth = plan(problem)
    rng = np.random.default_rng(seed)

    def noisy(result):
        if result.values is None:
            return result
        where = rng.random(len(result.values)) < 0.2
        values = result.values * np.where(where, rng.choice([0.0, 0.5, 0.999, 1.01, 2.0], len(where)), 1.0)
        duals = result.row_duals * rng.choice([1.0, 1.0, 0.5, -1.0], len(result.row_duals))
        return replace(result, values=values, row_duals=duals)

    with monkeypatch.context() as patch:
        patch.setattr(planner, "ProgramSolver", Liar(planner.ProgramSolver, noisy))
        made = plan(problem)
    assert innocent(made, truth)


def test_traffic_over_a_path_that_is_too_long_is_caught(monkeypatch):
    """Here the mistake is in what model and audit take from the problem alike."""

    def any_path(needs, network):
        return derive_routing(replace(needs, max_latency_ms=np.full(needs.size, np.inf)), network)

    near = Demand(4, traffic=1.0, max_latency=0.5, shortfall_price=50)
    case = RARE["routing"].but(workloads=[near])
    assert passes_as_optimal(plan(case.problem()))
    monkeypatch.setattr("computeplan.problem.problem.derive_routing", any_path)
    made = plan(case.problem())
    assert not made.solution.audit.passed
    assert made.solution.audit.violation(Check.ROUTING).relative > 0.1


def test_the_reliability_page_states_what_is_injected():
    page = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert f"| {len(FAMILIES)}, {len(UNITS)} and {len(LIES) + 1}, and random ones |" in page
