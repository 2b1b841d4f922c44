"""Which solvers there are, and one call for all of them."""

from __future__ import annotations

import numpy as np

from computeplan.errors import SolverError, UsageError
from computeplan.lp import LinearProgram
from computeplan.solvers import clarabel
from computeplan.solvers.choice import AUTO, chosen, shape_of
from computeplan.solvers.highs import solve_highs
from computeplan.solvers.options import SolverOptions, SolverResult
from computeplan.solvers.pulp_bridge import ALIASES, available_pulp, solve_pulp


def available() -> list[str]:
    """Names of the solvers that can be used here, the default first."""
    optional = [clarabel.NAME] if clarabel.is_installed() else []
    return ["highs", AUTO, *optional, *(name for name in available_pulp() if name.lower() != "highs")]


def solve(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve a linear program.

    Parameters
    ----------
    lp : LinearProgram
    options : SolverOptions

    Returns
    -------
    SolverResult

    Raises
    ------
    UsageError
        If there is no such solver here.
    SolverError
        If the program has a coefficient that is no number, or the solver fails.
    """
    _check_numbers(lp)
    options = settled(lp, options)
    if options.name == "highs":
        return solve_highs(lp, options)
    if options.name == clarabel.NAME:
        return clarabel.solve_clarabel(lp, options)
    check_available(options.name)
    return solve_pulp(lp, options)


def settled(lp: LinearProgram, options: SolverOptions) -> SolverOptions:
    """Choose by the shape of the program what the options leave to ``auto``."""
    return chosen(options, shape_of(lp), with_clarabel=clarabel.is_installed())


def _check_numbers(lp: LinearProgram) -> None:
    """HiGHS takes nan without a word and reports an optimum."""
    finite = (lp.cost, lp.values)
    limits = (lp.column_lower, lp.column_upper, lp.row_lower, lp.row_upper)
    if not all(np.isfinite(a).all() for a in finite) or any(np.isnan(a).any() for a in limits):
        raise SolverError("the linear program has a coefficient that is not a finite number")


def check_available(name: str) -> None:
    """Raise UsageError unless the solver can be used here."""
    if name == clarabel.NAME:
        clarabel.check_installed()
    names = available()
    if name not in names and ALIASES.get(name) not in names:
        raise UsageError(f"solver: expected one of {', '.join(names)}, got {name!r}")
