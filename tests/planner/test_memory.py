"""What cannot fit into memory is refused before it is built."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest
from hypothesis import given

from builders import Demand, Job, Pool, make_problem
from command_line import run
from computeplan import memory
from computeplan.errors import MemoryLimitError
from computeplan.grouping import keep_all, merge
from computeplan.lp import build, least_columns
from computeplan.planner import plan
from strategies import cases

GIB = 1024**3


@given(cases())
def test_no_program_is_smaller_than_was_said(case):
    problem = case.problem()
    for grouping in (merge(problem), keep_all(problem)):
        assert least_columns(grouping) <= build(grouping).lp.n_columns


def test_most_of_a_program_is_foreseen():
    problem = make_problem(
        periods=48,
        pools=[Pool(5, name="a"), Pool(5, name="b")],
        workloads=[Demand(1), Demand(1, max_delay=6), Job(volume=9, release=3, deadline=40)],
    )
    grouping = merge(problem)
    assert least_columns(grouping) >= 0.7 * build(grouping).lp.n_columns


def test_a_program_that_cannot_fit_is_refused(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 100)
    problem = make_problem(periods=24, workloads=[Demand(1)])
    with pytest.raises(MemoryLimitError, match=r"a program of \d+ variables needs at least .* GiB are free"):
        plan(problem)


def test_where_the_system_does_not_tell_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: None)
    assert plan(make_problem()).solution is not None


def test_the_command_line_says_what_would_help(tmp_path, monkeypatch):
    assert run("new", "--to", tmp_path / "quickstart.yaml").exit_code == 0
    monkeypatch.setattr(memory, "available_bytes", lambda: 1024)
    result = run("solve", tmp_path / "quickstart.yaml", "--out", tmp_path / "plan")
    assert result.exit_code == 4
    assert "GiB of memory" in result.stderr
    assert "hint: it has" in result.stderr
    assert not (tmp_path / "plan").exists()


def test_a_limit_of_the_process_counts():
    script = "from computeplan.memory import available_bytes; print(available_bytes())"

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (GIB, GIB))

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], preexec_fn=limit, capture_output=True, check=True
    )
    assert 0 < int(done.stdout) < GIB


def test_a_population_that_cannot_fit_is_refused_before_it_is_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1024**2)
    assert run("new", "chongqing", "--to", tmp_path / "c.yaml").exit_code == 0
    result = run("check", tmp_path / "c.yaml")
    assert result.exit_code == 4
    assert "a population of 17,200 companies needs at least" in result.stderr


def test_limits_of_machine_container_and_process_count(tmp_path, monkeypatch):
    meminfo, most, used = (tmp_path / name for name in ("meminfo", "max", "current"))
    meminfo.write_text("MemTotal: 9000 kB\nMemAvailable:    2000 kB\n", encoding="ascii")
    most.write_text("max\n", encoding="ascii")
    used.write_text("1000000\n", encoding="ascii")
    monkeypatch.setattr(memory, "MEMINFO", meminfo)
    monkeypatch.setattr(memory, "CGROUPS", ((most, used),))
    assert memory.available_bytes() == 2000 * 1024
    most.write_text("1500000\n", encoding="ascii")
    assert memory.available_bytes() == 500_000
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "nowhere")
    most.unlink()
    assert memory.available_bytes() is None
