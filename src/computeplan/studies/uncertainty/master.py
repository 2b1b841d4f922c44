"""The master: what is known of the nodes' costs, as a linear program of the shared decisions.

min  Σ (1 − ω) p_s θ_s + ω (ζ + Σ most_s a_s)
θ_s ≥ constant + gradient · X      every cut of node s
weights · X ≤ most                 limits on what can be shared
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.lp.builder import Entries, lay_out_by_column
from computeplan.lp.program import Family
from computeplan.problem import Floats, sum_by
from computeplan.solvers import SolverOptions, SolverResult, solve
from computeplan.studies.uncertainty.extensive import add_measure
from computeplan.studies.uncertainty.induced import Limits
from computeplan.studies.uncertainty.nodes import SharedDecisions
from computeplan.studies.uncertainty.risk import Risk
from computeplan.vocabulary import Method

KEPT = 1e-9
"""Share of its size by which values may break a limit."""
MOST_NEW = 50
"""Limits that are added at a time, those that are broken most."""


@dataclass(frozen=True, eq=False)
class NodeCut:
    """A node costs at least ``constant + gradient @ X``; of a ray, values of X above 0 have no plan."""

    node: int
    constant: float
    gradient: Floats
    row_duals: Floats
    """Of the node's program."""
    is_ray: bool = False


@dataclass(frozen=True, eq=False)
class Bound:
    """The master's optimum."""

    value: float
    values: Floats
    """(n,) shared decisions."""
    weights: Floats
    """(S,) of the scenarios."""
    cut_duals: Floats
    """Of each cut, at least 0."""
    limit_duals: tuple[tuple[int, float], ...]
    """Limits that bind, with their duals, at least 0."""


class Master:
    """Takes cuts, and gives bounds and steps."""

    def __init__(self, shared: SharedDecisions, risk: Risk, limits: Limits, scale: Floats) -> None:
        self._shared, self._risk, self._limits = shared, risk, limits
        self.scale = scale
        self._used: list[int] = []
        self.cuts: list[NodeCut] = []
        self._nodes = len(risk.probability)

    def minimize(self, low: Floats | None = None, high: Floats | None = None) -> Bound | None:
        """Find the least of what is known, in a box where one is given; None where there is nothing."""
        shared = self._shared
        lower = shared.lower if low is None else np.maximum(low, shared.lower)
        upper = shared.upper if high is None else np.minimum(high, shared.upper)
        result = self._solve(lambda: self._program(lower, upper))
        if result is None or result.values is None or result.row_duals is None:
            return None
        duals, size = result.row_duals, len(self.cuts)
        rays = np.array([cut.is_ray for cut in self.cuts], dtype=bool)
        of_cuts = np.maximum(np.where(rays, -duals[:size], duals[:size]), 0.0)
        of_node = np.array([cut.node for cut in self.cuts])
        weights = sum_by(of_node, np.where(rays, 0.0, of_cuts), self._nodes)
        used = zip(self._used, np.maximum(-duals[size : size + len(self._used)], 0.0).tolist(), strict=True)
        bind = tuple((limit, dual) for limit, dual in used if dual > 0)
        values = result.values[: shared.size]
        return Bound(float(result.objective or 0.0), values, weights, of_cuts, bind)

    def nearest(self, center: Floats, radius: float = np.inf, level: float = np.inf) -> Floats | None:
        """Find the values nearest to a center of which no more is known than a level."""
        shared, size = self._shared, self._shared.size
        reach = np.full(size, radius) / self.scale
        low, high = np.maximum(shared.lower, center - reach), np.minimum(shared.upper, center + reach)
        result = self._solve(lambda: _with_distance(self._program(low, high), center, self.scale, level))
        return None if result is None or result.values is None else result.values[:size]

    def _solve(self, build: Callable[[], LinearProgram]) -> SolverResult | None:
        """Solve a program of the master, again with each limit that is broken, until none is."""
        while True:
            result = solve(build(), SolverOptions(method=Method.SIMPLEX))
            if result.values is None:
                return None
            broken = self._limits.violated(result.values[: self._shared.size], KEPT)
            new = [limit for limit in broken.tolist() if limit not in self._used]
            if not new:
                return result
            self._used += new[:MOST_NEW]

    def _program(self, lower: Floats, upper: Floats) -> LinearProgram:
        """Build the program of cuts and of the limits that were needed so far."""
        n, nodes, cuts = self._shared.size, self._nodes, self.cuts
        rows = len(cuts)
        gradients = np.array([cut.gradient for cut in cuts]).reshape(rows, n)
        row, column = np.nonzero(gradients)
        of_node = np.array([cut.node for cut in cuts], dtype=np.int64)
        rays = np.array([cut.is_ray for cut in cuts], dtype=bool)
        costs = np.flatnonzero(~rays)
        sign = np.where(rays, 1.0, -1.0)
        pieces = [
            Entries(row, column, (gradients * sign[:, None])[row, column]),
            Entries(costs, n + of_node[costs], np.ones(len(costs))),
        ]
        constant = np.array([cut.constant for cut in cuts])
        starts, entry, values = lay_out_by_column(pieces, n + nodes)
        lp = LinearProgram(
            cost=np.concatenate((np.zeros(n), self._risk.in_mean)),
            column_lower=np.concatenate((lower, np.full(nodes, -np.inf))),
            column_upper=np.concatenate((upper, np.full(nodes, np.inf))),
            row_lower=np.where(rays, -np.inf, constant),
            row_upper=np.where(rays, -constant, np.inf),
            starts=starts,
            rows=entry,
            values=values,
            offset=0.0,
            column_families=(Family("column", 0, (np.arange(n + nodes),)),),
            row_families=(Family("cut", 0, (np.arange(rows),)),),
        )
        lp = _with_limits(lp, self._limits, self._used)
        if not self._risk.weight:
            return lp
        at = [(np.array([n + node]), np.ones(1)) for node in range(nodes)]
        return add_measure(lp, at, self._risk, np.zeros(nodes))


