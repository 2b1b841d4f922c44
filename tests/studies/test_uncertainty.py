"""Decisions before it is known which scenario comes: published answers, laws, and a plain model in PuLP."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import computeplan
from computeplan.config import UncertaintySection
from computeplan.errors import ConfigError, UsageError
from computeplan.problem import Goal, Status
from computeplan.solvers import SolverOptions, StopSignal
from computeplan.studies.uncertainty import plan_scenarios
from computeplan.vocabulary import PlanForm
from reference.model import solve_scenarios
from strategies import cases, examples, quarters

INVEST = (10, 7, 16, 6)
OPERATE = {
    "base": (40, 45, 32, 55),
    "middle": (24, 27, 19.2, 33),
    "peak": (4, 4.5, 3.2, 5.5),
}


def technology(cost):
    """A pool whose units are the money that they cost: a unit does 1 / cost."""
    return {"hardware": f"t{cost}", "term": "reserved", "price": 0.5}


LANDS = {
    "name": "LandS (Louveaux and Smeers 1988)",
    "horizon": {"start": "2026-03-02T00:00", "duration": "2 h"},
    "zones": {"here": {}},
    "hardware": {
        f"t{cost}": {"busy_power": 0, "efficiency": dict.fromkeys((*OPERATE, "least"), 1 / cost)}
        for cost in INVEST
    },
    "sites": {
        f"s{number}": {"zone": "here", "grid": {"price": 0}, "pools": {"t": technology(cost)}}
        for number, cost in enumerate(INVEST)
    },
    "caps": {"budget": {"pools": ["*/t"], "measure": "units", "limit": 120}},
    "workloads": {
        mode: {
            "zone": "here",
            "kind": mode,
            "demand": [demand, 0],
            "unit_cost": {f"s{number}": cost for number, cost in enumerate(OPERATE[mode])},
        }
        for mode, demand in {"base": 5, "middle": 3, "peak": 2}.items()
    }
    | {"least": {"zone": "here", "kind": "least", "demand": [0, 12]}},
    "scenarios": {
        "low": {"workloads": {"base": {"demand": [3, 0]}}},
        "high": {"workloads": {"base": {"demand": [7, 0]}}},
    },
    "uncertainty": {"weights": {"low": 0.3, "base": 0.4, "high": 0.3}},
}
"""A unit of the second hour is the least capacity of 12 units; caps, prices and modes as published."""

CROPS = {"wheat": (3.0, 150), "corn": (3.6, 230), "beets": (24.0, 260)}
SALES = {"wheat": (2000, 170), "corn": (2000, 150), "quota": (6000, 36), "over": (12000, 10)}
SOLD = sum(amount * price for amount, price in SALES.values())
"""What all sales would bring in: to sell less costs the price of each."""

FARMER = {
    "name": "The farmer (Birge and Louveaux)",
    "horizon": {"start": "2026-03-02T00:00", "duration": "1 h"},
    "zones": {"here": {}},
    "hardware": {
        "wheat": {"busy_power": 0, "efficiency": {"wheat": 3, "wheat-need": 3}},
        "corn": {"busy_power": 0, "efficiency": {"corn": 3.6, "corn-need": 3.6}},
        "beets": {"busy_power": 0, "efficiency": {"beets": 24}},
        "buy-wheat": {"busy_power": 0, "efficiency": {"wheat-need": 1}},
        "buy-corn": {"busy_power": 0, "efficiency": {"corn-need": 1}},
    },
    "sites": {
        "farm": {
            "zone": "here",
            "grid": {"price": 0},
            "pools": {
                crop: {"hardware": crop, "term": "reserved", "price": cost, "availability": 2.5 / 3}
                for crop, (_, cost) in CROPS.items()
            }
            | {
                "buy-wheat": {"hardware": "buy-wheat", "term": "on_demand", "price": 238},
                "buy-corn": {"hardware": "buy-corn", "term": "on_demand", "price": 210},
            },
        }
    },
    "caps": {"land": {"pools": [f"farm/{crop}" for crop in CROPS], "measure": "units", "limit": 500}},
    "workloads": {
        "eat-wheat": {"zone": "here", "kind": "wheat-need", "demand": 200},
        "eat-corn": {"zone": "here", "kind": "corn-need", "demand": 240},
    }
    | {
        f"sell-{name}": {
            "zone": "here",
            "kind": name if name in CROPS else "beets",
            "demand": amount,
            "shortfall_price": price,
        }
        for name, (amount, price) in SALES.items()
    },
    "scenarios": {
        name: {"sites": {"farm": {"pools": {crop: {"availability": share} for crop in CROPS}}}}
        for name, share in {"good": 1, "bad": 2 / 3}.items()
    },
    "uncertainty": {"weights": {"good": 1 / 3, "base": 1 / 3, "bad": 1 / 3}},
}


def decide(config, *, compare=True, **uncertainty):
    """Plan a config with some settings of its uncertainty; proved, and each scenario's plan audited."""
    section = {**config["uncertainty"], **uncertainty}
    study = computeplan.decide({**config, "uncertainty": section}, compare=compare)
    assert study.status is Status.OPTIMAL
    assert study.passed
    assert abs(study.gap) <= 1e-9
    return study


