"""Two folders change places in one step, where the system can do that."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

HERE = -100
"""AT_FDCWD: paths are relative to the current folder."""

EXCHANGE = 2
"""RENAME_EXCHANGE."""


def exchange(one: Path, other: Path) -> bool:
    """Let two paths of one file system change places atomically.

    Parameters
    ----------
    one, other : Path
        Both exist.

    Returns
    -------
    bool
        False, and nothing is done, where the system or the file system cannot.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # not Linux, or a C library older than the call
        return False
    done = rename(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE)
    return bool(done == 0)
