"""Series and work read from files: what they are, and what is missing."""

from __future__ import annotations

import numpy as np

from computeplan.imports.imported import SeriesImport, utc_text
from computeplan.imports.work import WorkImport
from computeplan.reports.blocks import Block, Column, Data, Table


def describe_import(found: SeriesImport | WorkImport) -> list[Block]:
    """List what was imported; JSON also has the rows that were left out."""
    table = _work_table(found) if isinstance(found, WorkImport) else _series_table(found)
    left_out = [
        {"file": each.file, "column": each.column, "expected": each.expected, "count": len(each.rows)}
        for each in found.left_out
    ]
    return [table, Data({"left_out": left_out, "questions": list(found.questions)})]


def _series_table(found: SeriesImport) -> Table:
    series = [(each, each.grid) for each in found.series]
    return Table(
        "series",
        [
            Column("name", "series", [each.label for each, _ in series]),
            Column("unit", "unit", [each.unit or "?" for each, _ in series]),
            Column("start", "from, UTC", [utc_text(grid.start_s) for _, grid in series]),
            Column("end", "until", [utc_text(grid.end_s) for _, grid in series]),
            _counts("step_min", "every, min", [grid.step_s // 60 for _, grid in series]),
            _counts("intervals", "intervals", [len(grid.values) for _, grid in series]),
            _counts("missing", "missing", [int(grid.missing.sum()) for _, grid in series]),
            _counts("filled", "made up", [int(grid.filled.sum()) for _, grid in series]),
            Column("mean", "mean", [float(np.nanmean(grid.values)) for _, grid in series]),
        ],
    )


def _work_table(found: WorkImport) -> Table:
    used = found.usage
    return Table(
        "work",
        [
            Column("company", "company", used["company"].to_list()),
            Column("kind", "kind", used["kind"].to_list()),
            _counts("jobs", "jobs", used["jobs"].to_list()),
            _counts("workloads", "workloads", used["workloads"].to_list()),
            Column("volume", "work, unit·h", used["volume"].to_list()),
        ],
    )


def _counts(key: str, label: str, values: list[int]) -> Column:
    return Column(key, label, values, texts=[f"{value:,}" for value in values])
