"""The linear program as a file that other solvers read."""

from __future__ import annotations

from pathlib import Path

from computeplan.errors import SolverError, UsageError
from computeplan.lp import LinearProgram
from computeplan.solvers.highs import load_model, new_highs

FORMATS = (".mps", ".lp")


def write_model(lp: LinearProgram, path: Path) -> None:
    """Write an MPS or LP file, by the path's ending; names tell workload, pool and period by number.

    Parameters
    ----------
    lp : LinearProgram
    path : Path
        Ends in ``.mps`` or ``.lp``.

    Raises
    ------
    UsageError
        If the ending is another.
    SolverError
        If the file cannot be written.
    """
    import highspy

    if path.suffix not in FORMATS:
        raise UsageError(f"export: expected a file ending in .mps or .lp, got {path.name!r}")
    highs = new_highs()
    load_model(highs, lp)
    for column, name in enumerate(lp.column_names()):
        highs.passColName(column, name)
    for row, name in enumerate(lp.row_names()):
        highs.passRowName(row, name)
    if highs.writeModel(str(path)) == highspy.HighsStatus.kError:
        raise SolverError(f"{path}: cannot be written; check the folder and the free space")
