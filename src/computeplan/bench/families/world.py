"""Sites and series that all families share."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from computeplan.bench.families.series import Columns, Wave, hourly, stream
from computeplan.bench.scale import Scale

UNITS_PER_COMPANY = 10
"""Mean units busy."""
ROOM = 2.0
"""Owned capacity over the highest demand."""
PROFILES = {"office": Wave(1, 0.6, 14), "evening": Wave(1, 0.5, 20)}
"""Shapes of demand."""
WEATHER = {"wind": Wave(0.35, 0.2, 2), "solar": Wave(0.2, 1, 13)}
"""Share of contracted power that arrives."""


@dataclass(frozen=True)
class World:
    """A place to plan for.

    Attributes
    ----------
    scale : Scale
    seed : int
    pue : list of float
        By site.
    columns : mapping of str to list of float
        Hourly series: ``office``, ``evening``, ``wind``, ``solar``, ``price-0``, ``carbon-0``, …
    """

    scale: Scale
    seed: int
    pue: list[float]
    columns: Columns

    @property
    def total_demand(self) -> int:
        """Mean units busy over the horizon."""
        return UNITS_PER_COMPANY * self.scale.companies

    @property
    def units_per_site(self) -> int:
        """Units that give all sites together `ROOM` times the highest demand."""
        peak = max(max(self.demand(profile)) for profile in PROFILES)
        return ceil(ROOM * peak / self.scale.sites)

    def demand(self, profile: str) -> list[float]:
        """Give all work by hour, units busy, if it has one profile."""
        shape = self.columns[profile]
        return [self.total_demand * value * len(shape) / sum(shape) for value in shape]

    def emissions_kg(self, order: str) -> float:
        """Emissions if office work fills the sites from the lowest `order`, ``carbon`` or ``price``."""
        room = self.units_per_site
        return sum(self._hour_kg(hour, load, room, order) for hour, load in enumerate(self.demand("office")))

    def _hour_kg(self, hour: int, load: float, room: int, order: str) -> float:
        def rank(site: int) -> float:
            return self.pue[site] * self.columns[f"{order}-{site}"][hour]

        total_kg = 0.0
        for place, site in enumerate(sorted(range(self.scale.sites), key=rank)):
            filled = min(max(load - place * room, 0), room)
            total_kg += filled * self.pue[site] * self.columns[f"carbon-{site}"][hour]
        return total_kg


def make_world(scale: Scale, seed: int) -> World:
    """Draw sites and series. Clean sites are dear, so that carbon and cost pull apart.

    Parameters
    ----------
    scale : Scale
    seed : int
    """
    hours = scale.hours
    columns = {name: hourly(seed, name, hours, wave) for name, wave in PROFILES.items()}
    for name, wave in WEATHER.items():
        columns[name] = [min(1.0, share) for share in hourly(seed, name, hours, wave)]
    pue = []
    for site in range(scale.sites):
        numbers = stream(seed, f"site-{site}")
        carbon = 0.3 + 0.5 * numbers.random()
        price = 1.1 - carbon + 0.2 * numbers.random()
        columns[f"price-{site}"] = hourly(seed, f"price-{site}", hours, Wave(price, 0.4, 18))
        columns[f"carbon-{site}"] = hourly(seed, f"carbon-{site}", hours, Wave(carbon, 0.2, 0))
        pue.append(round(1.1 + 0.3 * numbers.random(), 3))
    return World(scale, seed, pue, columns)
