"""A vertex at the end: an interior point spreads work over all pools that are equally good.

At an optimum a column is on a limit, or its price is zero; of both, the interior point leaves a little, and
the smaller one is taken for zero. From such a point HiGHS's crossover reaches a basis in few steps. A large
program is cut in time: columns that tie the parts (a booking, the work that waits at midnight) hold their
values, a row of no period (a job's volume) gives each part what the interior point does of it there, and each
part is crossed over alone. A part that fails is joined with its neighbors, then left as it is. The prices of
the interior point go with any optimal plan, so they stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats, Ints
from computeplan.solvers.highs import new_highs
from computeplan.solvers.staircase.newton import Iterate
from computeplan.solvers.staircase.standard import StandardForm
from computeplan.solvers.staircase.structure import row_periods

PART_COLUMNS = 10_000
"""Columns of a part, about; a program of up to twice as many is crossed over as a whole."""
MOST_ROOM = 1e3
"""Distance from its limits above which a held column counts as far from them."""
OPTIONS = {
    "solver": "simplex",
    "presolve": "off",
    "simplex_strategy": 4,  # primal
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}
"""Of HiGHS, which goes on from the basis of the crossover."""


@dataclass(frozen=True, eq=False)
class Interior:
    """An interior optimum in a program's own columns and rows; rows stand behind columns in the flags."""

    values: Floats
    row_duals: Floats
    at_lower: Bools
    at_upper: Bools
    """(n_columns + n_rows,) what is on a limit."""

    @classmethod
    def of(cls, lp: LinearProgram, form: StandardForm, point: Iterate) -> Interior:
        """Read a point of the standard form."""
        limited = np.flatnonzero(np.isfinite(form.upper))
        at_zero, at_top = (point.x < point.z) & ~form.is_free, np.zeros(len(point.x), dtype=bool)
        at_top[limited] = (point.w < point.v) & (point.w < point.x[limited])
        at_zero &= ~at_top
        owner = np.concatenate((form.columns, lp.n_columns + form.slack_of))
        # The slack of an upper limit is zero on it; a column that is counted downwards is so too.
        k = len(form.columns)
        down = np.concatenate((form.sign[:k] < 0, form.sign[k:] > 0))
        lower = np.concatenate((lp.column_lower, lp.row_lower))
        upper = np.concatenate((lp.column_upper, lp.row_upper))
        at_lower, at_upper = lower == upper, np.zeros(len(lower), dtype=bool)
        at_lower[owner] = np.where(down, at_top, at_zero)
        at_upper[owner] = np.where(down, at_zero, at_top)
        values = np.clip(form.values(point.x), lp.column_lower, lp.column_upper)
        return cls(values, form.row_duals(point.y, lp.n_rows), at_lower, at_upper)