def amounts(study):
    return [each.decision.amount for each in study.decisions()]


@pytest.fixture(scope="module")
def lands():
    return decide(LANDS)


def test_lands_has_the_published_answer(lands):
    assert lands.value == pytest.approx(381.8533333, rel=1e-9)
    assert np.divide(amounts(lands), INVEST) == pytest.approx([8 / 3, 4, 10 / 3, 2], rel=1e-7)
    assert lands.comparison.alone == pytest.approx([293, 378.6666667, 469.3333333])
    assert lands.value_of_knowing == pytest.approx(1.6866667)
    assert lands.value_of_scenarios == pytest.approx(2.1333333)


@pytest.mark.parametrize(
    ("risk", "value"),
    [
        ({"measure": "cvar", "level": 0.75, "weight": 0.5}, 425.9833333),
        ({"measure": "cvar", "level": 0.75, "weight": 0}, 381.8533333),
        ({"measure": "cvar", "level": 0}, 381.8533333),
        ({"measure": "regret"}, 2.0416667),
        ({"measure": "worst"}, 469.3333333),
    ],
    ids=["cvar", "cvar of no weight", "cvar of all", "regret", "worst"],
)
@pytest.mark.parametrize("method", ["extensive", "decomposition"])
def test_lands_under_each_measure_of_risk(risk, value, method):
    study = decide(LANDS, risk=risk, method=method, gap=1e-10, compare=False)
    assert study.value == pytest.approx(value, rel=1e-7)
    assert study.method == method


def test_the_farmer_plants_as_published():
    study = decide(FARMER)
    assert study.value - SOLD == pytest.approx(-108_390)
    assert amounts(study) == pytest.approx([170, 80, 250])
    assert study.value_of_knowing == pytest.approx(7015.5555556)
    assert study.value_of_scenarios == pytest.approx(1150)


def test_one_scenario_is_an_ordinary_plan():
    study = decide(LANDS, weights={"high": 1})
    run = computeplan.solve(LANDS, scenario="high")
    assert study.value == pytest.approx(run.cost.total, rel=1e-9)
    mine = {each.decision.name: each.decision.amount for each in study.decisions()}
    assert mine == pytest.approx({each.decision.name: each.decision.amount for each in run.decisions})


def test_a_scenario_of_no_weight_changes_nothing():
    study = decide(LANDS, weights={"base": 1, "high": 0})
    assert study.names == ("base",)
    assert study.value == pytest.approx(378.6666667)


def test_what_is_not_decided_first_waits_for_the_scenario():
    study = decide(LANDS, decide_first=["contracts"])
    assert study.value == pytest.approx(380.1666667)
    assert study.decisions() == ()


