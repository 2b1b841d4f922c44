"""In which order points are solved, and from which other point each starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np

from computeplan.config.variation import number_and_unit
from computeplan.lp import Difference
from computeplan.problem import Floats
from computeplan.studies.sweep.design import Design

LONGEST_CHAIN = 8
"""Points solved one after another; a resumed or a parallel sweep has the same chains."""
WEIGHT = {
    Difference.NOTHING: 0.5,
    Difference.COSTS: 1.0,
    Difference.LIMITS: 2.0,
    Difference.MATRIX: 4.0,
    Difference.SHAPE: 16.0,
}
"""How far apart two ends of an axis are, by what a step along it changes in the program."""


@dataclass(frozen=True)
class Route:
    """A way through all points.

    Attributes
    ----------
    order : tuple of int
        Points in the order in which they are solved.
    parent : mapping of int to int or None
        The point from whose basis each one starts: the one before it in its chain, the very first one for
        the head of a chain, none for the first one itself.
    """

    order: tuple[int, ...]
    parent: Mapping[int, int | None]


def make_route(design: Design, touches: Mapping[str, Difference]) -> Route:
    """Order points so that neighbors differ by little, and cut the way into chains.

    The chains depend on the design alone, not on how many work at them, so that the answers do not either.

    Parameters
    ----------
    design : Design
    touches : mapping of str to Difference
        What a step along each axis changes in the program.
    """
    weights = np.array([WEIGHT[touches[label]] for label in design.axes.labels])
    order = _nearest_first(_positions(design) * weights)
    length = min(LONGEST_CHAIN, max(1, ceil(sqrt(len(order)))))
    parent: dict[int, int | None] = {order[0]: None}
    for place, index in enumerate(order[1:]):
        parent[index] = order[0] if place % length == 0 else order[place]
    return Route(tuple(order), parent)


def _positions(design: Design) -> Floats:
    """(points, axes) coordinates from 0 to 1; values without order stand at their rank of appearance."""
    columns = []
    for label in design.axes.labels:
        neutral = design.axes.neutral(label)
        columns.append(_scaled([point.values.get(label, neutral) for point in design.points]))
    return np.column_stack(columns)


def _scaled(values: list[Any]) -> Floats:
    split = [number_and_unit(value) for value in values]
    if all(each is not None for each in split):
        numbers = np.array([each[0] for each in split if each is not None])
    else:
        ranks: dict[str, int] = {}
        numbers = np.array([ranks.setdefault(repr(value), len(ranks)) for value in values], dtype=float)
    span = np.ptp(numbers)
    scaled: Floats = (numbers - numbers.min()) / (span or 1.0)
    return scaled


def _nearest_first(positions: Floats) -> list[int]:
    """Go from the first point always to the nearest one that is left."""
    left = np.ones(len(positions), dtype=bool)
    order = [0]
    left[0] = False
    for _ in range(len(positions) - 1):
        distance = np.abs(positions - positions[order[-1]]).sum(axis=1)
        # Rounding would make the choice between equals depend on the machine.
        distance = np.where(left, np.round(distance, 9), np.inf)
        order.append(int(distance.argmin()))
        left[order[-1]] = False
    return order
