"""Locks, swaps, renames and names of files: what differs between Linux, macOS and Windows, under fakes."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

from command_line import TINY, run
from computeplan import files
from computeplan.errors import PlanFolderError
from computeplan.files import (
    exchange_paths,
    leads_outside,
    lock_folder,
    lock_path,
    portable_name,
    rename_path,
    write_file,
)
from computeplan.folder import write as folder
from computeplan.folder.write import write_folder


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


def write(target, content=b"1"):
    write_folder(target, [("tables/a.csv", content), ("summary.json", content)], {})


# Locks.


def test_a_lock_leaves_nothing_behind_and_can_be_taken_again(tmp_path):
    for _ in range(2):
        with lock_folder(tmp_path / "plan"):
            assert list(tmp_path.iterdir()) == [lock_path(tmp_path / "plan")]
        assert list(tmp_path.iterdir()) == []


def test_a_folder_has_the_same_lock_whatever_way_it_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan").mkdir()
    assert lock_path(Path("plan")) == lock_path(tmp_path / "plan") == tmp_path / ".plan.lock"
    monkeypatch.chdir("plan")
    assert lock_path(Path()) == lock_path(Path("../plan")) == tmp_path / ".plan.lock"


def test_two_processes_do_not_hold_a_lock_at_once(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from computeplan.files import lock_folder\n"
        "log = Path(sys.argv[1], 'log')\n"
        "for _ in range(20):\n"
        "    with lock_folder(Path(sys.argv[1], 'plan')):\n"
        "        number = int(log.read_text() or 0)\n"
        "        time.sleep(0.001)\n"
        "        log.write_text(str(number + 1))\n"
    )
    (tmp_path / "log").touch()
    command = [sys.executable, "-c", script, str(tmp_path)]
    processes = [subprocess.Popen(command) for _ in range(2)]  # noqa: S603 - our own script
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    assert (tmp_path / "log").read_text(encoding="utf-8") == "40"


def test_a_process_that_is_killed_loses_its_lock(tmp_path):
    script = (
        "import os, signal, sys; from pathlib import Path; from computeplan.files import lock_folder\n"
        "with lock_folder(Path(sys.argv[1])):\n"
        "    os._exit(9)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "plan")]
    assert subprocess.run(command, check=False).returncode == 9  # noqa: S603 - our own script
    assert lock_path(tmp_path / "plan").exists()
    with lock_folder(tmp_path / "plan", wait=False):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_plan_folder_that_another_program_holds_is_one_clear_error(config, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "WAIT_S", 0.2)
    assert run("solve", config, "--out", tmp_path / "plan").exit_code == 0
    before = (tmp_path / "plan" / "provenance.json").read_bytes()
    with FileLock(tmp_path / ".plan.lock"):
        result = run("solve", config, "--out", tmp_path / "plan")
    assert result.exit_code == 2
    assert f"another program holds its lock, {tmp_path / '.plan.lock'}" in result.stderr
    assert "what was there is unchanged" in result.stderr
    assert (tmp_path / "plan" / "provenance.json").read_bytes() == before
    assert run("solve", config, "--out", tmp_path / "plan").exit_code == 0


def test_where_no_file_can_be_made_no_other_program_is_blamed(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "WAIT_S", 0.1)
    monkeypatch.setattr(FileLock, "_acquire", lambda _: None)
    with (
        pytest.raises(OSError, match=r"its lock, .*\.plan\.lock, cannot be made there"),
        lock_folder(tmp_path / "plan"),
    ):
        pass


def test_a_name_with_a_null_character_is_one_clear_error():
    with pytest.raises(
        PlanFolderError, match=r"'pl\\x00an' cannot be written: no name of a file holds a null"
    ):
        write(Path("pl\0an"))


def test_a_lock_that_cannot_be_written_is_one_clear_error(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(FileLock, "acquire", refuse)
    with pytest.raises(
        PlanFolderError, match=r"its lock, .*\.plan\.lock, cannot be taken: Permission denied"
    ):
        write(tmp_path / "plan")


def test_what_a_killed_run_left_is_removed_with_its_lock(tmp_path):
    left = tmp_path / ".plan.0a0a0a0a.partial"
    left.mkdir()
    lock_path(left).touch()
    lock_path(tmp_path / ".plan.0b0b0b0b.partial").touch()
    lock_path(tmp_path / "plan").touch()
    write(tmp_path / "plan")
    assert list(tmp_path.iterdir()) == [tmp_path / "plan"]


def test_what_another_run_still_writes_is_left_alone(tmp_path):
    theirs = tmp_path / ".plan.0a0a0a0a.partial"
    theirs.mkdir()
    with FileLock(lock_path(theirs)):
        write(tmp_path / "plan")
        assert theirs.exists()


# The swap of two folders.


class Library:
    """A C library with one system call, which renames as it says."""

    def __init__(self, name, returned=0):
        self.calls = []
        setattr(self, name, lambda *arguments: self.calls.append(arguments) or returned)


def test_folders_change_places_by_the_call_of_macos(tmp_path, monkeypatch):
    library = Library("renamex_np")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: library)
    assert exchange_paths(tmp_path / "a", tmp_path / "北")
    assert library.calls == [(os.fsencode(tmp_path / "a"), os.fsencode(tmp_path / "北"), 2)]


@pytest.mark.parametrize("library", [Library("renamex_np", -1), Library("renameat2", -1), SimpleNamespace()])
def test_file_systems_and_systems_without_a_swap_get_two_renames(tmp_path, monkeypatch, library):
    write(tmp_path / "plan", b"1")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: library)
    write(tmp_path / "plan", b"2")
    assert (tmp_path / "plan" / "tables" / "a.csv").read_bytes() == b"2"
    assert list(tmp_path.iterdir()) == [tmp_path / "plan"]


def test_windows_has_no_such_library(monkeypatch):
    def refuse(*_, **__):
        raise TypeError("LoadLibrary() argument 1 must be str, not None")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    assert not exchange_paths(Path("a"), Path("b"))


# A file that is open in another program, on Windows.


class Windows:
    """Renames as Windows does where a program has files open: none of them, and no folder around one."""

    def __init__(self, monkeypatch, error=32):
        self.open_files, self.tries, self.pauses, self._error = set(), 0, [], error
        self._replace = Path.replace
        monkeypatch.setattr(Path, "replace", lambda old, new: self._rename(old, Path(new)))
        monkeypatch.setattr(files, "sleep", self.pauses.append)
        monkeypatch.setattr(folder, "exchange_paths", lambda *_: False)

    def _rename(self, old, new):
        if any(path in (old, new) or old in path.parents for path in self.open_files):
            error = PermissionError(13, "The process cannot access the file")
            error.winerror = self._error
            raise error
        return self._replace(old, new)


@pytest.fixture
def windows(monkeypatch):
    return Windows(monkeypatch)


def test_a_file_that_is_open_for_a_moment_is_waited_for(tmp_path, windows, monkeypatch):
    target = tmp_path / "report.html"
    write_file(target, b"old")
    windows.open_files.add(target)

    def wait(pause_s):
        windows.pauses.append(pause_s)
        if len(windows.pauses) == 3:
            windows.open_files.clear()

    monkeypatch.setattr(files, "sleep", wait)
    write_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert windows.pauses == [0.05, 0.1, 0.2]


def test_a_file_that_stays_open_is_named(tmp_path, windows):
    target = tmp_path / "report.html"
    write_file(target, b"old")
    windows.open_files.add(target)
    with pytest.raises(OSError, match=r"report\.html is open in another program, .*; close it there"):
        write_file(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_table_that_is_open_in_a_spreadsheet_keeps_the_old_plan(config, tmp_path, windows):
    plan = tmp_path / "plan"
    assert run("solve", config, "--out", plan).exit_code == 0
    before = (plan / "provenance.json").read_bytes()
    windows.open_files.add(plan / "tables" / "costs.csv")
    result = run("solve", config, "--out", plan, "--set", "sites.home.grid.price=0.6")
    assert result.exit_code == 2
    assert f"{plan / 'tables' / 'costs.csv'} is open in another program" in result.stderr
    assert "what was there is unchanged" in result.stderr
    assert (plan / "provenance.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan", "tiny.yaml"]
    windows.open_files.clear()
    assert run("solve", config, "--out", plan).exit_code == 0


def test_other_errors_are_not_waited_for(tmp_path, monkeypatch):
    windows = Windows(monkeypatch, error=17)  # another drive
    windows.open_files.add(tmp_path / "b")
    with pytest.raises(PermissionError, match="cannot access"):
        rename_path(tmp_path / "a", tmp_path / "b")
    assert windows.pauses == []


# Names that every system takes.


@pytest.mark.parametrize(
    ("name", "portable"),
    [
        ("plan", "plan"),
        ("重庆-2026.csv", "重庆-2026.csv"),
        ("a:b", "a-b"),
        ('<a>"b"|c?*\\d/e\x07', "-a--b--c---d-e-"),
        ("con", "con-"),
        ("CON.csv", "CON-.csv"),
        ("con .csv", "con-.csv"),
        ("Lpt9.tar.gz", "Lpt9-.tar.gz"),
        ("com¹", "com¹-"),
        ("CONIN$", "CONIN$-"),
        ("console", "console"),
        ("com10", "com10"),
        ("plan. .", "plan"),
        ("...", "-"),
        ("", "-"),
        (".hidden", ".hidden"),
    ],
)
def test_names_that_windows_forbids_are_changed(name, portable):
    assert portable_name(name) == portable
    assert portable_name(portable) == portable


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        ("tables/a.csv", False),
        ("tables/a..b", False),
        ("../a", True),
        ("tables/../../a", True),
        ("/etc/a", True),
        ("C:/a", True),
        ("C:a", True),
        ("..\\a", True),
        ("\\\\host\\share\\a", True),
    ],
)
def test_paths_that_lead_out_of_a_folder_on_any_system(name, outside):
    assert leads_outside(name) is outside


@pytest.mark.parametrize(
    ("stem", "scenario", "name"),
    [
        ("aux", None, "aux-"),
        ("tiny", "quiet.", "tiny-quiet"),
        ("a:b", None, "a-b"),
        ("nul.1", None, "nul-.1"),
    ],
)
@pytest.mark.posix  # only there such configs can be read
def test_the_folder_of_a_plan_has_a_name_that_windows_takes(tmp_path, monkeypatch, stem, scenario, name):
    monkeypatch.chdir(tmp_path)
    text = TINY if scenario is None else f"{TINY}  {scenario}: {{}}\n"
    Path(f"{stem}.yaml").write_text(text, encoding="utf-8")
    words = () if scenario is None else ("--scenario", scenario)
    assert run("solve", f"{stem}.yaml", *words).exit_code == 0
    assert [path.name for path in Path("plans").iterdir()] == [name]


@pytest.mark.posix  # only there such names can be read
def test_a_plan_keeps_inputs_under_names_that_windows_takes(tmp_path):
    names = ["aux.csv", "a:b/price.csv", "data/fine.csv"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("p\n0.5\n0.5\n0.5\n", encoding="utf-8")
    series = "".join(f"  s{n}: {{file: '{name}', column: p}}\n" for n, name in enumerate(names))
    config = tmp_path / "tiny.yaml"
    config.write_text(
        TINY.replace("price: 0.5", "price: {series: s0}")
        .replace("price: 0.3", "price: {series: s1}")
        .replace("demand: 1,", "demand: {series: s2},")
        + f"series:\n{series}",
        encoding="utf-8",
    )
    assert run("solve", config, "--out", tmp_path / "plan").exit_code == 0
    kept = sorted(
        path.relative_to(tmp_path / "plan" / "inputs").as_posix()
        for path in (tmp_path / "plan" / "inputs").rglob("*.csv")
    )
    assert kept[0] == "data/fine.csv"
    assert [name.partition("-")[2] for name in kept[1:]] == ["aux-.csv", "price.csv"]
    assert all(portable_name(part) == part for name in kept for part in Path(name).parts)
    assert run("audit", tmp_path / "plan").exit_code == 0
    assert (
        run("solve", tmp_path / "plan" / "inputs" / "config.yaml", "--out", tmp_path / "again").exit_code == 0
    )
