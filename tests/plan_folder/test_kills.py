"""Killed at any step, out of disk, or beside another run: the old plan stands or the new one is whole."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from command_line import TINY, run, start
from computeplan.runs.opened import audit_folder

WAIT_S = 120

KILL_AT_EVERY_STEP = """
import os, signal, sys
from pathlib import Path
import filelock  # not while steps are counted
from computeplan.folder import write as folder

target, exchanged = Path(sys.argv[1]), sys.argv[2] == "exchange"
if not exchanged:
    folder.exchange_paths = lambda *_: False
STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "shutil.rmtree"}

def new_plan(step):
    for part in range(3):
        yield f"tables/{part}", str(step).encode()

def write_and_die(step):
    seen = [0]
    def count(event, _):
        if event in STEPS or event.startswith("ctypes."):
            seen[0] += 1
            if seen[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    folder.write_folder(target, new_plan(step), {"note": step})
    os._exit(0)

step = 0
while True:
    step += 1
    child = os.fork()
    if not child:
        write_and_die(step)
    _, status = os.waitpid(child, 0)
    print(step, flush=True)
    if os.WIFEXITED(status) or not sys.stdin.readline():
        break
"""


def is_whole(target: Path) -> bool:
    """Whether every file is what the folder's own record says, and there are no others."""
    record = json.loads((target / "provenance.json").read_text(encoding="utf-8"))
    there = {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()}
    del there["provenance.json"]
    return {name: sha256(content).hexdigest() for name, content in there.items()} == record["files"]


def killed_at_every_step(target, how, look):
    """Let a run be killed before its first file operation, its second, and so on until one is done."""
    command = [sys.executable, "-c", KILL_AT_EVERY_STEP, target, how]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:  # noqa: S603 - our own script
        steps = 0
        for line in process.stdout:
            steps = int(line)
            look()
            process.stdin.write("on\n")
            process.stdin.flush()
            if process.poll() is not None:
                break
    assert process.returncode == 0
    return steps


@pytest.mark.posix
def test_killed_at_every_step_there_is_always_a_whole_plan(tmp_path):
    target = tmp_path / "plan"
    assert run_once(target)

    def look():
        assert is_whole(target)

    assert killed_at_every_step(target, "exchange", look) > 10
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.posix
def test_killed_at_every_step_of_two_renames_the_next_run_makes_it_good(tmp_path):
    target = tmp_path / "plan"
    assert run_once(target)

    def look():
        aside = list(tmp_path.glob(".plan.*.replaced"))
        assert is_whole(target if target.exists() else aside[0])

    assert killed_at_every_step(target, "rename", look) > 10
    assert is_whole(target)
    assert list(tmp_path.iterdir()) == [target]


def run_once(target):
    """Write a first plan, by a run that nobody kills."""
    script = (
        "import sys; from pathlib import Path; from computeplan.folder.write import write_folder\n"
        "write_folder(Path(sys.argv[1]), [('a', b'1')], {})"
    )
    return subprocess.run([sys.executable, "-c", script, target], check=True).returncode == 0  # noqa: S603 - our own script


@pytest.fixture
def solved(tmp_path):
    config = tmp_path / "tiny.yaml"
    config.write_text(TINY, encoding="utf-8")
    assert run("solve", config, "--out", tmp_path / "plan").exit_code == 0
    return config


def killed_at(config, moments):
    """Kill a solve at each of these moments, and look at what is there."""
    plan = config.parent / "plan"
    for moment in moments:
        process = start(
            "solve", config, "--set", "sites.home.grid.price=0.6", "--out", plan, cwd=config.parent
        )
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=WAIT_S)
        assert audit_folder(plan).passed


def duration_s(config):
    begin = time.perf_counter()
    start("solve", config, "--out", config.parent / "other", cwd=config.parent).communicate(timeout=WAIT_S)
    return time.perf_counter() - begin


@pytest.mark.posix
def test_a_solve_that_is_killed_leaves_a_whole_plan(solved):
    longest = duration_s(solved)
    moments = random.Random(1)  # noqa: S311 - moments, not secrets
    killed_at(solved, [moments.uniform(0.5, 1.0) * longest for _ in range(5)])


@pytest.mark.posix
@pytest.mark.slow
def test_a_solve_that_is_killed_at_fifty_moments_leaves_a_whole_plan(solved):
    longest = duration_s(solved)
    moments = random.Random(2)  # noqa: S311 - moments, not secrets
    killed_at(solved, [moments.uniform(0.0, 1.1) * longest for _ in range(50)])


def test_two_solves_into_one_folder_do_not_mix(solved):
    plan, folder = solved.parent / "plan", solved.parent
    runs = [
        start("solve", solved, "--set", f"sites.home.grid.price={price}", "--out", plan, cwd=folder)
        for price in (0.6, 0.7)
    ]
    for process in runs:
        _, err = process.communicate(timeout=WAIT_S)
        assert process.returncode == 0, err
    assert audit_folder(plan).passed
    assert sorted(path.name for path in folder.iterdir()) == ["plan", "tiny.yaml"]


@pytest.mark.posix
def test_a_full_disk_is_told_and_leaves_the_old_plan(solved):
    plan = solved.parent / "plan"
    before = (plan / "provenance.json").read_bytes()

    def limit():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    process = start("solve", solved, "--out", plan, cwd=solved.parent, preexec_fn=limit)
    _, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 2
    assert "cannot be written: File too large; what was there is unchanged" in err.decode()
    assert (plan / "provenance.json").read_bytes() == before
    assert audit_folder(plan).passed
