"""All optimal solutions of a linear program, as a linear program."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeplan.lp.linear_program import LinearForm, LinearProgram
from computeplan.lp.scaling import scaling_for
from computeplan.problem import Floats, sum_by

PRICED = 1e-7
"""A reduced cost or dual above this, relative to the largest cost, is not zero; numbers of ordinary size."""


def optimal_face(lp: LinearProgram, row_duals: Floats, objective: LinearForm) -> LinearProgram:
    """Restrict a program to its optimal solutions and give it another objective.

    By complementary slackness a solution is optimal exactly if every column with a reduced cost rests at its
    bound and every row with a dual at its limit.

    Parameters
    ----------
    lp : LinearProgram
    row_duals : (n_rows,)
        Of an optimal solution.
    objective : LinearForm

    Returns
    -------
    LinearProgram
        The same columns and rows, some of them fixed.
    """
    column = np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))
    reduced = lp.cost - sum_by(column, lp.values * row_duals[lp.rows], lp.n_columns)
    scaling, cost = scaling_for(lp), lp.cost
    if scaling is not None:
        reduced, row_duals, cost = scaling.prices(reduced, row_duals, cost)
    priced = PRICED * max(1e-12, float(np.abs(cost).max(initial=0.0)))
    column_lower, column_upper = _held(reduced, priced, lp.column_lower, lp.column_upper)
    row_lower, row_upper = _held(row_duals, priced, lp.row_lower, lp.row_upper)
    return replace(
        lp,
        cost=objective.coefficients,
        offset=objective.constant,
        column_lower=column_lower,
        column_upper=column_upper,
        row_lower=row_lower,
        row_upper=row_upper,
    )


def within(lp: LinearProgram, limit: float, objective: LinearForm) -> LinearProgram:
    """Keep a program's objective at most at a limit and give it another one; that needs no duals.

    Parameters
    ----------
    lp : LinearProgram
    limit : float
        Of the objective, offset included.
    objective : LinearForm

    Returns
    -------
    LinearProgram
        With one more row.
    """
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


def _held(price: Floats, priced: float, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Limits with those that have a price made equal to the one that the price belongs to."""
    low = np.where((price < -priced) & np.isfinite(upper), upper, lower)
    high = np.where((price > priced) & np.isfinite(lower), lower, upper)
    return low, high
