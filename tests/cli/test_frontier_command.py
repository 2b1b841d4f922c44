"""``computeplan frontier`` from end to end."""

from __future__ import annotations

import json
from hashlib import sha256
from math import inf
from pathlib import Path

import pytest

import computeplan
from command_line import run
from computeplan.errors import PlanFolderError, UsageError
from computeplan.folder.read import add_seal
from whole_config import WHOLE


def as_json(*arguments):
    result = run("frontier", *arguments, "--json")
    return result, json.loads(result.stdout)


def test_traces_prints_and_writes(tiny):
    result = run("frontier", tiny)
    assert result.exit_code == 0, result.stderr
    for word in ("location basis", "least cost", "least carbon", "next t costs, CNY", "frontiers/tiny"):
        assert word in result.stdout
    folder = tiny.parent / "frontiers" / "tiny"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    tables = {f"tables/{name}.{ext}" for name in ("points", "segments") for ext in ("csv", "parquet")}
    assert names == {
        "config.yaml",
        "inputs/config.yaml",
        "frontier.json",
        "summary.json",
        "provenance.json",
        *tables,
    }


def test_json_is_one_object_with_the_certificate(tiny):
    result, found = as_json(tiny, "--basis", "all", "--tolerance", "0")
    assert result.exit_code == 0
    assert [each["basis"] for each in found["frontiers"]] == ["location", "market", "hourly"]
    for each in found["frontiers"]:
        assert (each["status"], each["exact"], each["certified"]) == ("optimal", True, True)
        assert each["gap"] == pytest.approx(0, abs=1e-6)
        assert len(each["segments"]) == len(each["points"]) - 1
        assert each["points"][0]["mark"].startswith("least cost")


def test_a_folder_answers_without_solving(tiny, monkeypatch):
    run("frontier", tiny, "--out", "f", "--tolerance", "0")
    monkeypatch.setattr("computeplan.api.studies.trace", None)
    _, found = as_json("f", "--cap", "0.1", "--price", "1e9", "--budget", "1e9", "--cap", "-1")
    cap, price, budget, impossible = (
        next(each for each in found["answers"] if (key, value) in each.items())
        for key, value in (("cap", 0.1), ("price", 1e9), ("budget", 1e9), ("cap", -1.0))
    )
    assert cap["reading"]["emissions_t"] <= 0.1
    assert price["reading"]["price_high_per_t"] is None, "no price is too high for the cleanest"
    assert price["reading"] == budget["reading"]
    assert impossible["reading"] is None
    text = run("frontier", "f", "--cap", "-1").stdout
    assert "out of reach" in text
    assert "points" not in text, "asked for an answer, not for the frontier"


def test_a_cap_read_off_is_the_cost_of_solving_with_it(tiny):
    study = computeplan.frontier(tiny, tolerance=0)
    frontier = study.on("location")
    high, low = frontier.curve.emissions_kg[[0, -1]] / 1000
    for share in (0.25, 0.5, 1.0):
        cap = float(high + share * (low - high))
        solved = computeplan.solve(tiny, overrides=[f"objective.carbon_cap={cap!r}"], baseline=False)
        assert solved.plan.solution.accounts.cost.total == pytest.approx(frontier.at_cap(cap).money)


def test_baselines_stand_beside(tiny):
    _, found = as_json(tiny, "--baselines", "all")
    rows = {row["policy"]: row for row in found["baselines"]}
    assert rows["all_local"]["money"] == 70, "the home site alone is too small: without its limits"
    assert rows["cheapest_first"]["saves_money"] >= -1e-6
    assert "cheapest first" in run("frontier", tiny, "--baselines", "cheapest_first").stdout


def test_without_a_plan_there_is_a_reason_and_no_folder(tiny):
    result = run("frontier", tiny, "--scenario", "far")
    assert result.exit_code == 3
    assert result.stdout.strip() == ""
    assert "error: there is no frontier" in result.stderr
    assert "infeasible" in result.stderr
    assert not (tiny.parent / "frontiers").exists()


def test_options_that_ask_to_solve_do_not_go_with_a_folder(tiny):
    run("frontier", tiny, "--out", "f")
    result = run("frontier", "f", "--set", "name=x", "--tolerance", "0")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--set, --tolerance: expected a config to solve, got a folder to read off" in result.stderr


