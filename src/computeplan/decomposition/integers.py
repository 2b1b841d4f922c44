"""Solve a mixed-integer program, and its continuous part again at the whole numbers found.

A solver keeps whole numbers to its tolerance only. Held at the rounded ones the rest is a linear program,
whose answer is exact; its duals are those of these choices and prove nothing about others.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Status
from computeplan.solvers import SolverOptions, SolverResult, solve


def solve_integers(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve a program with whole numbers.

    Parameters
    ----------
    lp : LinearProgram
    options : SolverOptions

    Returns
    -------
    SolverResult
        Without duals.
    """
    found = solve(lp, options)
    if found.values is None:
        return found
    low, high = lp.column_lower.copy(), lp.column_upper.copy()
    low[lp.integer] = high[lp.integer] = np.round(found.values[lp.integer])
    none = np.zeros(0, dtype=np.int64)
    rest = solve(replace(lp, column_lower=low, column_upper=high, integer=none), options)
    if rest.status is not Status.OPTIMAL:
        # Rounded they may just not fit; the solver's own values hold within its tolerance.
        return found
    return replace(found, values=rest.values, objective=rest.objective)
