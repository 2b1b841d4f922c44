"""Data on stdout, the rest on stderr; at terminals, in pipes and without color."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from command_line import TINY, run, start

WAIT_S = 60


def finished(process):
    out, err = process.communicate(timeout=WAIT_S)
    return out.decode(), err.decode()


def at_terminal(*arguments, cwd, columns=100, **environment):
    """What a user at a terminal sees on stdout."""
    import pty

    ours, theirs = pty.openpty()
    environment = {"COLUMNS": str(columns), "TERM": "xterm-256color", **environment}
    process = start(*arguments, cwd=cwd, stdout=theirs, environment=environment)
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        seen += piece
    process.communicate(timeout=WAIT_S)
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


def test_json_is_alone_on_stdout_of_a_real_process(tiny):
    out, err = finished(start("solve", tiny, "--json", "--quiet", cwd=tiny.parent))
    assert json.loads(out)["status"] == "optimal"
    assert err == ""


def test_json_is_ascii_where_the_reader_expects_no_utf8(tiny):
    environment = {"PYTHONIOENCODING": "latin-1"}
    out, _ = finished(start("check", tiny, "--json", cwd=tiny.parent, environment=environment))
    assert out.isascii()
    assert json.loads(out)["name"] == "Tiny"


def test_the_view_survives_a_narrow_encoding(tiny):
    process = start("solve", tiny, cwd=tiny.parent, environment={"PYTHONIOENCODING": "ascii"})
    out, err = finished(process)
    assert process.returncode == 0, err
    assert "\\u5317\\u7ad9" in out


def test_a_pipe_gets_plain_text_with_whole_names(tiny):
    long = "a-company-with-a-name-of-no-mean-length" * 4
    tiny.write_text(TINY.replace("home:", f"{long}:"), encoding="utf-8")
    out, _ = finished(start("solve", tiny, cwd=tiny.parent, environment={"COLUMNS": "40"}))
    assert "\x1b" not in out
    assert long in out
    assert all(line == line.rstrip() for line in out.splitlines())


@pytest.mark.posix
def test_a_terminal_gets_color_unless_it_is_declined(tiny):
    assert "\x1b[" in at_terminal("solve", tiny, cwd=tiny.parent)
    plain = at_terminal("solve", tiny, cwd=tiny.parent, NO_COLOR="1")
    assert "\x1b[3" not in plain
    assert "Tiny" in plain


@pytest.mark.posix
@pytest.mark.parametrize("columns", [40, 60, 100])
def test_a_narrow_terminal_loses_no_name(tiny, columns):
    shown = at_terminal("check", tiny, cwd=tiny.parent, columns=columns, NO_COLOR="1")
    text = re.sub(r"\x1b\[\d+m", "", shown)
    assert max(cell_len(line) for line in text.splitlines()) <= columns
    assert "…" not in text
    assert "北站" in text.replace("\n", "")


def test_chinese_names_align(tiny):
    out = run("solve", tiny).stdout
    tables = {}
    for table in out.split("\n\n"):
        rows = [line for line in table.splitlines() if line.startswith(("home", "北站", "total"))]
        if rows:
            tables[table.split()[0]] = [cell_len(row) for row in rows]
    assert {name: len(rows) for name, rows in tables.items()} == {"pool": 2, "site": 3}
    assert all(len(set(rows)) == 1 for rows in tables.values())


def test_a_reader_who_hangs_up_is_no_error(tiny):
    process = start("schema", cwd=tiny.parent)
    process.stdout.close()
    with process.stderr:
        error = process.stderr.read().decode()
    assert process.wait(timeout=WAIT_S) == 0
    assert error == ""


@pytest.mark.posix
def test_a_full_stdout_is_told(tiny):
    with Path("/dev/full").open("wb") as full:
        process = start("check", tiny, cwd=tiny.parent, stdout=full)
        err = process.communicate(timeout=WAIT_S)[1].decode()
    assert process.returncode == 2
    assert "No space left on device" in err
    assert "Traceback" not in err


STALLED = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from computeplan import api, cli
api.load = lambda *_, **__: (print("reading", flush=True), time.sleep(60))
sys.argv[1:] = ["solve", "tiny.yaml"]
cli.main()
"""


