"""What the functions take is held against their annotations: one error that names the argument."""

from __future__ import annotations

import inspect
from datetime import timedelta

import numpy as np
import pytest

import computeplan
from command_line import TINY
from computeplan.errors import PlanFolderError, UsageError

CALLS = {
    name: thing for name in computeplan.__all__ if inspect.isfunction(thing := getattr(computeplan, name))
}
METHODS = {
    f"Run.{name}": getattr(computeplan.Run, name)
    for name in ("is_within", "save", "scan_schedule", "schedule", "shares")
}
ENDLESS: dict[str, object] = {}
ENDLESS["name"] = ENDLESS


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    path = tmp_path_factory.mktemp("arguments") / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return computeplan.load(path)


@pytest.fixture(scope="module")
def solved(loaded):
    return computeplan.solve(loaded, baseline=False)


@pytest.mark.parametrize("name", [*CALLS, *METHODS])
def test_every_argument_of_the_interface_is_checked(name):
    call = {**CALLS, **METHODS}[name]
    wrong = {each: object() for each in inspect.signature(call).parameters}
    with pytest.raises(UsageError, match=r"expected .*, got <object object") as caught:
        call(**wrong)
    assert [fault.path for fault in caught.value.faults] == [each for each in wrong if each != "self"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda _: computeplan.solve(None),
            "config: expected a string, a path, a mapping of strings or a Loaded, got None",
        ),
        (
            lambda c: computeplan.solve(c, policies="all_local"),
            "policies: expected a list of strings, got 'all",
        ),
        (lambda c: computeplan.solve(c, limits=True), "limits: expected a whole number or None, got True"),
        (lambda c: computeplan.solve(c, limits=-1), "limits: expected at least 0, or None, got -1"),
        (
            lambda c: computeplan.frontier(c, caps_t=[1, "2"]),
            r"caps_t: expected a list of numbers, got \[1, '2",
        ),
        (
            lambda c: computeplan.frontier(c, bases=["here"]),
            "basis: expected one of location, market, hourly",
        ),
        (lambda c: computeplan.ranging(c, of={"a": (1,)}), "of: expected a list of strings, a mapping of"),
        (computeplan.sweep, r"config: expected a string or a path, got Loaded\(Tiny"),
        (lambda c: computeplan.sweep(c.config.data), "config: expected a string or a path, got {"),
        (
            lambda c: computeplan.load(c.path, overrides="a=1"),
            "overrides: expected a list of strings or a map",
        ),
        (lambda c: computeplan.solve(c, options={"stop": 5}), "stop: expected a `StopSignal`, got 5"),
        (lambda c: computeplan.sweep(c.path, options={"stop": 5}), "stop: expected a `StopSignal`, got 5"),
        (
            lambda _: computeplan.load({"zones": {"a": {1, object()}}}),
            r"zones\.a: expected text, a number, .*",
        ),
        (
            lambda c: computeplan.load(c.path, overrides={"a.b": timedelta(1)}),
            r"a\.b: expected text, .* got 1 ",
        ),
        (lambda c: computeplan.sweep(c.path, vary={"a.b": [object()]}), r"a\.b: expected text, a number"),
        (lambda _: computeplan.load(ENDLESS), "config: expected data that holds no part of itself"),
        (lambda c: c.changed("a=1"), "overrides: expected a list of"),
        (lambda c: computeplan.report(c.path, "x.html", "xx"), "language: expected one of en, zh, got 'xx'"),
    ],
)
def test_a_wrong_argument_is_told_before_anything_is_done(loaded, call, said):
    with pytest.raises(UsageError, match=said):
        call(loaded)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda run: computeplan.explain(run, "chat", "a hour"),
            "kind: expected one of .*; did you mean 'hour'",
        ),
        (lambda run: computeplan.explain(run, "chat", "hour"), "expected a time of the horizon, such as"),
        (lambda run: computeplan.shares(run, options={"time_limit_s": -1.0}), "time_limit_s: expected"),
        (lambda run: run.shares(options={"method": "best"}), "options.method: expected one of auto, simplex"),
        (lambda run: run.is_within(-0.1), "max_gap: expected a share of at least 0, such as 0.01, got -0.1"),
        (lambda run: run.is_within(float("nan")), "max_gap: expected a share"),
        (lambda run: run.plot.sites(5), "site: expected a string or None, got 5"),
    ],
)
def test_a_wrong_question_to_a_plan_is_told(solved, call, said):
    with pytest.raises(UsageError, match=said):
        call(solved)


def test_what_is_nearly_of_its_kind_is_taken(loaded, solved):
    """Arrays, numpy's numbers and words of an enum as strings."""
    study = computeplan.frontier(
        loaded, caps_t=np.array([0.08]), tolerance=np.float64(0.01), bases={"market"}
    )
    assert study.on("market").at_cap(np.float32(9.0)) is not None
    assert computeplan.ranging(loaded, limits=np.int64(0), of=("sites.home.grid.price",)).ranges
    assert type(computeplan.explain(solved, "chat", "workload").case).__name__ == "WorkloadCase"
    assert computeplan.shares(solved, options={"threads": 1}).objective > 0


def test_a_frontier_refuses_what_is_no_question(loaded):
    study = computeplan.frontier(loaded)
    with pytest.raises(UsageError, match="basis: expected one of location, got 'hourly'"):
        study.on("hourly")
    for name in ("at_cap", "at_price", "at_budget"):
        with pytest.raises(UsageError, match=r"expected a number.*, got nan"):
            getattr(study.frontiers[0], name)(float("nan"))
    with pytest.raises(PlanFolderError, match="no frontier to read: the status is infeasible"):
        computeplan.frontier(loaded.path, scenario="far").frontiers[0].at_price(1.0)
