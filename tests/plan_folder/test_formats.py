"""Formats have a number, and a folder says which versions its answer rests on."""

from __future__ import annotations

import json
import re
from importlib.metadata import version

import pytest

import computeplan
from command_line import run
from computeplan.errors import ConfigError, PlanFolderError
from computeplan.folder.contents import FORMAT
from computeplan.folder.read import add_seal

CONFIG = """
name: tiny
horizon: {start: 2026-03-02T00:00, duration: 2 h}
zones: {z: {}}
hardware: {gpu: {busy_power: 1}}
sites: {hall: {zone: z, pools: {own: {hardware: gpu, term: owned, units: 10}}}}
workloads: {w: {zone: z, demand: 4}}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def folder(config):
    computeplan.solve(config).save(config.with_name("plan"))
    return config.with_name("plan")


def record_of(folder):
    return json.loads((folder / "provenance.json").read_text(encoding="utf-8"))


def rewrite(folder, **changes):
    record = add_seal({**record_of(folder), **changes})
    (folder / "provenance.json").write_text(json.dumps(record), encoding="utf-8")


def test_a_folder_states_its_format_and_all_versions(folder):
    record = record_of(folder)
    assert record["format"] == FORMAT
    for package in ("highspy", "clarabel", "scipy", "pulp", "numpy", "polars", "distributed"):
        assert record["versions"][package] == version(package)


def test_the_version_of_cbc_is_that_of_its_program(config):
    computeplan.solve(config, options=computeplan.api.SolverOptions("cbc")).save(config.with_name("cbc"))
    found = record_of(config.with_name("cbc"))["solver"]["version"]
    assert re.fullmatch(rf"CBC \d+(\.\d+)+, PuLP {re.escape(version('pulp'))}", found)


@pytest.mark.parametrize("number", [FORMAT + 1, -1, "1", None, True, 1.5, [], {}])
def test_a_folder_of_a_later_format_is_refused_with_the_version_that_wrote_it(folder, number):
    rewrite(folder, format=number, versions={**record_of(folder)["versions"], "computeplan": "9.8.7"})
    with pytest.raises(PlanFolderError, match=r"format 1, got .*written by computeplan 9\.8\.7"):
        computeplan.open_plan(folder)
    for command in ("audit", "explain", "report"):
        result = run(command, folder)
        assert result.exit_code == 2
        assert "9.8.7" in result.stderr


def test_a_folder_without_a_number_is_read_as_far_as_it_can_be(folder):
    record = record_of(folder)
    del record["format"], record["sha256"]  # both came with the first number
    (folder / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    assert computeplan.open_plan(folder).plan.status == "optimal"


def test_what_another_version_wrote_and_this_one_cannot_read_names_that_version(folder):
    record = record_of(folder)
    options = {**record["options"], "method": "of old"}
    rewrite(folder, options=options, versions={**record["versions"], "computeplan": "0.1.5"})
    with pytest.raises(PlanFolderError, match=r"computeplan 0\.1\.5 wrote .* and can read it"):
        computeplan.open_plan(folder)


@pytest.mark.parametrize("number", ["2", "0", "'1'", "1.0", "true", "null", "[1]", "{}"])
def test_a_config_of_another_format_is_refused(config, number):
    config.write_text(f"format: {number}\n{CONFIG}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"format: expected 1, got .*a later version of computeplan"):
        computeplan.load(config)


def test_a_config_may_state_its_format(config):
    config.write_text(f"format: 1\n{CONFIG}", encoding="utf-8")
    assert computeplan.solve(config).plan.status == "optimal"


@pytest.mark.parametrize("arguments", [["check"], ["solve"], ["explain"]])
def test_json_answers_state_their_format(config, arguments):
    found = json.loads(run(*arguments, config, "--json").stdout)
    assert found["format"] == 1