@pytest.mark.posix
def test_ctrl_c_ends_quietly_and_leaves_no_plan(tiny):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-c", STALLED]
    process = subprocess.Popen(command, cwd=tiny.parent, **pipes)  # noqa: S603 - our own command
    assert process.stdout.readline() == b"reading\n"
    process.send_signal(signal.SIGINT)
    out, err = finished(process)
    assert process.returncode == 130
    assert (out, err.splitlines()[-1]) == ("", "error: interrupted; no plan was written")
    assert "Traceback" not in err
    assert not (tiny.parent / "plans").exists()


@pytest.mark.posix
def test_ctrl_c_while_the_command_starts_shows_no_traceback(tiny):
    """Python itself needs some moments before it runs any of ours: the command is at its imports by then."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    for module in ("typer", "computeplan.api", "computeplan.folder.write"):
        command = [sys.executable, "-c", IMPORTING.format(module=module)]
        process = subprocess.Popen(command, cwd=tiny.parent, **pipes)  # noqa: S603 - our own command
        assert process.stdout.readline() == b"importing\n"
        process.send_signal(signal.SIGINT)
        _, err = finished(process)
        assert process.returncode in (-signal.SIGINT, 130), err
        assert err.splitlines()[-1:] in ([], ["error: interrupted; no plan was written"])
        assert "Traceback" not in err


IMPORTING = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)

class Stalled:
    def find_spec(self, name, *_):
        if name == "{module}":
            print("importing", flush=True)
            time.sleep(60)

sys.meta_path.insert(0, Stalled())
from computeplan import cli
sys.argv[1:] = ["solve", "tiny.yaml"]
cli.main()
"""


@pytest.mark.posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_nothing(tiny, closed):
    command = f"{sys.executable} -m computeplan solve tiny.yaml {closed}"
    shell = ["/bin/sh", "-c", command]
    done = subprocess.run(shell, cwd=tiny.parent, capture_output=True, check=False, timeout=WAIT_S)  # noqa: S603 - our own command
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert (tiny.parent / "plans" / "tiny" / "summary.json").exists()


@pytest.mark.posix
def test_closed_streams_leave_the_exit_code(tiny):
    shell = ["/bin/sh", "-c", f"{sys.executable} -m computeplan solve nothing.yaml >&- 2>&-"]
    assert subprocess.run(shell, cwd=tiny.parent, check=False, timeout=WAIT_S).returncode == 2  # noqa: S603 - our own command


@pytest.mark.posix
def test_a_program_without_stdout_can_plan(tiny):
    command = "import sys; sys.stdout = sys.stderr = None; import computeplan; computeplan.solve('tiny.yaml')"
    shell = ["/bin/sh", "-c", f'{sys.executable} -c "{command}" >&- 2>&-']
    assert subprocess.run(shell, cwd=tiny.parent, check=False, timeout=WAIT_S).returncode == 0  # noqa: S603 - our own command


@pytest.mark.posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["schema"], ["check", "tiny.yaml"]])
def test_a_full_disk_behind_stdout_is_one_line(tiny, words):
    with Path("/dev/full").open("wb") as full:
        process = start(*words, cwd=tiny.parent, stdout=full)
        err = process.communicate(timeout=WAIT_S)[1].decode()
    assert process.returncode == 2
    assert err.splitlines()[-1].startswith("error: ")
    assert "No space left on device" in err
    assert "Traceback" not in err


@pytest.mark.posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_behind_stderr_keeps_the_exit_code(tiny):
    with Path("/dev/full").open("wb") as full:
        process = start("check", "none.yaml", cwd=tiny.parent, stderr=full)
        process.communicate(timeout=WAIT_S)
    assert process.returncode == 2
