"""Logarithmic axes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True)
class LogAxis:
    """Maps positive values to places on the page.

    Attributes
    ----------
    low, high : float
        Ends of the axis.
    start, end : float
        Places of the ends.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Place of a value; one beyond an end is put at the end."""
        inside = min(max(value, self.low), self.high)
        share = log10(inside / self.low) / log10(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Values to mark: powers of ten, with 2 and 5 where there are few, or some of them where many."""
        first, last = floor(log10(self.low)), ceil(log10(self.high))
        steps = (1, 2, 5) if last - first <= 2 else (1,)
        every = max(1, (last - first) // 6)
        marks = [step * 10.0**power for power in range(first, last + 1, every) for step in steps]
        return [mark for mark in marks if self.low * 0.999 <= mark <= self.high * 1.001]


def bounds(values: Iterable[float]) -> tuple[float, float]:
    """Give the ends of an axis that holds all values, with some room.

    Parameters
    ----------
    values : iterable of float
        At least one, above 0.
    """
    there = list(values)
    return min(there) / 1.6, max(there) * 1.6


def short(value: float) -> str:
    """Write a tick: 0.02, 5, 200, 10 k, 3 M.

    Parameters
    ----------
    value : float
    """
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"
