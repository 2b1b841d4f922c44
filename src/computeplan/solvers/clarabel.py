"""Clarabel, an interior-point solver without crossover: its answer has duals, but no basis.

    minimize ½ x P x + q x   subject to   A x + s = b,   s = 0 for equalities, s ≥ 0 for limits

Every finite limit of a row or column is a row of A: equalities first, then upper limits, then lower
limits with their sign turned. Values of an optimum are snapped to the bounds they are active at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from logging import getLogger
from typing import Any

import numpy as np

from computeplan.errors import SolverError, UsageError
from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats, Ints, Status, sum_by
from computeplan.solvers.options import Capabilities, SolverOptions, SolverResult
from computeplan.solvers.own_options import OptionList, OwnOption, Reserved, reserve
from computeplan.solvers.stopping import run_until_stopped
from computeplan.solvers.termination import verify_status

LOG = getLogger(__package__)

TOLERANCE = 1e-9
"""Relative accuracy that is asked for: of the whole, while the audit holds it against single rows."""
ALMOST = 1e-6
"""Relative accuracy with which an answer counts as almost solved."""


@dataclass(frozen=True, eq=False)
class ConicForm:
    """The rows of A."""

    matrix: Any
    limit: Floats
    """(k,) b."""
    equalities: int
    """How many rows of A, from the first on, hold with equality."""
    owner: Ints
    """(k,) row of the linear program that each is a limit of; columns are numbered behind the rows."""
    sign: Floats
    """(k,) −1 for lower limits."""

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

    def as_equalities(self, met: Bools) -> ConicForm:
        """Turn the active limits into equalities."""
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
    """Turn every finite limit of a program into a row."""
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
    """Run Clarabel; None where it was stopped and has not ended yet.

    `cost` (n,): q. `squares`: P is this times the identity.
    """
    import clarabel
    from scipy import sparse

    cones = [
        clarabel.ZeroConeT(form.equalities),
        clarabel.NonnegativeConeT(len(form.limit) - form.equalities),
    ]
    quadratic = (squares * sparse.eye_array(len(cost))).tocsc()
    quadratic.eliminate_zeros()
    if options.is_stopped:  # its setup of a large program takes seconds in which no signal is heard
        return None
    solver = clarabel.DefaultSolver(quadratic, cost, form.matrix, form.limit, cones, _settings(options))
    if options.stop is not None:
        solver.set_termination_callback(lambda _: options.is_stopped)
    solver.print_to_buffer()
    answer = run_until_stopped(solver.solve, options)
    if answer is not None and options.is_heard(LOG):
        for line in solver.get_print_buffer().splitlines():
            LOG.debug("%s", line)
    return answer


def _settings(options: SolverOptions) -> Any:
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose = options.is_heard(LOG)
    # Clarabel's own choice takes twice as long on programs of medium size; see bench/RESULTS-methods.md.
    settings.direct_solve_method = "qdldl"
    settings.tol_gap_rel = settings.tol_gap_abs = settings.tol_feas = TOLERANCE
    settings.reduced_tol_gap_rel = settings.reduced_tol_gap_abs = settings.reduced_tol_feas = ALMOST
    if options.time_limit_s is not None:
        settings.time_limit = options.time_limit_s
    if options.threads is not None:
        settings.max_threads = options.threads
    for name, value in options.options.items():
        setattr(settings, name, value)
    return settings


LINEAR_SOLVERS = ("auto", "qdldl", "faer")
MOST_ITERATIONS = 2**32 - 1
"""Clarabel counts in 32 bits."""
RESERVED = reserve(
    {
        Reserved.TIME_LIMIT: ("time_limit",),
        Reserved.THREADS: ("max_threads",),
        Reserved.VERBOSE: ("verbose", "pardiso_verbose"),
        Reserved.NO_OTHER: ("direct_kkt_solver",),
    }
)
"""Options of Clarabel that are not for users, and why."""


@cache
def own_options() -> OptionList:
    """List the options of Clarabel as it has them; what it is accurate to can only be tightened."""
    settings = _settings(SolverOptions())
    values = {name: getattr(settings, name) for name in dir(settings) if not name.startswith("_")}
    found = {}
    for name, value in values.items():
        if isinstance(value, bool | int | float | str):
            most = MOST_ITERATIONS if isinstance(value, int) else np.inf
            if isinstance(value, float) and "tol_" in name:
                most = value
            least = -np.inf if isinstance(value, bool | str) else 0.0
            words = LINEAR_SOLVERS if name == "direct_solve_method" else ()
            found[name] = OwnOption(type(value), least, most, words)
    of_cones = [name for name in found if name.startswith("chordal_decomposition_")]
    return OptionList(found, RESERVED | reserve({Reserved.CONES: of_cones}))


NEAR = 1e-6
"""Largest distance from a limit that may be closed, relative to the size of what is limited."""
SMALL = 0.01
"""Sizes below count as this much: a solver's tolerance is absolute where everything is small."""


