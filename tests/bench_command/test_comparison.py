"""What `bench compare` takes for a change."""

from __future__ import annotations

import json

import pytest
from measuring import ORIGIN, ended, results, unsolved

from command_line import run
from computeplan.bench.comparison import compare


def repeated(*seconds, **fields):
    return results(*(ended("capped-1", "highs", s, repeat=n, **fields) for n, s in enumerate(seconds, 1)))


def flagged(old, new):
    (pair,) = compare(old, new).pairs
    return pair.total_s.is_beyond


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((1.0,), (1.25,), False),  # one run may be 30 % off
        ((1.0,), (1.35,), True),
        ((1.35,), (1.0,), True),
        ((1.0, 1.0), (1.05, 1.05), False),  # repeated runs 10 %
        ((1.0, 1.0), (1.15, 1.15), True),
        ((1.15, 1.15), (1.0, 1.0), True),
        ((1.0, 1.0), (1.15,), False),
        ((1.0, 1.2, 1.4), (1.5, 1.5, 1.5), False),  # a spread of a third
        ((1.0, 1.2, 1.4), (1.7, 1.7, 1.7), True),
        ((0.002, 0.002), (0.008, 0.008), False),  # milliseconds
    ],
)
def test_a_change_is_more_than_noise(old, new, expected):
    assert flagged(repeated(*old), repeated(*new)) is expected


def test_ratios_of_stages_and_memory():
    times = {"read": 0.2, "solve": 1.0, "write": 0.5}
    old = results(ended("capped-1", "highs", 0, wall_s=times, peak_mb=100))
    new = results(ended("capped-1", "highs", 0, wall_s={**times, "solve": 0.5, "write": 1.0}, peak_mb=300))
    (pair,) = compare(old, new).pairs
    assert (pair.total_s.old, pair.total_s.new, pair.total_s.is_beyond) == (1.7, 1.7, False)
    assert {stage: change.ratio for stage, change in pair.stages.items()} == {
        "read": 1,
        "solve": 0.5,
        "write": 2,
    }
    assert [stage for stage, change in pair.stages.items() if change.is_beyond] == ["solve", "write"]
    assert (pair.peak_mb.ratio, pair.peak_mb.is_beyond) == (3, True)


def test_the_mean_of_ratios_is_geometric():
    old = results(ended("capped-1", "highs", 1), ended("capped-2", "highs", 1), ended("full-1", "highs", 1))
    new = results(ended("capped-1", "highs", 8), ended("capped-2", "highs", 0.5), unsolved("full-1", "highs"))
    found = compare(old, new)
    assert found.mean_ratio == pytest.approx(2)
    assert [(pair.old_status, pair.new_status) for pair in found.pairs][2] == ("optimal", "timeout")
    assert found.pairs[2].total_s is None


def test_what_is_not_the_same_is_not_compared():
    old = results(ended("capped-1", "highs", 1), ended("full-1", "highs", 1), ended("full-1", "cbc", 1))
    new = results(ended("capped-1", "highs", 9, config_sha256="other"), ended("full-1", "highs", 1))
    found = compare(old, new)
    assert [pair.instance for pair in found.pairs] == ["full-1"]
    assert found.other_config == ("capped-1 highs",)
    assert (found.only_old, found.only_new) == (("full-1 cbc",), ())
    assert compare(new, old).only_new == ("full-1 cbc",)


def test_another_objective_is_seen():
    old = results(ended("capped-1", "highs", 1, objective=100.0))
    assert compare(old, results(ended("capped-1", "highs", 1, objective=100.0001))).pairs[0].same_objective
    assert not compare(old, results(ended("capped-1", "highs", 1, objective=101.0))).pairs[0].same_objective


def test_other_machines_versions_and_load_are_told():
    run = ended("capped-1", "highs", 1)
    machine = {**ORIGIN["machine"], "processor": "slide rule", "load": 1.9}
    versions = {**ORIGIN["versions"], "highspy": "1.16.0"}
    assert compare(results(run), results(run, machine=machine, versions=versions)).notes == (
        "processor: abacus → slide rule",
        "highspy: none → 1.16.0",
        "the machine was busy when the new results began: load 1.9",
    )
    assert compare(results(run), results(run)).notes == ()


