"""The plan folder: written whole or not at all.

The files are written to a hidden folder next to the target, which then takes the target's place. A run that
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
from computeplan.files import exchange_paths, lock_folder, lock_path, rename_path, sync_folder, write_new_file
from computeplan.folder.contents import FORMAT, PLAN, PROVENANCE
from computeplan.folder.read import add_seal, find_folder


def check_target(target: Path, kind: str = PLAN) -> None:
    """Make sure that a folder may be written here, without touching anything.

    It must be absent, an empty folder, or a folder of the same kind with nothing else in it.

    Raises `PlanFolderError` if it is something else, or its parent cannot be written to.
    """
    _refuse_no_folder(target)
    refuse_inside_folder(target)
    parent = next((folder for folder in target.absolute().parents if folder.exists()), target)
    with _reported(target):
        if not parent.is_dir():
            raise PlanFolderError(f"{target} cannot be written: {parent} is a file", path=target)
        if not os.access(parent, os.W_OK | os.X_OK):
            raise PlanFolderError(
                f"{target} cannot be written: no permission to write to {parent}", path=target
            )
        if target.exists():
            with lock_folder(target):
                _refuse_foreign(target, kind)


def write_folder(
    target: Path, files: Iterable[tuple[str, bytes]], provenance: dict[str, object], kind: str = PLAN
) -> None:
    """Write a folder of files by their paths in it, with ``/``, replacing the one that is there.

    The provenance becomes ``provenance.json``, with the kind and format of the folder and file hashes.

    Raises `PlanFolderError` if it cannot be written; what was there is unchanged.
    """
    _refuse_no_folder(target)
    target = Path(os.path.realpath(target))
    check_target(target, kind)
    with _reported(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as held:
            staging = _reserved(target, held)
            _fill(staging, sealed_files(files, provenance, kind))
            with lock_folder(target):
                _put_in_place(staging, target, kind)
                _remove_left_behind(target)


def json_bytes(data: object) -> bytes:
    """Write data as the JSON files of a folder are written."""
    return f"{json.dumps(data, indent=2, ensure_ascii=False)}\n".encode()


def _reserved(target: Path, held: contextlib.ExitStack) -> Path:
    """Make the folder to write to, locked so that no other run takes it for one that was left behind."""
    staging = _beside(target, "partial")
    with lock_folder(target):
        staging.mkdir()
        held.callback(shutil.rmtree, staging, ignore_errors=True)
        held.enter_context(lock_folder(staging))
    return staging


def sealed_files(
    files: Iterable[tuple[str, bytes]], provenance: dict[str, object], kind: str = PLAN
) -> Iterator[tuple[str, bytes]]:
    """Give all files of a folder, ``provenance.json`` last."""
    hashes = {}
    for name, content in files:
        hashes[name] = sha256(content).hexdigest()
        yield name, content
    record = {"kind": kind, "format": FORMAT, **provenance, "files": hashes}
    yield PROVENANCE, json_bytes(add_seal(record))


def _fill(staging: Path, files: Iterable[tuple[str, bytes]]) -> None:
    for name, content in files:
        _write(staging / name, content)
    for folder in sorted({path.parent for path in staging.rglob("*")}):
        sync_folder(folder)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_new_file(path, content)


def _put_in_place(staging: Path, target: Path, kind: str) -> None:
    """Let the new folder and the old one, if there is one, change places."""
    _refuse_foreign(target, kind)
    _restore_interrupted(target)
    if not target.exists():
        rename_path(staging, target)
    elif not exchange_paths(staging, target):
        _rename_in_turn(staging, target)
    sync_folder(target.parent)


def _rename_in_turn(staging: Path, target: Path) -> None:
    """Move the old folder aside and the new one in; put the old one back if that fails."""
    _demote_replaced(target)
    aside = _beside(target, "replaced")
    rename_path(target, aside)
    try:
        rename_path(staging, target)
    except OSError:
        rename_path(aside, target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _remove_left_behind(target: Path) -> None:
    """Remove what killed runs left next to the target; a run that still writes has its folder locked."""
    for purpose in ("partial", "replaced"):
        pattern = f".{glob.escape(target.name)}.*.{purpose}"
        locks = {path.with_suffix("") for path in target.parent.glob(f"{pattern}{lock_path(target).suffix}")}
        for folder in {*target.parent.glob(pattern), *locks}:
            with contextlib.suppress(OSError), lock_folder(folder, wait=False):
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
        raise PlanFolderError(f"{target} is a file", path=target, hint="--out DIR names another place")
    try:
        there = find_folder(target, kind=None)
    except PlanFolderError:
        foreign = sorted(path.name for path in target.iterdir())
    else:
        if there.kind != kind:
            raise PlanFolderError(
                f"{target} holds a {there.kind} and is not replaced",
                path=target,
                hint="--out DIR names another place",
            )
        foreign = list(there.foreign())
    if foreign:
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        raise PlanFolderError(
            f"{target} holds files that are no part of a {kind} ({foreign[0]}{more}) and is not replaced",
            path=target,
            hint="move them or name another place with --out DIR",
        )


def _refuse_no_folder(target: Path) -> None:
    """Refuse what cannot be the name of a folder, and a whole file system."""
    if "\0" in str(target):
        raise PlanFolderError(f"{str(target)!r} cannot be written: no name of a file holds a null character")
    if target.absolute() == Path(target.absolute().anchor):
        raise PlanFolderError(f"{target} is a whole file system and is not replaced", path=target)


def refuse_inside_folder(path: Path) -> None:
    """Refuse to write into the folder of a plan or a study, which holds its own files only.

    Raises `PlanFolderError` if the path is below such a folder.
    """
    for folder in Path(os.path.realpath(path)).parents:
        if (folder / PROVENANCE).is_file():
            raise PlanFolderError(
                f"{path}: {folder} holds a plan or a study and nothing else",
                path=path,
                hint="--out names another place",
            )


@contextlib.contextmanager
def _reported(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PlanFolderError(
            f"{target} cannot be written: {error.strerror or error}",
            path=target,
            hint="what was there is unchanged",
        ) from error
