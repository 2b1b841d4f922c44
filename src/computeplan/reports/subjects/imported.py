"""Series read from files: what they are, from when to when, and what is missing."""

from __future__ import annotations

import numpy as np

from computeplan.imports.imported import SeriesImport, utc_text
from computeplan.reports.blocks import Block, Column, Data, Table


def describe_import(found: SeriesImport) -> list[Block]:
    """List the series of an import; JSON also has the rows that were left out."""
    series = [(each, each.grid) for each in found.series]
    table = Table(
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
    left_out = [
        {"file": each.file, "column": each.column, "expected": each.expected, "count": len(each.rows)}
        for each in found.left_out
    ]
    return [table, Data({"left_out": left_out, "questions": list(found.questions)})]


def _counts(key: str, label: str, values: list[int]) -> Column:
    return Column(key, label, values, texts=[f"{value:,}" for value in values])
