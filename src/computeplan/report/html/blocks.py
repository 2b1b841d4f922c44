"""What a report is made of: sections of a few kinds of blocks, free of any looks.

A plan, a sweep and a frontier are told with the same blocks; `page` turns them into one HTML file.
Colors are roles, such as ``--series-1``: the page resolves them for light, dark and print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from computeplan.problem import Floats

Figure = Mapping[str, Any]
"""A plotly figure: ``data`` and ``layout``, as plain values."""


@dataclass(frozen=True)
class Prose:
    """Paragraphs.

    Attributes
    ----------
    paragraphs : sequence of str
    lead : bool
        Whether it is the answer itself.
    """

    kind: ClassVar[str] = "prose"
    paragraphs: Sequence[str]
    lead: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and what they are.

    Attributes
    ----------
    rows : sequence of (str, str)
    tiles : bool
        Whether each is a figure that should be seen first.
    """

    kind: ClassVar[str] = "facts"
    rows: Sequence[tuple[str, str]]
    tiles: bool = False


@dataclass(frozen=True)
class Figures:
    """A small table to be read from top to bottom.

    Attributes
    ----------
    title : str
    heads : sequence of str
        The first names the rows; the others stand over numbers.
    rows : sequence of sequence of str
    strong : frozenset of int
        Rows that are sums.
    note : str
    """

    kind: ClassVar[str] = "figures"
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    strong: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart, or several of which the reader chooses one.

    Attributes
    ----------
    key : str
        Unique in the page.
    title : str
    figures : mapping of str to Figure
        By the name that the reader chooses.
    summary : str
        What it shows, for those who do not see it.
    choose : str
        Label of the choice, where there are several figures.
    height : int
        Pixels.
    note : str
    """

    kind: ClassVar[str] = "chart"
    key: str
    title: str
    figures: Mapping[str, Figure]
    summary: str
    choose: str = ""
    height: int = 360
    note: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a `Table`.

    Attributes
    ----------
    key : str
    label : str
        With the unit.
    values : sequence
        Text, or numbers with None where there is none.
    digits : int
        Significant digits of numbers.
    choice : bool
        Few different texts: the reader can choose one to see its rows only.
    company : bool
        Names of companies, which lead to their statements.
    percent : bool
        Shares, shown in percent.
    """

    key: str
    label: str
    values: Sequence[Any] | Floats
    digits: int = 4
    choice: bool = False
    company: bool = False
    percent: bool = False


@dataclass(frozen=True)
class Table:
    """A table of any length that sorts, filters and searches.

    Attributes
    ----------
    key : str
        Unique in the page.
    title : str
    columns : sequence of Column
        The first names the row.
    sort : str
        Key of the column that it is sorted by at first, ``-`` in front for the largest first.
    note : str
    """

    kind: ClassVar[str] = "table"
    key: str
    title: str
    columns: Sequence[Column]
    sort: str = ""
    note: str = ""


@dataclass(frozen=True)
class Folded:
    """A long text that is shown on demand."""

    kind: ClassVar[str] = "folded"
    title: str
    text: str


Block = Prose | Facts | Figures | Chart | Table | Folded


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes
    ----------
    key : str
        Becomes the address inside the page.
    title : str
    blocks : sequence of Block
    """

    key: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Statement:
    """How the page of one company is made from rows of the page's tables.

    Attributes
    ----------
    companies, workloads : str
        Keys of the tables; both name the company in the column ``company``.
    groups : sequence of (str, sequence of str)
        Titles, and the columns of `companies` under them.
    notes : sequence of str
        How amounts are shared out.
    """

    companies: str
    workloads: str
    groups: Sequence[tuple[str, Sequence[str]]]
    notes: Sequence[str]


@dataclass(frozen=True)
class Page:
    """A whole report.

    Attributes
    ----------
    title, subtitle : str
    badges : sequence of str
        What holds for the whole, such as the status.
    sections : sequence of Section
    footer : str
    statement : Statement, optional
    """

    title: str
    subtitle: str
    sections: Sequence[Section]
    footer: str
    badges: Sequence[str] = ()
    statement: Statement | None = None

    @property
    def blocks(self) -> list[Block]:
        """The blocks of all sections."""
        return [block for section in self.sections for block in section.blocks]
