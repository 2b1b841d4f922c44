"""The look of tables: plain, aligned by display width, names never cut."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.table import Table
from rich.text import Text


def table(*columns: str) -> Table:
    """Make an empty table.

    Parameters
    ----------
    *columns : str
        Headings; ``>`` in front aligns the column to the right, for numbers.
    """
    view = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        if column.startswith(">"):
            view.add_column(column[1:], justify="right", no_wrap=True)
        else:
            view.add_column(column, overflow="fold", min_width=len(column))
    return view


def facts(rows: Iterable[tuple[str, str | Text]]) -> Table:
    """List facts beside their names.

    Parameters
    ----------
    rows : iterable of (str, str or Text)
    """
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in rows:
        grid.add_row(name, text)
    return grid
