"""A linear program as Clarabel takes it.

    minimize ½ x P x + q x   subject to   A x + s = b,   s = 0 for equalities, s ≥ 0 for limits

Every finite limit of a row or column is a row of A: equalities first, then upper limits, then lower
limits with their sign turned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats, Ints, sum_by
from computeplan.solvers.options import SolverOptions

TOLERANCE = 1e-9
"""Relative accuracy that is asked for: of the whole, while the audit holds it against single rows."""
ALMOST = 1e-6
"""Relative accuracy with which an answer counts as almost solved."""


@dataclass(frozen=True, eq=False)
class ConicForm:
    """The rows of A.

    Attributes
    ----------
    matrix : scipy.sparse.csc_array
    limit : (k,)
        b.
    equalities : int
        How many rows of A, from the first on, hold with equality.
    owner : (k,)
        Row of the linear program that each is a limit of; columns are numbered behind the rows.
    sign : (k,)
        −1 for lower limits.
    """

    matrix: Any
    limit: Floats
    equalities: int
    owner: Ints
    sign: Floats

    def row_duals(self, z: Floats, n_rows: int) -> Floats:
        """Change of the objective with each right-hand side of the linear program."""
        own = self.owner < n_rows
        return sum_by(self.owner[own], -(self.sign * z)[own], n_rows)

    def columns_of(self, chosen: Bools, sign: float, lp: LinearProgram) -> Bools:
        """(n_columns,) whether a column's lower (sign −1) or upper (sign 1) limit is chosen."""
        column = self.owner[chosen & (self.sign == sign)] - lp.n_rows
        found = np.zeros(lp.n_columns, dtype=bool)
        found[column[column >= 0]] = True
        return found

    def with_met(self, met: Bools) -> ConicForm:
        """Turn the limits that are met into equalities."""
        order = np.argsort(~met, kind="stable")
        return replace(
            self,
            matrix=self.matrix.tocsr()[order].tocsc(),
            limit=self.limit[order],
            equalities=int(met.sum()),
            owner=self.owner[order],
            sign=self.sign[order],
        )


def conic_form(lp: LinearProgram) -> ConicForm:
    """Turn every finite limit of a program into a row.

    Parameters
    ----------
    lp : LinearProgram
    """
    from scipy import sparse

    rows = sparse.csc_array((lp.values, lp.rows, lp.starts), shape=(lp.n_rows, lp.n_columns))
    both = sparse.vstack([rows, sparse.eye_array(lp.n_columns)], format="csr")
    lower = np.concatenate((lp.row_lower, lp.column_lower))
    upper = np.concatenate((lp.row_upper, lp.column_upper))
    equal = np.flatnonzero(lower == upper)
    above = np.flatnonzero((lower != upper) & (upper < np.inf))
    below = np.flatnonzero((lower != upper) & (lower > -np.inf))
    owner = np.concatenate((equal, above, below))
    sign = np.repeat((1.0, -1.0), (len(equal) + len(above), len(below)))
    return ConicForm(
        matrix=(sparse.diags_array(sign) @ both[owner]).tocsc(),
        limit=sign * np.concatenate((upper[equal], upper[above], lower[below])),
        equalities=len(equal),
        owner=owner,
        sign=sign,
    )


def run(form: ConicForm, cost: Floats, options: SolverOptions, *, squares: float = 0.0) -> Any:
    """Run Clarabel.

    Parameters
    ----------
    form : ConicForm
    cost : (n,)
        q.
    options : SolverOptions
    squares : float
        P is this times the identity.

    Returns
    -------
    clarabel.DefaultSolution
    """
    import clarabel
    from scipy import sparse

    cones = [
        clarabel.ZeroConeT(form.equalities),
        clarabel.NonnegativeConeT(len(form.limit) - form.equalities),
    ]
    quadratic = (squares * sparse.eye_array(len(cost))).tocsc()
    quadratic.eliminate_zeros()
    return clarabel.DefaultSolver(quadratic, cost, form.matrix, form.limit, cones, _settings(options)).solve()


def _settings(options: SolverOptions) -> Any:
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    # Clarabel's own choice takes twice as long on programs of medium size; see bench/RESULTS-methods.md.
    settings.direct_solve_method = "qdldl"
    settings.tol_gap_rel = settings.tol_gap_abs = settings.tol_feas = TOLERANCE
    settings.reduced_tol_gap_rel = settings.reduced_tol_gap_abs = settings.reduced_tol_feas = ALMOST
    if options.time_limit_s is not None:
        settings.time_limit = options.time_limit_s
    return settings
