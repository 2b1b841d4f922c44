"""Every point of a sweep is the verified plan of its own config."""

from __future__ import annotations

import json

import polars as pl
import pytest
from sweeping import on_points, small, swept

import computeplan
from command_line import run
from computeplan.errors import ConfigError, PlanFolderError, UsageError


def test_each_point_is_the_plan_of_its_own_config(tmp_path):
    config = small(tmp_path)
    found = swept(config, vary=["demand*=0.6:1.4:3", "sites.*.pue+=0,0.2"], scenarios=["base", "far"])
    assert found.points.height == 12
    for row in found.points.to_dicts():
        overrides = [f"demand*={row['demand*']}", f"sites.*.pue+={row['sites.*.pue+']}"]
        scenario = None if row["scenario"] == "base" else row["scenario"]
        run = computeplan.solve(config, scenario=scenario, overrides=overrides, baseline=False)
        accounts = run.plan.solution.accounts
        assert row["status"] == "optimal"
        assert row["audit_passed"]
        assert row["objective"] == pytest.approx(accounts.objective, rel=1e-9)
        assert row["cost"] == pytest.approx(accounts.cost.total, rel=1e-9)
        assert row["location_t"] == pytest.approx(accounts.emissions_t.location, rel=1e-6)
        parts = [row[f"cost_{part}"] for part in accounts.cost.parts()]
        assert sum(parts) == pytest.approx(row["cost"], rel=1e-9)
        work = row["unit_h at home"] + row["unit_h at 北站"]
        assert work == pytest.approx(29 * row["demand*"])


def test_what_a_step_changes_is_found_out(tmp_path):
    vary = ["objective.carbon_price=10,60", "sites.home.pools.own.units=8,9", "sites.home.pue=1.2,1.3"]
    found = swept(
        small(tmp_path), vary=[*vary, "workloads.batch.max_latency=10 ms,50 ms"], design="one-at-a-time"
    )
    touches = {axis["label"]: axis["touches"] for axis in found.summary["axes"]}
    assert touches == {
        "objective.carbon_price": "costs",
        "sites.home.pools.own.units": "limits",
        "sites.home.pue": "matrix",
        "workloads.batch.max_latency": "shape",
    }
    assert set(found.points["started"]) >= {"anew", "costs"}


def test_infeasible_points_are_results(tmp_path):
    found = swept(small(tmp_path), vary={"demand*": [1, 3, 9]})
    assert found.points["status"].to_list() == ["optimal", "infeasible", "infeasible"]
    assert found.points["objective"].null_count() == 2
    assert "chat" in found.points["message"][2]
    assert found.summary["status"] == {"infeasible": 2, "optimal": 1}
    (switch,) = found.summary["switches"]
    assert (switch["what"], switch["before"], switch["after"]) == ("status", "optimal", "infeasible")


def test_a_point_whose_config_is_wrong_is_told_in_its_row(tmp_path):
    vary = ["horizon.end=close,cyclic", "sites.home.pue+=-0.2,0", "sites.home.pue*=0.9,1"]
    found = swept(small(tmp_path), vary=vary)
    wrong = found.points.filter(pl.col("status") == "invalid")
    assert wrong.height == 2
    assert "expected a number of at least 1" in wrong["message"][0]
    assert found.points.filter(pl.col("status") == "optimal").height == 6


def test_limits_that_bind_are_priced(tmp_path):
    tight = ["sites.北站.pools.租用.max_units=1", "workloads.batch.max_delay=0 h"]
    clean = ["sites.home.grid.carbon=0.1", "objective.carbon_price=0"]
    found = swept(small(tmp_path), vary=["objective.carbon_cap=null,0.05"], overrides=[*tight, *clean])
    assert found.points["value of units of 北站/租用"][0] > 0
    free, capped = found.points["value of carbon cap, per t"].to_list()
    assert free is None
    assert capped > 0


def test_least_carbon_is_swept_too(tmp_path):
    found = swept(small(tmp_path), vary=["demand*=0.9,1"], scenario="clean")
    run = computeplan.solve(small(tmp_path), scenario="clean", baseline=False)
    assert found.points["objective"][1] == pytest.approx(run.plan.solution.accounts.objective, rel=1e-9)


