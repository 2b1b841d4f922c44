"""The configs that ship: whole, with every scenario, of the size and interest that they claim."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from computeplan import api
from computeplan.explanations import impossible
from computeplan.grouping import merge
from computeplan.problem import Status

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
QUICKSTART, CHONGQING = CONFIGS / "quickstart.yaml", CONFIGS / "chongqing.yaml"
FOUR_REGIONS = CONFIGS / "four-regions.yaml"


def scenarios(path: Path) -> list[str]:
    # Asked in every collection: libyaml is fast, and as safe.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return list(yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["scenarios"])  # noqa: S506


@pytest.fixture(scope="module")
def chongqing():
    return api.load(CHONGQING).config.problem


@pytest.fixture(scope="module")
def quickstart():
    return api.solve(QUICKSTART)


@pytest.mark.parametrize(
    ("path", "scenario"),
    [(path, name) for path in (QUICKSTART, CHONGQING, FOUR_REGIONS) for name in scenarios(path)],
    ids=lambda value: value if isinstance(value, str) else value.stem,
)
def test_every_scenario_is_right_and_possible(path, scenario):
    loaded = api.load(path, scenario=scenario)
    assert not impossible(loaded.config.problem)
    assert loaded.config.warnings == ()


def test_the_booking_of_two_weeks_is_that_of_the_paper():
    """Stokely et al., ICPE 2025: what is booked costs 1, on demand 2.1, for all regions in one."""
    hours = pl.read_csv(CONFIGS / "four-regions" / "demand.csv").filter(pl.col("week") >= "2024-01-07")
    machines = hours.select(pl.sum_horizontal("region-1", "region-2", "region-3", "region-4")).to_series()
    percent = (100 * machines / machines.max()).to_list()[:-1]  # the last hour closes the last interval
    run = api.solve(
        {
            "name": "Two weeks",
            "horizon": {"start": "2024-01-07T00:00", "duration": f"{len(percent)} h"},
            "zones": {"here": {}},
            "hardware": {"machine": {"busy_power": "1 kW"}},
            "sites": {
                "all": {
                    "zone": "here",
                    "pools": {
                        "booked": {"hardware": "machine", "term": "reserved", "price": 1},
                        "rented": {"hardware": "machine", "term": "on_demand", "price": 2.1},
                    },
                }
            },
            "workloads": {"warehouse": {"zone": "here", "demand": percent}},
        },
        baseline=False,
    )
    assert run.cost.total == pytest.approx(29_326.432978, abs=1e-5)
    assert run.summary()["decisions"][0]["amount"] == pytest.approx(77.453730, abs=1e-5)


def test_chongqing_has_the_companies_of_the_news_and_the_city_itself(chongqing):
    tiers = dict(zip(*np.unique(chongqing.companies.tiers, return_counts=True), strict=True))
    assert tiers == {"": 1, "top": 3, "large": 20, "others": 17177}


def test_chongqing_is_large_and_merges_to_a_moderate_program(chongqing):
    assert 28_000 < chongqing.workloads.size < 35_000
    assert 100 <= merge(chongqing).problem.workloads.size <= 200


@pytest.mark.parametrize("convention", ["round_trip", "one_way"])
def test_what_20_ms_means_decides_hami(convention):
    problem = api.load(CHONGQING, overrides=[f"network.latency_limit={convention}"]).config.problem
    served = problem.eligibility.allowed[problem.needs.max_latency_ms == 20]
    hami = [name.startswith("hami/") for name in problem.pools.names]
    assert served[:, hami].any() == (convention == "one_way")


def test_every_workload_of_chongqing_can_stay_in_the_city(chongqing):
    assert (chongqing.eligibility.allowed & chongqing.local).any(axis=1).all()


def test_quickstart_moves_work_in_space(quickstart):
    assert quickstart.plan.status is Status.OPTIMAL
    placed = quickstart.tables()["placements"]
    assert set(placed["site"]) >= {"city-hall", "north-park"}
    assert set(placed.filter(pl.col("workload") == "chat")["site"]) == {"city-hall"}


def test_quickstart_moves_work_in_time(quickstart):
    problem, work = quickstart.plan.problem, quickstart.plan.solution.allocation
    reports = problem.workloads.names.index("reports")
    arrivals = (
        problem.workloads.scale[reports] * problem.workloads.profiles[problem.workloads.profile[reports]]
    )
    block = work.block_of(reports)
    done = np.zeros(problem.horizon.size)
    done[block.periods] = block.unit_h.sum(axis=(0, 1))
    assert np.abs(done - arrivals).max() > 1
    assert done.sum() == pytest.approx(arrivals.sum())


def test_quickstart_costs_less_than_staying_at_home(quickstart):
    home = quickstart.baseline.plan.solution.accounts
    assert quickstart.plan.solution.accounts.objective < home.objective


@pytest.mark.slow
def test_chongqing_is_cheaper_with_xinjiang_and_dirtier_by_the_average_grid():
    run = api.solve(CHONGQING)
    plan, home = run.plan.solution, run.baseline.plan.solution
    assert plan.audit.passed
    assert plan.audit.gap < 1e-9
    assert plan.accounts.cost.total < 0.95 * home.accounts.cost.total
    assert plan.accounts.emissions_kg.location > home.accounts.emissions_kg.location
    assert plan.accounts.emissions_kg.hourly < home.accounts.emissions_kg.hourly
