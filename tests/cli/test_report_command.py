"""``computeplan report``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from command_line import TINY, run


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    config = tmp_path_factory.mktemp("report") / "tiny.yaml"
    config.write_text(TINY, encoding="utf-8")
    assert run("solve", config, "--out", config.with_name("tiny")).exit_code == 0
    return config.with_name("tiny")


def test_the_report_stands_beside_the_plan(plan):
    result = run("report", plan)
    assert result.exit_code == 0
    assert result.stdout.strip() == str(plan.with_name("tiny.html"))
    text = plan.with_name("tiny.html").read_text(encoding="utf-8")
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert "北站" in text


def test_place_and_language_are_chosen(plan, tmp_path):
    target = tmp_path / "new" / "报告.html"
    result = run("report", plan, "--out", target, "--lang", "zh", "--json")
    assert json.loads(result.stdout) == {"format": 1, "report": str(target), "bytes": target.stat().st_size}
    assert '<html lang="zh-CN">' in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "plan.yaml"], "plan.yaml: expected a file whose name ends in .html"),
        (["--lang", "fr"], "'fr' is not one of 'en', 'zh'"),
    ],
)
def test_wrong_options_are_told_and_touch_nothing(plan, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text("mine")
    result = run("report", plan, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert (tmp_path / "plan.yaml").read_text() == "mine"


def test_the_root_is_no_plan():
    result = run("report", Path("/"))
    assert (result.exit_code, result.stderr.count("error:")) == (2, 1)
    assert "expected the folder of a plan, a sweep or a frontier" in result.stderr


def test_what_is_no_plan_is_told(plan, tmp_path):
    result = run("report", tmp_path / "none")
    assert result.exit_code == 2
    assert "expected the folder of a plan, a sweep or a frontier, got " in result.stderr
    config = plan.with_name("tiny.yaml")
    assert run("report", config).exit_code == 2


def test_a_plan_that_was_changed_is_not_reported(plan, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(plan, copy)
    proof = copy / "proof" / "plan.npz"
    proof.write_bytes(proof.read_bytes()[:-1])
    result = run("report", copy)
    assert result.exit_code == 2
    assert "proof/plan.npz has changed since the plan was written" in result.stderr
    assert not copy.with_name("copy.html").exists()