def test_regret_is_the_excess_over_the_plan_for_the_scenario(lands):
    own = lands.comparison.own
    assert np.diag(own) == pytest.approx(lands.comparison.alone)
    assert (own - lands.comparison.alone >= -1e-9).all()
    assert lands.regret == pytest.approx(lands.costs - lands.comparison.alone)


SHARED = ("booked", "new", "contracted", "leased", "share")


@st.composite
def scenario_sets(draw):
    """Some problems that differ in demand, prices and availability, and their probabilities."""
    case = draw(cases(goal=st.just(Goal.COST)))
    problem = case.problem()
    count = draw(st.integers(2, 3))
    problems = [problem]
    for _ in range(count - 1):
        growth = np.array([draw(quarters(0.5, 1.5)) for _ in range(problem.workloads.size)])
        scarce, dear = draw(st.sampled_from([1.0, 0.75])), draw(quarters(0.5, 2))
        workloads, pools = problem.workloads, problem.pools
        grown = replace(
            workloads,
            scale=workloads.scale * growth,
            volume_unit_h=workloads.volume_unit_h * growth,
            max_rate=workloads.max_rate * growth,
        )
        scarcer = replace(pools, availability=pools.availability * scarce, price=pools.price * dear)
        problems.append(replace(problem, workloads=grown, pools=scarcer))
    weights = [draw(st.integers(1, 4)) for _ in problems]
    return problems, [weight / sum(weights) for weight in weights]


@given(scenario_sets())
@examples(15)
def test_random_scenarios_have_the_optimum_of_a_plain_model(drawn):
    problems, weights = drawn
    named = {str(number): problem for number, problem in enumerate(problems)}
    section = UncertaintySection(weights=dict(zip(named, weights, strict=True)), gap=1e-10)
    study = plan_scenarios(named, section, SolverOptions())
    oracle = solve_scenarios(problems, weights)
    assert study.status is oracle.status
    if oracle.status is not Status.OPTIMAL:
        return
    assert study.passed
    assert study.value == pytest.approx(oracle.objective, rel=1e-6, abs=1e-6)
    assert study.bound == pytest.approx(study.value, rel=1e-6, abs=1e-6)
    compared = study.comparison
    assert study.risk.value(compared.alone) <= study.value + 1e-6 * abs(study.value) + 1e-6
    if compared.mean is not None:
        assert study.value <= study.risk.value(compared.mean) + 1e-6 * abs(study.value) + 1e-6
    if not problems[0].has_integers:
        apart = section.model_copy(update={"method": PlanForm.DECOMPOSITION})
        found = plan_scenarios(named, apart, SolverOptions(), compare=False)
        assert found.value == pytest.approx(study.value, rel=1e-9, abs=1e-9)
        assert found.bound == pytest.approx(study.value, rel=1e-7, abs=1e-7)


def test_a_search_that_is_stopped_gives_its_best_plan_and_gap():
    class Later(StopSignal):
        asked = 0

        def is_set(self):
            self.asked += 1
            return self.asked > 30

    loaded = computeplan.load(LANDS)
    problems = {name: each.problem for name, each in loaded.in_scenarios(("low", "base", "high")).items()}
    section = UncertaintySection.model_validate(
        {**LANDS["uncertainty"], "method": "decomposition", "gap": 1e-10}
    )
    study = plan_scenarios(problems, section, SolverOptions(stop=Later()))
    assert study.status is Status.FEASIBLE
    assert study.passed
    assert 1e-6 < study.gap < 1
    assert study.bound <= 381.8533334 <= study.value


def test_whole_numbers_are_not_decomposed():
    first = {**LANDS["sites"]["s0"], "pools": {"t": {**technology(10), "step": 10}}}
    whole = {**LANDS, "sites": {**LANDS["sites"], "s0": first}}
    study = computeplan.decide(whole)
    assert study.passed
    assert study.method == "extensive"
    assert amounts(study)[0] % 10 == 0
    apart = {**whole, "uncertainty": {**LANDS["uncertainty"], "method": "decomposition"}}
    with pytest.raises(UsageError, match=r"expected `extensive`, as this plan has whole numbers \(`step`"):
        computeplan.decide(apart)


