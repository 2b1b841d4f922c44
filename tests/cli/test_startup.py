"""The command line answers at once: nothing heavy is imported until it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from command_line import start

QUICKSTART = str(Path(__file__).parents[2] / "configs" / "quickstart.yaml")

HEAVY = {"numpy", "polars", "yaml", "pulp", "highspy", "scipy", "pandas", "rich"}

PROBE = (
    "import sys\n"
    "from computeplan.cli import main\n"
    "sys.argv = ['computeplan', *sys.argv[1:]]\n"
    "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
    "print('loaded:', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
)


def loaded(*arguments: str) -> set[str]:
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    return set(done.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["solve", "--help"], ["new", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    assert loaded(*arguments) & HEAVY == set()


def test_new_imports_nothing_heavy(tmp_path):
    assert loaded("new", "--to", str(tmp_path)) & HEAVY == set()


def test_check_imports_neither_tables_nor_solvers_nor_pages():
    assert loaded("check", QUICKSTART) & {"polars", "pulp", "highspy", "scipy", "jinja2", "plotly"} == set()


def test_check_imports_no_study():
    """What is on offer in Python is imported when it is used."""
    code = f"import computeplan, sys; computeplan.load({QUICKSTART!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert [name for name in done.stdout.split() if name.startswith("computeplan.studies")] == []


COMMAND = """import sys
from computeplan.cli import main
sys.argv = ['computeplan', *{}]
try:
    main()
except SystemExit:
    pass"""


@pytest.fixture(scope="module")
def least_time_s(tmp_path_factory):
    """Measure the least processor time of several programs that run by turns, once all are compiled."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(tmp_path_factory.mktemp("compiled"))

    def measure(code):
        timed = f"{code}\nimport sys, time\nprint(time.process_time(), file=sys.stderr)"
        command = [sys.executable, "-c", timed]
        run = subprocess.run(command, capture_output=True, check=True, env=environment)  # noqa: S603 - our own code
        return float(run.stderr.split()[-1])

    return lambda *codes: np.min([[measure(code) for code in codes] for _ in range(6)][1:], axis=0)


@pytest.mark.parametrize(
    ("code", "most"),
    [
        ("import computeplan", 6),
        (COMMAND.format(["--help"]), 25),
        (COMMAND.format(["check", QUICKSTART]), 110),
    ],
    ids=["import", "help", "check"],
)
def test_start_takes_a_few_times_what_an_empty_program_takes(code, most, least_time_s):
    """Measured at rest: 2, 12 and 50 times; the rest is for a busy machine."""
    spent, empty = least_time_s(code, "pass")
    assert spent < most * empty


def test_schema_needs_no_solver():
    assert loaded("schema") & {"pulp", "highspy", "polars"} == set()


def test_shells_can_complete_commands(tmp_path):
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    output, _ = start("--show-completion", "bash", cwd=tmp_path, environment=named).communicate(timeout=30)
    assert b"complete" in output
