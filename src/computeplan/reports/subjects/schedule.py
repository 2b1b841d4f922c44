"""The schedule: in which hours workloads run, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from computeplan.folder.tables.schedule import ScheduleFilter, merge_periods, schedule_frames
from computeplan.grouping import Allocation
from computeplan.problem import Problem
from computeplan.reports.blocks import Block, Column, Prose, Table, faint

if TYPE_CHECKING:
    from computeplan.folder.tables.schedule import Frame

MOST = 40
"""Rows that a terminal lists."""

CLOCK = "%Y-%m-%d %H:%M"


def describe_schedule(problem: Problem, frames: Iterable[Frame]) -> list[Block]:
    """List when and where workloads run, the first of many; consecutive hours in a pool are one row."""
    shown: list[Frame] = []
    listed = count = 0
    for frame in frames:
        merged = merge_periods(problem, frame)
        shown.append(merged.head(MOST - listed))
        listed, count = listed + len(shown[-1]), count + len(merged)
    if not listed:
        return [Prose(["No work runs here."])]
    rest = count - listed
    more = [Prose([faint(f"… and {rest:,} more; --out FILE writes every period")])] if rest else []
    return [_table([frame for frame in shown if len(frame)], with_names=True), *more]


def hours_table(allocation: Allocation, workload: int, most: int) -> list[Table]:
    """List when and where one workload runs; nothing where it does not."""
    frames = list(schedule_frames(allocation, ScheduleFilter([workload])))
    merged = [merge_periods(allocation.problem, frame) for frame in frames if len(frame)]
    return [_table(merged, most=most)] if merged else []


def _table(frames: list[Frame], *, with_names: bool = False, most: int | None = None) -> Table:
    def values(name: str) -> list[object]:
        return [value for frame in frames for value in frame[name].to_list()]

    def clock(name: str, label: str) -> Column:
        times = [time for frame in frames for time in frame[name].to_list()]
        return Column(name, label, [t.isoformat() for t in times], texts=[f"{t:{CLOCK}}" for t in times])

    names = [Column("workload", "workload", values("workload"))] if with_names else []
    columns = [
        *names,
        Column("pool", "pool", values("pool")),
        clock("start", "from"),
        clock("until", "until"),
        Column("work_unit_h", "work, unit·h", values("work_unit_h")),
        Column("units", "units busy", values("units")),
    ]
    return Table("schedule", columns, most=most)
