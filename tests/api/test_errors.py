"""Errors for programs: one tree, with fields, that a server can show and a process can hand on."""

from __future__ import annotations

import pickle

import pytest

import computeplan
from computeplan import errors
from computeplan.errors import ComputeplanError, Fault

KINDS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
BAD = """\
name: Tiny
horizon: {start: 2026-03-02T00:00, duration: 3 h}
zones: {here: {}}
hardware: {gpu: {busy_power: 10 kW}}
sites: {home: {zone: here, pools: {own: {hardware: gpu, term: owned, units: -4}}}}
workloads: {chat: {zone: there, demand: [3, 4, 2]}}
"""
GOOD = BAD.replace("-4", "4").replace("there", "here")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_one_of_a_tree_that_the_package_names(kind):
    assert issubclass(kind, ComputeplanError)
    assert getattr(computeplan, kind.__name__) is kind


def test_a_wrong_config_has_its_place_in_fields(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(computeplan.ConfigError, match=r"sites\.home\.pools\.own\.units") as caught:
        computeplan.load(path)
    error = caught.value
    assert (error.path, error.line) == ("sites.home.pools.own.units", 5)
    assert (error.expected, error.found) == ("a number of at least 0, in units, such as `120`", "-4")
    assert [(fault.path, fault.found) for fault in error.faults[1:]] == [("workloads.chat.zone", "'there'")]
    assert error.faults[1].hint == "did you mean 'here'?"


def test_a_wrong_argument_has_fields(tmp_path):
    with pytest.raises(computeplan.UsageError, match="tolerance: expected a share") as caught:
        computeplan.frontier(tmp_path / "any.yaml", tolerance=2.0)
    error = caught.value
    assert (error.path, error.found, error.line) == ("tolerance", "2", 0)
    assert error.expected == "a share from 0 to below 1, such as 0.001"


@pytest.mark.parametrize("call", ["diagnose", "frontier", "ranging", "solve"])
@pytest.mark.parametrize("stated", [{"scenario": "far"}, {"overrides": ["a=1"]}, {"allow_paths": ["."]}])
def test_a_config_that_was_read_is_not_read_in_another_way(tmp_path, call, stated):
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    loaded = computeplan.load(tmp_path / "good.yaml")
    with pytest.raises(
        computeplan.UsageError, match=f"{next(iter(stated))}: expected none with a config that"
    ):
        getattr(computeplan, call)(loaded, **stated)


def test_a_wrong_word_has_a_hint(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(computeplan.UsageError, match="did you mean 'cheapest_first'") as caught:
        computeplan.solve(tmp_path / "good.yaml", policies=["cheapest_frist"])
    assert (caught.value.path, caught.value.found) == ("policy", "'cheapest_frist'")
    assert caught.value.hint == "did you mean 'cheapest_first'?"


def test_a_folder_that_is_no_plan_is_named(tmp_path):
    with pytest.raises(computeplan.PlanFolderError, match="expected the folder of a plan") as caught:
        computeplan.open_plan(tmp_path / "nowhere")
    assert caught.value.path == str(tmp_path / "nowhere")
    assert caught.value.found == "no such folder"
    assert caught.value.hint == "computeplan solve CONFIG --out DIR writes one"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_can_be_made_of_faults(kind):
    faults = [Fault("a.b", "x", "y", "z", "f.yaml", 3, 4), Fault("c", "1", "2")]
    error = kind.of(faults)
    assert error.faults == tuple(faults)
    assert str(error) == "f.yaml:3:4 a.b: expected x, got y; z\nc: expected 1, got 2"
    assert (error.path, error.line, error.hint) == ("a.b", 3, "z")


@pytest.mark.parametrize(
    "error",
    [
        computeplan.ConfigError([Fault("a.b", "x", "y", "z", "f.yaml", 3, 4), Fault("c", "1", "2")]),
        computeplan.UsageError(path="--max-gap", expected="a share", found="'x'", hint="such as 1%"),
        computeplan.SolverError("it failed", path="solver", hint="take another"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_whole_out_of_another_process(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(again) is type(error)
    assert (str(again), again.faults) == (str(error), error.faults)