def test_the_tables_are_the_same_whoever_solves(tmp_path):
    config = small(tmp_path)
    asked = {"vary": ["demand*=0.6:1.4:3", "objective.carbon_price=0,200"]}
    swept(config, **asked, out=tmp_path / "one")
    computeplan.sweep(config, **asked, workers=2, out=tmp_path / "two")
    for name in ("points", "effects", "switches"):
        for kind in ("csv", "parquet"):
            file = f"tables/{name}.{kind}"
            assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert (tmp_path / "one/summary.json").read_bytes() == (tmp_path / "two/summary.json").read_bytes()


def test_the_folder_holds_what_the_api_returns(tmp_path):
    found = swept(small(tmp_path), vary=["demand*=0.8,1"], out=tmp_path / "out")
    assert pl.read_parquet(tmp_path / "out/tables/points.parquet").equals(found.points)
    assert json.loads((tmp_path / "out/summary.json").read_text("utf-8")) == found.summary
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_config_says_what_varies(tmp_path):
    more = """
sweep:
  design: one-at-a-time
  vary:
    - {path: demand, multiply: 0.8:1.2:3}
    - {path: sites.*.pue, add: [0.1]}
    - {path: objective.carbon_price, set: "uniform(0, 100) CNY/t"}
  scenarios: [far]
"""
    found = swept(small(tmp_path, more))
    assert [axis["label"] for axis in found.summary["axes"]] == [
        "scenario",
        "demand*",
        "sites.*.pue+",
        "objective.carbon_price",
    ]
    assert found.points["demand*"].to_list() == [1.0, 1.0, 0.8, 1.2, 1.0, 1.0, 1.0]
    assert found.points["objective.carbon_price"].to_list() == [50.0] * 5 + [10.0, 90.0]
    assert found.points["scenario"].to_list() == ["base", "far", *["base"] * 5]


@pytest.mark.parametrize(
    ("sweep", "fault"),
    [
        (
            "{vary: [{path: demand, multiply: 0.8:1.2:3, add: 1}]}",
            "expected one of `set`, `multiply` and `add`",
        ),
        ("{vary: [{path: demand}]}", "expected one of `set`, `multiply` and `add`"),
        ("{vary: [{path: demand, multiply: [x]}]}", "expected a factor"),
        ("{vary: [{path: demand, multiply: 'triangle(1, 2, 3)'}]}", "did you mean 'triangular'"),
        ("{design: grid}", "expected `vary`, `scenarios` or `points`"),
        ("{vary: [{path: demand, multiply: 1}], samples: 0}", "a whole number of at least 1"),
        ("{vary: [{path: demand, multiply: 1}], desing: grid}", "did you mean 'design'"),
    ],
)
def test_faults_of_the_section_are_placed(tmp_path, sweep, fault):
    with pytest.raises(ConfigError, match=fault) as raised:
        swept(small(tmp_path, f"sweep: {sweep}\n"))
    assert raised.value.faults[0].line == 26


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({}, "nothing varies"),
        ({"vary": ["demand*=1,2", "demand*=3"]}, "demand\\* varies twice"),
        ({"vary": ["demand*=uniform(1,2)"]}, "a grid needs values"),
        ({"vary": ["demand*=1,2"], "samples": 5}, "samples are drawn by"),
        ({"vary": ["demand*=1,2"], "design": "gird"}, "expected one of grid, one-at-a-time"),
        ({"vary": ["demand*=1:2:5000", "sites.home.pue=1:2:5"]}, "25,000 points are more than 20,000"),
        ({"vary": ["demand*=1,2"], "workers": 0}, "workers: expected at least 1, got 0"),
        ({"vary": ["demand*=1,2"], "samples": 0}, "samples: expected at least 1, got 0"),
        ({"vary": ["demand*=1,2"], "seed": -1}, "seed: expected at least 0, got -1"),
        (
            {"scenarios": ["far"], "scenario": "clean"},
            "expected either one for all points, or --scenarios that vary",
        ),
    ],
)
def test_what_cannot_be_asked(tmp_path, asked, fault):
    with pytest.raises(UsageError, match=fault):
        swept(small(tmp_path), **asked)


