"""`computeplan bench` from end to end, each run in a process of its own."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import sys
import time
from pathlib import Path
from threading import Timer

import pytest
from measuring import ended, results

from command_line import TINY, run, start
from computeplan import api
from computeplan.bench.families import FAMILIES
from computeplan.bench.runs import STAGES

pytestmark = pytest.mark.posix
SMALL = ("--days", "1", "--kinds", "2", "--sites", "2")
ONCE = ("--repeats", "1", "--time-limit", "60")
WAIT_S = 60
"""After which nothing is waited for any more."""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return tmp_path


def test_windows_is_sent_to_wsl(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    result = run("bench", "interactive")
    assert result.exit_code == 2
    assert "on Windows, use WSL" in result.stderr
    assert "Traceback" not in result.stderr


def results_of(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A ladder of two rungs and a config of one's own, by two methods."""
    folder = tmp_path_factory.mktemp("measured")
    config, out = folder / "tiny.yaml", folder / "out.json"
    config.write_text(TINY, encoding="utf-8")
    asked = ("--companies", "20,5", *ONCE, "--solver", "highs:simplex,highs:ipm")
    return run("bench", "deferrable", config, *SMALL, *asked, "--out", out), out, config


def test_every_run_is_in_the_results(measured):
    result, out, config = measured
    assert result.exit_code == 0
    found = results_of(out)
    names = ["deferrable-5-companies", "deferrable-20-companies", str(config)]
    solvers = ["highs:simplex", "highs:ipm"]
    expected = [(name, solver) for name in names for solver in solvers]
    assert [(one["instance"], one["solver"]) for one in found["runs"]] == expected
    assert found["planned"] == len(expected)
    assert {one["status"] for one in found["runs"]} == {"optimal"}
    assert all(one["audit_passed"] for one in found["runs"])


def test_stages_are_timed_apart_and_memory_is_measured(measured):
    for one in results_of(measured[1])["runs"]:
        assert set(one["wall_s"]) == set(one["cpu_s"]) == set(STAGES)
        assert all(seconds >= 0 for seconds in one["wall_s"].values())
        assert sum(one["wall_s"].values()) < one["process_s"]
        assert sum(one["cpu_s"].values()) < one["process_cpu_s"]
        assert 30 < one["peak_mb"] < 1000
        assert one["size"]["columns"] > 0


def test_the_same_config_is_known_by_its_hash(measured):
    by_instance = {}
    for one in results_of(measured[1])["runs"]:
        by_instance.setdefault(one["instance"], set()).add(one["config_sha256"])
    assert all(len(hashes) == 1 for hashes in by_instance.values())
    assert len(set.union(*by_instance.values())) == 3


def test_growth_and_profile_are_those_of_the_medians(measured):
    found = results_of(measured[1])
    one, two = (
        s for s in found["summary"] if s["instance"] != str(measured[2]) and s["solver"] == "highs:ipm"
    )
    times = two["total_s"]["median"] / one["total_s"]["median"]
    exponent = math.log(times) / math.log(two["allocations"] / one["allocations"])
    growth = {(g["family"], g["solver"]): g["total"]["exponent"] for g in found["growth"]}
    assert set(growth) == {("deferrable", "highs:simplex"), ("deferrable", "highs:ipm")}
    assert growth["deferrable", "highs:ipm"] == pytest.approx(exponent)
    assert {profile["solver"]: len(profile["ratios"]) for profile in found["profile"]} == {
        "highs:simplex": 3,
        "highs:ipm": 3,
    }


def test_where_the_numbers_come_from(measured):
    found = results_of(measured[1])
    assert found["machine"]["cores"] == os.cpu_count()
    assert found["machine"]["memory_gb"] > 0
    assert {"python", "computeplan", "highspy"} <= set(found["versions"])
    assert found["protocol"]["solvers"] == ["highs:simplex", "highs:ipm"]
    assert found["commit"] is None or len(found["commit"]["hash"]) == 40


def test_tables_go_to_stdout_and_progress_to_stderr(measured):
    result, out, _ = measured
    headings = [line.split("  ")[0] for line in result.stdout.splitlines() if "solver  " in line]
    assert headings == ["instance", "stages, s", "answer", "growth"]
    assert "solve stage, share of instances  fastest" in result.stdout
    progress = result.stderr.splitlines()
    assert progress[0].startswith("[1/6] deferrable-5-companies highs:simplex: optimal, ")
    assert progress[5].startswith("[6/6] ")
    assert progress[6:] == [f"results: {out}, charts: {out.with_suffix('.html')}"]


