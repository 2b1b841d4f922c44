"""Puts on their limits the values that an interior point only comes near to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats
from computeplan.solvers.conic_form import ConicForm, run
from computeplan.solvers.options import SolverOptions

NEAR = 1e-6
"""Largest distance from a limit that may be closed, relative to the size of what is limited."""
SMALL = 0.01
"""Sizes below count as this much: a solver's tolerance is absolute where everything is small."""


def rested(lp: LinearProgram, form: ConicForm, answer: Any, options: SolverOptions) -> Floats:
    """Let rest at its limit what its price holds there, and move everything else after it.

    At an optimum a limit is met or has no price. An interior point leaves a little of both at every limit:
    whichever is smaller is rounding. The columns that rest at no limit move as little as they can, relative
    to their own distance from their limits, so that all rows hold.

    Parameters
    ----------
    lp : LinearProgram
    form : ConicForm
        Of `lp`.
    answer : clarabel.DefaultSolution
    options : SolverOptions

    Returns
    -------
    (n_columns,) array
        Within the columns' bounds; where no such move is found, as the solver left it.
    """
    values = np.asarray(answer.x, dtype=float)
    met = _is_met(lp, form, answer)
    at_low, at_high = form.columns_of(met, -1.0, lp), form.columns_of(met, 1.0, lp)
    moved = np.where(at_low, lp.column_lower, np.where(at_high, lp.column_upper, values))
    free = np.flatnonzero(~(at_low | at_high))
    size = _room(lp, values)[free]
    scaled = form.matrix[:, free].multiply(size).tocsc()
    nearest = replace(form, matrix=scaled, limit=form.limit - form.matrix @ moved).with_met(met)
    answer = run(nearest, np.zeros(len(free)), options, squares=1.0)
    if str(answer.status) == "Solved":
        moved[free] += size * np.asarray(answer.x)
    else:
        moved = values
    inside: Floats = np.clip(moved, lp.column_lower, lp.column_upper)
    return inside


def _is_met(lp: LinearProgram, form: ConicForm, answer: Any) -> Bools:
    """(k,) which limits hold with equality."""
    values, slack, price = (np.abs(np.asarray(part, dtype=float)) for part in (answer.x, answer.s, answer.z))
    total = float(np.abs(lp.cost) @ values) or 1.0
    size = np.where(form.owner < lp.n_rows, abs(form.matrix) @ values, values.max(initial=0.0))
    size = np.maximum(size, SMALL)
    near = slack / size
    met: Bools = (near < NEAR) & (near < price * size / total)
    met[: form.equalities] = True
    return met


def _room(lp: LinearProgram, values: Floats) -> Floats:
    """Distance of each column from its nearest limit; its size where it has none."""
    room = np.minimum(values - lp.column_lower, lp.column_upper - values)
    size = np.where(np.isfinite(room), room, np.abs(values))
    least = NEAR * max(SMALL, float(np.abs(values).max(initial=0.0)))
    return np.where(size > least, size, least)
