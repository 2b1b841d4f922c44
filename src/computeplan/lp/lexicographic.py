"""Programs that optimize a second objective among the optimal solutions of the first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeplan.lp.program import LinearForm, LinearProgram
from computeplan.lp.scaling import scaling_for
from computeplan.problem import Floats

PRICED = 1e-7
"""Share of the largest cost above which a reduced cost or dual is not zero, in numbers of ordinary size."""


def restrict_to_optimal_face(lp: LinearProgram, row_duals: Floats, objective: LinearForm) -> LinearProgram:
    """Restrict a program to its optimal solutions and give it another objective.

    By complementary slackness a solution is optimal exactly if every column with a reduced cost is at its
    bound and every row with a dual at its limit. So the columns and rows stay, some of them fixed by the
    duals (n_rows,) of an optimal solution.
    """
    reduced, cost, scaling = lp.reduced_costs(row_duals), lp.cost, scaling_for(lp)
    if scaling is not None:
        reduced, row_duals, cost = scaling.prices(reduced, row_duals, cost)
    priced = PRICED * max(1e-12, float(np.abs(cost).max(initial=0.0)))
    column_lower, column_upper = _fix_priced(reduced, priced, lp.column_lower, lp.column_upper)
    row_lower, row_upper = _fix_priced(row_duals, priced, lp.row_lower, lp.row_upper)
    return replace(
        lp,
        cost=objective.coefficients,
        offset=objective.constant,
        column_lower=column_lower,
        column_upper=column_upper,
        row_lower=row_lower,
        row_upper=row_upper,
    )


def price_of_first_objective(
    lp: LinearProgram, row_duals: Floats, face: LinearProgram, face_duals: Floats
) -> float:
    """Least price μ of the first objective at which duals of the face prove its second one.

    min second over the face = min second, subject to first ≤ optimum. With duals y of the first objective and
    z of the face, z + μ y proves the latter where each reduced cost and dual has the sign that its limit
    asks for, also those that only the face fixes.
    """
    first, second = lp.reduced_costs(row_duals), face.reduced_costs(face_duals)
    columns = (face.column_lower != lp.column_lower) | (face.column_upper != lp.column_upper)
    rows = (face.row_lower != lp.row_lower) | (face.row_upper != lp.row_upper)
    return max(
        _price_of_fixed(first[columns], second[columns]), _price_of_fixed(row_duals[rows], face_duals[rows])
    )


def _price_of_fixed(first: Floats, second: Floats) -> float:
    """Least μ ≥ 0 at which second + μ · first has the sign of first, which is nowhere 0."""
    return float(np.max(-second / first, initial=0.0))


def with_objective_limit(lp: LinearProgram, limit: float, objective: LinearForm) -> LinearProgram:
    """Limit a program's objective, offset included, by one more row, and give it another objective."""
    counts = np.diff(lp.starts)
    ends, priced = lp.starts[1:], np.flatnonzero(lp.cost)
    return replace(
        lp,
        cost=objective.coefficients,
        offset=objective.constant,
        row_lower=np.append(lp.row_lower, -np.inf),
        row_upper=np.append(lp.row_upper, limit - lp.offset),
        starts=np.concatenate(([0], np.cumsum(counts + (lp.cost != 0)))).astype(np.int32),
        rows=np.insert(lp.rows, ends[priced], lp.n_rows),
        values=np.insert(lp.values, ends[priced], lp.cost[priced]),
        row_families=(),
    )


def _fix_priced(price: Floats, priced: float, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Fix what has a price at the limit that the price belongs to; new lower and upper limits."""
    low = np.where((price < -priced) & np.isfinite(upper), upper, lower)
    high = np.where((price > priced) & np.isfinite(lower), lower, upper)
    return low, high
