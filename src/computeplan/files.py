"""Files and folders that appear whole or not at all, and folders that one process has to itself."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from time import sleep

AT_FDCWD = -100
"""Paths are relative to the current folder."""

RENAME_EXCHANGE = RENAME_SWAP = 2

IN_USE = (5, 32, 33)
"""Errors of Windows where a file is open elsewhere: access denied, sharing violation, lock violation."""
PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""How long to wait for those that look at each new file, such as virus scanners and OneDrive."""
WAIT_S = 60.0
"""How long to wait for a lock, which is held for moments."""

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"
}
"""What names of files on Windows may not hold, and what they may not be, with any ending."""


def write_file(path: Path, content: bytes) -> None:
    """Write a file next to its place, then move it there in one step.

    Raises
    ------
    OSError
        If it cannot be written; what was there is unchanged.
    """
    with replacing(path) as partial:
        write_new_file(partial, content)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of another in one step; errors name the latter."""
    partial = path.parent / f".{secrets.token_hex(4)}.partial{path.suffix}"
    try:
        yield partial
        rename_path(partial, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def read_file(path: Path) -> bytes:
    """Read a regular file; a pipe or a device, which need not end, is an error.

    Raises
    ------
    OSError, ValueError
    """
    if not path.is_dir() and path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no regular file")
    return path.read_bytes()


def write_new_file(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, and wait until it is on the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def exchange_paths(one: Path, other: Path) -> bool:
    """Let two paths of one file system change places atomically; false where the system cannot."""
    old, new = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None, use_errno=True)
    except (OSError, TypeError):  # Windows
        return False
    if hasattr(library, "renameat2"):  # Linux
        return bool(library.renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_EXCHANGE) == 0)
    if hasattr(library, "renamex_np"):  # macOS
        return bool(library.renamex_np(old, new, RENAME_SWAP) == 0)
    return False


def rename_path(old: Path, new: Path) -> None:
    """Rename a file or a folder; on Windows, wait a while for a program that has it, or a file in it, open.

    Raises
    ------
    OSError
        If it cannot be renamed; it says so where another program is the reason.
    """
    for pause_s in (*PAUSES_S, None):
        try:
            old.replace(new)
        except OSError as error:
            if getattr(error, "winerror", None) not in IN_USE:
                raise
            if pause_s is None:
                found = f"{_held_file(old, new)} is open in another program, or may not be changed"
                raise OSError(error.errno, f"{found}; close it there and try again", str(new)) from error
            sleep(pause_s)
        else:
            return


def _held_file(old: Path, new: Path) -> Path:
    """Find the file that another program has open: what is to be replaced, or one in what is renamed."""
    if new.is_file():
        return new
    for path in sorted(path for path in old.rglob("*") if path.is_file()):
        try:
            path.replace(path)
        except OSError:
            return path
    return old


def portable_name(name: str) -> str:
    """Change a name into one that Windows, macOS and Linux take for a file or a folder."""
    name = FORBIDDEN.sub("-", name)
    stem, dot, ending = name.partition(".")
    if stem.rstrip().upper() in DEVICES:
        name = f"{stem.rstrip()}-{dot}{ending}"
    return name.rstrip(". ") or "-"


def leads_outside(name: str) -> bool:
    """Whether a path inside a folder, with ``/``, leads out of it on any system."""
    path = PureWindowsPath(name)
    return bool(path.anchor) or ".." in path.parts


def sync_folder(folder: Path) -> None:
    """Wait until renames in a folder are on the disk, where the system can open folders."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lock_path(folder: Path) -> Path:
    """Name the file, next to a folder, that holds its lock: the folder can be renamed meanwhile."""
    real = Path(os.path.realpath(folder))
    return real.parent / f".{real.name.removeprefix('.')}.lock"


@contextlib.contextmanager
def lock_folder(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a folder, which need not be there; a process that ends loses it.

    Raises
    ------
    BlockingIOError
        If another process holds it, and without waiting, or for too long.
    OSError
        If the lock's file cannot be written.
    """
    from filelock import FileLock, Timeout

    path = lock_path(folder)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=WAIT_S if wait else 0)
    except Timeout:
        if not path.exists():
            raise OSError(errno.EACCES, f"its lock, {path}, cannot be made there") from None
        raise BlockingIOError(errno.EAGAIN, f"another program holds its lock, {path}") from None
    except OSError as error:
        message = f"its lock, {path}, cannot be taken: {error.strerror or error}"
        raise OSError(error.errno, message) from error
    try:
        yield
    finally:
        # Who waits for a lock whose file is gone takes a new one; on Windows the release removes it.
        with contextlib.suppress(OSError):
            path.unlink()
        lock.release()
