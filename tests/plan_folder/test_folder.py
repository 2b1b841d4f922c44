"""The plan folder is written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from computeplan.errors import PlanFolderError
from computeplan.folder import read as folder_read
from computeplan.folder import write as folder
from computeplan.folder.write import check_target, write_folder

FILES = {"config.yaml": b"name: x\n", "tables/costs.csv": b"part,amount\n"}


def contents(target: Path) -> dict[str, bytes]:
    return {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()}


def write(target: Path, note: str = "first", files=None) -> None:
    write_folder(target, (files or FILES).items(), {"note": note})


def breaking(error):
    yield from FILES.items()
    raise error


def refuse_new_folders(monkeypatch):
    def refuse(old, new):
        if old.name.endswith(".partial"):
            raise OSError(errno.EIO, "Input/output error")
        old.rename(new)

    monkeypatch.setattr(folder, "exchange_paths", lambda *_: False)
    monkeypatch.setattr(folder, "rename_path", refuse)


@pytest.fixture
def written(tmp_path):
    target = tmp_path / "plan"
    write(target)
    return target


def test_the_folder_holds_the_files_and_their_hashes(written):
    found = contents(written)
    record = json.loads(found.pop("provenance.json"))
    assert found == FILES
    assert record["note"] == "first"
    assert record["files"] == {name: sha256(data).hexdigest() for name, data in FILES.items()}


def test_missing_parents_are_made_and_nothing_else_is_left(tmp_path):
    write(tmp_path / "plans" / "重庆")
    assert [path.name for path in (tmp_path / "plans").iterdir()] == ["重庆"]


def test_a_new_plan_replaces_the_old_one_whole(written):
    write(written, "second", {"config.yaml": b"name: y\n"})
    found = contents(written)
    assert json.loads(found.pop("provenance.json"))["note"] == "second"
    assert found == {"config.yaml": b"name: y\n"}
    assert list(written.parent.iterdir()) == [written]


def test_an_empty_folder_may_become_a_plan(tmp_path):
    (tmp_path / "plan").mkdir()
    write(tmp_path / "plan")
    assert "config.yaml" in contents(tmp_path / "plan")


def test_a_failure_while_writing_leaves_the_old_plan(written):
    before = contents(written)
    with pytest.raises(PlanFolderError, match="No space left on device"):
        write_folder(written, breaking(OSError(errno.ENOSPC, "No space left on device")), {})
    with pytest.raises(KeyboardInterrupt):
        write_folder(written, breaking(KeyboardInterrupt()), {})
    assert contents(written) == before
    assert list(written.parent.iterdir()) == [written]


def test_a_full_disk_at_sync_is_told_and_leaves_the_old_plan(written, monkeypatch):
    before = contents(written)

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PlanFolderError, match="cannot be written: No space left on device; what was there"):
        write(written, "second")
    assert contents(written) == before
    assert list(written.parent.iterdir()) == [written]


def test_a_failing_rename_puts_the_old_plan_back(written, monkeypatch):
    before = contents(written)
    refuse_new_folders(monkeypatch)
    with pytest.raises(PlanFolderError, match="Input/output error"):
        write(written, "second")
    assert contents(written) == before
    assert list(written.parent.iterdir()) == [written]


def test_a_run_killed_between_the_renames_is_made_good_by_the_next(written, monkeypatch):
    before = contents(written)
    written.rename(written.with_name(".plan.0a0a0a0a.replaced"))
    refuse_new_folders(monkeypatch)
    with pytest.raises(PlanFolderError, match="Input/output error"):
        write(written, "second")
    assert contents(written) == before


@pytest.mark.posix
def test_a_killed_run_leaves_the_old_plan(written):
    before = contents(written)
    script = (
        "import sys, time; from pathlib import Path; from computeplan.folder.write import write_folder\n"
        "def files():\n    yield 'a', b'1'\n    print('half', flush=True)\n    time.sleep(60)\n"
        "write_folder(Path(sys.argv[1]), files(), {})"
    )
    with subprocess.Popen([sys.executable, "-c", script, written], stdout=subprocess.PIPE) as run:  # noqa: S603 - our own script
        assert run.stdout.readline() == b"half\n"
        run.send_signal(signal.SIGKILL)
    assert contents(written) == before
    write(written, "second")
    assert json.loads(contents(written)["provenance.json"])["note"] == "second"


def test_runs_at_the_same_time_do_not_mix(tmp_path):
    target = tmp_path / "plan"

    def run(number: int) -> None:
        for _ in range(5):
            write(target, str(number), {f"{number}-{part}": bytes([number]) for part in range(5)})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    record = json.loads(contents(target).pop("provenance.json"))
    assert set(contents(target)) == {"provenance.json"} | {f"{record['note']}-{part}" for part in range(5)}
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("attempt", [check_target, write])
def test_what_is_no_plan_is_never_replaced(tmp_path, written, attempt):
    (tmp_path / "a-file").write_text("mine")
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-folder" / "thesis.tex").write_text("mine")
    (written / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(PlanFolderError, match="a-file is a file; --out DIR"):
        attempt(tmp_path / "a-file")
    with pytest.raises(PlanFolderError, match="a-file is a file"):
        attempt(tmp_path / "a-file" / "plan")
    with pytest.raises(PlanFolderError, match=r"no part of a plan \(thesis.tex\)"):
        attempt(tmp_path / "a-folder")
    with pytest.raises(PlanFolderError, match=r"no part of a plan \(notes.txt\)"):
        attempt(written)
    assert contents(tmp_path) == before


def test_a_broken_provenance_makes_no_plan_folder(written):
    (written / "provenance.json").write_text("[]")
    with pytest.raises(PlanFolderError, match="no part of a plan"):
        check_target(written)


def test_a_folder_without_permission_is_told_before_anything_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(folder.os, "access", lambda *_: False)
    with pytest.raises(PlanFolderError, match="no permission to write to"):
        check_target(tmp_path / "plan")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.posix
def test_a_link_to_a_plan_stays_a_link(tmp_path, written):
    link = tmp_path / "latest"
    link.symlink_to(written)
    write(link, "second")
    assert link.is_symlink()
    assert json.loads(contents(written)["provenance.json"])["note"] == "second"


def test_without_an_exchange_the_new_plan_still_replaces_the_old_one(written, monkeypatch):
    monkeypatch.setattr(folder, "exchange_paths", lambda *_: False)
    write(written, "second")
    assert json.loads(contents(written)["provenance.json"])["note"] == "second"
    assert list(written.parent.iterdir()) == [written]


def test_what_is_read_is_what_was_held_against_its_hash(written, monkeypatch):
    """A file that changes between two looks at it cannot slip in."""
    contents = iter([FILES["config.yaml"], b"name: forged\n"])
    monkeypatch.setattr(folder_read, "read_file", lambda _: next(contents))
    saved = folder_read.PlanFolder(
        written, {"files": {"config.yaml": sha256(FILES["config.yaml"]).hexdigest()}}
    )
    assert saved.read("config.yaml") == FILES["config.yaml"]
