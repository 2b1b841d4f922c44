"""Clarabel, an interior-point solver without crossover: its answer has duals, but no basis."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from computeplan.errors import SolverError, UsageError
from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Status
from computeplan.solvers.conic_form import ConicForm, conic_form, run
from computeplan.solvers.options import SolverOptions, SolverResult
from computeplan.solvers.resting import rested
from computeplan.solvers.verdict import settle

NAME = "clarabel"

STATUS = {
    "Solved": Status.OPTIMAL,
    "AlmostSolved": Status.FEASIBLE,
    "PrimalInfeasible": Status.INFEASIBLE,
    "DualInfeasible": Status.UNBOUNDED,
    "MaxIterations": Status.FEASIBLE,
    "MaxTime": Status.FEASIBLE,
    "CallbackTerminated": Status.FEASIBLE,
    "InsufficientProgress": Status.FEASIBLE,
}
"""Clarabel's status in our words; what stopped early counts as feasible only if its answer is."""


def is_installed() -> bool:
    """Whether the optional packages are here."""
    return all(find_spec(name) is not None for name in (NAME, "scipy"))


def check_installed() -> None:
    """Raise UsageError, with what to install, unless Clarabel can be used here."""
    if not is_installed():
        raise UsageError(
            "solver: clarabel is not installed; run `pip install 'computeplan[clarabel]'`, or take highs"
        )


def solve_clarabel(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve with Clarabel.

    Parameters
    ----------
    lp : LinearProgram
    options : SolverOptions

    Returns
    -------
    SolverResult
        Values that rest at a limit stand exactly on it.

    Raises
    ------
    UsageError
        If Clarabel is not installed.
    SolverError
        If it fails.
    """
    check_installed()
    form = conic_form(lp)
    answer = run(form, lp.cost, options)
    detail = str(answer.status)
    claim = _claim(detail, form, lp.n_columns, options)
    values, duals = _answer(lp, form, answer, claim, options)
    status = settle(claim, lp, values, duals)
    if detail == "InsufficientProgress" and not status.has_plan:
        raise _failed(detail)
    found = values if status.has_plan else None
    return SolverResult(
        status=status,
        values=found,
        row_duals=duals if status.has_plan else None,
        objective=None if found is None else lp.offset + float(lp.cost @ found),
        solver=NAME,
        version=version(NAME),
        detail=detail,
        iterations=answer.iterations,
    )


def _answer(
    lp: LinearProgram, form: ConicForm, answer: Any, claim: Status, options: SolverOptions
) -> tuple[Floats | None, Floats | None]:
    """Values and row duals, where the claim has any; those of an optimum are cleaned."""
    if not claim.has_plan:
        return None, None
    optimal = claim is Status.OPTIMAL
    values = rested(lp, form, answer, options) if optimal else np.asarray(answer.x, dtype=float)
    return values, form.row_duals(np.asarray(answer.z, dtype=float), lp.n_rows)


def _claim(detail: str, form: ConicForm, n_columns: int, options: SolverOptions) -> Status:
    claim = STATUS.get(detail)
    if claim is None:
        raise _failed(detail)
    if claim is not Status.UNBOUNDED:
        return claim
    # A ray along which the cost falls does not tell whether there is a plan to start from.
    without_cost = str(run(form, np.zeros(n_columns), options).status)
    if without_cost == "PrimalInfeasible":
        return Status.INFEASIBLE
    return Status.UNBOUNDED if without_cost == "Solved" else Status.NO_PLAN


def _failed(detail: str) -> SolverError:
    return SolverError(f"Clarabel failed with status {detail}; try --solver highs")
