"""What is shown, free of any looks: blocks, which the terminal, an HTML page and JSON render.

A subject makes its blocks once, and each renderer takes what its medium can show: a terminal leaves out
charts, JSON takes the columns that have a key. Colors are roles, such as ``--series-1``: the page resolves
them for light, dark and print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import Any, ClassVar

import numpy as np

from computeplan.problem import Floats
from computeplan.text import column, percent, signed

Figure = Mapping[str, Any]
"""A plotly figure: ``data`` and ``layout``, as plain values."""


class Tone(StrEnum):
    """How words are said; a terminal has a style for each."""

    PLAIN = ""
    STRONG = "strong"
    FAINT = "faint"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Medium(Flag):
    """Where a column is shown."""

    TERMINAL = auto()
    PAGE = auto()
    JSON = auto()
    READ = TERMINAL | PAGE
    ALL = TERMINAL | PAGE | JSON


@dataclass(frozen=True)
class Line:
    """A line of text whose parts differ in tone."""

    parts: Sequence[str | tuple[str, Tone]]
    indent: int = 0

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part[0] for part in self.parts)


def line(*parts: str | tuple[str, Tone], indent: int = 0) -> Line:
    """Join parts to a line."""
    return Line(parts, indent)


def faint(text: str, indent: int = 0) -> Line:
    """Make a line that is read last."""
    return Line(((text, Tone.FAINT),), indent)


def strong(text: str) -> Line:
    """Make a line that is read first."""
    return Line(((text, Tone.STRONG),))


@dataclass(frozen=True)
class Prose:
    """Paragraphs, in a terminal lines."""

    kind: ClassVar[str] = "prose"
    paragraphs: Sequence[str | Line]
    lead: bool = False
    """Whether it is the answer itself."""


@dataclass(frozen=True)
class Facts:
    """Names and what they are."""

    kind: ClassVar[str] = "facts"
    rows: Sequence[tuple[str, str]]
    lead: Line | None = None
    """Directly above them in a terminal."""
    tiles: bool = False
    """Whether each is a figure that should be seen first."""


@dataclass(frozen=True)
class Data:
    """Values for JSON only: what the other blocks say in sentences."""

    kind: ClassVar[str] = "data"
    values: Mapping[str, object]


@dataclass(frozen=True)
class Chart:
    """A chart, or several of which the reader chooses one."""

    kind: ClassVar[str] = "chart"
    key: str
    """Unique in the page."""
    title: str
    figures: Mapping[str, Figure]
    """By the name that the reader chooses."""
    summary: str
    """What it shows, for those who do not see it."""
    choose: str = ""
    """Label of the choice, where there are several figures."""
    height: int = 360
    """Pixels."""
    note: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a `Table`."""

    key: str
    """Name in JSON."""
    label: str
    """With the unit."""
    values: Sequence[Any] | Floats
    """Text, or numbers with None or nan where there is none."""
    texts: Sequence[str] | None = None
    """The values as they are read, where that is not their plain format."""
    digits: int = 4
    """Significant digits of the largest number; digits before the decimal point are never rounded away."""
    scale: str = ""
    """Columns of the same scale share their decimals; default: each has its own."""
    signed: bool = False
    """Whether numbers have an explicit sign."""
    percent: bool = False
    """Whether numbers are shares, shown in percent."""
    right: bool = False
    """Whether texts are aligned to the right."""
    choice: bool = False
    """Few different texts: the reader can choose one to see its rows only."""
    company: bool = False
    """Names of companies, which lead to their statements."""
    verbatim: bool = False
    """Whether the label is a name of the config, which keeps its case."""
    tones: Sequence[Tone] = ()
    """Of the cells in a terminal."""
    spare: bool = False
    """Whether a narrow terminal leaves it out."""
    medium: Medium = Medium.ALL

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers."""
        values = self.values
        return isinstance(values, np.ndarray) or not any(isinstance(value, str) for value in values)

    @property
    def is_right(self) -> bool:
        """Whether it is aligned to the right."""
        return self.right or self.is_numeric


@dataclass(frozen=True)
class Table:
    """A table, of any length."""

    kind: ClassVar[str] = "table"
    key: str
    """Name in JSON, unique in a page; empty for a table that is not in JSON."""
    columns: Sequence[Column]
    """The first names the row."""
    title: str = ""
    """In a page."""
    lead: Line | None = None
    """Directly above it in a terminal."""
    sort: str = ""
    """Key of the column that a page sorts by at first, ``-`` in front for the largest first."""
    notes: Sequence[str] = ()
    """Directly under it."""
    interactive: bool = False
    """Whether a page sorts, filters and searches it; else it is read from top to bottom."""
    most: int | None = None
    """Rows that a terminal shows."""
    rest: str = "… and {count} more"
    """What a terminal says of the others."""
    groups: Sequence[int] = ()
    """Group of each row; numbers share their decimals within a group. Default: all are one."""
    strong: frozenset[int] = frozenset()
    faint: frozenset[int] = frozenset()
    """Rows that are sums; rows that are parts of one."""
    dense: bool = False
    """Whether its many columns are close together in a terminal."""

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values)

    def shown(self, medium: Medium) -> list[Column]:
        """Give the columns of a medium."""
        return [column for column in self.columns if medium & column.medium]

    def cells(self, medium: Medium, most: int | None = None) -> list[tuple[str, ...]]:
        """Write the first rows as they are read."""
        columns = self.shown(medium)
        stop = self.size if most is None else min(most, self.size)
        scales: dict[str, list[Column]] = {}
        for each in columns:
            scales.setdefault(each.scale or each.key, []).append(each)
        texts: dict[str, list[str]] = {}
        for alike in scales.values():
            texts |= dict(zip((c.key for c in alike), _texts(alike, self.groups, stop), strict=True))
        return list(zip(*(texts[each.key] for each in columns), strict=True))


def _texts(columns: Sequence[Column], groups: Sequence[int], stop: int) -> list[list[str]]:
    """Write columns of one scale, numbers of a group of rows with the same decimals."""
    first = columns[0]
    if first.texts is not None:
        return [list(each.texts or ())[:stop] for each in columns]
    if not first.is_numeric:
        return [["" if value is None else str(value) for value in each.values[:stop]] for each in columns]
    values = np.array([list(each.values[:stop]) for each in columns], dtype=np.float64)
    if first.percent:
        return [_percents(each, row) for each, row in zip(columns, values.tolist(), strict=True)]
    group = np.array(groups[:stop] or [0] * stop)
    texts = [[""] * stop for _ in columns]
    for number in set(group.tolist()):
        rows = np.flatnonzero(group == number).tolist()
        written = iter(column(values[:, rows].ravel().tolist(), first.digits))
        for place, each in enumerate(columns):
            for row in rows:
                text = next(written)
                texts[place][row] = signed(text, float(values[place, row])) if each.signed else text
    return texts


def _percents(column: Column, shares: list[float]) -> list[str]:
    return [signed(percent(share), share) if column.signed else percent(share) for share in shares]


def shares(parts: Floats | Sequence[float], wholes: Floats | Sequence[float]) -> Floats:
    """Divide parts or changes by the sizes of their wholes; nan where a whole is 0."""
    sizes = np.abs(np.asarray(wholes, dtype=np.float64))
    quotients: Floats = np.divide(parts, sizes, out=np.full(sizes.shape, np.nan), where=sizes > 0)
    return quotients


@dataclass(frozen=True)
class Folded:
    """A long text that is shown on demand."""

    kind: ClassVar[str] = "folded"
    title: str
    text: str


Block = Prose | Facts | Data | Chart | Table | Folded


@dataclass(frozen=True)
class Section:
    """A part of a page; its key becomes the address inside the page."""

    key: str
    title: str
    blocks: Sequence[Block]


Run = tuple[int, int, Sequence[int]]
"""A place, the first step and the levels from it on."""


@dataclass(frozen=True)
class CompanyHours:
    """The chart of when and where a company's work runs; the page adds up the patterns of its workloads."""

    title: str
    summary: str
    note: str
    figure: Figure
    """A series for each place, without its amounts."""
    times: Sequence[Any]
    """Places of the steps on the time axis, and the end of the last one."""
    hardware: Sequence[str]
    """Of each place; each kind has an axis of its own."""
    real_hours: Sequence[float]
    """Hours that each step stands for."""
    patterns: Sequence[Sequence[Run]]
    """Levels in proportion to the work in an hour."""
    pattern_of: Sequence[int]
    """Of each row of the table of workloads."""


@dataclass(frozen=True)
class Statement:
    """How the page of one company is made from rows of the page's tables."""

    companies: str
    workloads: str
    """Keys of the tables; both name the company in the column ``company``."""
    groups: Sequence[tuple[str, Sequence[str]]]
    """Titles, and the columns of `companies` under them."""
    notes: Sequence[str]
    """How amounts are shared out."""
    hours: CompanyHours


@dataclass(frozen=True)
class Page:
    """A whole report."""

    title: str
    subtitle: str
    sections: Sequence[Section]
    footer: str
    badges: Sequence[str] = ()
    """What holds for the whole, such as the status."""
    statement: Statement | None = None

    @property
    def blocks(self) -> list[Block]:
        """The blocks of all sections."""
        return [block for section in self.sections for block in section.blocks]
