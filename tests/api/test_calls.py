"""Calls that work for long: what they say, that they say it nowhere else, and that two work at once."""

from __future__ import annotations

import json
import locale
import logging
import signal
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import computeplan
from command_line import TINY, run
from computeplan import api
from computeplan.cli import terminal
from computeplan.cli.options import Overlay
from computeplan.problem import Status
from computeplan.solvers import Method, SolverOptions, available, planner

WHOLE = TINY.replace("price: 9}", "price: 9, step: 2}").replace("on_demand", "reserved")


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def test_progress_has_the_gap_and_the_bound_in_the_plan_s_own_units(whole, monkeypatch):
    """A solve in whole numbers says them; here it is held until they were heard."""
    heard, seen = [], threading.Event()

    def progress(stage, seconds, gap, bound):
        heard.append((stage, seconds, gap, bound))
        if gap is not None:
            seen.set()

    solve = planner.ProgramSolver.solve
    monkeypatch.setattr(
        planner.ProgramSolver, "solve", lambda self, limit: (solve(self, limit), seen.wait(5))[0]
    )
    made = computeplan.solve(whole, baseline=False, progress=progress)
    objective = made.plan.solution.audit.objective
    found = [(gap, bound) for stage, _, gap, bound in heard if gap is not None and stage == "solving"]
    assert found
    assert found[-1] == (pytest.approx(0, abs=1e-6), pytest.approx(objective))


def test_studies_say_what_they_do(config):
    heard = {"frontier": [], "ranging": [], "diagnose": [], "sweep": []}
    for name, said in heard.items():
        varied = {"vary": {"sites.home.pue": [1.0, 1.2]}, "workers": 1} if name == "sweep" else {}
        getattr(computeplan, name)(config, **varied, progress=lambda stage, *_, said=said: said.append(stage))
    assert any(stage.startswith("tracing on basis location: 2 plans, then") for stage in heard["frontier"])
    assert any(stage.startswith("varying sites.home.grid.price: at") for stage in heard["ranging"])
    assert any(stage.startswith("moving limits: ") for stage in heard["ranging"])
    assert "looking whether there is a plan" in heard["diagnose"]
    assert heard["sweep"][0] == "sweep: 0 of 2 points"
    assert heard["sweep"][-1].startswith("sweep: 2 of 2 points")


def test_the_library_is_silent(config, tmp_path, capfd):
    loaded = computeplan.load(config)
    for name in available():
        computeplan.solve(loaded, options=SolverOptions(name)).save(tmp_path / "plan")
    with pytest.raises(computeplan.UsageError, match="presolv"):
        computeplan.solve(loaded, options={"options": {"presolv": 1}})
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("computeplan").handlers == []


@pytest.mark.parametrize(
    "name", [name for name in available() if name in {"highs", "clarabel", "staircase", "cbc"}]
)
def test_the_log_has_stages_and_the_solver_s_own_words(config, name, caplog, capfd):
    with caplog.at_level(logging.DEBUG, logger="computeplan"):
        computeplan.solve(config, options=SolverOptions(name), baseline=False)
    loggers = {record.name for record in caplog.records}
    assert loggers <= {"computeplan.runs", "computeplan.solvers", "computeplan.api"}
    said = {record.getMessage() for record in caplog.records if record.levelno == logging.INFO}
    assert {"merging workloads", "building the program", "solving", "auditing"} <= said
    own = [record.getMessage() for record in caplog.records if record.levelno == logging.DEBUG]
    words = {
        "highs": "Model status",
        "clarabel": "Clarabel.rs",
        "cbc": "CBC MILP Solver",
        "staircase": "  gap ",
    }
    assert any(words[name] in line for line in own)
    assert capfd.readouterr() == ("", "")


def test_a_command_speaks_at_three_levels(config, tmp_path, monkeypatch):
    monkeypatch.setattr(terminal, "SHORT_S", 0.0)
    said = {}
    for level in ("", "--quiet", "--verbose"):
        result = run("solve", config, "--out", tmp_path / "plan", *filter(None, [level]))
        assert result.exit_code == 0
        assert "Tiny" in result.stdout
        said[level] = [line.split("s  ", 1)[1] for line in result.stderr.splitlines()]
    assert said["--quiet"] == []
    assert said[""][0] == "reading the config"
    assert said[""].index("building the program") < said[""].index("solving") < said[""].index("auditing")
    assert len(set(said[""])) == len(said[""])
    assert "solvers: solving" in said["--verbose"]
    assert any(line.startswith("solvers: Model status") for line in said["--verbose"])
    both = run("solve", config, "--quiet", "--verbose", "--out", tmp_path / "plan")
    assert (both.exit_code, "expected either it or --verbose, got both" in both.stderr) == (2, True)
    assert logging.getLogger("computeplan").handlers == []


