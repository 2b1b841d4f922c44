"""``computeplan schedule``."""

from __future__ import annotations

import json

import polars as pl
import pytest

from command_line import TINY, run


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    config = tmp_path_factory.mktemp("schedule") / "tiny.yaml"
    config.write_text(TINY, encoding="utf-8")
    assert run("solve", config, "--out", config.with_name("tiny")).exit_code == 0
    return config.with_name("tiny")


def test_it_lists_hours_and_pools(plan):
    result = run("schedule", plan, "--workload", "chat", "--site", "home")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["workload", "pool", "from", "until", "work,", "unit·h", "units", "busy"]
    assert lines[2].split()[:6] == ["chat", "home/own", "2026-03-02", "00:00", "2026-03-02", "03:00"]
    assert len(lines) == 3


def test_json_has_every_period(plan):
    rows = json.loads(run("schedule", plan, "--company", "企业", "--json").stdout)["schedule"]
    assert {row["workload"] for row in rows} == {"chat"}
    assert sum(row["work_unit_h"] for row in rows) == pytest.approx(11)
    assert rows[0]["start"] == "2026-03-02T00:00:00+08:00"


def test_a_file_is_written_and_named(plan, tmp_path):
    target = tmp_path / "s.parquet"
    assert run("schedule", plan, "--out", target).stdout.strip() == str(target)
    assert pl.read_parquet(target)["work_unit_h"].sum() == pytest.approx(14)
    found = json.loads(run("schedule", plan, "--site", "北站", "--out", tmp_path / "s.csv", "--json").stdout)
    assert found["bytes"] == (tmp_path / "s.csv").stat().st_size
    assert "home" not in (tmp_path / "s.csv").read_text("utf-8-sig")


def test_nothing_to_list_is_said(plan):
    assert (
        run("schedule", plan, "--workload", "batch", "--company", "企业").stdout.strip()
        == "No work runs here."
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workload", "chatt"], "did you mean 'chat'"),
        (["--company", "home"], "expected the name of a company, got 'home'"),
        (["--out", "s.xlsx"], "s.xlsx: expected a file ending in .parquet or .csv"),
        (["--out", "PLAN/s.csv"], "holds a plan or a study and nothing else"),
    ],
)
def test_bad_input_is_named_and_touches_nothing(plan, arguments, message):
    before = sorted(plan.parent.rglob("*"))
    result = run("schedule", plan, *(argument.replace("PLAN", str(plan)) for argument in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert sorted(plan.parent.rglob("*")) == before


def test_a_workload_is_explained_with_its_hours(plan):
    result = run("explain", plan, "chat")
    assert "2026-03-02 00:00   2026-03-02 03:00" in result.stdout
    rows = json.loads(run("explain", plan, "chat", "--json").stdout)["schedule"]
    assert sum(row["work_unit_h"] for row in rows) == pytest.approx(11)
    assert rows[0]["until"].endswith("+08:00")
