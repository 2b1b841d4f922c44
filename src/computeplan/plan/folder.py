"""The plan folder: written whole or not at all.

The files are written to a hidden folder beside the target, which then takes the target's place by a
rename. A run that fails or is killed leaves the target as it was, and two runs never mix.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from computeplan.errors import PlanFolderError
from computeplan.plan.contents import PROVENANCE


def check_target(target: Path) -> None:
    """Make sure that a plan folder may be written here, without touching anything.

    Parameters
    ----------
    target : Path
        Absent, an empty folder, or a plan folder with nothing else in it.

    Raises
    ------
    PlanFolderError
        If it is something else, or its parent cannot be written to.
    """
    parent = next((folder for folder in target.absolute().parents if folder.exists()), target)
    with _reported(target), _alone_in(parent):
        _refuse_foreign(target)
        if not parent.is_dir():
            raise PlanFolderError(f"{target} cannot be written: {parent} is a file")
        if not os.access(parent, os.W_OK | os.X_OK):
            raise PlanFolderError(f"{target} cannot be written: no permission to write to {parent}")


def write_folder(target: Path, files: Iterable[tuple[str, bytes]], provenance: dict[str, object]) -> None:
    """Write a plan folder, replacing the one that is there.

    Parameters
    ----------
    target : Path
    files : iterable of (str, bytes)
        Path inside the folder, with ``/``, and content.
    provenance : dict
        Becomes ``provenance.json``, with the hash of every file added.

    Raises
    ------
    PlanFolderError
        If it cannot be written; what was there is unchanged.
    """
    target = Path(os.path.realpath(target))
    check_target(target)
    with _reported(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = _beside(target, "partial")
        try:
            _fill(staging, files, provenance)
            with _alone_in(target.parent):
                _put_in_place(staging, target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _fill(staging: Path, files: Iterable[tuple[str, bytes]], provenance: dict[str, object]) -> None:
    staging.mkdir()
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


def _put_in_place(staging: Path, target: Path) -> None:
    """Move the old folder aside and the new one in; put the old one back if that fails."""
    _refuse_foreign(target)
    _restore_interrupted(target)
    aside = _beside(target, "replaced")
    if target.exists():
        target.rename(aside)
    try:
        staging.rename(target)
    except OSError:
        if aside.exists():
            aside.rename(target)
        raise
    _sync_folder(target.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _restore_interrupted(target: Path) -> None:
    """Put back the folder of a run that was killed between its two renames."""
    for aside in target.parent.glob(f".{target.name}.*.replaced"):
        if not target.exists():
            aside.rename(target)


def _beside(target: Path, purpose: str) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.{purpose}")


def _refuse_foreign(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise PlanFolderError(f"{target} is a file; --out DIR names another place")
    own = _own_files(target)
    if own:
        there = {path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()}
        foreign = sorted(there - own)
    else:
        foreign = sorted(path.name for path in target.iterdir())
    if foreign:
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        raise PlanFolderError(
            f"{target} holds files that are no part of a plan ({foreign[0]}{more}) and is not replaced; "
            "move them or name another place with --out DIR"
        )


def _own_files(target: Path) -> set[str]:
    """Read which files a plan folder holds; none where it is no plan folder."""
    try:
        record = json.loads((target / PROVENANCE).read_text(encoding="utf-8"))
        return {PROVENANCE, *record["files"]}
    except (OSError, ValueError, KeyError, TypeError):
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
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other runs from changing plan folders here, where the system has such locks."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
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
