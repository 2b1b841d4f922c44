"""Reads tables of the work that was done, as ``computeplan schedule --out`` writes those of planned work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.errors import Fault, UsageError
from computeplan.problem import Floats, Ints, Problem, WorkBlock
from computeplan.text import did_you_mean

if TYPE_CHECKING:
    import polars as pl

NEEDED = ("workload", "pool", "start", "work_unit_h")
MOST_FAULTS = 20


@dataclass(frozen=True, eq=False)
class DoneWork:
    """All work of a workload until a time."""

    workload: int
    source: str
    """File, for messages; ends in a colon and a blank."""
    pool: Ints
    period: Ints
    unit_h: Floats
    """(n,)"""

    def block(self, until: int) -> WorkBlock:
        """Give it as a block."""
        pools = np.unique(self.pool)
        unit_h = np.zeros((1, len(pools), until))
        np.add.at(unit_h[0], (np.searchsorted(pools, self.pool), self.period), self.unit_h)
        none = np.zeros((1, until))
        return WorkBlock(np.array([self.workload]), pools, np.arange(until), unit_h, none)


def read_actuals(problem: Problem, files: Sequence[Path], until: int) -> list[DoneWork]:
    """Read what workloads did before a period; who is in none of the files did what was planned.

    Raises
    ------
    UsageError
        With every fault: columns that are missing, names and times that the plan does not have.
    """
    found: dict[int, list[tuple[Path, Any]]] = {}
    faults: list[Fault] = []
    for path in files:
        rows = _Rows(problem, path, until)
        faults += rows.faults
        for workload in np.unique(rows.workload).tolist():
            found.setdefault(workload, []).append((path, rows.of(workload)))
    if faults:
        raise UsageError.of(faults[:MOST_FAULTS])
    return [
        DoneWork(
            workload,
            f"{parts[0][0]}: ",
            *(np.concatenate(each) for each in zip(*(p for _, p in parts), strict=True)),
        )
        for workload, parts in found.items()
    ]


class _Rows:
    """Rows of a file as numbers of the problem's things."""

    def __init__(self, problem: Problem, path: Path, until: int) -> None:
        frame = _read_frame(path)
        self._path = path
        self.faults: list[Fault] = []
        missing = [name for name in NEEDED if name not in frame.columns]
        if missing:
            raise UsageError(
                path=path,
                expected=f"the columns {', '.join(NEEDED)}",
                found=f"no {', '.join(missing)}",
                hint="computeplan schedule PLAN --out FILE writes such a table",
            )
        self.workload = self._numbers(frame["workload"].to_list(), problem.workloads.names, "a workload")
        self._pool = self._numbers(frame["pool"].to_list(), problem.pools.names, "a pool")
        self._period = self._periods(frame["start"].to_list(), problem, until)
        self._unit_h = self._amounts(frame["work_unit_h"].to_list())

    def of(self, workload: int) -> tuple[Ints, Ints, Floats]:
        """Pool, period and work of the rows of a workload."""
        rows = np.flatnonzero(self.workload == workload)
        return self._pool[rows], self._period[rows], self._unit_h[rows]

    def _numbers(self, cells: Sequence[Any], names: Sequence[str], what: str) -> Ints:
        place = {name: number for number, name in enumerate(names)}
        for row, cell in enumerate(cells):
            if cell not in place:
                self._fault(row, f"{what} of the plan", cell, did_you_mean(str(cell), names))
        return np.array([place.get(cell, 0) for cell in cells], dtype=np.int64)

    def _periods(self, cells: Sequence[Any], problem: Problem, until: int) -> Ints:
        horizon = problem.horizon
        starts = horizon.start_utc[:until].astype("datetime64[s]").astype(np.int64)
        place = {second: period for period, second in enumerate(starts.tolist())}
        known = {cell: place.get(_second(cell, ZoneInfo(horizon.time_zone)), -1) for cell in set(cells)}
        last = horizon.local_time(until)
        for row, cell in enumerate(cells):
            if known[cell] < 0:
                self._fault(row, f"the start of a period before {last}", str(cell), "")
        return np.array([max(known[cell], 0) for cell in cells], dtype=np.int64)

    def _amounts(self, cells: Sequence[Any]) -> Floats:
        for row, cell in enumerate(cells):
            if not isinstance(cell, int | float) or not 0 <= cell < np.inf:
                self._fault(row, "work of at least 0 unit·h", cell, "")
        return np.array([cell if isinstance(cell, int | float) else 0.0 for cell in cells])

    def _fault(self, row: int, expected: str, found: object, hint: str) -> None:
        fault = Fault("", expected, repr(found), hint, file=str(self._path), line=row + 2)
        self.faults.append(fault)


def _second(cell: object, zone: ZoneInfo) -> int | None:
    """Read a time, local where it has no offset, as a second of UTC."""
    try:
        clock = datetime.fromisoformat(str(cell))
    except ValueError:
        return None
    return round((clock if clock.tzinfo else clock.replace(tzinfo=zone)).timestamp())


def _read_frame(path: Path) -> pl.DataFrame:
    import polars as pl

    try:
        return pl.read_parquet(path) if path.suffix.lower() == ".parquet" else pl.read_csv(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UsageError(path=path, expected="a table, .csv or .parquet", found=error) from error
