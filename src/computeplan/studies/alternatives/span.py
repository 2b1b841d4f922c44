"""What is found: the range of a measure among plans within a cost, and plans that differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from computeplan.solvers.plan import Plan

SETTLED = 0.1
"""Share of its larger end up to which a range counts as one amount."""
NOTHING = 1e-6
"""Share of the size of a measure that counts as none of it."""


class Freedom(StrEnum):
    """What good plans share, and what is a matter of taste.

    ``must``: all have nearly the same. ``may``: all have some, how much is a matter of taste. ``free``: some
    have none of it. ``never``: none has any.
    """

    MUST = "must"
    MAY = "may"
    FREE = "free"
    NEVER = "never"


@dataclass(frozen=True)
class Span:
    """What plans within the cost have of one measure."""

    measure: str
    """As it is asked for."""
    kind: str
    thing: str
    unit: str
    here: float
    """What the plan in hand has."""
    least: float | None
    most: float | None
    """What audited plans within the cost reach; None where it was not looked for."""
    least_proved: float | None
    most_proved: float | None
    """No plan within the cost has less, or more; None without a proof."""
    freedom: Freedom | None
    """None where an end is missing."""
    notes: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """Larger distance of an end from what is proved, as a share of the range; None without a proof."""
        ends = ((self.least_proved, self.least), (self.most, self.most_proved))
        pairs = [pair for pair in ends if pair != (None, None)]
        if not pairs or any(low is None or high is None for low, high in pairs):
            return None
        unproved = max(abs(high - low) for low, high in pairs if low is not None and high is not None)
        known = [end for end in (self.least, self.most, self.here) if end is not None]
        width = max(known) - min(known)
        return unproved / width if width > NOTHING * max(map(abs, known)) else 0.0


@dataclass(frozen=True, eq=False)
class Alternative:
    """One of several plans that differ as much as they can."""

    plan: Plan
    excess: float
    """Objective above the optimum, as a share of it."""
    elsewhere: float | None
    """Share of the work that runs at another site than in the plan most like it that was found before; None
    for the first, the optimum."""
    site_work_unit_h: Mapping[str, float]
