"""A sweep that is killed, interrupted or loses a worker goes on and gives the same table."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from multiprocessing import active_children

import pytest
from sweeping import on_points, small, swept

import computeplan
from computeplan.errors import PlanFolderError
from computeplan.folder import contents

VARY = ["demand*=0.6:1.4:4", "objective.carbon_price=0:200:3"]
POINTS = 12
WAIT_S = 300
"""Seconds for what a slow machine does in a few; nothing waits for so long unless it hangs."""


class Stop(Exception):  # noqa: N818 - no error
    pass


def stop_after(count):
    def stop(done):
        if done >= count:
            raise Stop

    return stop


def tables(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").iterdir())}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with the config and a sweep that nobody stopped."""
    folder = tmp_path_factory.mktemp("finished")
    swept(small(folder), vary=VARY, out=folder / "whole")
    return folder


@pytest.fixture
def whole(tmp_path, finished):
    """Tables of that sweep; it and its config are in the test's folder too."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    return tables(finished / "whole")


@pytest.mark.parametrize("count", [1, 4, 9])
def test_a_stopped_sweep_goes_on_and_gives_the_same_tables(tmp_path, whole, count):
    config, out, seen = tmp_path / "small.yaml", tmp_path / "out", []
    with pytest.raises(Stop):
        swept(config, vary=VARY, out=out, progress=on_points(stop_after(count)))
    assert not out.exists()
    swept(config, vary=VARY, out=out, progress=on_points(seen.append))
    assert seen[0] >= count
    assert len(seen) == POINTS - seen[0] + 1
    assert tables(out) == whole


def test_a_finished_sweep_is_not_solved_again(tmp_path, whole):
    seen = []
    again = swept(tmp_path / "small.yaml", vary=VARY, out=tmp_path / "whole", progress=on_points(seen.append))
    assert not seen
    assert again.points.height == POINTS
    assert tables(tmp_path / "whole") == whole


def test_a_finished_sweep_that_was_tampered_with_is_not_believed(tmp_path, whole):
    assert whole
    (tmp_path / "whole/tables/points.parquet").write_bytes(b"else")
    with pytest.raises(PlanFolderError, match=r"points\.parquet has changed"):
        swept(tmp_path / "small.yaml", vary=VARY, out=tmp_path / "whole")


def test_restart_solves_again(tmp_path, whole):
    seen = []
    swept(
        tmp_path / "small.yaml",
        vary=VARY,
        out=tmp_path / "whole",
        restart=True,
        progress=on_points(seen.append),
    )
    assert seen[-1] == len(seen) - 1 == POINTS
    assert tables(tmp_path / "whole") == whole


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"vary": [*VARY, "sites.home.pue=1.2"]}, "points"),
        ({"options": computeplan.solvers.SolverOptions(time_limit_s=60)}, "solver options"),
    ],
)
@pytest.mark.parametrize("finished", [False, True])
def test_another_question_is_refused(tmp_path, change, named, finished):
    config, out = small(tmp_path), tmp_path / "out"
    if finished:
        swept(config, vary=VARY[:1], out=out)
    else:
        with pytest.raises(Stop):
            swept(config, vary=VARY[:1], out=out, progress=on_points(stop_after(2)))
    with pytest.raises(PlanFolderError, match=f"differs in .*{named}.*--restart"):
        swept(config, **{"vary": VARY[:1], **change}, out=out)
    swept(config, **{"vary": VARY[:1], **change}, out=out, restart=True)
    assert out.exists()


@pytest.mark.parametrize(("package", "is_refused"), [("scipy", True), ("distributed", False)])
def test_a_sweep_goes_on_with_another_executor_but_not_another_solver(
    tmp_path, monkeypatch, package, is_refused
):
    config, out = small(tmp_path), tmp_path / "out"
    swept(config, vary=VARY[:1], out=out)
    monkeypatch.setattr(contents, "version", lambda name: "9.9" if name == package else version(name))
    if is_refused:
        with pytest.raises(PlanFolderError, match="differs in versions"):
            swept(config, vary=VARY[:1], out=out)
    else:
        assert len(swept(config, vary=VARY[:1], out=out).points) == 4


def test_a_changed_config_is_refused_and_a_changed_comment_is_not(tmp_path):
    config, out = small(tmp_path), tmp_path / "out"
    with pytest.raises(Stop):
        swept(config, vary=VARY, out=out, progress=on_points(stop_after(2)))
    small(tmp_path, "# a comment\n")
    with pytest.raises(Stop):
        swept(config, vary=VARY, out=out, progress=on_points(stop_after(3)))
    text = config.read_text("utf-8")
    config.write_text(text.replace("pue: 1.3", "pue: 1.4"), "utf-8")
    with pytest.raises(PlanFolderError, match="differs in config;"):
        swept(config, vary=VARY, out=out)


@pytest.mark.posix
def test_a_worker_that_is_killed_loses_nothing(tmp_path, whole):
    before, killed = set(active_children()), []

    def kill(done):
        if done == 5 and not killed:
            killed.append((set(active_children()) - before).pop())
            os.kill(killed[0].pid, signal.SIGKILL)

    computeplan.sweep(
        tmp_path / "small.yaml", vary=VARY, workers=2, out=tmp_path / "out", progress=on_points(kill)
    )
    assert killed
    assert tables(tmp_path / "out") == whole


def command(config, *more, python=("-m", "computeplan")):
    varied = [word for text in VARY for word in ("--vary", text)]
    return [sys.executable, *python, "sweep", str(config), *varied, "--workers", "1", *more]


def launch(words, folder):
    """Start a process of its own, with its workers in one group."""
    return subprocess.Popen(  # noqa: S603 - our own command
        words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


STALLED = """
import signal
import time
from pathlib import Path
from computeplan.cli import main
from computeplan.studies.sweep import run

