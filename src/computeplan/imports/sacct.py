"""Reads the jobs of Slurm out of ``sacct -P``: what each used, of whom, from when on.

Only allocations count: their steps used the same. A job that was requeued has a row for each run, and both
used what they say. GPUs are those of ``gres/gpu``, which those with a type repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from computeplan.config.tables.cells import read_times
from computeplan.errors import Fault, SourceError
from computeplan.imports.rows import LeftOut
from computeplan.imports.source import SourceFile, read_text

COLUMNS = ("JobIDRaw", "JobName", "Account", "Partition", "State", "Eligible", "ElapsedRaw", "AllocTRES")
"""What is read; sacct prints them with ``--format``."""
_SEPARATOR = "|"
_ASK = "sacct -P -X -o " + ",".join(COLUMNS)


@dataclass(frozen=True, eq=False)
class SacctRows:
    """The jobs of a file, and an account of its rows."""

    file: SourceFile
    jobs: pl.DataFrame
    """row, company, kind, eligible (local, s), elapsed_s, units: those that got something."""
    n_rows: int
    n_steps: int
    left_out: tuple[LeftOut, ...]


def read_sacct(path: Path) -> SacctRows:
    """Read a file of ``sacct -P``; a `SourceError` if it is none, or holds no job."""
    file, text = read_text(path)
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    names = lines[0].removesuffix(_SEPARATOR).split(_SEPARATOR)
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        found = f"no column {' and none '.join(map(repr, missing))}"
        raise SourceError.of([Fault("", "a file of slurm (sacct -P)", found, _ASK, str(path), 1)])
    frame = _split(lines[1:], names).with_row_index("row", 2)
    jobs = frame.filter(~pl.col("JobIDRaw").str.contains(".", literal=True))
    return _describe(file, jobs, frame.height)


def _split(lines: Sequence[str], names: Sequence[str]) -> pl.DataFrame:
    """Split rows into cells; the name of a job may hold the separator."""
    rows = pl.Series(lines, dtype=pl.String).str.strip_chars_end(_SEPARATOR)
    extra = rows.str.count_matches(_SEPARATOR, literal=True).to_numpy().astype(np.int64) - len(names) + 1
    at = names.index("JobName")
    joined = rows.to_list()
    for row in np.flatnonzero(extra > 0).tolist():
        cells = joined[row].split(_SEPARATOR)
        stop = at + int(extra[row]) + 1
        joined[row] = _SEPARATOR.join([*cells[:at], " ".join(cells[at:stop]), *cells[stop:]])
    parts = pl.Series(joined, dtype=pl.String).str.split_exact(_SEPARATOR, len(names) - 1)
    frame = parts.struct.rename_fields([str(i) for i in range(len(names))]).struct.unnest()
    return frame.select(pl.col(str(names.index(name))).fill_null("").alias(name) for name in COLUMNS)


def _describe(file: SourceFile, rows: pl.DataFrame, n_rows: int) -> SacctRows:
    """Compute what each job used, and name those that used nothing or have no time."""
    tres = rows["AllocTRES"]
    gpus = tres.str.extract(r"(?:^|,)gres/gpu=(\d+)").cast(pl.Int64).fill_null(0)
    cores = tres.str.extract(r"(?:^|,)cpu=(\d+)").cast(pl.Int64).fill_null(0)
    gpu_kind = tres.str.extract(r"gres/gpu:([^=,]+)=").fill_null("gpu")
    has_gpu = gpus > 0
    times = read_times(rows["Eligible"])
    elapsed = rows["ElapsedRaw"].cast(pl.Int64, strict=False)
    jobs = pl.DataFrame(
        {
            "row": rows["row"],
            "company": rows["Account"].replace("", None).fill_null("no account"),
            "kind": gpu_kind.zip_with(has_gpu, pl.Series(["cpu"]).new_from_index(0, len(rows))),
            "eligible": times.clock.astype(np.int64),
            "elapsed_s": elapsed.fill_null(0),
            "units": gpus.zip_with(has_gpu, cores),
        }
    )
    used = ((jobs["units"] > 0) & (jobs["elapsed_s"] > 0)).to_numpy()
    timed = ~np.isnat(times.clock)
    idle, untimed = rows.filter(~used), rows.filter(used & ~timed)
    left_out = [
        _leave_out(file, idle, "ElapsedRaw", "a job that ran", "it used nothing"),
        _leave_out(file, untimed, "Eligible", "a time", "print it with `-o Eligible`"),
    ]
    n_steps = n_rows - rows.height
    kept = jobs.filter(used & timed)
    if kept.height == 0:
        raise SourceError.of([Fault("", "jobs that ran", "none", "", file.path)])
    return SacctRows(file, kept, n_rows, n_steps, tuple(each for each in left_out if each.rows))


def _leave_out(file: SourceFile, rows: pl.DataFrame, column: str, expected: str, hint: str) -> LeftOut:
    found = tuple(rows[column].head(5).to_list())
    return LeftOut(file.path, column, expected, hint, tuple(rows["row"].to_list()), found)