@pytest.mark.parametrize(
    ("vary", "faults"),
    [
        (["demand=1"], ["--vary demand: expected a factor on all work, got 'demand='; write `demand*=`"]),
        (["demand+=1"], ["--vary demand: expected a factor on all work, got 'demand+='; write `demand*=`"]),
        (["sites.home.pue=0.5,0.7,1.2"], ["got 0.5", "got 0.7"]),
        (["sites.hami.pue*=1.1"], ["--vary sites.hami.pue: expected a path to a value of the config"]),
        (
            ["demand*=0.8;1", "pue", "x*=a"],
            ["--vary demand", "expected PATH=SPEC, got 'pue'", "--vary x: expected a fac"],
        ),
    ],
)
def test_faults_of_what_varies_are_told_before_anything_is_solved(tmp_path, vary, faults):
    with pytest.raises(ConfigError, match="--vary") as raised:
        swept(small(tmp_path), vary=vary)
    assert len(raised.value.faults) == len(faults)
    for fault, found in zip(faults, raised.value.faults, strict=True):
        assert fault in str(found)


def test_an_unknown_scenario_is_told(tmp_path):
    with pytest.raises(ConfigError, match="got 'fat'; did you mean 'far'"):
        swept(small(tmp_path), scenarios=["base", "fat"])


def test_a_plan_folder_is_not_replaced_by_a_sweep_nor_the_other_way(tmp_path):
    config = small(tmp_path)
    run = computeplan.solve(config, baseline=False)
    run.save(tmp_path / "plan")
    with pytest.raises(PlanFolderError, match="holds a plan and is not replaced"):
        swept(config, vary=["demand*=1"], out=tmp_path / "plan")
    swept(config, vary=["demand*=1"], out=tmp_path / "sweep")
    with pytest.raises(PlanFolderError, match="holds a sweep and is not replaced"):
        run.save(tmp_path / "sweep")
    with pytest.raises(PlanFolderError, match="expected a folder with a plan, got one with a sweep"):
        computeplan.open_plan(tmp_path / "sweep")


def test_inputs_are_read_once(tmp_path):
    (tmp_path / "price.csv").write_text("price\n0.5\n0.6\n0.7\n0.8\n", encoding="utf-8")
    config = small(tmp_path)
    text = config.read_text("utf-8").replace("price: 0.3 CNY/kWh", "price: {file: price.csv, column: price}")
    config.write_text(text, encoding="utf-8")

    def change(_):
        (tmp_path / "price.csv").write_text("price\n9\n9\n9\n9\n", encoding="utf-8")

    found = swept(config, vary=["sites.北站.grid.price*=1,0.5"], progress=on_points(change))
    (tmp_path / "price.csv").write_text("price\n0.5\n0.6\n0.7\n0.8\n", encoding="utf-8")
    again = swept(config, vary=["sites.北站.grid.price*=1,0.5"])
    assert found.points.equals(again.points)


def test_the_solver_may_vary_too(tmp_path):
    found = swept(small(tmp_path), vary=["solver.name=highs,cbc"])
    assert found.points["status"].to_list() == ["optimal", "optimal"]
    assert found.points["objective"][0] == pytest.approx(found.points["objective"][1], rel=1e-6)
    wrong = swept(small(tmp_path), vary=["solver.name=highs,none"])
    assert wrong.points["status"].to_list() == ["optimal", "failed"]
    assert "none" in wrong.points["message"][1]


def test_random_points_tell_where_the_main_site_changes(tmp_path):
    vary = ["sites.北站.grid.price*=uniform(0.1, 4)", "sites.home.pue=uniform(1.1, 1.2)"]
    found = swept(
        small(tmp_path), vary=vary, design="latin-hypercube", samples=24, overrides=["workloads.chat=null"]
    )
    split = found.summary["splits"][0]
    assert (split["axis"], split["below"], split["above"]) == ("sites.北站.grid.price*", "北站", "home")
    below = found.points.filter(pl.col(split["axis"]) < split["at"])
    above = found.points.filter(pl.col(split["axis"]) > split["at"])
    right = (below["main_site"] == "北站").sum() + (above["main_site"] == "home").sum()
    assert split["right"] == right >= 22


