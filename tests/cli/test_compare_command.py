"""``computeplan compare BEFORE AFTER``."""

from __future__ import annotations

import json

import pytest

from command_line import TINY, run


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
    for said in ("The inputs are the same.", "All work runs at the same sites.", "No company pays anything"):
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
    assert {limit["what"] for limit in found["limits"]} == {"capacity home/own"}
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
    assert "expected a plan folder, got none" in result.stderr
