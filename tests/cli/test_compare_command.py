"""``computeplan compare BEFORE AFTER``."""

from __future__ import annotations

import json

import pytest

from command_line import TINY, run
from computeplan import api
from computeplan.solvers import SolverOptions, StopSignal


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    assert run("solve", folder / "tiny.yaml", "--out", folder / "before").exit_code == 0
    return folder


def solved(folder, name, *overrides):
    settings = [word for override in overrides for word in ("--set", override)]
    result = run("solve", folder / "tiny.yaml", *settings, "--out", folder / name)
    assert result.exit_code == 0, result.output
    return folder / name


def changes(before, after):
    result = run("compare", before, after, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def figure(found, name):
    return next(line for line in found["figures"] if line["what"] == name)


def test_the_same_plan_has_no_changes(folder):
    text = run("compare", folder / "before", folder / "before").stdout
    for said in (
        "The inputs are the same.",
        "All work runs at the same sites.",
        "Every company pays the same.",
    ):
        assert said in text
    found = changes(folder / "before", folder / "before")
    assert found["inputs"] == found["limits"] == found["placement"]["moves"] == []


def test_work_that_moves_is_told_with_its_companies(folder):
    after = solved(folder, "cheap", "sites.北站.pools.租用.price=0.01")
    found = changes(folder / "before", after)
    assert found["inputs"] == [{"what": "sites.北站.pools.租用.price", "before": 9, "after": 0.01}]
    moves = found["placement"]["moves"]
    assert [(move["origin"], move["target"]) for move in moves] == [("home", "北站")]
    moved = sum(company["moved_unit_h"] for company in found["placement"]["companies"])
    assert moved == pytest.approx(moves[0]["work_unit_h"])
    assert found["placement"]["new_unit_h"] == found["placement"]["gone_unit_h"] == 0
    total = figure(found, "cost.total")
    summary = [json.loads((plan / "summary.json").read_text("utf-8")) for plan in (folder / "before", after)]
    assert [total["before"], total["after"]] == pytest.approx([s["cost"]["total"] for s in summary])
    assert {limit["what"] for limit in found["limits"]} == {"units of home/own"}
    assert "work moved from" in run("compare", folder / "before", after).stdout


def test_new_and_lost_work_is_told(folder):
    after = solved(folder, "more", "workloads.more={zone: here, demand: [0, 0, 1]}")
    found = changes(folder / "before", after)
    assert found["placement"]["new_unit_h"] == pytest.approx(1)
    assert "more work is done" in run("compare", folder / "before", after).stdout
    back = changes(after, folder / "before")
    assert back["placement"]["gone_unit_h"] == pytest.approx(1)
    assert back["inputs"][0]["after"] is None


def test_sites_of_other_names_are_other_sites(folder):
    text = TINY.replace("  home: {zone", "  heim: {zone")
    (folder / "renamed.yaml").write_text(text, encoding="utf-8")
    assert run("solve", folder / "renamed.yaml", "--out", folder / "renamed").exit_code == 0
    moves = changes(folder / "before", folder / "renamed")["placement"]["moves"]
    assert ("home", "heim") in {(move["origin"], move["target"]) for move in moves}


def test_what_is_no_plan_is_told(folder):
    result = run("compare", folder / "before", folder / "nowhere")
    assert result.exit_code == 2
    assert "expected the folder of a plan, got " in result.stderr


LONGER = ["amounts, which are over 3 h before and 6 h after"]
BLOCK = "{start: 2026-03-02T00:00, duration: 3 h, weight: 2}"
UNLIKE = {
    "currency": (("currency=USD",), ["money, which is in CNY before and in USD after"]),
    "span": (("horizon.duration=6 h", "workloads.chat.demand=3"), LONGER),
    "weight": ((f"horizon={{blocks: [{BLOCK}], time_zone: Asia/Shanghai}}",), LONGER),
    "goal": (
        ("objective={minimize: carbon}",),
        ["the objective and what limits are valued at: minimized is cost before and carbon after"],
    ),
}


@pytest.mark.parametrize("what", UNLIKE)
def test_amounts_in_other_units_or_over_other_times_are_not_compared(folder, what):
    overrides, said = UNLIKE[what]
    after = solved(folder, f"unlike-{what}", *overrides)
    found = changes(folder / "before", after)
    assert found["not_compared"] == said
    names = {line["what"] for line in found["figures"]}
    assert ("cost.total" in names) == (what == "goal")
    assert ("emissions_t.location" in names) == (what in {"goal", "currency"})
    assert "objective" not in names
    assert found["limits"] == []
    assert (found["placement"] is None) == (what in {"span", "weight"})
    text = run("compare", folder / "before", after).stdout
    assert text.startswith(f"Not compared: {said[0]}.")
    assert "pays" not in text or what == "goal"


def test_the_objective_of_the_goal_carbon_is_in_kg(folder):
    clean = solved(folder, "clean", "objective.minimize=carbon")
    cleaner = solved(folder, "cleaner", "objective.minimize=carbon", "sites.home.grid.carbon=0.4")
    text = run("compare", clean, cleaner).stdout
    assert "objective, kg " in text
    assert "cost, CNY " in text
    assert "objective, CNY" not in text


def test_a_signal_to_stop_is_no_input_of_a_plan(tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    options = [SolverOptions(stop=StopSignal()) for _ in range(2)]
    plans = [api.solve(tmp_path / "tiny.yaml", options=each, baseline=False) for each in options]
    assert api.compare(*plans).inputs == ()