def test_a_stage_is_named_while_it_goes_on(config, monkeypatch, capsys):
    """A log without a terminal names what a command is at, not what it has done."""
    monkeypatch.setattr(terminal, "SHORT_S", 0.05)
    load, seen = computeplan.load, []

    def slow(*arguments, **named):
        deadline = time.monotonic() + 30
        while not seen and time.monotonic() < deadline:
            time.sleep(0.01)
            seen.extend(capsys.readouterr().err.splitlines())
        return load(*arguments, **named)

    monkeypatch.setattr(api, "load", slow)
    with terminal.speaking(terminal.Loudness.USUAL):
        Overlay().load(config)
    assert [line.split("s  ", 1)[1] for line in seen] == ["reading the config"]
    assert capsys.readouterr().err == ""


def test_quiet_hides_warnings_but_no_error(config, tmp_path):
    config.write_text(TINY + "series: {unused: 3}\n", encoding="utf-8")
    assert "warning:" in run("check", config).stderr
    assert run("check", config, "--quiet").stderr == ""
    wrong = run("check", tmp_path / "none.yaml", "--quiet")
    assert (wrong.exit_code, wrong.stderr.startswith("error: ")) == (2, True)


def test_the_time_limit_counts_what_comes_before_the_solver(config, monkeypatch):
    build = planner.build

    def slow(grouping):
        time.sleep(0.3)
        return build(grouping)

    monkeypatch.setattr(planner, "build", slow)
    made = computeplan.solve(config, options=SolverOptions(time_limit_s=0.2), baseline=False)
    assert (made.plan.status, made.plan.solver.detail) == (Status.NO_PLAN, "TimeLimit")
    assert made.options.time_limit_s == 0.2


def test_the_time_limit_counts_reading_where_the_call_reads(config, tmp_path, monkeypatch):
    """It is not taken off each solve of a config that was read before."""
    load, slow = computeplan.load, {"options": {"time_limit_s": 0.2}, "baseline": False}
    read = replace(load(config), read_s=1000.0)
    assert computeplan.solve(read, options={"time_limit_s": 60.0}, baseline=False).status is Status.OPTIMAL
    monkeypatch.setattr(api, "load", lambda *_, **__: read)
    assert run("solve", config, "--time-limit", "60", "--out", tmp_path / "plan").exit_code == 4
    monkeypatch.setattr("computeplan.api.calls.load", lambda *_, **__: (time.sleep(0.3), read)[1])
    assert computeplan.solve(config, **slow).plan.solver.detail == "TimeLimit"


def state():
    """What a library has no right to change."""
    return (
        signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), list(warnings.filters),
        locale.setlocale(locale.LC_ALL), np.geterr(), sys.getswitchinterval(), sys.modules["__main__"],
        sys.excepthook, logging.getLogger().level, logging.getLogger().handlers,
    )  # fmt: skip


def test_calls_change_no_state_of_the_process(config, whole):
    before = state()
    computeplan.solve(whole, options=SolverOptions(threads=1))
    computeplan.frontier(config)
    computeplan.ranging(config)
    computeplan.sweep(config, vary={"sites.home.pue": [1.0, 1.2]}, workers=1)
    assert state() == before


@pytest.mark.parametrize(
    "options",
    [
        SolverOptions(method=Method.SIMPLEX, threads=1),
        SolverOptions(method=Method.IPM, threads=2),
        SolverOptions("cbc"),
        *([SolverOptions("clarabel")] if "clarabel" in available() else []),
    ],
    ids=lambda options: f"{options.name}-{options.method}",
)
def test_two_solves_in_two_threads_give_what_they_give_alone(config, whole, options):
    of_whole = options if options.name != "clarabel" else SolverOptions()
    calls = [(config, options), (whole, of_whole), (config, SolverOptions(threads=2)), (whole, of_whole)]

    def summary(call):
        made = computeplan.solve(call[0], options=call[1])
        return json.dumps(made.summary(), sort_keys=True)

    alone = [summary(call) for call in calls]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(summary, calls)) == alone
