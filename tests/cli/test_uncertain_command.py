"""`solve` of a config whose scenarios may all come."""

from __future__ import annotations

import json

import jsonschema
import pytest

import computeplan
from command_line import run

BOOKING = """\
name: Booking
horizon: {start: 2026-03-02T00:00, duration: 4 h}
zones: {here: {}}
hardware: {gpu: {busy_power: 1 kW}}
sites:
  park:
    zone: here
    pools:
      booked: {hardware: gpu, term: reserved, price: 1}
      rented: {hardware: gpu, term: on_demand, price: 2.1, max_units: 200}
workloads:
  chat: {zone: here, demand: [40, 60, 80, 60]}
  state: {zone: here, demand: 10, mobility: fixed}
scenarios:
  quiet: {demand_scale: 0.7}
  rush: {demand_scale: 1.5}
  flood: {demand_scale: 9, sites: {park: {pools: {booked: {max_units: 100}}}}}
uncertainty:
  weights: {quiet: 0.3, base: 0.5, rush: 0.2}
"""


@pytest.fixture
def booking(tmp_path, monkeypatch):
    config = tmp_path / "booking.yaml"
    config.write_text(BOOKING, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return config


def test_the_terminal_says_what_to_decide_now(booking):
    shown = run("solve", booking).stdout
    assert "optimal plan of Booking for 3 scenarios: 359.8 CNY expected, at most 0.0 % above" in shown
    assert "Knowing the scenario beforehand would save" in shown
    assert "regret if decided for" in shown
    alone = run("solve", booking, "--no-baseline").stdout
    assert "359.8 CNY" in alone
    assert "Knowing" not in alone


def test_the_answer_is_what_the_schema_says(booking):
    schema = json.loads(run("schema", "--of", "decide").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    found = json.loads(run("solve", booking, "--json").stdout)
    jsonschema.validate(found, schema)
    assert [each["name"] for each in found["decisions"]] == ["park/booked"]
    assert sum(found["placements"].values()) == pytest.approx(1)
    assert found["gap"] == pytest.approx(0, abs=1e-9)


def test_a_scenario_without_a_plan_is_named(booking):
    result = run("solve", booking, "--set", "uncertainty.weights={base: 0.9, flood: 0.1}", "--json")
    assert result.exit_code == 3
    assert "no plan meets all limits in scenario flood" in result.stderr
    assert "computeplan solve CONFIG --scenario flood says why" in result.stderr
    assert json.loads(result.stdout)["impossible"] == ["flood"]


def test_decisions_that_suit_no_two_scenarios_are_no_plan(booking):
    text = BOOKING.replace("quiet: {", "quiet: {sites: {park: {pools: {booked: {max_units: 20}}}}, ")
    text = text.replace("rush: {", "rush: {sites: {park: {pools: {booked: {min_units: 70}}}}, ")
    booking.write_text(text, encoding="utf-8")
    result = run("solve", booking)
    assert result.exit_code == 3
    assert "no decisions suit all scenarios, though each of them has a plan" in result.stderr


def test_options_of_one_plan_are_refused(booking):
    result = run("solve", booking, "--limits", "1")
    assert result.exit_code == 2
    assert "--limits: expected none in a config with `uncertainty`" in result.stderr


def test_each_scenario_has_a_plan_folder_that_passes_its_audit(booking, tmp_path):
    result = run("solve", booking, "--no-baseline", "--out", tmp_path / "plans")
    assert "plans/SCENARIO" in result.stdout
    names = ["base", "quiet", "rush"]
    assert sorted(path.name for path in (tmp_path / "plans").iterdir() if path.is_dir()) == names
    assert run("audit", tmp_path / "plans" / "rush").exit_code == 0
    opened = {name: computeplan.open_plan(tmp_path / "plans" / name) for name in names}
    booked = {name: each.decisions[0].decision.amount for name, each in opened.items()}
    assert booked == pytest.approx(dict.fromkeys(names, 70))


def test_one_scenario_is_planned_as_ever(booking, tmp_path):
    result = run("solve", booking, "--scenario", "rush", "--out", tmp_path / "plan")
    assert result.exit_code == 0
    assert (tmp_path / "plan" / "summary.json").is_file()


def test_a_gap_that_is_asked_for_is_kept(booking):
    assert run("solve", booking, "--no-baseline", "--max-gap", "0.1%").exit_code == 0


def test_the_method_is_one_of_the_solver_or_of_the_scenarios(booking, tmp_path):
    for method in ("extensive", "decomposition"):
        found = json.loads(run("solve", booking, "--no-baseline", "--json", "--method", method).stdout)
        assert found["method"] == method
        assert found["objective"] == pytest.approx(359.8, rel=1e-4)
    assert run("solve", booking, "--no-baseline", "--method", "simplex").exit_code == 0
    refused = run("solve", booking, "--scenario", "rush", "--method", "extensive", "--out", tmp_path / "plan")
    assert refused.exit_code == 2
    assert "--method: expected one of auto, simplex, ipm in a config without" in refused.stderr
