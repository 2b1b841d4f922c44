"""From all optima that were solved to the curve of those that count."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from computeplan.studies.frontier.curve import Curve
from computeplan.studies.frontier.search import ALIKE, EXACT, Optimum


def neighbors(found: Sequence[Optimum]) -> list[Optimum]:
    """Keep the optima that are corners of the frontier, from least cost to least carbon.

    Parameters
    ----------
    found : sequence of Optimum
        At least one.
    """
    kept: list[Optimum] = []
    for optimum in sorted(found, key=lambda o: (o.money, o.emissions_kg)):
        if kept and optimum.emissions_kg >= kept[-1].emissions_kg - ALIKE * abs(kept[-1].emissions_kg):
            continue
        if kept and optimum.money <= kept[-1].money + ALIKE * abs(kept[-1].money):
            kept.pop()
        while len(kept) > 1 and not _bends(kept[-2], kept[-1], optimum):
            kept.pop()
        kept.append(optimum)
    return kept


def curve_of(found: Sequence[Optimum]) -> Curve:
    """Build the curve of all optima that were solved.

    Parameters
    ----------
    found : sequence of Optimum
        At least one; the one with the price inf proves the least emissions.
    """
    corners = neighbors(found)
    tangents = sorted((o for o in found if o.price_per_kg < inf), key=lambda o: o.price_per_kg)
    return Curve(
        money=np.array([o.money for o in corners]),
        emissions_kg=np.array([o.emissions_kg for o in corners]),
        price_per_kg=np.array([o.price_per_kg for o in tangents]),
        bound=np.array([o.bound for o in tangents]),
        least_emissions_kg=max((o.bound for o in found if o.price_per_kg == inf), default=-inf),
    )


def _bends(left: Optimum, middle: Optimum, right: Optimum) -> bool:
    """Whether the middle one lies below the line between the others by more than rounding."""
    share = (left.emissions_kg - middle.emissions_kg) / (left.emissions_kg - right.emissions_kg)
    line = left.money + share * (right.money - left.money)
    return middle.money < line - EXACT * abs(left.money)
