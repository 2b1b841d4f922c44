"""Reads files as far as they are files: pipes and devices may never end, and a limit is kept."""

from __future__ import annotations

import stat
from pathlib import Path

MIB = 1024**2

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


class NoFileError(Exception):
    """A path leads to something else than a file.

    Parameters
    ----------
    kind : str
        What it is, such as ``a pipe``.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"expected a file, got {kind}")


class TooLargeError(Exception):
    """A file is larger than what is read.

    Parameters
    ----------
    most_bytes, n_bytes : int
        Largest size, and the file's.
    """

    def __init__(self, most_bytes: int, n_bytes: int) -> None:
        self.expected, self.found = f"at most {most_bytes / MIB:,.0f} MiB", f"{n_bytes / MIB:,.1f} MiB"
        super().__init__(f"expected {self.expected}, got {self.found}")


def read_regular(path: Path, most_bytes: int) -> bytes:
    """Read a regular file.

    Parameters
    ----------
    path : Path
    most_bytes : int
        Largest size.

    Returns
    -------
    bytes

    Raises
    ------
    NoFileError
        If it is a folder, a pipe or a device.
    TooLargeError
    OSError
        If it cannot be read.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise NoFileError(next((kind for is_kind, kind in _KINDS if is_kind(mode)), "something else"))
    with path.open("rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise TooLargeError(most_bytes, max(path.stat().st_size, len(content)))
    return content
