"""What cannot fit into memory is refused before it is built."""

from __future__ import annotations

import resource

import pytest
from hypothesis import given

from builders import Demand, Job, Pool, make_problem
from command_line import run, start
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


def test_the_command_line_says_what_would_help(tmp_path):
    config = tmp_path / "quickstart.yaml"
    assert run("new", "--to", config).exit_code == 0
    year = ["--set", "horizon.duration=3650 days", "--out", tmp_path / "plan"]

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (3 * GIB, 3 * GIB))

    process = start("solve", config, *year, cwd=tmp_path, preexec_fn=limit)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 4, err.decode()
    assert "GiB of memory" in err.decode()
    assert "hint: it has" in err.decode()
    assert not (tmp_path / "plan").exists()


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
