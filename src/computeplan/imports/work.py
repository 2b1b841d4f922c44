"""Imports work: jobs of a log become a register of workloads, those alike as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from computeplan.arguments import checked
from computeplan.config.schema.base import A_TIME_ZONE, time_zone_hint
from computeplan.config.series.clock import LocalClock
from computeplan.config.yaml.text import to_yaml
from computeplan.errors import SourceError, UsageError
from computeplan.imports.catalog import WORK_KINDS
from computeplan.imports.outputs import TABLE, describe_origin, first_comments, stem_of, write_outputs
from computeplan.imports.rows import LeftOut
from computeplan.imports.sacct import SacctRows, read_sacct
from computeplan.problem import Ints
from computeplan.text import counted, expected_one_of, number

_HOUR_S = 3600


@dataclass(frozen=True, eq=False)
class WorkImport:
    """A register of workloads read from logs, and an account of what was read; `save` writes both."""

    kind: str
    register: pl.DataFrame
    """name, company, kind, volume (unit·h), release, deadline (UTC), max_rate (units), jobs."""
    rows: tuple[SacctRows, ...]
    """What was read, by file."""
    left_out: tuple[LeftOut, ...]
    """Rows that were left out, and why."""
    time_zone: str
    slack: float
    zone: str | None

    def __repr__(self) -> str:
        jobs = int(self.register["jobs"].sum())
        return f"<{counted(self.register.height, 'workload')} of {counted(jobs, 'job')} of {self.kind}>"

    @property
    def usage(self) -> pl.DataFrame:
        """company, kind, workloads, jobs, volume (unit·h): what each company used."""
        groups = self.register.group_by("company", "kind", maintain_order=True)
        return groups.agg(pl.len().alias("workloads"), pl.col("jobs", "volume").sum())

    @property
    def questions(self) -> tuple[str, ...]:
        """What must be known to plan the work, and the files do not say."""
        kinds = ", ".join(self.register["kind"].unique().sort())
        where = [] if self.zone else ["Where are the users and data of this work? `--zone NAME` says it"]
        hardware = f"Which hardware runs {kinds}, and how fast? `hardware.NAME.efficiency: {{KIND: 1}}`; "
        waiting = (
            f"How long may jobs wait? By now {number(self.slack)} times their run time; `--slack` says it"
        )
        staying = "Must work stay somewhere (`residency`, `requires`), or bring data (`data`)?"
        return (*where, f"{hardware}a unit of `cpu` is a core, of all others a GPU", waiting, staying)

    def save(self, to: str | Path) -> tuple[Path, ...]:
        """Write the register, the part of a config that reads it, and where it comes from.

        Parameters
        ----------
        to : str or Path
            Name of the three files, which end in ``.parquet``, ``.yaml`` and ``.provenance.json``.

        Returns
        -------
        tuple of Path
            The files written, in this order.

        Raises
        ------
        UsageError
            If one of them is a file that was read, or a config of another origin.
        """
        path = Path(to)
        fragment = "\n".join(_fragment(self, stem_of(path)))
        read = [part.file.path for part in self.rows]
        return write_outputs(path, read, self.register, f"{fragment}\n", _describe_origin(self))


@checked
def import_work(
    kind: str,
    files: Sequence[str | Path],
    *,
    time_zone: str,
    slack: float = 1.0,
    zone: str | None = None,
    strict: bool = False,
) -> WorkImport:
    """Read jobs from logs of other systems as a register of workloads.

    Jobs of an account on the same kind of hardware that may start and must end in the same hours are one
    workload. A job may start at the full hour after it was eligible; it must end by the full hour before its
    run time and the slack are over, and never earlier than it can.

    Parameters
    ----------
    kind : str
        What the files are: ``slurm``.
    files : sequence of str or Path
        Files of this kind, each job in one of them.
    time_zone : str
        IANA zone of their times.
    slack : float
        How much later than at the earliest a job may end, in run times.
    zone : str, optional
        Zone of the config where users and data are; without it the config asks for it.
    strict : bool
        Whether each row that is left out is a fault.

    Returns
    -------
    WorkImport

    Raises
    ------
    SourceError
        If a file is not of the kind; with all faults.
    UsageError
        If an argument is wrong.
    """
    if kind not in WORK_KINDS:
        raise UsageError(path="kind", **expected_one_of(WORK_KINDS, kind))
    if not files:
        raise UsageError(path="files", expected="at least one file", found="none")
    if not 0 <= slack < inf:
        raise UsageError(path="slack", expected="a number of at least 0", found=str(slack))
    clock_zone = _read_zone(time_zone)
    rows = tuple(read_sacct(Path(file)) for file in files)
    left_out = tuple(each for part in rows for each in part.left_out)
    if strict and left_out:
        raise SourceError.of([fault for each in left_out for fault in each.faults()])
    jobs = pl.concat(part.jobs for part in rows)
    register = _merge(jobs, clock_zone, slack)
    return WorkImport(kind, register, rows, left_out, time_zone, slack, zone)


def _read_zone(name: str) -> ZoneInfo:
    hint = time_zone_hint(name)
    if hint is not None:
        raise UsageError(path="time_zone", expected=A_TIME_ZONE, found=repr(name), hint=hint)
    return ZoneInfo(name)


def _merge(jobs: pl.DataFrame, zone: ZoneInfo, slack: float) -> pl.DataFrame:
    """Make one workload of the jobs with the same account, kind and hours."""
    local = jobs["eligible"].to_numpy().astype("datetime64[s]")
    clock = LocalClock.of(zone, local)
    eligible = clock.to_utc_past_gaps(local).astype(np.int64)
    elapsed = jobs["elapsed_s"].to_numpy()
    release = _ceil(eligible)
    latest = (eligible + np.floor((1 + slack) * elapsed).astype(np.int64)) // _HOUR_S * _HOUR_S
    deadline = np.maximum(latest, _ceil(release + elapsed))
    work = jobs.with_columns(
        release=pl.Series(release * 1000).cast(pl.Datetime("ms", "UTC")),
        deadline=pl.Series(deadline * 1000).cast(pl.Datetime("ms", "UTC")),
        volume=pl.col("units") * pl.col("elapsed_s") / _HOUR_S,
    )
    keys = ("company", "kind", "release", "deadline")
    merged = work.group_by(keys, maintain_order=True).agg(
        pl.col("volume").sum(), pl.col("units").sum().alias("max_rate"), pl.len().alias("jobs")
    )
    merged = merged.sort("release", "company", "kind", "deadline").with_row_index("number", 1)
    name = pl.format("{} {} {}", "company", "kind", "number")
    return merged.select(name.alias("name"), *keys[:2], "volume", *keys[2:], "max_rate", "jobs")


def _ceil(seconds: Ints) -> Ints:
    """Round up to full hours."""
    return -(-seconds // _HOUR_S) * _HOUR_S


def _fragment(found: WorkImport, stem: str) -> Iterator[str]:
    yield from first_comments(found.kind, stem)
    table: dict[str, Any] = {"file": f"{stem}{TABLE}", "ignore": ["jobs"]}
    table |= {"defaults": {"zone": found.zone}} if found.zone else {}
    first, last = (found.register[name].dt.strftime("%Y-%m-%dT%H:%MZ") for name in ("release", "deadline"))
    yield f"# Jobs may run from {first.min()!s} to {last.max()!s}: the horizon covers it."
    lines = to_yaml({"workload_tables": [table]}).rstrip().split("\n")
    yield from lines if found.zone else (f"# {line}" for line in lines)
    yield from (f"# ? {question}" for question in found.questions)


def _describe_origin(found: WorkImport) -> dict[str, Any]:
    return {
        **describe_origin(found.kind),
        "time_zone": found.time_zone,
        "slack": found.slack,
        "inputs": [
            {
                **part.file.summary(),
                "rows": part.n_rows,
                "steps": part.n_steps,
                "jobs": part.jobs.height,
            }
            for part in found.rows
        ],
        "usage": found.usage.to_dicts(),
        "left_out": [each.summary() for each in found.left_out],
    }
