"""Verify a solver's claim.

A solver stopped by its time limit has been seen to report an optimum with an all-zero answer, so a
claim is held against the linear program itself: an answer that breaks it is no plan, and an optimum
whose own duals leave a gap is only feasible.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Status, sum_by
from computeplan.solvers.options import PROVEN

FEASIBILITY = 1e-5
"""Largest violation of a row or bound, relative to the row's own terms."""
OPTIMALITY = 1e-5
"""Largest gap between primal and dual objective, relative."""


def verify_status(
    claim: Status, lp: LinearProgram, values: Floats | None, row_duals: Floats | None
) -> Status:
    """Return the status that the answer supports, which may be less than the claim.

    `claim`: the solver's status.
    """
    if not claim.has_plan:
        return claim
    if values is None or not np.isfinite(values).all() or not _holds(lp, values):
        return Status.NO_PLAN
    if claim is Status.OPTIMAL and row_duals is not None:
        bound = _dual_objective(lp, row_duals)
        objective = float(lp.cost @ values)
        if objective - bound > OPTIMALITY * max(1.0, abs(objective), abs(bound)):
            return Status.FEASIBLE
    return claim


def is_proven(objective: float, bound: float) -> bool:
    """Whether a bound is near enough for an answer in whole numbers to count as optimal."""
    return objective - bound <= PROVEN * abs(objective) + 1e-9


def _holds(lp: LinearProgram, values: Floats) -> bool:
    terms = lp.values * np.repeat(values, np.diff(lp.starts))
    activity = sum_by(lp.rows, terms, lp.n_rows)
    size = sum_by(lp.rows, np.abs(terms), lp.n_rows)
    rows = _within(activity, lp.row_lower, lp.row_upper, size)
    return rows and _within(values, lp.column_lower, lp.column_upper, np.abs(values))


def _within(value: Floats, lower: Floats, upper: Floats, size: Floats) -> bool:
    slack = FEASIBILITY * np.maximum(1.0, size)
    return bool(np.all((value >= lower - slack) & (value <= upper + slack)))


def _dual_objective(lp: LinearProgram, row_duals: Floats) -> float:
    """Lower bound from the duals; reduced costs of unbounded variables are taken as zero."""
    reduced = lp.reduced_costs(row_duals)
    return _at_best(reduced, lp.column_lower, lp.column_upper) + _at_best(
        row_duals, lp.row_lower, lp.row_upper
    )


def _at_best(price: Floats, lower: Floats, upper: Floats) -> float:
    bound = np.where(price > 0, lower, upper)
    return float(np.sum(np.where(np.isfinite(bound), price * np.where(np.isfinite(bound), bound, 0), 0)))