def snap_to_active_bounds(lp: LinearProgram, form: ConicForm, answer: Any, options: SolverOptions) -> Floats:
    """Snap interior-point values to the bounds they are active at, and restore the rows.

    At an optimum a limit is active or has no price. An interior point leaves a little of both at every
    limit: whichever is smaller is rounding. The columns that are at no limit move as little as they can,
    relative to their own distance from their limits, so that all rows hold.

    `form`: of `lp`.

    Returns (n_columns,) values within the columns' bounds; where no such move is found, as the solver left
    it.
    """
    values = np.asarray(answer.x, dtype=float)
    met = _find_active(lp, form, answer)
    at_low, at_high = form.columns_of(met, -1.0, lp), form.columns_of(met, 1.0, lp)
    moved = np.where(at_low, lp.column_lower, np.where(at_high, lp.column_upper, values))
    free = np.flatnonzero(~(at_low | at_high))
    size = _distance_from_limits(lp, values)[free]
    scaled = form.matrix[:, free].multiply(size).tocsc()
    nearest = replace(form, matrix=scaled, limit=form.limit - form.matrix @ moved).as_equalities(met)
    answer = run(nearest, np.zeros(len(free)), options, squares=1.0)
    if answer is not None and str(answer.status) == "Solved":
        moved[free] += size * np.asarray(answer.x)
    else:
        moved = values
    inside: Floats = np.clip(moved, lp.column_lower, lp.column_upper)
    return inside


def _find_active(lp: LinearProgram, form: ConicForm, answer: Any) -> Bools:
    """(k,) which limits are active."""
    values, slack, price = (np.abs(np.asarray(part, dtype=float)) for part in (answer.x, answer.s, answer.z))
    total = float(np.abs(lp.cost) @ values) or 1.0
    size = np.where(form.owner < lp.n_rows, abs(form.matrix) @ values, values.max(initial=0.0))
    size = np.maximum(size, SMALL)
    near = slack / size
    met: Bools = (near < NEAR) & (near < price * size / total)
    met[: form.equalities] = True
    return met


def _distance_from_limits(lp: LinearProgram, values: Floats) -> Floats:
    """Distance of each column from its nearest limit; its size where it has none."""
    room = np.minimum(values - lp.column_lower, lp.column_upper - values)
    size = np.where(np.isfinite(room), room, np.abs(values))
    least = NEAR * max(SMALL, float(np.abs(values).max(initial=0.0)))
    return np.where(size > least, size, least)


NAME = "clarabel"
CAPABILITIES = Capabilities(integers=False, bound=False, duals=True)

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
            "solver: clarabel is not installed",
            path="solver",
            hint="run `pip install 'computeplan[clarabel]'`, or take highs",
        )


def solve_clarabel(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve with Clarabel.

    Raises `UsageError` if Clarabel is not installed. Raises `SolverError` if it fails.

    Values at an active bound are exactly on it.
    """
    check_installed()
    form = conic_form(lp)
    answer = run(form, lp.cost, options)
    if answer is None:
        return SolverResult.stopped(NAME, version(NAME), "Interrupt")
    detail = str(answer.status)
    claim = _claim(detail, form, lp.n_columns, options)
    values, duals = _values_and_duals(lp, form, answer, claim, options)
    status = verify_status(claim, lp, values, duals)
    if detail == "InsufficientProgress" and not status.has_plan:
        raise _failure(detail)
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


def _values_and_duals(
    lp: LinearProgram, form: ConicForm, answer: Any, claim: Status, options: SolverOptions
) -> tuple[Floats | None, Floats | None]:
    """Values and row duals, where the claim has any; those of an optimum are snapped to their bounds."""
    if not claim.has_plan:
        return None, None
    optimal = claim is Status.OPTIMAL
    values = (
        snap_to_active_bounds(lp, form, answer, options) if optimal else np.asarray(answer.x, dtype=float)
    )
    return values, form.row_duals(np.asarray(answer.z, dtype=float), lp.n_rows)


def _claim(detail: str, form: ConicForm, n_columns: int, options: SolverOptions) -> Status:
    claim = STATUS.get(detail)
    if claim is None:
        raise _failure(detail)
    if claim is not Status.UNBOUNDED:
        return claim
    # A ray along which the cost falls proves nothing without a plan to start from.
    feasibility = run(form, np.zeros(n_columns), options)
    without_cost = "" if feasibility is None else str(feasibility.status)
    if without_cost == "PrimalInfeasible":
        return Status.INFEASIBLE
    return Status.UNBOUNDED if without_cost == "Solved" else Status.NO_PLAN


def _failure(detail: str) -> SolverError:
    return SolverError(f"Clarabel failed with status {detail}", hint="try --solver highs")