def test_the_charts_are_next_to_the_results(measured):
    html = measured[1].with_suffix(".html").read_text(encoding="utf-8")
    assert re.findall('data-chart="(.*?)"', html) == ["growth-0", "growth-1", "profile"]
    assert "deferrable-20-companies" in html


def test_results_can_be_compared(measured):
    result = run("bench", "compare", measured[1], measured[1])
    assert result.exit_code == 0
    assert "new over old total time: 1 (geometric mean of 6 pairs)" in result.stdout


def test_repeats_and_scenarios_are_heeded_and_json_is_what_is_in_the_file(here, measured):
    result = run("bench", "tiny.yaml", *ONCE, "--repeats", "2", "--scenario", "quiet", "--json")
    (path,) = (here / "benchmarks").glob("*.json")
    found = results_of(path)
    assert json.loads(result.stdout) == found
    times = [sum(one["wall_s"].values()) for one in found["runs"]]
    (summary,) = found["summary"]
    assert [one["repeat"] for one in found["runs"]] == [1, 2]
    assert summary["total_s"] == {"median": sum(times) / 2, "least": min(times), "most": max(times)}
    assert summary["objective"] < results_of(measured[1])["runs"][-1]["objective"]


def test_every_family_can_be_solved_with_another_solver_and_its_config_kept(here):
    arguments = (*SMALL, "--companies", "3", "--seed", "7", "--solver", "cbc", "--threads", "1", *ONCE)
    result = run("bench", *arguments, "--configs", "kept", "--out", "a.json")
    assert result.exit_code == 0
    names = [f"{family}-3-companies" for family in FAMILIES]
    assert results_of("a.json")["protocol"]["threads"] == 1
    runs = results_of("a.json")["runs"]
    assert [(one["instance"], one["status"], one["audit_passed"]) for one in runs] == [
        (name, "optimal", True) for name in names
    ]
    for one in runs:
        loaded = api.load(here / "kept" / one["instance"] / "config.yaml")
        again = api.solve(loaded, baseline=False).plan.solution.audit.objective
        assert one["objective"] == pytest.approx(again, rel=1e-6)


def test_a_solver_that_fails_is_a_result(here, monkeypatch):
    programs = here / "programs"
    programs.mkdir()
    (programs / "glpsol").write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    (programs / "glpsol").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    results(ended("tiny.yaml", "glpk", 1)).save(here / "a.json")
    (here / "a.html").write_text("<html>", encoding="utf-8")
    result = run("bench", "tiny.yaml", "--solver", "glpk", *ONCE, "--out", "a.json")
    assert result.exit_code == 0
    assert "tiny.yaml glpk: failed: glpk failed: " in result.stderr
    assert "tiny.yaml glpk: failed: glpk failed: " in result.stdout
    assert [one["status"] for one in results_of("a.json")["runs"]] == ["failed"]
    assert not (here / "a.html").exists(), "the charts of earlier results"


def test_a_faulty_or_impossible_config_is_a_result(here):
    (here / "bad.yaml").write_text("name: 7\n", encoding="utf-8")
    result = run(
        "bench",
        "bad.yaml",
        "tiny.yaml",
        "--set",
        "objective.carbon_cap=0 t",
        *ONCE,
        "--out",
        "a.json",
    )
    assert result.exit_code == 0
    bad, tiny = results_of("a.json")["runs"]
    assert bad["status"] == "failed"
    assert "bad.yaml:1" in bad["message"]
    assert (tiny["status"], tiny["objective"], "write" in tiny["wall_s"]) == ("infeasible", None, False)


