from __future__ import annotations

import pytest

from computeplan.studies.baselines import all_local

CASE = "real12_price_carbon"
CONFIG = "real12_price_carbon.yaml"


@pytest.fixture(autouse=True)
def _data(case):
    case.take(
        "price_usd_per_mwh_2022.csv",
        "ci_lca_g_per_kwh_2022.csv",
        "latency_ms.csv",
        "interactive_shape_168h.csv",
    )


def test_at_home_and_at_once(case):
    plan = all_local(case.load(CONFIG, "at-once")).plan
    assert plan.solution.audit.passed
    accounts = plan.solution.accounts
    assert accounts.cost.total == pytest.approx(16_583_827.01, abs=0.01)
    assert accounts.emissions_kg.location == pytest.approx(39_767_679.2, abs=0.1)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_least_cost(case, solve, solver):
    made = solve(case.load(CONFIG), solver)
    assert made.solution.accounts.cost.total == pytest.approx(8_450_683.1114, rel=1e-8)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_least_cost_with_carbon_at_its_price(case, solve, solver):
    solution = solve(case.load(CONFIG, "carbon-100"), solver).solution
    assert solution.audit.objective == pytest.approx(11_432_150.0713, rel=1e-8)
    assert solution.accounts.cost.total == pytest.approx(8_467_181.57, rel=1e-7)
    assert solution.accounts.emissions_kg.location == pytest.approx(29_649_685.0, rel=1e-7)
