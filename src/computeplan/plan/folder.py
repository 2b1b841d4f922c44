"""The plan folder: written whole or not at all.

The files are written to a hidden folder beside the target, which then takes the target's place. A run that
fails or is killed leaves the target as it was, and two runs never mix. Where the system can exchange two
folders in one step, as Linux does, there is no moment without a plan; elsewhere two renames follow each
other, and a run killed between them is made good by the next.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from computeplan.errors import PlanFolderError
from computeplan.plan.contents import PROVENANCE
from computeplan.plan.exchange import exchange


def check_target(target: Path, kind: str = "plan") -> None:
    """Make sure that a folder may be written here, without touching anything.

    Parameters
    ----------
    target : Path
        Absent, an empty folder, or a folder of the same kind with nothing else in it.
    kind : str
        What the folder is to hold: a plan, or a study by its name.

    Raises
    ------
    PlanFolderError
        If it is something else, or its parent cannot be written to.
    """
    parent = next((folder for folder in target.absolute().parents if folder.exists()), target)
    with _reported(target), _alone_in(parent):
        _refuse_foreign(target, kind)
        if not parent.is_dir():
            raise PlanFolderError(f"{target} cannot be written: {parent} is a file")
        if not os.access(parent, os.W_OK | os.X_OK):
            raise PlanFolderError(f"{target} cannot be written: no permission to write to {parent}")


def write_folder(
    target: Path, files: Iterable[tuple[str, bytes]], provenance: dict[str, object], kind: str = "plan"
) -> None:
    """Write a plan folder, replacing the one that is there.

    Parameters
    ----------
    target : Path
    files : iterable of (str, bytes)
        Path inside the folder, with ``/``, and content.
    provenance : dict
        Becomes ``provenance.json``, with the kind of folder and the hash of every file added.
    kind : str
        As in `check_target`.

    Raises
    ------
    PlanFolderError
        If it cannot be written; what was there is unchanged.
    """
    target = Path(os.path.realpath(target))
    check_target(target, kind)
    with _reported(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as held:
            staging = _reserved(target, held)
            _fill(staging, files, {"kind": kind, **provenance})
            with _alone_in(target.parent):
                _put_in_place(staging, target, kind)
                _remove_left_behind(target)


def _reserved(target: Path, held: contextlib.ExitStack) -> Path:
    """Make the folder to write to, locked so that no other run takes it for one that was left behind."""
    staging = _beside(target, "partial")
    with _alone_in(target.parent):
        staging.mkdir()
        held.callback(shutil.rmtree, staging, ignore_errors=True)
        held.enter_context(_alone_in(staging))
    return staging


def _fill(staging: Path, files: Iterable[tuple[str, bytes]], provenance: dict[str, object]) -> None:
    hashes = {}
    for name, content in files:
        _write(staging / name, content)
        hashes[name] = sha256(content).hexdigest()
    record = {**provenance, "files": hashes}
    _write(staging / PROVENANCE, f"{json.dumps(record, indent=2, ensure_ascii=False)}\n".encode())
    for folder in sorted({path.parent for path in staging.rglob("*")}):
        _sync_folder(folder)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(staging: Path, target: Path, kind: str) -> None:
    """Let the new folder and the old one, if there is one, change places."""
    _refuse_foreign(target, kind)
    _restore_interrupted(target)
    if not target.exists():
        staging.rename(target)
    elif not exchange(staging, target):
        _rename_in_turn(staging, target)
    _sync_folder(target.parent)


def _rename_in_turn(staging: Path, target: Path) -> None:
    """Move the old folder aside and the new one in; put the old one back if that fails."""
    _demote_replaced(target)
    aside = _beside(target, "replaced")
    target.rename(aside)
    try:
        staging.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _remove_left_behind(target: Path) -> None:
    """Remove what killed runs left beside the target; a run that still writes has its folder locked."""
    for purpose in ("partial", "replaced"):
        for folder in target.parent.glob(f".{glob.escape(target.name)}.*.{purpose}"):
            with contextlib.suppress(OSError), _alone_in(folder, wait=False):
                shutil.rmtree(folder, ignore_errors=True)


def _demote_replaced(target: Path) -> None:
    """Let no folder that was replaced earlier, and may be half removed, pass for the one replaced now."""
    for folder in target.parent.glob(f".{glob.escape(target.name)}.*.replaced"):
        folder.rename(_beside(target, "partial"))


def _restore_interrupted(target: Path) -> None:
    """Put back the folder of a run that was killed between its two renames."""
    for aside in target.parent.glob(f".{glob.escape(target.name)}.*.replaced"):
        if not target.exists():
            aside.rename(target)


def _beside(target: Path, purpose: str) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.{purpose}")


def _refuse_foreign(target: Path, kind: str) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise PlanFolderError(f"{target} is a file; --out DIR names another place")
    own = _own_files(target, kind)
    if own:
        there = {path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()}
        foreign = sorted(there - own)
    else:
        foreign = sorted(path.name for path in target.iterdir())
    if foreign:
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        raise PlanFolderError(
            f"{target} holds files that are no part of a {kind} ({foreign[0]}{more}) and is not replaced; "
            "move them or name another place with --out DIR"
        )


def _own_files(target: Path, kind: str) -> set[str]:
    """Read which files a folder of this kind holds; none where it is another one."""
    try:
        record = json.loads((target / PROVENANCE).read_text(encoding="utf-8"))
        return {PROVENANCE, *record["files"]} if record.get("kind", "plan") == kind else set()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can open a folder."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _alone_in(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Keep other runs from changing plan folders here, where the system has such locks.

    Without waiting, a folder that another run has locked is an OSError.
    """
    try:
        import fcntl
    except ImportError:
        if not wait:
            raise BlockingIOError(f"{folder}: whether another run has it is not known") from None
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _reported(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PlanFolderError(
            f"{target} cannot be written: {error.strerror or error}; what was there is unchanged"
        ) from error
