"""Seeded hourly series: a day's shape with weather that lasts for hours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

FILE = "series.csv"
"""Where the series of an instance stand, a column each."""
PERSISTENCE, SPREAD = 0.9, 0.15
"""Of the deviation from the day's shape: what an hour passes on to the next, and its standard deviation."""

Columns = Mapping[str, list[float]]


@dataclass(frozen=True)
class Wave:
    """A day's shape.

    Attributes
    ----------
    level : float
        Its mean.
    swing : float
        Height over the level, at most 1.
    peak_hour : int
        Hour of the day at which it is highest.
    """

    level: float
    swing: float
    peak_hour: int

    def at(self, hour: int) -> float:
        """Value at an hour from the start."""
        return self.level * (1 + self.swing * math.cos((hour - self.peak_hour) * math.pi / 12))


def stream(seed: int, name: str) -> Random:
    """Make the random numbers of one thing; more hours or more things leave them as they are.

    Parameters
    ----------
    seed : int
    name : str
    """
    # Python promises the same numbers in every version for random(), for little else.
    return Random(f"{seed}:{name}")  # noqa: S311 - no secret


def hourly(seed: int, name: str, hours: int, wave: Wave) -> list[float]:
    """Make a series that is not negative.

    Parameters
    ----------
    seed : int
    name : str
    hours : int
    wave : Wave
    """
    numbers, deviation, values = stream(seed, name), 0.0, []
    for hour in range(hours):
        # A uniform number of this width has the standard deviation that keeps SPREAD.
        shock = (2 * numbers.random() - 1) * SPREAD * math.sqrt(3 * (1 - PERSISTENCE**2))
        deviation = PERSISTENCE * deviation + shock
        values.append(round(wave.at(hour) * max(0.1, 1 + deviation), 5))
    return values


def csv_text(columns: Columns) -> str:
    """Write series as a table, one row a period.

    Parameters
    ----------
    columns : mapping of str to list of float
    """
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(repr, row)) for row in rows)]) + "\n"
