"""A sweep that is killed, interrupted or loses a worker goes on and gives the same table."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children

import pytest
from sweeping import small, swept

import computeplan
from computeplan.errors import PlanFolderError

VARY = ["demand*=0.6:1.4:9", "objective.carbon_price=0:200:3"]
POINTS = 27


class Stop(Exception):  # noqa: N818 - no error
    pass


def stop_after(count):
    def tell(progress):
        if progress.done >= count:
            raise Stop

    return tell


def tables(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").iterdir())}


@pytest.fixture
def whole(tmp_path):
    swept(small(tmp_path), vary=VARY, out=tmp_path / "whole")
    return tables(tmp_path / "whole")


@pytest.mark.parametrize("count", [1, 8, 20])
def test_a_stopped_sweep_goes_on_and_gives_the_same_tables(tmp_path, whole, count):
    config, out, seen = tmp_path / "small.yaml", tmp_path / "out", []
    with pytest.raises(Stop):
        swept(config, vary=VARY, out=out, tell=stop_after(count))
    assert not out.exists()
    swept(config, vary=VARY, out=out, tell=seen.append)
    assert seen[0].done >= count
    assert len(seen) == POINTS - seen[0].done + 1
    assert tables(out) == whole


def test_a_finished_sweep_is_not_solved_again(tmp_path, whole):
    seen = []
    again = swept(tmp_path / "small.yaml", vary=VARY, out=tmp_path / "whole", tell=seen.append)
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
    swept(tmp_path / "small.yaml", vary=VARY, out=tmp_path / "whole", restart=True, tell=seen.append)
    assert seen[-1].done == len(seen) - 1 == POINTS
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
            swept(config, vary=VARY[:1], out=out, tell=stop_after(2))
    with pytest.raises(PlanFolderError, match=f"differs in .*{named}.*--restart"):
        swept(config, **{"vary": VARY[:1], **change}, out=out)
    swept(config, **{"vary": VARY[:1], **change}, out=out, restart=True)
    assert out.exists()


def test_a_changed_config_is_refused_and_a_changed_comment_is_not(tmp_path):
    config, out = small(tmp_path), tmp_path / "out"
    with pytest.raises(Stop):
        swept(config, vary=VARY, out=out, tell=stop_after(2))
    small(tmp_path, "# a comment\n")
    with pytest.raises(Stop):
        swept(config, vary=VARY, out=out, tell=stop_after(3))
    text = config.read_text("utf-8")
    config.write_text(text.replace("pue: 1.3", "pue: 1.4"), "utf-8")
    with pytest.raises(PlanFolderError, match="differs in config;"):
        swept(config, vary=VARY, out=out)


def test_a_worker_that_is_killed_loses_nothing(tmp_path, whole):
    before, killed = set(active_children()), []

    def kill(progress):
        if progress.done == 5 and not killed:
            killed.append((set(active_children()) - before).pop())
            os.kill(killed[0].pid, signal.SIGKILL)

    computeplan.sweep(tmp_path / "small.yaml", vary=VARY, workers=2, out=tmp_path / "out", tell=kill)
    assert killed
    assert tables(tmp_path / "out") == whole


def begin(config, *more):
    """Start a sweep as a process of its own and wait until it has solved something."""
    varied = [word for text in VARY for word in ("--vary", text)]
    command = [sys.executable, "-m", "computeplan", "sweep", str(config), *varied, "--workers", "1", *more]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=config.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    points = config.parent / ".out.unfinished" / "points"
    deadline = time.monotonic() + 60
    while len(list(points.glob("*.json"))) < 3 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return process


def test_a_killed_process_goes_on(tmp_path, whole):
    config = tmp_path / "small.yaml"
    process = begin(config, "--out", "out")
    process.kill()
    process.communicate(timeout=30)
    seen = []
    swept(config, vary=VARY, out=tmp_path / "out", tell=seen.append)
    assert seen[0].done >= 3
    assert tables(tmp_path / "out") == whole


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path, whole):
    config = tmp_path / "small.yaml"
    process = begin(config, "--out", "out")
    if process.poll() is not None:
        pytest.skip("the machine was too fast")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"of 27 points are kept, and the same command goes on from there" in err
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
        swept(config, vary=VARY[:1], out=out, tell=intrude)


def test_a_plain_script_needs_no_guard(tmp_path):
    small(tmp_path)
    call = "computeplan.sweep('small.yaml', vary=['demand*=1,2'], workers=1)"
    (tmp_path / "plain.py").write_text(f"import computeplan\nprint({call}.points.height)", encoding="utf-8")
    command = [sys.executable, "plain.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60)  # noqa: S603 - our own
    assert done.stdout.split() == [b"2"]
