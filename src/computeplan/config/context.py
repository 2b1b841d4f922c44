"""What every part of building a problem shares."""

from __future__ import annotations

from dataclasses import dataclass, field

from computeplan.config.tables.input_files import InputFiles
from computeplan.config.units import Calendar, parse_quantity
from computeplan.errors import Faults
from computeplan.problem import Horizon


@dataclass(frozen=True)
class Context:
    """What every part of building a problem shares.

    In all of it, parameters named `path` are the dotted place in the config of what a function reads.
    `warnings` receives what is allowed but may not be what was meant.
    """

    horizon: Horizon
    currency: str
    calendar: Calendar
    files: InputFiles
    faults: Faults
    warnings: list[str] = field(default_factory=list)

    @property
    def years(self) -> float:
        """Real time that the horizon covers."""
        return self.horizon.real_hours / self.calendar.year_h

    def number(self, text: str, unit: str | None) -> float:
        """Convert text with a unit; a `UnitError` if it is none."""
        return parse_quantity(text, unit, self.currency, self.calendar)
