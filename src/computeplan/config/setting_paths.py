"""Where in a config the setting of a workload stands, so that a change of it can be proposed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from computeplan.config.units import UnitError, parse_quantity

POPULATION = "population.archetypes"
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Setting:
    """A value of the config that a workload has from there.

    Attributes
    ----------
    path : str
        As ``--set`` takes it.
    unit : str
        Unit of the written number; empty for none.
    offset : float
        Written is the value minus this: a window is a deadline minus the release.
    over : float
        If not 0, written is this over the value: a run time is a volume over the largest rate.
    """

    path: str
    unit: str = ""
    offset: float = 0.0
    over: float = 0.0

    def written(self, value: float) -> float:
        """Give the number to write for a value."""
        return self.over / value if self.over else value - self.offset


@dataclass(frozen=True, eq=False)
class SettingPaths:
    """Finds the settings of workloads that are listed or drawn from a population.

    Rows of a workload table stand in a file, where ``--set`` does not reach: they have none.

    Attributes
    ----------
    data : mapping
        The config after scenario and overrides.
    currency : str
    """

    data: Mapping[str, Any]
    currency: str

    def home(self, name: str, company: str) -> str:
        """Path of what describes a workload, empty if that is a row of a table.

        Parameters
        ----------
        name, company : str
            Of the workload.
        """
        if name in self._section("workloads"):
            return f"workloads.{name}"
        archetype = name[len(company) + 1 :] if name.startswith(f"{company}/") else ""
        return f"{POPULATION}.{archetype}" if archetype in self._archetypes else ""

    def number(self, home: str, field: str, value: float, unit: str) -> Setting | None:
        """Find a number.

        Parameters
        ----------
        home : str
            From `home`.
        field : str
            Such as ``max_delay``.
        value : float
            What the workload has, in `unit`; tells which of several values was drawn.
        unit : str
        """
        if not home:
            return None
        written = self._written(home, field)
        if isinstance(written, dict):
            for i, option in enumerate(written.get("choose", ())):
                if self._is(option.get("value"), value, unit):
                    return Setting(f"{home}.{field}.choose.{i}.value", unit)
            return None
        return Setting(f"{home}.{field}", unit)

    def words(self, home: str, field: str) -> Setting | None:
        """Find a list of names that is the same for all workloads described there."""
        if not home or isinstance(self._written(home, field), dict):
            return None
        return Setting(f"{home}.{field}")

    def deadline(self, home: str, release_h: float, deadline_h: float) -> Setting | None:
        """Find the deadline of a job, or the window that gives it."""
        if not home.startswith(POPULATION):
            return Setting(f"{home}.job.deadline", "h") if home else None
        at = self._option(home, "window", deadline_h - release_h)
        return at and Setting(at, "h", offset=release_h)

    def max_rate(self, home: str, volume_unit_h: float, max_rate: float) -> Setting | None:
        """Find the largest rate of a job, or the run time that gives it."""
        if not home.startswith(POPULATION):
            return Setting(f"{home}.job.max_rate", "unit") if home else None
        at = self._option(home, "run_time", volume_unit_h / max_rate)
        return at and Setting(at, "h", over=volume_unit_h)

    def _option(self, home: str, field: str, hours: float) -> Any:
        written = self._written(home, "job").get(field, ())
        found = (f"{home}.job.{field}.{i}" for i, each in enumerate(written) if self._is(each, hours, "h"))
        return next(found, None)

    def _is(self, written: object, value: float, unit: str) -> bool:
        if written is None:
            return math.isinf(value)
        try:
            number = parse_quantity(written, unit, self.currency) if isinstance(written, str) else written
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