solve_more, said = run.wait, []

def wait(running, **options):
    if len(list(Path(".out.unfinished/points").glob("*.json"))) < 3:
        return solve_more(running, **options)
    if not said:
        said.append(print("three points", flush=True))
    time.sleep(0.1)
    return (), running

run.wait = wait
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
main()
"""
"""A sweep that solves three points and then waits for the others for ever."""


def begin(config):
    """Start a sweep that has solved something and goes on until it is ended."""
    process = launch(command(config, "--out", "out", python=("-c", STALLED)), config.parent)
    assert process.stdout.readline() == b"three points\n", process.communicate(timeout=WAIT_S)
    return process


def test_a_killed_process_goes_on(tmp_path, whole):
    config, seen = tmp_path / "small.yaml", []
    process = begin(config)
    process.kill()
    process.communicate(timeout=WAIT_S)
    swept(config, vary=VARY, out=tmp_path / "out", progress=on_points(seen.append))
    assert 3 <= seen[0] < POINTS
    assert tables(tmp_path / "out") == whole


def test_points_that_are_half_removed_are_not_gone_on_from(tmp_path, whole):
    config, out, seen = tmp_path / "small.yaml", tmp_path / "out", []
    with pytest.raises(Stop):
        swept(config, vary=VARY, out=out, progress=on_points(stop_after(5)))
    left = tmp_path / ".out.unfinished"
    (left / "identity.json").unlink()
    for bases in left.glob("points/*.bases"):
        bases.unlink()
    swept(config, vary=VARY, out=out, progress=on_points(seen.append))
    assert seen[0] == 0
    assert tables(out) == whole


def test_what_a_run_left_that_was_killed_at_its_end_is_removed(tmp_path, whole):
    left = tmp_path / ".whole.unfinished"
    (left / "points").mkdir(parents=True)
    swept(tmp_path / "small.yaml", vary=VARY, out=tmp_path / "whole")
    assert not left.exists()
    assert tables(tmp_path / "whole") == whole


@pytest.mark.posix
@pytest.mark.slow
def test_a_sweep_that_is_killed_at_fifty_moments_goes_on_each_time(tmp_path, whole):
    config, begin_s = tmp_path / "small.yaml", time.monotonic()
    launch(command(config, "--out", "timed"), tmp_path).communicate(timeout=WAIT_S)
    longest = time.monotonic() - begin_s
    moments, kills, sweeps, kept = random.Random(3), 0, 0, set()  # noqa: S311 - moments, not secrets
    while kills < 50:
        process = launch(command(config, "--out", "out"), tmp_path)
        try:
            process.wait(timeout=moments.uniform(0.0, 1.1) * longest)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        process.communicate(timeout=WAIT_S)
        kept.add(len(list((tmp_path / ".out.unfinished" / "points").glob("*.json"))))
        if (tmp_path / "out").exists():
            assert tables(tmp_path / "out") == whole
            shutil.rmtree(tmp_path / "out")
            sweeps += 1
    swept(config, vary=VARY, out=tmp_path / "out")
    assert tables(tmp_path / "out") == whole
    assert sweeps > 0
    assert len(kept - {0, POINTS}) > 2, "hardly a run was killed between its first point and its last"


@pytest.mark.posix
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path, whole):
    config = tmp_path / "small.yaml"
    process = begin(config)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 130
    said = rb"error: interrupted; [34] of 12 points are kept, and the same command goes on from there"
    assert re.search(said, err)
    assert b"Traceback" not in err
    swept(config, vary=VARY, out=tmp_path / "out")
    assert tables(tmp_path / "out") == whole


def test_two_runs_do_not_work_at_the_same_sweep(tmp_path):
    config, out = small(tmp_path), tmp_path / "out"

    def intrude(_):
        with pytest.raises(PlanFolderError, match="another run is at work"):
            swept(config, vary=VARY[:1], out=out)
        raise Stop

    with pytest.raises(Stop):
        swept(config, vary=VARY[:1], out=out, progress=on_points(intrude))


def test_a_plain_script_needs_no_guard(tmp_path):
    small(tmp_path)
    call = "computeplan.sweep('small.yaml', vary=['demand*=1,2'], workers=1)"
    (tmp_path / "plain.py").write_text(f"import computeplan\nprint({call}.points.height)", encoding="utf-8")
    process = launch([sys.executable, "plain.py"], tmp_path)
    assert process.communicate(timeout=WAIT_S)[0].split() == [b"2"]