def test_small_programs_are_traced_exactly_unless_told(tiny):
    assert computeplan.frontier(tiny).frontiers[0].exact
    assert as_json(tiny)[1]["frontiers"][0]["tolerance"] == 0
    assert as_json(tiny, "--tolerance", "50%")[1]["frontiers"][0]["tolerance"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tiny.yaml", "--tolerance", "often"), "expected a share such as 0.1% or 0.001, got 'often'"),
        (("tiny.yaml", "--tolerance", "200%"), "expected a share"),
        (("tiny.yaml", "--set", "zones=1"), "zones"),
        (("nothing.yaml",), "no such file"),
        ((".",), "expected the folder of a frontier, got one without provenance.json"),
    ],
)
@pytest.mark.usefixtures("tiny")
def test_wrong_input_is_told(arguments, said):
    result = run("frontier", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cap", "-3"), "--cap: expected a number of at least 0, got -3"),
        (("--cap", "nan"), "--cap: expected a number of at least 0, got nan"),
        (("--price", "-1"), "--price: expected a number of at least 0, got -1"),
        (("--price", "inf"), "--price: expected a number of at least 0, got inf"),
        (("--budget", "nan"), "--budget: expected a number, got nan"),
    ],
)
def test_what_cannot_be_read_off_is_refused_before_anything_is_solved(tiny, monkeypatch, arguments, said):
    monkeypatch.setattr("computeplan.api.studies.trace", None)
    result = run("frontier", tiny, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not (tiny.parent / "frontiers").exists()


@pytest.mark.parametrize("amount", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("option", ["--cap", "--price", "--budget"])
def test_a_folder_answers_numbers_only(tiny, option, amount):
    run("frontier", tiny, "--out", "f")
    result = run("frontier", "f", option, amount)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{option}: expected a number" in result.stderr


def test_caps_and_prices_asked_for_are_solved_where_plans_have_whole_numbers(tiny):
    """Caps that no step of the staircase happens to have."""
    tiny.write_text(WHOLE, encoding="utf-8")
    caps, price = (0.0613, 0.0421), 333.0
    asked = [word for cap in caps for word in ("--cap", str(cap))]
    _, found = as_json(tiny, *asked, "--price", str(price))
    assert (found["frontiers"][0]["exact"], found["frontiers"][0]["certified"]) == (False, False)
    *under, best = (answer["reading"] for answer in found["answers"])
    for cap, reading in zip(caps, under, strict=True):
        cheapest = solved(tiny, f"objective.carbon_cap={cap}", "objective.carbon_price=0")
        assert (reading["money"], reading["least_money"]) == pytest.approx((cheapest, cheapest), rel=1e-6)
        assert len(reading["plans"]) == 1, "a mix of two plans is no plan"
    total = best["money"] + price * best["emissions_t"]
    assert total == pytest.approx(solved(tiny, f"objective.carbon_price={price}"), rel=1e-6)


def solved(config, *overrides):
    """The least objective of a config with other values."""
    return computeplan.solve(config, overrides=list(overrides), baseline=False).plan.solution.audit.objective


def test_a_basis_that_the_folder_lacks_is_told(tiny):
    run("frontier", tiny, "--out", "f")
    assert "holds no frontier on basis market" in run("frontier", "f", "--basis", "market").stderr
    assert run("frontier", "f", "--basis", "all").exit_code == 0


def test_a_damaged_folder_is_told(tiny):
    run("frontier", tiny, "--out", "f")
    file = tiny.parent / "f" / "frontier.json"
    file.write_text(file.read_text("utf-8").replace('"curve"', '"curbe"'), "utf-8")
    with pytest.raises(PlanFolderError, match=r"frontier\.json has changed"):
        computeplan.open_frontier("f")


@pytest.mark.parametrize("field", ["money", "emissions_kg", "price_per_kg", "bound"])
@pytest.mark.parametrize("value", [[None], [], [1.0] * 9])
def test_a_forged_curve_is_a_fault_of_the_folder(tiny, field, value):
    """The hashes are made to fit, as a forger would; what does not fit together is still found."""
    run("frontier", tiny, "--out", "f")
    record = json.loads(Path("f/provenance.json").read_text(encoding="utf-8"))
    study = json.loads(Path("f/frontier.json").read_text(encoding="utf-8"))
    study["frontiers"][0]["curve"][field] = value
    forged = json.dumps(study).encode()
    Path("f/frontier.json").write_bytes(forged)
    record["files"]["frontier.json"] = sha256(forged).hexdigest()
    Path("f/provenance.json").write_text(json.dumps(add_seal(record)), encoding="utf-8")
    result = run("frontier", "f", "--cap", "1")
    assert result.exit_code == 2
    assert "f: expected a frontier of this version, got ValueError(" in result.stderr
    assert "make it again" in result.stderr


def test_a_plan_folder_is_not_replaced_by_a_stranger(tiny):
    (tiny.parent / "f").mkdir()
    (tiny.parent / "f" / "note.txt").write_text("mine", "utf-8")
    result = run("frontier", tiny, "--out", "f")
    assert result.exit_code == 2
    assert "is not replaced" in result.stderr


def test_the_interface_in_python_refuses_nonsense(tiny):
    with pytest.raises(UsageError, match="tolerance: expected a share"):
        computeplan.frontier(tiny, tolerance=-0.1)
    with pytest.raises(UsageError, match="basis: expected one of location, market, hourly"):
        computeplan.frontier(tiny, bases=["grid"])
    with pytest.raises(UsageError, match="policy: expected one of all_local"):
        computeplan.frontier(tiny, policies=["best"])


def test_tables_open_in_a_notebook(tiny):
    tables = computeplan.frontier(tiny, tolerance=0).tables()
    assert tables["points"].height > 1
    assert tables["points"]["money"].is_sorted()
    assert tables["segments"]["abatement_cost_per_t"].is_sorted()
    assert tables["segments"]["abatement_cost_per_t"].max() < inf
