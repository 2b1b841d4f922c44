"""What `solve --json` prints is what its published JSON Schema says, and has all that the terminal shows."""

from __future__ import annotations

import json

import jsonschema
import pytest

from command_line import TINY, run

DECIDING = """\
name: Deciding
horizon: {start: 2026-03-02T00:00, duration: 2 h}
zones: {here: {}, there: {}}
network:
  latency: one_way
  links: {line: {between: [here, there], latency: 5 ms, lease: {max_bandwidth: 9 Gbps, price: 10}}}
hardware:
  gpu: {busy_power: 10 kW, efficiency: {training: 1}}
  cpu: {busy_power: 1 kW, efficiency: {web: 1}}
sites:
  home:
    zone: here
    grid: {price: 1, carbon: 1}
    pools:
      gpu: {hardware: gpu, term: owned, units: 1}
      cpu: {hardware: cpu, term: on_demand, price: 2}
  away:
    zone: there
    opening: {cost: 1}
    grid: {price: 0.1}
    pools: {gpu: {hardware: gpu, term: reserved, max_units: 9, price: 0.1}}
workloads:
  train: {company: Acme, zone: here, kind: training, demand: [3, 4], traffic: 100 GB/unit/h}
  web: {company: Bolt, zone: here, kind: web, demand: [3, 4]}
  late: {company: Bolt, zone: here, kind: training, demand: 1, max_latency: 1 ms, shortfall_price: 3}
"""


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(run("schema", "--of", "solve").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def answer(folder, text, *arguments):
    config = folder / "config.yaml"
    config.write_text(text, encoding="utf-8")
    return json.loads(run("solve", config, "--out", folder / "plan", "--json", *arguments).stdout)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (TINY, ("--baselines", "all")),
        (TINY, ("--no-baseline", "--limits", "2")),
        (TINY, ("--set", "workloads.chat.max_latency=1 ms", "--set", "sites.home.pools.own.units=1")),
        (DECIDING, ()),
        (DECIDING, ("--set", "objective.minimize=carbon", "--set", "workloads.late.shortfall_price=null")),
    ],
    ids=["policies", "alone", "infeasible", "whole numbers", "least carbon"],
)
def test_answers_are_what_the_schema_says(validator, tmp_path, text, arguments):
    validator.validate(answer(tmp_path, text, *arguments))


def test_alternatives_are_what_their_schema_says(tmp_path):
    schema = json.loads(run("schema", "--of", "alternatives").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    config = tmp_path / "config.yaml"
    config.write_text(TINY, encoding="utf-8")
    for code, arguments in (
        (0, ("--count", "2", "--out", tmp_path / "found")),
        (3, ("--set", "workloads.chat.max_latency=1 ms", "--set", "sites.home.pools.own.units=1")),
    ):
        result = run("alternatives", config, "--json", *arguments)
        found = json.loads(result.stdout)
        assert result.exit_code == code
        validator.validate(found)
        assert not validator.is_valid({**found, "surprise": 1})


def test_the_schema_forbids_what_it_does_not_name(validator, tmp_path):
    found = answer(tmp_path, TINY)
    for wrong in ({"surprise": 1}, {"decisions": [{"decision": "buy"}]}, {"currency": None}):
        assert not validator.is_valid({**found, **wrong})
    assert not validator.is_valid({name: value for name, value in found.items() if name != "pools"})


def test_the_answer_has_what_the_terminal_shows(tmp_path):
    found = answer(tmp_path, DECIDING)
    assert {(each["decision"], each["where"], each["item"]) for each in found["decisions"]} == {
        ("open", "away", ""),
        ("book", "away/gpu", "gpu"),
        ("rent", "home/cpu", "cpu"),
        ("lease", "line", "line"),
    }
    shown = run("solve", tmp_path / "config.yaml", "--out", tmp_path / "plan").stdout
    assert found["answer"] in shown
    assert all(command in shown for command in found["next"])
    assert [pool["hardware"] for pool in found["pools"]] == ["gpu", "cpu", "gpu"]
    assert sum(site["cost"] for site in found["sites"]) + found["network"]["cost"] == pytest.approx(
        found["cost"]["total"]
    )
    assert sum(tier["companies"] for tier in found["companies"]["tiers"]) == 2


def test_an_unknown_answer_has_no_schema():
    result = run("schema", "--of", "sove")
    assert result.exit_code == 2
    assert "did you mean 'solve'?" in result.stderr
