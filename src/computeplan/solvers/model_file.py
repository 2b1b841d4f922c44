"""Writes a linear program as a file for other solvers."""

from __future__ import annotations

import errno
from pathlib import Path

from computeplan.errors import UsageError
from computeplan.files import replacing
from computeplan.lp import LinearProgram
from computeplan.solvers.highs import load_model, new_highs

FORMATS = (".mps", ".lp")


def check_model_path(path: Path) -> None:
    """Raise UsageError unless the path ends in ``.mps`` or ``.lp``."""
    if path.suffix not in FORMATS:
        raise UsageError(path="export", expected="a file ending in .mps or .lp", found=repr(path.name))


def write_model(lp: LinearProgram, path: Path) -> None:
    """Write an MPS or LP file, by the path's ending; names hold workload, pool and period by number.

    `path`: ends in ``.mps`` or ``.lp``. Raises `UsageError` if the ending is another. Raises `OSError` if the
    file cannot be written; what was there is unchanged.
    """
    import highspy

    check_model_path(path)
    highs = new_highs()
    load_model(highs, lp)
    for column, name in enumerate(lp.column_names()):
        highs.passColName(column, name)
    for row, name in enumerate(lp.row_names()):
        highs.passRowName(row, name)
    with replacing(path) as partial:
        partial.touch(exist_ok=False)
        if highs.writeModel(str(partial)) == highspy.HighsStatus.kError:
            raise OSError(errno.EIO, "cannot be written; check the free space")
