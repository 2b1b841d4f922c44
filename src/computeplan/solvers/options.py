"""What a solver is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from computeplan.problem import Floats, Status

PROVEN = 1e-6
"""Relative gap up to which an answer in whole numbers counts as optimal."""


class Method(StrEnum):
    """Algorithm for a linear program; ``auto`` chooses by its shape."""

    AUTO = "auto"
    SIMPLEX = "simplex"
    IPM = "ipm"


@dataclass(frozen=True)
class SolverOptions:
    """How to solve.

    Attributes
    ----------
    name : str
        ``highs`` (arrays handed over directly), ``clarabel`` (an interior point without a basis), ``auto``
        (one of the two, by the shape of the program) or the name of a solver that PuLP finds, such as
        ``cbc``.
    time_limit_s : float, optional
        Wall time for the solver's own run.
    threads : int, optional
        Most threads; the solver's default where absent.
    method : Method
        Used by HiGHS only; one that is stated makes ``auto`` take HiGHS.
    gap : float
        Relative gap at which a mixed-integer program is solved well enough.
    """

    name: str = "highs"
    time_limit_s: float | None = None
    threads: int | None = None
    method: Method = Method.AUTO
    gap: float = PROVEN


@dataclass(frozen=True, eq=False)
class SolverResult:
    """A solver's answer, in one vocabulary for all solvers.

    Attributes
    ----------
    status : Status
    values : (n_columns,), optional
        Absent without a plan.
    row_duals : (n_rows,), optional
        Change of the objective with each right-hand side; absent where the solver gives none.
    objective : float, optional
        As the solver states it.
    solver, version : str
    detail : str
        The solver's own word for the status.
    iterations : int
        0 where the solver does not tell.
    bound : float, optional
        No solution is better, as the solver says; of mixed-integer programs only.
    """

    status: Status
    values: Floats | None
    row_duals: Floats | None
    objective: float | None
    solver: str
    version: str
    detail: str
    iterations: int = 0
    bound: float | None = None
