"""What cannot fit into memory is refused before it is built."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading

import psutil
import pytest
from hypothesis import given

import computeplan
from builders import Demand, Job, Pool, make_problem
from command_line import TINY, run
from computeplan import memory
from computeplan.errors import MemoryLimitError
from computeplan.grouping import keep_all, merge
from computeplan.lp import BYTES_PER_COLUMN, build, least_columns
from computeplan.solvers import planner
from computeplan.solvers.planner import plan
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
    assert "free; it has" in result.stderr
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize("error", [psutil.AccessDenied, psutil.NoSuchProcess, PermissionError])
def test_a_system_that_hides_the_process_is_no_hindrance(monkeypatch, error):
    def hidden(*_):
        raise error(1)

    monkeypatch.setattr(psutil, "Process", hidden)
    monkeypatch.setattr(memory, "_address_space_limit", lambda: 8 * GIB)
    monkeypatch.setattr(memory, "_shares", [])
    claims = [memory.require(1024, "a program", "make it smaller") for _ in range(2)]
    memory.take_share(GIB, "fewer workers")
    assert len(claims) == 2
    assert 0 < memory.available_bytes() <= GIB


@pytest.mark.posix
def test_a_limit_of_the_process_counts():
    script = "from computeplan.memory import available_bytes; print(available_bytes())"

    def limit():
        import resource

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


UNLIMITED = 9223372036854771712
"""Of version 1, where a group has no limit."""


class Groups:
    """Control groups as files, read instead of those of this machine."""

    def __init__(self, folder, monkeypatch):
        self.root = folder / "sys fs"
        self.root.mkdir()
        self._own, self._mounts = folder / "cgroup", folder / "mountinfo"
        monkeypatch.setattr(memory, "CGROUP", self._own)
        monkeypatch.setattr(memory, "MOUNTS", self._mounts)
        monkeypatch.setattr(memory, "_machine", lambda: iter((1000 * GIB,)))

    def say(self, own, kind, options, root="/"):
        point = str(self.root).replace(" ", "\\040")
        self._own.write_text(f"9:name=systemd:/elsewhere\n{own}\n", encoding="utf-8")
        other, this = "31 23 0:28 / /sys rw - tmpfs tmpfs rw", f"32 31 0:29 {root} {point} rw shared:9"
        self._mounts.write_text(f"{other}\n{this} - {kind} cgroup {options}\n", encoding="utf-8")

    def put(self, path, **files):
        folder = self.root / path
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / f"memory.{name}").write_text(f"{content}\n", encoding="ascii")


@pytest.fixture
def groups(tmp_path, monkeypatch):
    return Groups(tmp_path, monkeypatch)


@pytest.mark.parametrize("limited", ["", "slurm", "slurm/job_7", "slurm/job_7/step_0"])
def test_the_least_that_a_group_or_one_around_it_allows_counts(groups, limited):
    groups.say("0::/slurm/job_7/step_0", "cgroup2", "rw")
    for path in ("", "slurm", "slurm/job_7", "slurm/job_7/step_0"):
        groups.put(path, max=5 * GIB if path == limited else "max", high="max", current=GIB)
    assert memory.available_bytes() == 4 * GIB


def test_the_limit_of_systemd_that_slows_a_service_down_counts(groups):
    groups.say("0::/system.slice/plan.service", "cgroup2", "rw")
    groups.put("system.slice/plan.service", max=8 * GIB, high=3 * GIB, current=2 * GIB)
    assert memory.available_bytes() == GIB


def test_caches_of_files_are_not_used(groups):
    groups.say("0::/job", "cgroup2", "rw")
    stat = (
        f"anon {GIB}\nfile {3 * GIB}\nshmem {GIB}\ninactive_file {GIB}\nactive_file {GIB}\nslab_reclaimable 7"
    )
    groups.put("job", max=6 * GIB, current=5 * GIB, stat=stat)
    assert memory.available_bytes() == 3 * GIB + 7


def test_version_1_counts_the_groups_within(groups):
    groups.say("4:cpu,memory:/slurm/uid_0/job_7", "cgroup", "rw,memory")
    stat = f"active_file 1\ntotal_active_file {GIB}\ntotal_inactive_file {GIB}"
    groups.put("slurm/uid_0", limit_in_bytes=UNLIMITED, usage_in_bytes=9 * GIB)
    groups.put("slurm/uid_0/job_7", limit_in_bytes=8 * GIB, usage_in_bytes=7 * GIB, stat=stat)
    assert memory.available_bytes() == 3 * GIB


@pytest.mark.parametrize(
    ("own", "root"),
    [("/docker/1f", "/docker/1f"), ("/", "/"), ("/../../kubepods/1f", "/"), ("/docker/1f", "/docker/2e")],
)
def test_the_group_of_a_container_is_what_is_mounted(groups, own, root):
    groups.say(f"0::{own}", "cgroup2", "rw", root)
    groups.put("", max=4 * GIB, current=GIB)
    assert memory.available_bytes() == 3 * GIB


def test_groups_of_other_things_and_without_files_do_not_count(groups):
    groups.say("4:cpu:/", "cgroup", "rw,memory")
    groups.put("", limit_in_bytes=GIB, usage_in_bytes=0)
    assert memory.available_bytes() == 1000 * GIB
    groups.say("0::/gone/for/ever", "cgroup2", "rw")
    (groups.root / "memory.limit_in_bytes").unlink()
    assert memory.available_bytes() == 1000 * GIB


def test_the_machine_is_asked_where_there_are_no_groups(tmp_path, monkeypatch):
    """As on macOS and Windows."""
    monkeypatch.setattr(memory, "CGROUP", tmp_path / "nowhere")
    free = psutil.virtual_memory()._replace(available=7 * GIB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    assert memory.available_bytes() == 7 * GIB

    def hide():
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "virtual_memory", hide)
    assert memory.available_bytes() is None


def test_two_programs_at_once_must_fit_together(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 10 * GIB)
    monkeypatch.setattr(memory, "_resident_bytes", lambda: GIB)
    first = memory.require(6 * GIB, "one", "smaller")
    with pytest.raises(MemoryLimitError, match=r"10\.0 GiB are free, 6\.0 GiB of them promised"):
        memory.require(5 * GIB, "another", "smaller")
    monkeypatch.setattr(memory, "_resident_bytes", lambda: 3 * GIB)  # the first takes what it was promised
    assert memory.require(5 * GIB, "another", "smaller")
    del first
    assert memory.require(10 * GIB, "alone", "smaller")


def test_a_plan_and_its_baseline_must_fit_together(tmp_path, monkeypatch):
    """A barrier makes both programs be there at once, as they are on two cores."""
    config = tmp_path / "tiny.yaml"
    config.write_text(TINY.replace("units: 4", "units: 8"), encoding="utf-8")
    needed, both = [], threading.Barrier(2, timeout=60)
    require, build_program = memory.require, planner.build

    def record(amount, *words):
        needed.append(amount)
        try:
            return require(amount, *words)
        except MemoryLimitError:
            both.abort()
            raise

    def build_together(grouping):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()
        return build_program(grouping)

    monkeypatch.setattr(memory, "require", record)
    monkeypatch.setattr(memory, "_resident_bytes", lambda: 0)
    monkeypatch.setattr(planner, "build", build_together)
    assert computeplan.solve(config).plan.status == "optimal"
    assert len(needed) == 2
    free = sum(needed)
    monkeypatch.setattr(memory, "available_bytes", lambda: free)
    assert computeplan.solve(config).plan.status == "optimal"
    monkeypatch.setattr(memory, "available_bytes", lambda: free - 1)
    with pytest.raises(MemoryLimitError, match="promised"):
        computeplan.solve(config)


def test_each_worker_of_a_sweep_has_its_share(tmp_path, monkeypatch):
    config = tmp_path / "tiny.yaml"
    config.write_text(TINY, encoding="utf-8")
    monkeypatch.setattr(memory, "available_bytes", lambda: 15 * BYTES_PER_COLUMN)  # one fits
    words = ["sweep", config, "--vary", "demand*=1,2", "--workers", "2", "--out", tmp_path / "sweep"]
    result = run(*words)
    assert result.exit_code == 4, result.stderr
    assert "fewer --workers than 2 leave more memory for each" in result.stderr
    assert not (tmp_path / "sweep").exists()


@pytest.mark.posix
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold processes to it")
@pytest.mark.parametrize("limit_kb", [150_000, 400_000, 900_000])
@pytest.mark.parametrize(
    "program", ["-m computeplan check c.yaml", "-c 'import computeplan; computeplan.solve'"]
)
def test_a_limit_that_the_libraries_do_not_fit_into_is_refused(tmp_path, limit_kb, program):
    """Some would end the process without a word of Python, others raise errors of their own."""
    shell = ["/bin/sh", "-c", f"ulimit -v {limit_kb}; exec {sys.executable} {program}"]
    done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    assert "the limit of address space (`ulimit -v`) is" in done.stderr
    assert done.returncode == (4 if "check" in program else 1)
    assert ("Traceback" in done.stderr) is ("check" not in program)
