"""All-local where it has no plan: compared without the limits that it breaks, which are named."""

from __future__ import annotations

import json

import pytest

import computeplan
from command_line import run
from computeplan.problem import Status

CONFIG = """\
name: Too small a home
horizon: {start: 2026-03-02T00:00, duration: 3 h}
zones: {here: {}, there: {}}
network: {latency: one_way, links: {line: {between: [here, there], latency: 5 ms}}}
hardware: {gpu: {idle_power: 1 kW, busy_power: 10 kW}}
sites:
  home: {zone: here, grid: {price: 0.5, carbon: 1}, pools: {own: {hardware: gpu, term: owned, units: 4}}}
  away: {zone: there, grid: {price: 0.4}, pools: {own: {hardware: gpu, term: owned, units: 9}}}
workloads: {chat: {zone: here, demand: [3, 6, 2]}}
"""

NOTE = "Keeping all work in its zone breaks limits; all-local is compared without them: "


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def lifted(config, *overrides):
    solved = computeplan.solve(config, overrides=overrides)
    return solved, [(each.kind.value, each.name, each.more) for each in solved.baseline.lifted]


def test_units_are_raised_by_what_is_missing(config):
    """6 units at home, of which 4 are there: 18 h idle at 1 kW and 11 unit·h at 9 kW more; away idles."""
    solved, found = lifted(config)
    assert found == [("capacity", "home/own", pytest.approx(2, rel=1e-5))]
    assert solved.baseline.plan.status is Status.OPTIMAL
    local = solved.baseline.plan.solution.accounts.cost.total
    assert local == pytest.approx(0.5 * (18 + 9 * 11) + 0.4 * 27, rel=1e-5)
    data = solved.summary()["baseline"]["all_local"]
    assert data["holds"] is False
    assert data["gain"] == pytest.approx(local - solved.plan.solution.accounts.cost.total)
    assert data["lifted"] == [{"limit": "capacity", "name": "home/own", "more": pytest.approx(2, rel=1e-5)}]


@pytest.mark.parametrize(
    ("overrides", "limit"),
    [
        (["objective.carbon_cap=0.05 t"], ("carbon cap", "", float("inf"))),
        (["sites.home.grid.import_limit=30 kW"], ("import limit", "home", float("inf"))),
        (["caps={most: {pools: [home/*], measure: units, limit: 3}}"], ("cap", "most", float("inf"))),
    ],
)
def test_other_limits_are_left_out(config, overrides, limit):
    _, found = lifted(config, "sites.home.pools.own.units=9", *overrides)
    assert found == [limit]


def test_what_no_limit_is_to_blame_for_has_no_comparison(config):
    """Nothing is lifted that a person, not a limit, asks for: home is not to be used at all."""
    solved, found = lifted(config, "sites.home.pools.own.availability=0")
    assert found == []
    assert solved.baseline.plan.status is Status.INFEASIBLE


def test_nothing_is_lifted_where_all_local_has_a_plan(config):
    solved, found = lifted(config, "sites.home.pools.own.units=9")
    assert found == []
    assert solved.summary()["baseline"]["all_local"]["holds"] is True


def test_it_is_marked_wherever_it_is_compared_and_kept_in_the_folder(config, tmp_path):
    folder = tmp_path / "plan"
    shown = run("solve", config, "--out", folder).stdout
    assert f"{NOTE}units of home/own (2 more)." in shown
    assert "than all-local without the limits that it breaks." in shown
    assert run("audit", folder).exit_code == 0
    again = computeplan.open_plan(folder)
    assert [each.name for each in again.baseline.lifted] == ["home/own"]
    page, table = tmp_path / "page.html", run("solve", config, "--baselines", "all", "--out", folder).stdout
    assert run("report", folder, "--out", page, "--lang", "zh").exit_code == 0
    assert "对比时不计这些限制" in page.read_text(encoding="utf-8")
    assert "limits lifted: 1" in table
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in record["all_local_without"]] == ["home/own"]
