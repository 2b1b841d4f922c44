"""The command line answers at once: nothing heavy is imported until it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from command_line import start

HEAVY = {"numpy", "polars", "pint", "yaml", "pulp", "highspy", "scipy", "pandas"}

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


def test_schema_needs_no_solver():
    assert loaded("schema") & {"pulp", "highspy", "polars"} == set()


def test_shells_can_complete_commands(tmp_path):
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    output, _ = start("--show-completion", "bash", cwd=tmp_path, environment=named).communicate(timeout=30)
    assert b"complete" in output
