"""``computeplan shares PLAN``: every method adds up, with the known answers of the airport game."""

from __future__ import annotations

import json

import pytest

import computeplan
from command_line import run

RUNWAY = """\
name: Runway
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 3 h}
zones: {here: {}}
hardware: {gpu: {busy_power: 1 kW, idle_power: 1 kW}}
sites: {park: {zone: here, pools: {booked: {hardware: gpu, term: reserved, price: 1}}}}
workloads:
  a: {company: Ann, zone: here, demand: [100, 0, 0]}
  b: {company: Ben, zone: here, demand: [0, 200, 0]}
  c: {company: Cid, zone: here, demand: [0, 0, 300]}
scenarios:
  scarce: {sites: {park: {pools: {own: {hardware: gpu, term: owned, units: 150, owner: Ann}}}}}
  pairs: {sites: {park: {pools: {booked: {step: 100}}}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shares")
    (folder / "runway.yaml").write_text(RUNWAY, encoding="utf-8")
    computeplan.solve(folder / "runway.yaml", baseline=False).save(folder / "plan")
    for scenario in ("scarce", "pairs"):
        computeplan.solve(folder / "runway.yaml", scenario=scenario, baseline=False).save(folder / scenario)
    return folder


def shares_of(plan, *options):
    result = run("shares", plan, "--by", "company", *options, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def pays(found):
    return [row["pays"] for row in found["shares"]]


@pytest.mark.parametrize(
    ("method", "known"),
    [
        ("shapley", [100, 250, 550]),
        ("nucleolus", [150, 225, 525]),
        ("marginal", [0, 0, 900]),
    ],
)
def test_three_runways_have_known_shares(folder, method, known):
    found = shares_of(folder / "plan", "--method", method)
    assert pays(found) == pytest.approx(known, rel=1e-5, abs=1e-3)
    assert found["objective"] == pytest.approx(900)
    if method != "marginal":
        assert [row["alone"] for row in found["shares"]] == pytest.approx([300, 600, 900])
        assert found["core"]["at_most"] <= 1e-3


def test_the_average_bill_says_how_far_from_the_core_it_is(folder):
    """The mean price of 3 × 300 units over 600 busy unit·h is 1.5, and half of it is for idle ones."""
    found = shares_of(folder / "plan")
    assert pays(found) == pytest.approx([150, 300, 450])
    assert (found["core"]["excess"], found["core"]["least"]) == (pytest.approx(-150), None)
    text = run("shares", folder / "plan", "--by", "company").stdout
    assert "In the core: no groups together pay more than they would alone." in text
    assert "average shares of 900" in text


def test_rents_are_their_owners_and_all_adds_up(folder):
    found = shares_of(folder / "scarce", "--method", "marginal")
    total = sum(pays(found)) + sum(line["amount"] for line in found["owners"]) + found["gap"]
    assert total == pytest.approx(found["objective"])
    rent = found["shares"][0]["marginal"]
    assert rent == pytest.approx(-450)  # 3 CNY for each of 150 units that nobody has to book
    assert pays(found)[1:] == pytest.approx([0, 900])
    assert (
        "no groups together pay more than alone"
        in run("shares", folder / "scarce", "--method", "marginal").stdout
    )


def test_whole_numbers_have_no_margin(folder):
    result = run("shares", folder / "pairs", "--method", "marginal")
    assert result.exit_code == 2
    assert "the plan has whole numbers, so that nothing has a price at the margin" in result.stderr
    assert "take average, least-core, nucleolus, shapley" in result.stderr
    assert pays(shares_of(folder / "pairs", "--method", "nucleolus")) == pytest.approx(
        [150, 225, 525], rel=1e-5
    )


def test_bad_options_name_what_is_wrong(folder):
    for options, message in (
        (("--by", "colour"), "--by: expected company, tier or a .csv file"),
        (("--method", "fair"), "expected one of average, marginal"),
        (("--by", str(folder / "none.csv")), "none.csv"),
    ):
        result = run("shares", folder / "plan", *options)
        assert (result.exit_code, message in result.stderr) == (2, True), result.stderr
        assert "Traceback" not in result.output


def test_python_shares_a_run_by_any_grouping(folder):
    opened = computeplan.open_plan(folder / "plan")
    study = opened.shares("nucleolus", by={"Ann": "x", "Ben": "x", "Cid": "y"})
    assert study.tables()["shares"]["pays"].to_list() == pytest.approx([300, 600], rel=1e-5)
    assert computeplan.shares(folder / "plan", by="company", largest=1).groups.names == ("others", "Cid")
    with pytest.raises(computeplan.UsageError, match="expected companies of the plan, got Dan"):
        opened.shares(by={"Ann": "x", "Ben": "x", "Cid": "y", "Dan": "y"})