def test_effects_are_means_over_points(tmp_path):
    found = swept(small(tmp_path), vary=["demand*=0.8,1.2", "objective.carbon_price=0,50,100"])
    effects = found.tables["effects"].filter((pl.col("axis") == "demand*") & (pl.col("measure") == "cost"))
    for row in effects.to_dicts():
        here = found.points.filter(pl.col("demand*") == row["number"])["cost"]
        assert (row["mean"], row["least"], row["greatest"]) == (here.mean(), here.min(), here.max())
    driver = next(each for each in found.summary["drivers"] if each["measure"] == "cost")
    assert driver["axis"] == "demand*"
    assert driver["swing"] == pytest.approx(effects["mean"].max() - effects["mean"].min())
    assert 0.9 < driver["share"] <= 1.0


LARGE_DEMAND_NEEDS_LARGE_SITE = """\
name: Free units
currency: EUR
horizon: {start: 2026-08-03T06:00, duration: 3 h}
zones: {town: {}}
hardware: {node: {busy_power: 800 W}}
sites:
  hall:
    zone: town
    grid: {price: 0.25, carbon: 0.3}
    pools: {racks: {hardware: node, term: owned, units: 16}}
workloads: {mail: {zone: town, demand: 9}}
"""
UNITS = "sites.hall.pools.racks.units"
FREE_UNITS = ["demand*=1,3", f"{UNITS}=16,32"]


@pytest.fixture
def free_units(tmp_path):
    path = tmp_path / "free.yaml"
    path.write_text(LARGE_DEMAND_NEEDS_LARGE_SITE, encoding="utf-8")
    return path


def test_effects_compare_only_points_whose_partners_have_a_plan(free_units):
    found = swept(free_units, vary=FREE_UNITS)
    assert found.points["status"].to_list() == ["optimal", "optimal", "infeasible", "optimal"]
    for measure in ("objective", "location_t"):
        units, demand = (
            next(d for d in found.summary["drivers"] if (d["axis"], d["measure"]) == (axis, measure))
            for axis in (UNITS, "demand*")
        )
        assert units["swing"] == pytest.approx(0), "units that cost nothing move nothing"
        assert units["share"] is None or units["share"] == pytest.approx(0)
        assert (units["points"], units["left_out"]) == (2, 2)
        assert demand["greatest"] == pytest.approx(3 * demand["least"])
        assert (demand["points"], demand["left_out"]) == (2, 2)


def test_a_list_compares_only_rows_whose_partners_have_a_plan(free_units, tmp_path):
    rows = f"demand*,{UNITS}\n1,16\n1,32\n3,16\n3,32\n"
    (tmp_path / "points.csv").write_text(rows, encoding="utf-8")
    found = swept(free_units, points=tmp_path / "points.csv")
    units = next(d for d in found.summary["drivers"] if d["axis"] == UNITS)
    assert units["swing"] == pytest.approx(0)
    assert (units["points"], units["left_out"]) == (2, 2)
    scattered = f"demand*,{UNITS}\n1,16\n1.5,32\n3,26\n2,33\n"
    (tmp_path / "points.csv").write_text(scattered, encoding="utf-8")
    found = swept(free_units, points=tmp_path / "points.csv")
    assert {(d["points"], d["left_out"]) for d in found.summary["drivers"]} == {(3, 1)}


def test_the_tornado_says_which_points_are_missing(free_units, tmp_path):
    varied = [word for text in FREE_UNITS for word in ("--vary", text)]
    text = run("sweep", free_units, *varied, "--workers", "1", "--out", tmp_path / "out").stdout
    assert f"demand*: 2/4, {UNITS}: 2/4; the others, or their counterparts" in " ".join(text.split())
    report = tmp_path / "report.html"
    assert run("report", tmp_path / "out", "--out", report).exit_code == 0
    assert "have no plan" in report.read_text("utf-8")


def test_values_without_any_plan_are_left_out_and_the_rest_is_compared(tmp_path):
    found = swept(small(tmp_path), vary=["demand*=0.5,1,50", "objective.carbon_price=0,100"])
    effects = found.tables["effects"]
    demand = effects.filter((pl.col("axis") == "demand*") & (pl.col("measure") == "cost"))
    assert demand["number"].to_list() == [0.5, 1.0]
    price = effects.filter((pl.col("axis") == "objective.carbon_price") & (pl.col("measure") == "cost"))
    assert price["points"].to_list() == [2, 2]
    driver = next(d for d in found.summary["drivers"] if d["axis"] == "demand*")
    assert (driver["points"], driver["left_out"]) == (4, 2)
