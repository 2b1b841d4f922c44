"""Incremental solves: one matrix with other costs, limits or bounds, each from the last basis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Ints
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.solvers.highs import load_solver, run, set_options
from computeplan.solvers.options import SolverOptions, SolverResult

Statuses = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Basis(ReadOnlyArrays):
    """Status of every column and row in HiGHS's numbers."""

    columns: Statuses
    rows: Statuses

    def fits(self, columns: int, rows: int) -> bool:
        """Whether it can be the basis of a program of this size."""
        return (len(self.columns), len(self.rows)) == (columns, rows)


@dataclass(frozen=True)
class Start:
    """Warm start of a solve."""

    bases: tuple[Basis | None, ...]
    """One for each independent part of the program."""
    costs_only: bool = False
    """Whether only costs differ from the program of the bases, so that its plan is feasible."""


def read_basis(highs: Any) -> Basis | None:
    """Read a solver's basis; None where it has none."""
    found = highs.getBasis()
    if not found.valid:
        return None
    return Basis(_numbers(found.col_status), _numbers(found.row_status))


def set_basis(highs: Any, basis: Basis) -> bool:
    """Give a solver a basis; return whether it takes it."""
    import highspy

    status = [highspy.HighsBasisStatus(number) for number in range(5)]
    given = highspy.HighsBasis()
    given.valid = True
    given.col_status = [status[number] for number in basis.columns.tolist()]
    given.row_status = [status[number] for number in basis.rows.tolist()]
    return bool(highs.setBasis(given).name != "kError")


def _numbers(statuses: Any) -> Statuses:
    return np.fromiter((int(status) for status in statuses), np.int8, len(statuses))


PRIMAL, DUAL = 4, 1
"""HiGHS's numbers for its primal and dual simplex method."""


class IncrementalSolver:
    """HiGHS with the basis of its last solve.

    The matrix stays; a change of costs is followed by the primal simplex method (the last plan is still
    feasible), a change of limits or bounds by the dual one (the last prices still are).

    `options`: of HiGHS; the first solve is by its method.
    """

    def __init__(self, lp: LinearProgram, options: SolverOptions) -> None:
        self.lp = lp
        self._options = options
        self._highs = load_solver(lp, options)
        self._solved = False

    def copy_basis(self, other: IncrementalSolver) -> None:
        """Start the first solve from the basis of another program of the same shape, if it has one."""
        alike = (self.lp.n_columns, self.lp.n_rows) == (other.lp.n_columns, other.lp.n_rows)
        basis = other._highs.getBasis()
        if alike and basis.valid and self._highs.setBasis(basis).name != "kError":
            self._highs.setOptionValue("solver", "simplex")

    def warm_start(self, basis: Basis, *, costs_only: bool) -> None:
        """Start the first solve from a basis, if it fits.

        `costs_only`: whether it is optimal but for costs.
        """
        if basis.fits(self.lp.n_columns, self.lp.n_rows) and set_basis(self._highs, basis):
            self._warm(PRIMAL if costs_only else DUAL)

    def basis(self) -> Basis | None:
        """Give the basis in which the last solve ended, if it did in one."""
        return read_basis(self._highs)

    def solve(self, time_limit_s: float | None = None) -> SolverResult:
        """Solve the current program, in less time than the options allow where a limit is given."""
        self._solved = True
        options = self._options if time_limit_s is None else replace(self._options, time_limit_s=time_limit_s)
        result = run(self._highs, self.lp, options)
        if options.is_stopped:  # the old one may still be at work
            self._highs = load_solver(self.lp, self._options)
        return result

    def stopped_result(self) -> SolverResult:
        """Give the result of a solve that was stopped, or had no time left, before it began."""
        detail = "Interrupt" if self._options.is_stopped else "TimeLimit"
        return SolverResult.stopped("highs", self._highs.version(), detail)

    def update(self, lp: LinearProgram) -> None:
        """Replace costs, limits and bounds by those of a program with the same matrix.

        Raises `ValueError` if the matrix is another.
        """
        if not same_matrix(self.lp, lp):
            raise ValueError("a solver re-solves one matrix; start another solver for another one")
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

    def reset(self) -> None:
        """Discard the last basis: after a large change a cold start by the options' method is faster."""
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