def test_what_fixed_work_cannot_do_is_known_before_it_is_tried():
    """Fixed work is split alike in all scenarios, so that the largest one fits."""
    config = {
        "name": "fixed",
        "horizon": {"start": "2026-03-02T00:00", "duration": "2 h"},
        "zones": {"here": {}},
        "hardware": {"gpu": {"busy_power": 0}},
        "sites": {
            "park": {
                "zone": "here",
                "grid": {"price": 0},
                "pools": {
                    "own": {"hardware": "gpu", "term": "owned", "units": 10},
                    "booked": {"hardware": "gpu", "term": "reserved", "price": 1, "max_units": 50},
                    "rented": {"hardware": "gpu", "term": "on_demand", "price": 5},
                },
            }
        },
        "workloads": {"state": {"zone": "here", "demand": [8, 12], "mobility": "fixed"}},
        "scenarios": {"rush": {"demand_scale": 2}},
        "uncertainty": {"weights": {"base": 0.5, "rush": 0.5}, "gap": 1e-10},
    }
    for method in ("extensive", "decomposition"):
        study = decide(config, method=method)
        # 24 units at most, 10 of them there: 14 booked for two hours
        assert study.value == pytest.approx(28)
        assert amounts(study) == pytest.approx([14])
        assert study.placements() == pytest.approx({"park/own": 10 / 24, "park/booked": 14 / 24})


def test_a_config_with_uncertainty_is_not_solved_by_chance():
    with pytest.raises(UsageError, match=r"computeplan\.decide\(config\) plans for all scenarios"):
        computeplan.solve(LANDS)
    plain = {key: value for key, value in LANDS.items() if key != "uncertainty"}
    with pytest.raises(UsageError, match="uncertainty: expected scenarios and their weights"):
        computeplan.decide(plain)
    with pytest.raises(UsageError, match="scenario: expected none, as all of them may come, got low"):
        computeplan.decide(computeplan.load(LANDS, scenario="low"))


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"sites": {"s3": None}}, "scenarios.odd: expected the same names of the sites as in 'base'"),
        ({"horizon": {"duration": "3 h"}}, "scenarios.odd: expected the same horizon as in 'base'"),
        ({"currency": "USD"}, "scenarios.odd: expected the same currency as in 'base'"),
        (
            {"sites": {"s0": {"pools": {"t": {"term": "on_demand"}}}}},
            "scenarios.odd: expected the same terms of the pools as in 'base'",
        ),
    ],
    ids=["sites", "horizon", "currency", "terms"],
)
def test_scenarios_have_in_common_what_they_share(overlay, message):
    workloads = {
        name: {"demand": [*each["demand"], 0]} if "horizon" in overlay else {}
        for name, each in LANDS["workloads"].items()
    }
    if "sites" in overlay and overlay["sites"].get("s3", 0) is None:
        workloads = {name: {"unit_cost": {"s3": None}} for name in OPERATE}
    odd = {"scenarios": {"odd": {**overlay, "workloads": workloads}}}
    weights = {"uncertainty": {"weights": {"base": 0.5, "odd": 0.5}}}
    with pytest.raises(ConfigError, match=message):
        computeplan.decide({**LANDS, **odd, **weights})


def test_the_least_carbon_is_no_goal_under_uncertainty():
    with pytest.raises(ConfigError, match=r"objective\.minimize: expected `cost` in a config with"):
        computeplan.decide({**LANDS, "objective": {"minimize": "carbon"}})


def test_a_scenario_without_a_plan_is_named():
    scenarios = {**LANDS["scenarios"], "flood": {"workloads": {"base": {"demand": [99, 0]}}}}
    config = {**LANDS, "scenarios": scenarios}
    study = computeplan.decide({**config, "uncertainty": {"weights": {"base": 0.9, "flood": 0.1}}})
    assert study.status is Status.INFEASIBLE
    assert study.impossible == ("flood",)
    assert study.summary()["objective"] is None
    assert (study.value, study.expected, study.gap) == (np.inf, np.inf, None)
