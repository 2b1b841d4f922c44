"""One linear program solved again and again with other costs, limits or bounds, warm."""

from __future__ import annotations

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Ints, Status
from computeplan.solvers.basis import Basis, read_basis, set_basis
from computeplan.solvers.highs import load_model, new_highs, run, set_options
from computeplan.solvers.options import SolverOptions, SolverResult

PRIMAL, DUAL = 4, 1
"""HiGHS's numbers for its primal and dual simplex method."""


class Session:
    """A solver that keeps its last basis.

    The matrix stays; a change of costs is followed by the primal simplex method (the last plan is still
    feasible), a change of limits or bounds by the dual one (the last prices still are).

    Parameters
    ----------
    lp : LinearProgram
    options : SolverOptions
        Of HiGHS; the first solve is by its method.
    """

    def __init__(self, lp: LinearProgram, options: SolverOptions) -> None:
        self.lp = lp
        self._options = options
        self._highs = new_highs()
        set_options(self._highs, options, lp)
        load_model(self._highs, lp)
        self._solved = False

    def start_from(self, other: Session) -> None:
        """Start the first solve from the basis of another program of the same shape, if it has one."""
        alike = (self.lp.n_columns, self.lp.n_rows) == (other.lp.n_columns, other.lp.n_rows)
        basis = other._highs.getBasis()
        if alike and basis.valid and self._highs.setBasis(basis).name != "kError":
            self._highs.setOptionValue("solver", "simplex")

    def start_at(self, basis: Basis, *, costs_only: bool) -> None:
        """Start the first solve from a basis, if it fits.

        Parameters
        ----------
        basis : Basis
        costs_only : bool
            Whether it is optimal but for costs.
        """
        if basis.fits(self.lp.n_columns, self.lp.n_rows) and set_basis(self._highs, basis):
            self._warm(PRIMAL if costs_only else DUAL)

    def basis(self) -> Basis | None:
        """Give the basis in which the last solve ended, if it did in one."""
        return read_basis(self._highs)

    def solve(self) -> SolverResult:
        """Solve as things stand."""
        self._solved = True
        return run(self._highs, self.lp)

    def stopped(self) -> SolverResult:
        """Say that no time was left to solve."""
        return SolverResult(Status.NO_PLAN, None, None, None, "highs", self._highs.version(), "TimeLimit")

    def update(self, lp: LinearProgram) -> None:
        """Take over the costs, limits and bounds of a program with the same matrix.

        Parameters
        ----------
        lp : LinearProgram

        Raises
        ------
        ValueError
            If the matrix is another.
        """
        if not same_matrix(self.lp, lp):
            raise ValueError("a session re-solves one matrix; start another session for another one")
        costs = np.flatnonzero(self.lp.cost != lp.cost)
        bounds = _changed(self.lp.column_lower, lp.column_lower, self.lp.column_upper, lp.column_upper)
        limits = _changed(self.lp.row_lower, lp.row_lower, self.lp.row_upper, lp.row_upper)
        if len(costs):
            self._highs.changeColsCost(*_indexed(costs), lp.cost[costs])
        if len(bounds):
            low, high = lp.column_lower[bounds], lp.column_upper[bounds]
            self._highs.changeColsBounds(*_indexed(bounds), low, high)
        for row in limits.tolist():
            self._highs.changeRowBounds(row, lp.row_lower[row], lp.row_upper[row])
        self._highs.changeObjectiveOffset(lp.offset)
        if self._solved:
            self._warm(PRIMAL if not len(bounds) and not len(limits) else DUAL)
        self.lp = lp

    def restart(self) -> None:
        """Forget the last basis: after a large change a fresh start by the options' method is faster."""
        self._highs.clearSolver()
        self._highs.setOptionValue("simplex_strategy", DUAL)
        set_options(self._highs, self._options, self.lp)
        self._solved = False

    def _warm(self, strategy: int) -> None:
        # An interior point would throw the basis away.
        self._highs.setOptionValue("solver", "simplex")
        self._highs.setOptionValue("simplex_strategy", strategy)


def same_matrix(one: LinearProgram, other: LinearProgram) -> bool:
    """Whether two programs differ in costs, limits and bounds only."""
    pairs = ((one.starts, other.starts), (one.rows, other.rows), (one.values, other.values))
    return one.n_rows == other.n_rows and all(a is b or np.array_equal(a, b) for a, b in pairs)


def _changed(low: Floats, new_low: Floats, high: Floats, new_high: Floats) -> Ints:
    return np.flatnonzero((low != new_low) | (high != new_high))


def _indexed(indices: Ints) -> tuple[int, np.typing.NDArray[np.int32]]:
    return len(indices), indices.astype(np.int32)
