"""Sites and seeded hourly series that all families share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

UNITS_PER_COMPANY = 10
"""Mean busy units."""
CAPACITY_PER_PEAK = 2.0
"""Owned capacity over the highest demand."""
PERSISTENCE, SPREAD = 0.9, 0.15
"""Of the deviation from the day's shape: what an hour passes on to the next, and its standard deviation."""

Columns = Mapping[str, list[float]]


@dataclass(frozen=True)
class Scale:
    """Dimensions of a generated instance: each company has about a third of all kinds of work."""

    companies: int = 1000
    kinds: int = 12
    sites: int = 6
    days: int = 7


class Wave(NamedTuple):
    """A day's shape: its mean, its height over the mean (at most 1), and the hour at which it is highest."""

    level: float
    swing: float
    peak_hour: int

    def at(self, hour: int) -> float:
        """Value at an hour from the start."""
        return self.level * (1 + self.swing * math.cos((hour - self.peak_hour) * math.pi / 12))


PROFILES = {"office": Wave(1, 0.6, 14), "evening": Wave(1, 0.5, 20)}
"""Shapes of demand."""
WEATHER = {"wind": Wave(0.35, 0.2, 2), "solar": Wave(0.2, 1, 13)}
"""Share of contracted power that arrives."""


@dataclass(frozen=True)
class World:
    """A place to plan for: PUE by site, hourly series (``office``, ``wind``, ``price-0``, ``carbon-0`` …)."""

    scale: Scale
    seed: int
    pue: list[float]
    columns: Columns

    @property
    def total_demand(self) -> int:
        """Mean busy units over the horizon."""
        return UNITS_PER_COMPANY * self.scale.companies

    @property
    def units_per_site(self) -> int:
        """Units that give all sites together `CAPACITY_PER_PEAK` times the highest demand."""
        peak = max(max(self.demand(profile)) for profile in PROFILES)
        return math.ceil(CAPACITY_PER_PEAK * peak / self.scale.sites)

    def demand(self, profile: str) -> list[float]:
        """Give all work by hour, in busy units, if it has one profile."""
        shape = self.columns[profile]
        return [self.total_demand * value * len(shape) / sum(shape) for value in shape]

    def emissions_kg(self, order: str) -> float:
        """Emissions if office work fills the sites from the lowest `order`, ``carbon`` or ``price``."""
        return sum(self._hour_kg(hour, load, order) for hour, load in enumerate(self.demand("office")))

    def _hour_kg(self, hour: int, load: float, order: str) -> float:
        units, total_kg = self.units_per_site, 0.0
        rank = {site: pue * self.columns[f"{order}-{site}"][hour] for site, pue in enumerate(self.pue)}
        for place, site in enumerate(sorted(rank, key=rank.__getitem__)):
            filled = min(max(load - place * units, 0), units)
            total_kg += filled * self.pue[site] * self.columns[f"carbon-{site}"][hour]
        return total_kg


def make_world(scale: Scale, seed: int) -> World:
    """Draw sites and series. Clean sites are dear, so that carbon and cost pull apart."""
    hours = 24 * scale.days
    columns = {name: _hourly(seed, name, hours, wave) for name, wave in PROFILES.items()}
    for name, wave in WEATHER.items():
        columns[name] = [min(1.0, share) for share in _hourly(seed, name, hours, wave)]
    pue = []
    for site in range(scale.sites):
        numbers = _random(seed, f"site-{site}")
        carbon = 0.3 + 0.5 * numbers.random()
        price = 1.1 - carbon + 0.2 * numbers.random()
        columns[f"price-{site}"] = _hourly(seed, f"price-{site}", hours, Wave(price, 0.4, 18))
        columns[f"carbon-{site}"] = _hourly(seed, f"carbon-{site}", hours, Wave(carbon, 0.2, 0))
        pue.append(round(1.1 + 0.3 * numbers.random(), 3))
    return World(scale, seed, pue, columns)


def _random(seed: int, name: str) -> Random:
    """Make the random numbers of one thing; more hours or more things leave them as they are."""
    # Python promises the same numbers in every version for random(), for little else.
    return Random(f"{seed}:{name}")  # noqa: S311 - no secret


def _hourly(seed: int, name: str, hours: int, wave: Wave) -> list[float]:
    """Make a nonnegative series: a day's shape with weather that lasts for hours."""
    numbers, deviation, values = _random(seed, name), 0.0, []
    for hour in range(hours):
        # A uniform number of this width has the standard deviation that keeps SPREAD.
        shock = (2 * numbers.random() - 1) * SPREAD * math.sqrt(3 * (1 - PERSISTENCE**2))
        deviation = PERSISTENCE * deviation + shock
        values.append(round(wave.at(hour) * max(0.1, 1 + deviation), 5))
    return values