def test_other_code_settings_and_solvers_are_told():
    old, new = (ended("capped-1", "cbc", 1, solver_version=version) for version in ("2.10.3", "2.10.12"))
    protocol = {**ORIGIN["protocol"], "repeats": 3, "threads": 2, "set": ["objective.carbon_price=9 CNY/t"]}
    other = {"hash": "fedcba9876543210", "changed": True}
    assert compare(results(old), results(new, protocol=protocol, commit=other)).notes == (
        "commit: 0123456789ab → fedcba987654 and changes",
        "threads: none → 2",
        "repeats: 1 → 3",
        "set: none → objective.carbon_price=9 CNY/t",
        "solver cbc: 2.10.3 → 2.10.12",
    )
    assert compare(results(old, commit=None), results(new)).notes[0] == "commit: none → 0123456789ab"


def test_processor_time_is_compared_apart():
    old, new = (
        results(ended("capped-1", "highs", 1, cpu_s={"read": 0.5, "solve": cpu_s})) for cpu_s in (1.0, 2.5)
    )
    (pair,) = compare(old, new).pairs
    assert (pair.total_s.ratio, pair.total_cpu_s.ratio, pair.total_cpu_s.is_beyond) == (1, 2, True)


@pytest.fixture
def files(tmp_path):
    old = results(ended("capped-1", "highs", 1), ended("full-1", "highs", 1), ended("gone.yaml", "highs", 1))
    new = results(ended("capped-1", "highs", 2), unsolved("full-1", "highs"), versions={"python": "3.12.1"})
    paths = tmp_path / "old.json", tmp_path / "new.json"
    for path, found in zip(paths, (old, new), strict=True):
        found.save(path)
    return paths


def test_the_command_shows_changes(files):
    result = run("bench", "compare", *files)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    changed = ["total", "2.00×,", "CPU", "2.00×,", "solve", "2.00×"]
    assert ["capped-1", "highs", "1.00", "2.00", "2.00×", *changed] in lines
    assert ["full-1", "highs", "–", "–", "–", "optimal", "→", "timeout"] in lines
    assert "only in the old results: gone.yaml highs" in result.stdout
    assert "new over old total time: 2 (geometric mean of 1 pair)" in result.stdout
    assert "note: python: 3.11.7 → 3.12.1" in result.stderr


def test_results_with_nothing_in_common_are_told(files, tmp_path):
    results(ended("capped-9", "highs", 1)).save(tmp_path / "other.json")
    result = run("bench", "compare", files[0], tmp_path / "other.json")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "no instance was solved in both results",
        "only in the old results: capped-1 highs, full-1 highs, gone.yaml highs",
        "only in the new results: capped-9 highs",
    ]


def test_the_command_as_json(files):
    found = json.loads(run("bench", "compare", *files, "--json").stdout)
    assert found["mean_ratio"] == pytest.approx(2)
    capped, full = found["pairs"]
    assert (capped["stages"]["solve"]["ratio"], capped["total_s"]["is_beyond"]) == (2, True)
    assert (full["new_status"], full["total_s"]) == ("timeout", None)
    assert found["only_old"] == ["gone.yaml highs"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no file of results"),
        ("[]", "is no file of results"),
        ('{"format": "computeplan bench 1"}', "is no file of results"),
        ('{"format": "computeplan bench 99"}', "expected results of format 'computeplan bench 1', got"),
    ],
)
def test_what_is_no_file_of_results_is_told(files, tmp_path, text, message):
    (tmp_path / "bad.json").write_text(text, encoding="utf-8")
    result = run("bench", "compare", files[0], tmp_path / "bad.json")
    assert result.exit_code == 2
    assert "bad.json" in result.stderr
    assert message in result.stderr


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("machine", 3),
        ("versions", None),
        ("protocol", "fast"),
        ("commit", "0123"),
        ("instances", [{"name": "capped-1"}]),
        ("runs", [{"instance": "capped-1"}]),
        (
            "runs",
            [{"instance": "a", "solver": "b", "repeat": 1, "status": "optimal", "wall_s": {"solve": "1"}}],
        ),
    ],
)
def test_a_file_with_a_wrong_part_is_told(files, part, wrong):
    data = json.loads(files[1].read_text(encoding="utf-8"))
    files[1].write_text(json.dumps({**data, part: wrong}), encoding="utf-8")
    result = run("bench", "compare", *files)
    assert result.exit_code == 2
    assert "new.json is no file of results" in result.stderr


def test_a_file_that_is_not_there_is_told(files, tmp_path):
    result = run("bench", "compare", files[0], tmp_path / "none.json")
    assert (result.exit_code, "none.json: No such file" in result.stderr) == (2, True)