def test_a_run_out_of_time_spares_the_larger_ones(here):
    result = run(
        "bench",
        "full",
        *SMALL,
        "--companies",
        "1,2,3",
        "--time-limit",
        "0.05",
        "--repeats",
        "2",
        "--out",
        "a.json",
    )
    assert result.exit_code == 0
    runs = results_of("a.json")["runs"]
    assert [one["status"] for one in runs] == ["timeout", "skipped", "skipped"]
    assert runs[0]["message"] == "not done within 0.05 s"
    assert runs[0]["wall_s"] == {}
    assert runs[0]["process_s"] >= 0.05
    assert not (here / "a.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["interactve"], "expected one of a config, interactive, deferrable, capped, reserved, full, got "),
        (["interactve"], "'interactve'; did you mean 'interactive'?"),
        (["none.yaml"], "got 'none.yaml'"),
        (["--days", "1,x"], "--days: expected whole numbers from 1, separated by commas, got '1,x'"),
        (["--sites", "0"], "--sites: expected whole numbers from 1, separated by commas, got '0'"),
        (["--seed", "1,x"], "--seed: expected whole numbers from 1, separated by commas, got '1,x'"),
        (["--days", "1,2", "--kinds", "3,4"], "--kinds 3,4 and --days 1,2: expected one list of sizes"),
        (["tiny.yaml", "--seed", "3"], "--seed is for families; name one of them"),
        (["tiny.yaml", "--days", "3"], "--days is for families; name one of them"),
        (["capped", "--scenario", "quiet"], "--scenario is for your own configs"),
        (["--solver", "highs:magic"], "expected a method of auto, simplex, ipm, got 'magic'"),
        (["--solver", "cbc:ipm"], "only highs has methods"),
        (["--solver", "higs"], "solver: expected one of highs, auto"),
        (["--out", "a.txt"], "--out: expected a file ending in .json, got a.txt"),
        (["--out", "tiny.json"], "tiny.json is no file of results"),
        (["--out", "drawn.json"], "drawn.html is there already and is not overwritten"),
        (["--repeats", "0"], "repeats"),
        (["--time-limit", "0"], "--time-limit: expected more than 0"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told_before_anything_is_run(here, arguments, message):
    (here / "tiny.json").write_text("{}")
    (here / "drawn.html").write_text("<html>")
    before = sorted(here.rglob("*.json"))
    result = run("bench", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert sorted(here.rglob("*.json")) == before


def test_help_names_the_families_and_compare():
    text = " ".join(run("bench", "--help").stdout.replace("│", " ").split())
    assert all(family in text for family in FAMILIES)
    assert "computeplan bench compare" in text


@pytest.fixture
def begin(here):
    """Starts a command whose temporary files are in a folder of its own, and ends it if it hangs."""
    (here / "tmp").mkdir()

    def started(*arguments):
        environment = {"TMPDIR": str(here / "tmp")}
        process = start("bench", *arguments, "--out", "a.json", cwd=here, environment=environment)
        timer = Timer(WAIT_S, process.kill)
        timer.start()
        begun.append((process, timer))
        return process

    begun = []
    yield started
    for process, timer in begun:
        timer.cancel()
        process.kill()
        process.communicate(timeout=WAIT_S)


LONG = ("interactive", "full", *SMALL, "--companies", "2,3,4", "--seed", "7,8", "--repeats", "50")


def until(condition):
    """Wait until something is so."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children_of(folder):
    """Measured processes that work in a folder."""
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [line for line in lines if b"computeplan.bench.child" in line and bytes(folder) in line]


def test_ctrl_c_keeps_what_is_done(here, begin):
    process = begin(*LONG)
    first = process.stderr.readline().decode()
    process.send_signal(signal.SIGINT)
    out, err = (text.decode() for text in process.communicate(timeout=WAIT_S))
    assert process.returncode == 130
    assert first.startswith("[  1/600] interactive-2-companies-seed-7 highs: optimal")
    found = results_of("a.json")
    runs = found["runs"]
    assert 1 <= len(runs) < 10
    assert [(one["family"], one["seed"], one["scale"]["companies"]) for one in found["instances"]] == [
        (family, seed, size) for family in ("interactive", "full") for seed in (7, 8) for size in (2, 3, 4)
    ]
    assert f"error: interrupted; {len(runs)} of 600 runs are in a.json" in err
    assert "Traceback" not in err
    assert "interactive-2-companies-seed-7" in out
    assert (here / "a.html").exists()
    assert list((here / "tmp").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_an_end_before_the_first_run_leaves_nothing(here, begin):
    process = begin("full", "--companies", "20000", "--days", "14")
    until(lambda: children_of(here))
    process.terminate()
    out, err = process.communicate(timeout=WAIT_S)
    assert (process.returncode, out, err) == (130, b"", b"error: interrupted\n")
    assert not (here / "a.json").exists()
    assert list((here / "tmp").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_killed_measurement_leaves_no_process(here, begin):
    process = begin(*LONG)
    process.stderr.readline()
    until(lambda: children_of(here))
    process.kill()
    process.communicate(timeout=WAIT_S)
    until(lambda: not children_of(here))
    assert len(results_of("a.json")["runs"]) >= 1