def _add_rows(lp: LinearProgram, columns: Floats, lower: Floats, upper: Floats) -> LinearProgram:
    """Add rows with dense coefficients (m, columns)."""
    row, column = np.nonzero(columns)
    pieces = [
        Entries(lp.rows.astype(np.int64), lp.entry_columns, lp.values),
        Entries(lp.n_rows + row, column, columns[row, column]),
    ]
    starts, rows, values = lay_out_by_column(pieces, lp.n_columns)
    return replace(
        lp,
        row_lower=np.concatenate((lp.row_lower, lower)),
        row_upper=np.concatenate((lp.row_upper, upper)),
        starts=starts,
        rows=rows,
        values=values,
        row_families=(*lp.row_families, Family("limit", lp.n_rows, (np.arange(len(lower)),))),
    )


def _with_limits(lp: LinearProgram, limits: Limits, chosen: Sequence[int]) -> LinearProgram:
    """Add some limits on the shared decisions, which are the first columns."""
    at = np.array(chosen, dtype=np.int64)
    weights = np.zeros((len(at), lp.n_columns))
    weights[:, : limits.weights.shape[1]] = limits.weights[at]
    return _add_rows(lp, weights, np.full(len(at), -np.inf), limits.most[at])


def _with_distance(lp: LinearProgram, center: Floats, scale: Floats, level: float) -> LinearProgram:
    """Minimize the distance Σ scale |X − center| instead, at a cost of at most a level."""
    n, columns = len(center), lp.n_columns
    if np.isfinite(level):
        cost = lp.cost[None, :]
        lp = _add_rows(lp, cost, np.array([-np.inf]), np.array([level - lp.offset]))
    each = np.arange(n)
    wide = replace(
        lp,
        cost=np.concatenate((np.zeros(columns), scale)),
        offset=0.0,
        column_lower=np.concatenate((lp.column_lower, np.zeros(n))),
        column_upper=np.concatenate((lp.column_upper, np.full(n, np.inf))),
        starts=np.concatenate((lp.starts, np.full(n, lp.starts[-1], dtype=np.int32))),
        column_families=(*lp.column_families, Family("distance", columns, (each,))),
    )
    distance = np.zeros((2 * n, columns + n))
    distance[each, each], distance[n + each, each] = 1.0, -1.0
    distance[each, columns + each] = distance[n + each, columns + each] = -1.0
    sides = np.concatenate((center, -center))
    return _add_rows(wide, distance, np.full(2 * n, -np.inf), sides)
