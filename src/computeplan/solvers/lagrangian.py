"""The multiplier of a row that couples otherwise independent subproblems, found exactly.

minimize c x  subject to the parts and g x ≤ G. For a price λ ≥ 0 the parts are solved alone with costs
c + λ g; their total φ(λ) = min (c + λ g) x − λ G is concave and piecewise linear, and its maximum is the
optimum. Every solution x gives the line c x + λ (g x − G) above φ. From one solution that breaks the row
and one that keeps it, the next price is where their lines cross; if the solution there is no better than
the lines, the price is exact, and the combination of the two that meets the row is optimal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from computeplan.problem import Floats
from computeplan.problem.arrays import ReadOnlyArrays

ROUNDS = 200
"""More than any search has been seen to take; each round rules out a piece of φ."""
EXACT = 1e-11
"""Relative difference between φ and its lines that counts as none."""


@dataclass(frozen=True, eq=False)
class DualPoint(ReadOnlyArrays):
    """Solution of the subproblems at a price: a point of the dual function."""

    values: Floats
    """(n_columns,)"""
    row_duals: Floats
    """(n_rows,)"""
    cost: float
    use: float
    """c x and g x."""

    def value(self, price: float) -> float:
        """(c + price · g) x."""
        return self.cost + price * self.use


@dataclass(frozen=True, eq=False)
class LagrangianSolution(ReadOnlyArrays):
    """The optimum with the multiplier of the coupling row."""

    values: Floats
    """(n_columns,)"""
    row_duals: Floats
    """(n_rows,) of the parts' rows, at the price."""
    price: float


def find_price(
    respond: Callable[[float], DualPoint | None], limit: float, largest: float
) -> LagrangianSolution | None:
    """Find the price at which the row is met.

    `respond`: solves the parts at a price; None where they have no optimum in time. `limit`: G. `largest`: a
    price above which the row counts as impossible to meet.

    Returns None where a part has no optimum, or no price up to `largest` keeps the row.
    """
    over = respond(0.0)
    if over is None:
        return None
    if over.use <= limit:
        return LagrangianSolution(over.values, over.row_duals, 0.0)
    under = _first_within_limit(respond, limit, over, largest)
    for _ in range(ROUNDS if under else 0):
        assert under is not None  # noqa: S101 - the range is empty without
        price = (under.cost - over.cost) / (over.use - under.use)
        here = respond(price)
        if here is None:
            return None
        line = over.value(price)
        if here.value(price) >= line - EXACT * max(1.0, abs(line)):
            return LagrangianSolution(_combine(over, under, limit), here.row_duals, price)
        over, under = (here, under) if here.use > limit else (over, here)
    return None


def _first_within_limit(
    respond: Callable[[float], DualPoint | None], limit: float, over: DualPoint, largest: float
) -> DualPoint | None:
    """Raise the price until the row is kept."""
    price = abs(over.cost) / abs(over.use) if over.cost and over.use else 1.0
    while price <= largest:
        here = respond(price)
        if here is None or here.use <= limit:
            return here
        price *= 4.0
    return None


def _combine(over: DualPoint, under: DualPoint, limit: float) -> Floats:
    """Combine two solutions so that the row is met exactly."""
    part = (limit - under.use) / (over.use - under.use)
    combined: Floats = part * over.values + (1.0 - part) * under.values
    return combined
