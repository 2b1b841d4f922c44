"""Finds the settings behind a workload's numbers, so that a change of them can be proposed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from computeplan.config.units import Calendar, UnitError, parse_quantity

POPULATION = "population.archetypes"
ROWS = "rows."
"""What the home of a row of a register begins with."""
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Setting:
    """A value of the config that decides a number of a workload."""

    path: str
    """As ``--set`` takes it."""
    unit: str = ""
    """Unit of the value in the config; empty for none."""
    offset: float = 0.0
    """The config holds the number minus this: a window is a deadline minus the release."""
    over: float = 0.0
    """If not 0, the config holds this over the number: a run time is a volume over the largest rate."""
    factor: float = 1.0
    """The number is this times what the config holds: `demand_scale`, for a rate."""
    row: str = ""
    """Row of a register, such as ``tenants.csv:9``, in which the path is a column that no ``--set``
    reaches."""

    def written(self, value: float) -> float:
        """Return the value to write in the config for a number of the workload."""
        return self.over / value if self.over else value / self.factor - self.offset


@dataclass(frozen=True)
class RegisterRow:
    """Where a register describes a workload."""

    place: str
    """File and row, such as ``tenants.csv:9``."""
    defaults: str
    """Path of the values for fields without a column."""
    columns: Mapping[str, str]
    """Column of each field that has one."""

    def setting(self, field: str, unit: str) -> Setting:
        """Find the cell of a field, or the default that stands for it."""
        if field in self.columns:
            return Setting(self.columns[field], unit, row=self.place)
        return Setting(f"{self.defaults}.{field}", unit)


@dataclass(frozen=True, eq=False)
class SettingPaths:
    """Finds the settings of workloads: listed, drawn from a population, or rows of registers, by name."""

    data: Mapping[str, Any]
    currency: str
    calendar: Calendar
    rows: Mapping[str, RegisterRow] = field(default_factory=dict)

    def home(self, name: str, company: str) -> str:
        """Return the path of a workload's entry, archetype or row; empty where none is known."""
        if name in self._section("workloads"):
            return f"workloads.{name}"
        if name in self.rows:
            return f"{ROWS}{name}"
        archetype = name[len(company) + 1 :] if name.startswith(f"{company}/") else ""
        return f"{POPULATION}.{archetype}" if archetype in self._archetypes else ""

    def number(self, home: str, field: str, value: float, unit: str) -> Setting | None:
        """Find the setting of a number in an entry or archetype (`home`), such as ``max_delay``.

        Its value, in `unit`, shows which of several options was drawn.
        """
        if not home:
            return None
        if row := self._row(home):
            return row.setting(field, unit)
        written = self._written(home, field)
        if isinstance(written, dict):
            for i, option in enumerate(written.get("choose", ())):
                if self._is(option.get("value"), value, unit):
                    return Setting(f"{home}.{field}.choose.{i}.value", unit)
            return None
        return Setting(f"{home}.{field}", unit)

    def words(self, home: str, field: str) -> Setting | None:
        """Find the setting of a list of names; None if it was drawn for each workload."""
        if row := self._row(home):
            return row.setting(field, "")
        if not home or isinstance(self._written(home, field), dict):
            return None
        return Setting(f"{home}.{field}")

    def deadline(self, home: str, release_h: float, deadline_h: float) -> Setting | None:
        """Find the setting of a job's deadline, or of the window that decides it."""
        if row := self._row(home):
            return row.setting("deadline", "h")
        if not home.startswith(POPULATION):
            return Setting(f"{home}.job.deadline", "h") if home else None
        at = self._option(home, "window", deadline_h - release_h)
        return at and Setting(at, "h", offset=release_h)

    def max_rate(self, home: str, volume_unit_h: float, max_rate: float) -> Setting | None:
        """Find the setting of a job's largest rate, or of the run time that decides it."""
        if row := self._row(home):
            return replace(row.setting("max_rate", "unit"), factor=self._demand_scale)
        if not home.startswith(POPULATION):
            return Setting(f"{home}.job.max_rate", "unit", factor=self._demand_scale) if home else None
        at = self._option(home, "run_time", volume_unit_h / max_rate)
        return at and Setting(at, "h", over=volume_unit_h)

    @property
    def _demand_scale(self) -> float:
        return float(self.data.get("demand_scale", 1.0))

    def is_row(self, home: str) -> bool:
        """Whether it is the home of a row of a register."""
        return home.startswith(ROWS)

    def _row(self, home: str) -> RegisterRow | None:
        return self.rows[home.removeprefix(ROWS)] if self.is_row(home) else None

    def _option(self, home: str, field: str, hours: float) -> Any:
        written = self._written(home, "job").get(field, ())
        found = (f"{home}.job.{field}.{i}" for i, each in enumerate(written) if self._is(each, hours, "h"))
        return next(found, None)

    def _is(self, written: object, value: float, unit: str) -> bool:
        if written is None:
            return math.isinf(value)
        try:
            number = (
                parse_quantity(written, unit, self.currency, self.calendar)
                if isinstance(written, str)
                else written
            )
        except UnitError:  # pragma: no cover - the config has been checked
            return False
        return isinstance(number, int | float) and math.isclose(number, value, rel_tol=TOLERANCE)

    def _written(self, home: str, field: str) -> Any:
        if home.startswith(f"{POPULATION}."):
            return self._archetypes[home.removeprefix(f"{POPULATION}.")].get(field)
        return self._section("workloads")[home.removeprefix("workloads.")].get(field)

    def _section(self, name: str) -> Mapping[str, Any]:
        return self.data.get(name) or {}

    @cached_property
    def _archetypes(self) -> Mapping[str, Any]:
        return self._section("population").get("archetypes") or {}
