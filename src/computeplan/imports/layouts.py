"""How a layout of files is described: how to recognize it, and where times, zones and values are.

Names of columns are compared without case, and in plain letters and digits (NFKC).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Marks(StrEnum):
    """What a stamp marks of the interval that its row is about."""

    START = "start"
    END = "end"
    HOUR = "hour"
    """Some minute of it, which is an hour."""
    POINTS = "points"
    """Of points of a day the end where 24:00 occurs, or 00:00 does not; else the start."""
    NUMBER = "number"
    """The number of the interval in its day, from 1, in a column of its own."""


@dataclass(frozen=True)
class SourceColumn:
    """A column of a source."""

    shown: str
    """Its name as files have it, for messages."""
    pattern: str = ""
    """Regular expression of all its names, in plain letters; default what is shown."""

    def match(self, name: str) -> re.Match[str] | None:
        """Compare a name in plain letters."""
        return re.fullmatch(self.pattern or re.escape(self.shown), name, re.IGNORECASE)


@dataclass(frozen=True)
class StampRule:
    """Where the times of rows are."""

    columns: tuple[SourceColumn, ...]
    """One, or that of the date and that of the clock. A group ``clock`` of the pattern names the zone."""
    marks: Marks = Marks.START
    time_zone: str = "UTC"
    """IANA zone of stamps without offset."""
    month_first: bool = False
    """How dates are written that do not begin with the year."""
    offset_key: str = ""
    """Where the file says the offset of all its stamps, s."""


@dataclass(frozen=True)
class ValueColumn:
    """A column of values, or all that match."""

    column: SourceColumn
    unit: str = ""
    """In the file, in the words of configs, or ``°C``; may refer to groups of the pattern, as `name` may.
    Empty: the file does not say."""
    name: str = ""
    """Of the series; empty where cells of another column say it."""
    unit_key: str = ""
    """Where the file says the unit."""


@dataclass(frozen=True)
class SourceLayout:
    """One layout of the files of a kind; keys are regular expressions of paths such as ``meta.units``."""

    stamp: StampRule
    values: tuple[ValueColumn, ...]
    zone: SourceColumn | None = None
    """Column of zones. A group ``zone`` of the pattern is the zone itself."""
    needs_zone: bool = True
    """Whether the column of zones must be there."""
    zone_key: str = ""
    """Where the file says its zone, or coordinates."""
    series: SourceColumn | None = None
    """Column whose cells are names of series; may be missing."""
    only: tuple[SourceColumn, str] | None = None
    """A column, and what stands in it in the rows to be read."""
    size_key: str = ""
    """Where the file says the size of the plant, kW, of which power becomes a share."""
    is_wide: bool = False
    """Whether a row is a day, and the columns of values are times of the day."""
    ends_at_blank: bool = False
    """Whether the table ends at the first blank line."""


@dataclass(frozen=True)
class SourceKind:
    """A source of series."""

    name: str
    title: str
    layouts: tuple[SourceLayout, ...]
    """The first that fits is taken."""
    names: tuple[tuple[str, str], ...] = ()
    """Names of series in the file, and better ones."""
    question: str = ""
    """What must be known of the values and is not in the files."""
