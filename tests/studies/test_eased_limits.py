"""What a tenth more of a limit saves: solved, in its unit, and kept with the plan."""

from __future__ import annotations

import json

import pytest

import computeplan
from command_line import run

CONFIG = """\
name: Eased
horizon: {start: 2026-03-02T00:00, duration: 2 h}
zones: {here: {}}
hardware: {gpu: {busy_power: 10 kW}}
sites:
  near:
    zone: here
    grid: {price: 0.1}
    pools: {own: {hardware: gpu, term: owned, units: 10}}
  dear:
    zone: here
    grid: {price: 1}
    pools: {own: {hardware: gpu, term: owned, units: 9, price: 2}}
workloads: {chat: {zone: here, demand: [12, 10.5]}}
"""
"""A unit·h at the near site costs 1 CNY, at the dear one 12: one more saves 11, until the work is done:
a unit more would save 11 + 0.5 × 11 in the two hours, not 22."""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "eased.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def test_a_tenth_more_is_solved_and_less_than_its_price_times_its_size(config):
    solved = computeplan.solve(config, limits=1)
    (eased,) = solved.eased
    assert (eased.name, eased.unit, eased.saved) == ("near/own", "unit·h", pytest.approx(16.5))
    (row,) = solved.summary()["limits"]
    assert row == {
        "limit": "capacity",
        "where": "near/own",
        "unit": "unit·h",
        "one_more_saves": pytest.approx(11),
        "share_of_periods": 1.0,
        "ten_percent_saves": pytest.approx(16.5),
    }


def test_none_is_eased_unless_asked_for(config):
    assert computeplan.solve(config).eased == ()
    assert len(computeplan.solve(config, limits=None).eased) == 1


def test_with_whole_numbers_it_is_solved_though_nothing_has_a_price(config):
    solved = computeplan.solve(
        config, overrides=["workloads.chat.mobility=whole", "workloads.chat.demand=10"], limits=2
    )
    assert solved.plan.solution.prices is None
    assert [(each.name, each.saved) for each in solved.eased] == [("near/own", pytest.approx(0))]
    assert solved.summary()["limits"][0]["one_more_saves"] is None


def test_the_command_shows_it_and_the_folder_keeps_it(config, tmp_path):
    folder = tmp_path / "plan"
    shown = run("solve", config, "--out", folder).stdout
    assert "10 % more saves, CNY" in shown
    row = next(line for line in shown.splitlines() if line.startswith("units of near/own"))
    assert row.split()[3:] == ["11", "CNY/unit·h", "16.50", "100.0", "%"]
    assert "value" not in shown
    assert [each.saved for each in computeplan.open_plan(folder).eased] == pytest.approx([16.5])
    assert run("audit", folder).exit_code == 0
    written = (folder / "summary.json").read_text("utf-8")
    (folder / "summary.json").write_text(
        written.replace('"ten_percent_saves": 16.5', '"ten_percent_saves": 99')
    )
    assert computeplan.open_plan(folder).eased == ()  # nothing of a file that somebody changed
    without = run("solve", config, "--limits", "0", "--out", folder).stdout
    assert "it was not solved: computeplan solve --limits N" in without
    assert json.loads((folder / "summary.json").read_text())["limits"][0]["ten_percent_saves"] is None
    assert run("solve", config, "--limits", "-1").exit_code == 2


def test_compare_says_what_one_more_saves(config, tmp_path):
    folders = tmp_path / "one", tmp_path / "two"
    for folder, price in zip(folders, (1, 2), strict=True):
        run("solve", config, "--set", f"sites.dear.grid.price={price}", "--out", folder)
    shown = run("compare", *folders).stdout
    row = next(line for line in shown.splitlines() if line.startswith("units of near/own"))
    assert row.split()[3:] == ["11", "CNY/unit·h", "21", "CNY/unit·h"]
