"""A config reads files of other folders where ``--allow-path`` says so, whatever the command."""

from __future__ import annotations

import shutil

import pytest

import computeplan
from command_line import TINY, run
from computeplan.errors import ConfigError

PRICES = "price\n0.5\n0.6\n0.7\n"
COMMANDS = {
    "check": (),
    "solve": ("--out", "out"),
    "export": ("--out", "out.mps"),
    "sweep": ("--vary", "demand*=0.9,1", "--workers", "1", "--out", "out"),
    "frontier": ("--out", "out"),
    "ranging": ("--of", "objective.carbon_price", "--limits", "0"),
    "explain": (),
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Folder of a config that names a file of a folder beside its own."""
    own, shared = tmp_path / "own", tmp_path / "shared"
    own.mkdir()
    shared.mkdir()
    (shared / "prices.csv").write_text(PRICES, encoding="utf-8")
    reading = "price: {file: ../shared/prices.csv, column: price}, carbon"
    text = TINY.replace("price: 0.5, carbon", reading).replace("price: 9}", "price: 9 CNY/unit/h}")
    (own / "tiny.yaml").write_text(text + "objective: {carbon_price: 50}\n", encoding="utf-8")
    monkeypatch.chdir(own)
    return own


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("command", COMMANDS)
def test_another_folder_is_read_only_where_it_is_allowed(command):
    refused = run(command, "tiny.yaml", *COMMANDS[command])
    assert refused.exit_code == 2
    assert "allow its folder with --allow-path DIR" in refused.stderr
    allowed = run(command, "tiny.yaml", "--allow-path", "../shared", *COMMANDS[command])
    assert allowed.exit_code == 0, allowed.stderr


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("command", [*COMMANDS, "bench"])
def test_what_is_allowed_must_be_a_folder(command):
    result = run(command, "./tiny.yaml", "--allow-path", "../nowhere", *COMMANDS.get(command, ()))
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "error: allowed path: expected a folder, got '../nowhere'"


@pytest.mark.usefixtures("own")
def test_measured_processes_read_it_too():
    result = run("bench", "./tiny.yaml", "--allow-path", "../shared", "--repeats", "1", "--out", "a.json")
    assert result.exit_code == 0, result.stderr
    assert "optimal" in result.stderr


@pytest.mark.parametrize("command", ["solve", "sweep", "frontier"])
def test_a_folder_keeps_what_came_from_elsewhere(own, command):
    assert run(command, "tiny.yaml", "--allow-path", "../shared", *COMMANDS[command]).exit_code == 0
    before = computeplan.solve("tiny.yaml", allow_paths=["../shared"], baseline=False).plan.solution
    shutil.rmtree(own.parent / "shared")
    [kept] = (own / "out/inputs/outside").iterdir()
    assert kept.read_text("utf-8") == PRICES
    after = computeplan.solve(own / "out/inputs/config.yaml", baseline=False).plan.solution
    assert after.accounts.cost.total == before.accounts.cost.total


def test_ways_out_are_tried_with_what_is_allowed(own):
    tight = ("--set", "sites.北站.pools.租用.max_units=1")
    result = run("explain", "tiny.yaml", "--allow-path", "../shared", *tight)
    assert result.exit_code == 3
    assert "--set" in result.stdout
    found = computeplan.diagnose(own / "tiny.yaml", overrides=tight[1:], allow_paths=[own.parent / "shared"])
    assert found.status == "infeasible"


@pytest.mark.usefixtures("own")
def test_a_number_beside_an_allowed_file_can_be_ranged_and_points_may_lie_there():
    study = computeplan.ranging(
        "tiny.yaml", of=["sites.北站.pools.租用.price"], limits=0, allow_paths=["../shared"]
    )
    assert study.tables()["breaks"].height
    found = computeplan.solve("tiny.yaml", allow_paths=["../shared"], baseline=False)
    assert found.plan.status == "optimal"
    with pytest.raises(ConfigError, match="allow its folder"):
        computeplan.frontier("tiny.yaml")
    assert computeplan.frontier("tiny.yaml", allow_paths=["../shared"]).frontiers[0].curve


def test_points_of_a_sweep_may_lie_in_an_allowed_folder(own):
    (own.parent / "shared/points.csv").write_text("demand*\n1\n0.9\n", encoding="utf-8")
    with (own / "tiny.yaml").open("a", encoding="utf-8") as config:
        config.write("sweep: {points: ../shared/points.csv}\n")
    found = computeplan.sweep("tiny.yaml", allow_paths=["../shared"], workers=1)
    assert found.points["status"].to_list() == ["optimal", "optimal"]