def find_vertex(
    lp: LinearProgram, interior: Interior, is_over: Callable[[], object]
) -> tuple[Floats, Floats]:
    """Find a vertex beside an interior optimum; gives values (n_columns,) and row duals (n_rows,).

    `is_over`: looked at between the parts; what is left then stays as it is.
    """
    crossover = _Crossover(lp, interior)
    if lp.n_columns <= 2 * PART_COLUMNS:
        found = crossover.whole()
        return (interior.values, interior.row_duals) if found is None else found
    period = row_periods(lp)
    each = max(1, round(PART_COLUMNS * (int(period.max()) + 1) / lp.n_columns))
    part = np.where(period >= 0, period // each, -1)
    values, failed = crossover.by_parts(part, np.unique(part[part >= 0]), interior.values, is_over)
    if len(failed):
        nearest = failed[np.abs(part[:, None] - failed).argmin(axis=1)]
        joined = np.where((part >= 0) & (np.abs(part - nearest) <= 1), nearest, part)
        values, _ = crossover.by_parts(joined, np.unique(joined[np.isin(part, failed)]), values, is_over)
    return values, interior.row_duals


@dataclass(frozen=True, eq=False)
class _Part:
    """A program to cross over: some columns and rows, with limits of their own."""

    matrix: Any
    columns: Ints
    rows: Ints
    row_lower: Floats
    row_upper: Floats


class _Crossover:
    """Crossover of a program or of parts of it."""

    def __init__(self, lp: LinearProgram, interior: Interior) -> None:
        from scipy import sparse

        self._lp, self._interior = lp, interior
        self._matrix = sparse.csc_array((lp.values, lp.rows, lp.starts), shape=(lp.n_rows, lp.n_columns))
        self._by_row = self._matrix.tocsr()
        self._reduced = lp.reduced_costs(interior.row_duals)
        n = lp.n_columns
        at_lower, at_upper = interior.at_lower[:n], interior.at_upper[:n]
        self._snapped = np.where(
            at_lower, lp.column_lower, np.where(at_upper, lp.column_upper, interior.values)
        )

    def whole(self) -> tuple[Floats, Floats] | None:
        """Cross the whole program over; None where HiGHS finds no optimum."""
        lp = self._lp
        part = _Part(self._matrix, np.arange(lp.n_columns), np.arange(lp.n_rows), lp.row_lower, lp.row_upper)
        return self._cross(part)

    def by_parts(
        self, part: Ints, chosen: Ints, values: Floats, is_over: Callable[[], object]
    ) -> tuple[Floats, Ints]:
        """Cross chosen parts over one after another; gives the values and the parts that failed.

        `part`: (n_rows,) of each row; −1 for those of none.
        """
        column = self._column_parts(part)
        held = column < 0
        values = np.where(held, self._held_values(held), values)
        rest = self._matrix @ np.where(held, values, 0.0)
        failed = []
        for each in chosen:
            if is_over():
                break
            found = self._cross(self._cut(each, part, column, rest))
            if found is None:
                failed.append(each)
            else:
                values[column == each] = found[0]
        return values, np.array(failed, dtype=np.int64)

    def _held_values(self, held: Bools) -> Floats:
        """(n_columns,) values on their limits, moved so that equalities of held columns alone are met.

        The least change is taken, relative to each column's distance from its limits.
        """
        lp, values = self._lp, self._snapped
        free = np.zeros(lp.n_rows, dtype=bool)
        free[lp.rows[~held[lp.entry_columns]]] = True
        rows = np.flatnonzero(~free & (lp.row_lower == lp.row_upper) & (np.diff(self._by_row.indptr) > 0))
        chosen = self._by_row[rows]
        room = np.minimum(np.minimum(values - lp.column_lower, lp.column_upper - values), MOST_ROOM) ** 2
        change = np.linalg.lstsq((chosen * room @ chosen.T).toarray(), lp.row_lower[rows] - chosen @ values)[
            0
        ]
        moved = values + room * (chosen.T @ change)
        inside: Floats = np.clip(moved, lp.column_lower, lp.column_upper)
        return inside

    def _column_parts(self, part: Ints) -> Ints:
        """(n_columns,) part of each column; −1 where it ties parts or is in rows of none."""
        lp = self._lp
        timed = part[lp.rows] >= 0
        column, of = lp.entry_columns[timed], part[lp.rows[timed]]
        first, last = np.full(lp.n_columns, lp.n_rows), np.full(lp.n_columns, -1)
        np.minimum.at(first, column, of)
        np.maximum.at(last, column, of)
        return np.where(first == last, first, -1)

    def _cut(self, each: int, part: Ints, column: Ints, rest: Floats) -> _Part:
        """Cut the program of one part out: rows of no period do there what the interior point does."""
        lp, values = self._lp, self._interior.values
        columns = np.flatnonzero(column == each)
        inner = self._matrix[:, columns]
        rows = np.unique(inner.indices)
        matrix = inner.tocsr()[rows].tocsc()
        own, common = matrix @ values[columns], part[rows] < 0
        lower, upper = lp.row_lower[rows], lp.row_upper[rows]
        lower = np.where(common & np.isfinite(lower), own, lower - rest[rows])
        upper = np.where(common & np.isfinite(upper), own, upper - rest[rows])
        return _Part(matrix, columns, rows, lower, upper)

    def _cross(self, part: _Part) -> tuple[Floats, Floats] | None:
        """Let HiGHS cross a part over and finish it by the simplex method; values and row duals."""
        import highspy

        highs = new_highs()
        for name, value in OPTIONS.items():
            highs.setOptionValue(name, value)
        start = highspy.HighsSolution()
        lower, upper, start.col_value, start.col_dual = self._with_activities(part)
        k = len(part.rows)
        _pass(highs, part.matrix, self._lp.cost[part.columns], lower, upper)
        start.row_value, start.row_dual = np.zeros(k), self._interior.row_duals[part.rows]
        start.value_valid = start.dual_valid = True
        _wake_scheduler()
        highs.crossover(start)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = highs.getSolution()
        return np.asarray(found.col_value)[: len(part.columns)], np.asarray(found.row_dual)

    def _with_activities(self, part: _Part) -> tuple[Floats, Floats, Floats, Floats]:
        """Limits, values and reduced costs of a part's columns, and of one for the activity of each row.

        With them the point is exactly complementary in rows too: a slack that HiGHS computes is never zero.
        """
        lp, interior, n = self._lp, self._interior, self._lp.n_columns
        both = np.concatenate((part.columns, n + part.rows))
        lower = np.concatenate((lp.column_lower[part.columns], part.row_lower))
        upper = np.concatenate((lp.column_upper[part.columns], part.row_upper))
        fixed = lower == upper
        at_lower = (interior.at_lower[both] | fixed) & np.isfinite(lower)
        at_upper = interior.at_upper[both] & np.isfinite(upper) & ~at_lower
        inside = self._snapped[part.columns]
        values = np.concatenate((inside, part.matrix @ inside))
        values = np.where(at_lower, lower, np.where(at_upper, upper, np.clip(values, lower, upper)))
        prices = np.concatenate((self._reduced[part.columns], interior.row_duals[part.rows]))
        signed = np.where(at_lower, np.maximum(prices, 0.0), np.where(at_upper, np.minimum(prices, 0.0), 0.0))
        return lower, upper, values, np.where(fixed, prices, signed)


def _pass(highs: Any, matrix: Any, cost: Floats, lower: Floats, upper: Floats) -> None:
    """Hand over  A x − s = 0  with limits of x and s."""
    import highspy
    from scipy import sparse

    k = matrix.shape[0]
    both = sparse.hstack([matrix, -sparse.eye_array(k, format="csc")], format="csc")
    highs.passModel(
        both.shape[1],
        k,
        both.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        np.concatenate((cost, np.zeros(k))),
        lower,
        upper,
        np.zeros(k),
        np.zeros(k),
        both.indptr.astype(np.int32),
        both.indices.astype(np.int32),
        both.data,
        np.zeros(both.shape[1], dtype=np.int32),
    )


def _wake_scheduler() -> None:
    """Start the task scheduler of HiGHS in this thread, without which its crossover crashes."""
    highs, one, none = new_highs(), np.ones(1), np.zeros(1)
    index: npt.NDArray[np.int32] = np.array([0, 1], dtype=np.int32)
    highs.passModel(1, 1, 1, 1, 1, 0.0, one, none, one, none, one, index, index[:1], one, index[:1])
    highs.run()
