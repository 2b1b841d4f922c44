"""``new``, ``check``, ``schema`` and ``export``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import computeplan
from command_line import run
from computeplan.cli import new
from computeplan.config import json_schema


def test_new_copies_the_quickstart_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("new")
    assert result.exit_code == 0
    assert result.stdout == "quickstart.yaml\n"
    assert result.stderr == "next: computeplan solve quickstart.yaml\n"
    assert run("check", "quickstart.yaml").exit_code == 0


@pytest.mark.parametrize("template", ["quickstart", "four-regions", "chongqing"])
def test_every_template_can_be_copied_and_checked(tmp_path, template):
    result = run("new", template, "--to", tmp_path)
    assert result.exit_code == 0
    assert run("check", tmp_path / f"{template}.yaml").exit_code == 0


def test_new_makes_the_folders_of_its_target(tmp_path):
    assert run("new", "--to", tmp_path / "deep" / "plan.yaml").exit_code == 0
    assert (tmp_path / "deep" / "plan.yaml").is_file()


def test_new_overwrites_nothing(tmp_path):
    target = tmp_path / "mine.yaml"
    target.write_text("mine")
    result = run("new", "--to", target)
    assert result.exit_code == 2
    assert "is there already and is not overwritten" in result.stderr
    assert target.read_text() == "mine"


def test_new_copies_the_inputs_of_a_template(tmp_path, monkeypatch):
    source = tmp_path / "source"
    (source / "data").mkdir(parents=True)
    (source / "windy.yaml").write_text("series: {a: {file: data/wind.csv, column: w}}  # file: gone.csv\n")
    (source / "data" / "wind.csv").write_text("w\n1\n")
    monkeypatch.setattr(new, "_folder", lambda: source)
    target = tmp_path / "target"
    target.mkdir()
    result = run("new", "windy", "--to", target)
    assert result.stdout.split() == [str(target / "windy.yaml"), str(target / "data" / "wind.csv")]
    (target / "windy.yaml").unlink()
    assert run("new", "windy", "--to", target).exit_code == 2
    assert not (target / "windy.yaml").exists()


def test_new_knows_its_templates(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("new", "chonqing")
    assert result.exit_code == 2
    assert (
        "expected one of quickstart, four-regions, chongqing, got 'chonqing'; did you mean 'chongqing'?"
        in result.stderr
    )
    assert list(tmp_path.iterdir()) == []


def test_check_says_what_a_config_contains(tiny):
    result = run("check", tiny)
    assert result.exit_code == 0
    for text in (
        "2026-03-02 00:00 to 2026-03-02 03:00 Asia/Shanghai; 3 periods of 60 min",
        "2 workloads of 2 companies (1 interactive, 1 deferrable) in 2 classes; 4.667 busy units",
        "least cost (location basis)",
        "北站/租用",
        "9 CNY/unit/h",
    ):
        assert text in result.stdout
    assert run("check", tiny, "--quiet").stderr == ""


def test_check_as_json(tiny):
    found = json.loads(run("check", tiny, "--json").stdout)
    assert found["possible"] is True
    assert found["size"]["workloads"] == 2
    assert found["horizon"]["real_hours"] == 3
    assert found["reasons"] == []


def test_check_finds_what_is_impossible(tiny):
    result = run("check", tiny, "--scenario", "far")
    assert result.exit_code == 3
    assert "北站/租用: latency 90 ms > 50 ms" not in result.stdout
    assert "workload chat: at 2026-03-02 01:00, 6 units are needed, but at most 4 are there" in result.stdout
    assert result.stderr.splitlines()[-1] == "error: no plan can exist: 1 reason"
    found = json.loads(run("check", tiny, "--scenario", "far", "--json").stdout)
    assert (found["possible"], len(found["reasons"])) == (False, 1)


def test_schema_goes_to_stdout_or_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert json.loads(run("schema").stdout) == json_schema()
    result = run("schema", "--out", "schema.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "schema.json" in result.stderr
    assert json.loads(Path("schema.json").read_text("utf-8")) == json_schema()


def test_schema_says_where_it_cannot_write(tmp_path):
    result = run("schema", "--out", tmp_path / "none" / "schema.json")
    assert result.exit_code == 2
    assert "No such file or directory" in result.stderr


@pytest.mark.parametrize("ending", ["mps", "lp"])
def test_export_writes_the_linear_program(tiny, ending):
    result = run("export", tiny, "--out", f"tiny.{ending}")
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"wrote tiny.{ending}: " in result.stderr
    assert "columns" in result.stderr
    assert "work_" in Path(f"tiny.{ending}").read_text()


def test_export_makes_the_folder_of_its_file(tiny):
    assert run("export", tiny, "--out", "新 的/tiny.lp").exit_code == 0
    assert Path("新 的/tiny.lp").is_file()


def test_export_knows_its_formats_before_anything_is_read(tiny, monkeypatch):
    monkeypatch.setattr("computeplan.api.load", None)
    result = run("export", tiny, "--out", "tiny.txt")
    assert result.exit_code == 2
    assert ".mps or .lp" in result.stderr
    with pytest.raises(computeplan.UsageError, match=r"\.mps or \.lp"):
        computeplan.export("none.yaml", "tiny.txt")


def test_version():
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"computeplan {computeplan.__version__}\n")
