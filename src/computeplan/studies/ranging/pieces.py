"""Ends of the straight piece of a piecewise linear function around a point, found exactly.

The optimum as a function of one number is piecewise linear: concave in a price, convex in a limit. Each solve
gives its value and a line that touches it there: what the plan found costs at other prices, or what its dual
prices prove at other limits. From the line here and one beyond, the next point is where they cross; if the
function lies on the line there, that is where the piece ends, else the line found there is nearer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

ROUNDS = 60
"""More than any search has been seen to take."""
HALVINGS = 20
"""Of the way to a point without an optimum, to find the last one with."""
EXACT = 1e-9
"""Relative difference between value and line that counts as none."""

Payload = TypeVar("Payload")


@dataclass(frozen=True)
class Touch(Generic[Payload]):
    """The function at a point, and a line that touches it.

    Attributes
    ----------
    at, value, slope : float
    payload
        What was found there.
    """

    at: float
    value: float
    slope: float
    payload: Payload

    def line(self, at: float) -> float:
        """Value of the line at another point."""
        return self.value + self.slope * (at - self.at)

    def meets(self, other: Touch[Payload]) -> bool:
        """Whether the function at another point lies on this line."""
        return abs(other.value - self.line(other.at)) <= EXACT * max(1.0, abs(self.value), abs(other.value))


@dataclass(frozen=True)
class End(Generic[Payload]):
    """Where a piece ends.

    Attributes
    ----------
    at : float
    beyond : Touch, optional
        On the next piece; None where the piece goes on to the end of the search or of what is possible.
    is_possible : bool
        Whether there is an optimum beyond, as far as was searched.
    """

    at: float
    beyond: Touch[Payload] | None
    is_possible: bool


def piece_end(
    touch: Callable[[float], Touch[Payload] | None], here: Touch[Payload], far: float
) -> End[Payload]:
    """Find where the straight piece around a point ends.

    Parameters
    ----------
    touch : callable
        Solves at a point; None without an optimum.
    here : Touch
        On the piece.
    far : float
        End of the search, to the left or right.
    """
    beyond, possible = touch(far), True
    if beyond is None:
        beyond, far, possible = _last_with_an_optimum(touch, here, far)
    for _ in range(ROUNDS):
        if beyond is None or here.meets(beyond):
            return End(far, None, possible)
        crossing = _crossing(here, beyond)
        if crossing is None:
            return End(here.at, beyond, is_possible=True)
        there = touch(crossing)
        if there is None or here.meets(there):
            return End(crossing, beyond, is_possible=True)
        beyond = there
    return End(beyond.at if beyond else far, beyond, is_possible=True)


def _crossing(here: Touch[Payload], beyond: Touch[Payload]) -> float | None:
    """Where two lines cross between their points; None where rounding hides it."""
    turn = here.slope - beyond.slope
    if turn == 0:
        return None
    at = here.at + (beyond.line(here.at) - here.value) / turn
    low, high = sorted((here.at, beyond.at))
    return at if low < at < high else None


def _last_with_an_optimum(
    touch: Callable[[float], Touch[Payload] | None], here: Touch[Payload], far: float
) -> tuple[Touch[Payload] | None, float, bool]:
    """Halve the way to a point without an optimum."""
    good, bad, last = here.at, far, None
    for _ in range(HALVINGS):
        middle = (good + bad) / 2
        found = touch(middle)
        if found is None:
            bad = middle
        else:
            good, last = middle, found
    return last, good, False
