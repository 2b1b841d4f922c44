"""Blocks as plain data for JSON: what is not there is null, as JSON has no infinity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeplan.folder.summary import number
from computeplan.reports.blocks import Block, Data, Medium, Table


def render_json(blocks: Sequence[Block]) -> dict[str, object]:
    """Join the values of blocks; a table with a key is a list of its rows."""
    data: dict[str, object] = {}
    for block in blocks:
        if isinstance(block, Data):
            data |= block.values
        elif isinstance(block, Table) and block.key:
            data[block.key] = rows(block)
    return data


def rows(table: Table) -> list[dict[str, object]]:
    """Give the rows of a table, by the keys of their columns."""
    columns = table.shown(Medium.JSON)
    values = zip(*(column.values for column in columns), strict=True)
    keys = [column.key for column in columns]
    return [dict(zip(keys, map(_plain, row), strict=True)) for row in values]


def _plain(value: Any) -> object:
    if hasattr(value, "item"):
        value = value.item()
    return number(value) if isinstance(value, float) else value
