"""Where studies may write: what is no folder of theirs is refused in one line, before anything is solved."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import TINY, run

COMMANDS = {
    "sweep": ("--vary", "demand*=1", "--workers", "1"),
    "frontier": (),
    "alternatives": (),
}


@pytest.fixture(params=COMMANDS)
def study(request, tiny):
    """A command that writes a study's folder, in a folder that has a file and another one's folder."""
    Path("file").write_text("mine", encoding="utf-8")
    Path("other").mkdir()
    Path("other/note.txt").write_text("mine", encoding="utf-8")
    return request.param, tiny, *COMMANDS[request.param]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("file", "error: file is a file; --out DIR names another place"),
        ("file/x", "error: file/x cannot be written"),
        ("other", "error: other holds files that are no part of a"),
        (".", "error: . holds files that are no part of a"),
        ("..", "and is not replaced"),
        ("/", "error: / is a whole file system and is not replaced"),
    ],
)
def test_what_is_no_place_for_a_study_is_refused(study, monkeypatch, target, said):
    monkeypatch.setattr("computeplan.api.studies.trace", None)
    monkeypatch.setattr("computeplan.studies.sweep.sweep.SweepRunner", None)
    before = sorted(Path().rglob("*"))
    result = run(*study, "--out", target)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("error:") == 1
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize("target", ["计划 一/深 处", "空 的/."])
def test_new_folders_with_blanks_and_chinese_names_are_made(study, target):
    result = run(*study, "--out", target)
    assert result.exit_code == 0, result.stderr
    assert (Path(target) / "provenance.json").exists()
    assert not [path for path in Path(target).parent.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_present_folder_is_written_if_it_is_empty(tmp_path, monkeypatch, command):
    config = tmp_path / "tiny.yaml"
    config.write_text(TINY, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    result = run(command, config, *COMMANDS[command], "--out", ".")
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "tiny.yaml"}
    assert (tmp_path / "empty" / "provenance.json").exists()


@pytest.mark.parametrize("command", [*COMMANDS, "ranging"])
@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("没有.yaml", "error: 没有.yaml: expected a config file, got no such file"),
        ("other", "error: other: expected"),
        ("file", "error: file:1"),
    ],
)
@pytest.mark.usefixtures("tiny")
def test_what_is_no_config_is_named(command, config, said):
    Path("file").write_text("mine", encoding="utf-8")
    Path("other").mkdir()
    result = run(command, config, *COMMANDS.get(command, ()))
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
