"""Who runs where and when: the work of every workload in each pool and period, expanded piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from computeplan.errors import UsageError
from computeplan.files import replacing
from computeplan.folder.tables.frames import CSV_FORMAT, among, named, spreadsheet_cells, starts
from computeplan.folder.write import refuse_inside_folder
from computeplan.grouping import Allocation
from computeplan.problem import Problem, WorkBlock

if TYPE_CHECKING:
    import polars as pl

    Frame = pl.DataFrame
    LazyFrame = pl.LazyFrame

COLUMNS = ("workload", "company", "site", "pool", "period", "start", "work_unit_h")


@dataclass(frozen=True, eq=False)
class ScheduleFilter:
    """Part of a schedule; everything where nothing is chosen."""

    workloads: Sequence[int] | None = None
    site: int | None = None


def scan_schedule(allocation: Allocation, chosen: ScheduleFilter) -> pl.LazyFrame:
    """Make one row for each workload, pool and period with work; it is expanded while it is read.

    Workloads of a class follow each other, and the rows of a workload are in order of time.
    """
    from polars.io.plugins import register_io_source

    def frames(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        del batch_rows  # a block is a batch
        for frame in schedule_frames(allocation, chosen):
            kept = frame if predicate is None else frame.filter(predicate)
            kept = kept if rows is None else kept.head(rows)
            yield kept if columns is None else kept.select(columns)
            rows = None if rows is None else rows - len(kept)
            if rows == 0:
                return

    none = np.zeros(0, dtype=np.int64)
    empty = WorkBlock(none, none, none, np.zeros((0, 0, 0)), np.zeros((0, 0)))
    return register_io_source(frames, schema=_RowMaker(allocation.problem).rows(empty).schema)


def schedule_frames(allocation: Allocation, chosen: ScheduleFilter) -> Iterator[pl.DataFrame]:
    """Expand the rows of some workloads at a time, all those of a workload in one frame."""
    some, make = chosen.workloads, _RowMaker(allocation.problem, chosen.site)
    blocks = allocation.blocks() if some is None else allocation.blocks_of(np.array(some, dtype=np.int64))
    yield from map(make.rows, blocks)


class _RowMaker:
    """Makes the rows of blocks, with what all of them share."""

    def __init__(self, problem: Problem, site: int | None = None) -> None:
        pools = problem.pools
        self._problem = problem
        self._is_here = np.ones(pools.size, dtype=bool) if site is None else pools.site == site
        self._pool = among(pools.names, np.arange(pools.size))
        self._site = among(problem.sites.names, pools.site)
        self._start = starts(problem.horizon, np.arange(problem.horizon.size))

    def rows(self, block: WorkBlock) -> pl.DataFrame:
        """Make one row for each workload, pool and period with work."""
        import polars as pl

        problem, here = self._problem, np.flatnonzero(self._is_here[block.pools])
        unit_h = block.unit_h[:, here].transpose(0, 2, 1)
        row, period, pool = np.nonzero(unit_h > 0)
        workloads, companies = block.workloads.tolist(), problem.workloads.company[block.workloads].tolist()
        pools, periods = block.pools[here[pool]], block.periods[period]
        values = (
            named([problem.workloads.names[w] for w in workloads], row),
            named([problem.companies.names[c] for c in companies], row),
            self._site.gather(pools),
            self._pool.gather(pools),
            periods,
            self._start.gather(periods),
            unit_h[row, period, pool],
        )
        return pl.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def check_target(path: Path) -> None:
    """Make sure that a schedule can be written to a file of this name.

    Raises
    ------
    UsageError, PlanFolderError
        If it ends otherwise than in ``.parquet`` or ``.csv``, or lies in the folder of a plan or a study.
    """
    refuse_inside_folder(path)
    if path.suffix.lower() not in {".parquet", ".csv"}:
        raise UsageError(
            path=path, expected="a file ending in .parquet or .csv", found=path.suffix or "no ending"
        )


def write_schedule(schedule: pl.LazyFrame, path: Path) -> None:
    """Write a schedule as Parquet or CSV, by the ending of the file's name; it is never whole in memory."""
    check_target(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        partial.touch(exist_ok=False)
        if path.suffix.lower() == ".csv":
            spreadsheet_cells(schedule).sink_csv(partial, **CSV_FORMAT)
        else:
            schedule.sink_parquet(partial, compression="zstd", compression_level=1, statistics=False)


def merge_periods(problem: Problem, schedule: pl.DataFrame) -> pl.DataFrame:
    """Merge the rows of a workload in a pool in consecutive periods to one, with `until` and mean `units`."""
    import polars as pl

    horizon = problem.horizon
    period, length_ms = pl.col("period"), round(horizon.period_h * 3_600_000)
    block = pl.lit(pl.Series(horizon.block)).gather(period)
    breaks = [pl.col(name) != pl.col(name).shift() for name in ("workload", "pool")]
    starts_anew = pl.any_horizontal(*breaks, period.diff() != 1, block.diff() != 0).fill_null(value=True)
    last_start = pl.col("start").last() + pl.duration(milliseconds=length_ms)
    return (
        schedule.with_columns(pl.col("workload").rle_id().alias("order"))
        .sort("order", "pool", "period", maintain_order=True)
        .group_by(starts_anew.cum_sum().alias("stretch"), maintain_order=True)
        .agg(
            pl.first("order", "workload", "company", "site", "pool", "start"),
            last_start.alias("until"),
            pl.sum("work_unit_h"),
            (pl.sum("work_unit_h") / (pl.len() * horizon.period_h)).alias("units"),
        )
        .sort("order", "start", maintain_order=True)
        .drop("stretch", "order")
    )
