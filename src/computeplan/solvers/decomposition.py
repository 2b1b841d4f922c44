"""Solve a linear program by its structure: drop what never binds, price what couples, split the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Flag, auto

import numpy as np

from computeplan.lp import LinearProgram, Scaling
from computeplan.problem import Bools, Floats, Ints, Status
from computeplan.solvers.incremental import Basis, IncrementalSolver, Start, same_matrix
from computeplan.solvers.lagrangian import DualPoint, LagrangianSolution, find_price
from computeplan.solvers.options import SolverOptions, SolverResult
from computeplan.solvers.presolve import never_binding, scale_program, unscale_result
from computeplan.solvers.registry import choose_options, run_solver
from computeplan.solvers.subproblems import (
    Subproblem,
    Subproblems,
    assemble,
    bundle_components,
    find_components,
    split_program,
    worst_status,
)

LARGEST_PART = 0.5
"""Above this share of the columns in one part, splitting does not pay."""
DENSE_ROW = 0.01
"""Share of the columns in a row from which on the row couples everything."""
DENSE_ENTRIES = 20
"""Entries that such a row has at least, so that the rows of a small program are not all dense."""
STEEPEST = 1e9
"""Price of a coupling row, relative to the mean cost of its use, above which the row cannot be met."""


class Reduction(Flag):
    """Exact reductions; the optimum is the same without any of them.

    ``MERGE``: interchangeable workloads become one class (see `computeplan.grouping`). ``DROP``: rows that no
    plan can break do not hold parts together. ``SPLIT``: independent subproblems are solved alone, on several
    threads. ``PRICE``: a row that alone couples the parts, such as a carbon cap, is priced.
    """

    NONE = 0
    MERGE = auto()
    DROP = auto()
    SPLIT = auto()
    PRICE = auto()
    ALL = MERGE | DROP | SPLIT | PRICE


@dataclass(frozen=True, eq=False)
class Structure:
    """Independent subproblems of a program, and the row that couples them."""

    parts: tuple[Subproblem, ...]
    """Empty where it does not."""
    coupling: Ints
    """(k,) the row that couples them, if there is one."""


class ProgramSolver:
    """Solves a linear program by its structure, and again with other numbers, warm where it can.

    `options`: only HiGHS is used in parts and warm; ``auto`` takes it for both. `start`: where the first
    solve starts, as far as it suits the program.
    """

    def __init__(
        self,
        lp: LinearProgram,
        options: SolverOptions,
        reduction: Reduction,
        start: Start | None = None,
    ) -> None:
        self._options, self._reduction = options, reduction
        self._lp = lp
        self._scaling: Scaling | None = None
        self._incremental: IncrementalSolver | None = None
        self._decomposition: _Decomposition | None = None
        self._load(lp, start)

    def solve(self, time_limit_s: float | None = None) -> tuple[SolverResult, int]:
        """Solve the current program, within the options' time limit or the one that is given.

        Returns the result for the whole program, and the number of parts it was solved in.
        """
        limit_s = self._options.time_limit_s if time_limit_s is None else time_limit_s
        result, parts = self._solve_scaled(limit_s)
        return unscale_result(result, self._scaling), parts

    def _solve_scaled(self, time_limit_s: float | None) -> tuple[SolverResult, int]:
        if self._decomposition is not None:
            result = self._decomposition.solve(self._lp.cost, self._lp.offset, time_limit_s)
            if result is not None:
                return result, self._decomposition.size
            self._decomposition = None
        options = replace(choose_options(self._lp, self._options), time_limit_s=time_limit_s)
        if self._scaling is not None and options.monitor is not None:
            options = replace(options, monitor=options.monitor.in_units(self._scaling.objective))
        if len(self._lp.integer):
            return _solve_integers(self._lp, options), 1
        if options.name != "highs":
            return run_solver(self._lp, options), 1
        if self._incremental is None:
            self._incremental = IncrementalSolver(self._lp, options)
        return self._incremental.solve(time_limit_s), 1

    def bases(self) -> tuple[Basis | None, ...]:
        """Give the basis in which the last solve of each part ended; none without HiGHS."""
        if self._decomposition is not None:
            return self._decomposition.bases()
        return () if self._incremental is None else (self._incremental.basis(),)

    def update(self, lp: LinearProgram) -> None:
        """Replace the program; solve it warm if only its numbers differ."""
        is_scaled = self._scaling is not None or scale_program(lp)[1] is not None
        is_whole = len(lp.integer) or len(self._lp.integer)
        warm = self._incremental is not None if self._decomposition is None else same_limits(self._lp, lp)
        if is_scaled or is_whole or not warm or not same_matrix(self._lp, lp):
            self._load(lp)
            return
        if self._incremental is not None:
            self._incremental.update(lp)
        self._lp = lp

    def reset(self) -> None:
        """Discard the last basis: the next solve starts cold."""
        if self._decomposition is not None:
            self._decomposition.reset()
        if self._incremental is not None:
            self._incremental.reset()

    def _load(self, lp: LinearProgram, start: Start | None = None) -> None:
        """Write the program in units of ordinary size, and prepare its solvers."""
        self._lp, self._scaling = scale_program(lp)
        self._incremental = self._decomposition = None
        parted = Reduction.SPLIT in self._reduction and not len(lp.integer)
        lp = self._lp
        if self._options.name in {"highs", "auto"} and parted:
            structure = structure_of(lp, self._reduction)
            if structure.parts:
                self._decomposition = _Decomposition(lp, structure, self._options, start)
        options = choose_options(lp, self._options)
        if start is not None and options.name == "highs" and self._decomposition is None:
            self._incremental = IncrementalSolver(lp, options)
            if len(start.bases) == 1 and start.bases[0] is not None:
                self._incremental.warm_start(start.bases[0], costs_only=start.costs_only)


def _solve_integers(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve a mixed-integer program, then its continuous part again at the whole numbers found.

    A solver keeps whole numbers to its tolerance only. Held at the rounded ones the rest is a linear
    program, whose answer is exact; its duals are those of these choices and prove nothing about others, so
    that the result has none.
    """
    found = run_solver(lp, options)
    if found.values is None:
        return found
    low, high = lp.column_lower.copy(), lp.column_upper.copy()
    low[lp.integer] = high[lp.integer] = np.round(found.values[lp.integer])
    none = np.zeros(0, dtype=np.int64)
    rest = run_solver(replace(lp, column_lower=low, column_upper=high, integer=none), options)
    if rest.status is not Status.OPTIMAL:
        # Rounded they may just not fit; the solver's own values hold within its tolerance.
        return found
    return replace(found, values=rest.values, objective=rest.objective)


def same_limits(one: LinearProgram, other: LinearProgram) -> bool:
    """Whether two programs have the same bounds and row limits."""
    pairs = (
        (one.column_lower, other.column_lower),
        (one.column_upper, other.column_upper),
        (one.row_lower, other.row_lower),
        (one.row_upper, other.row_upper),
    )
    return all(a is b or np.array_equal(a, b) for a, b in pairs)


def structure_of(lp: LinearProgram, reduction: Reduction) -> Structure:
    """Find the independent parts of a program and what couples them."""
    whole = Structure((), np.zeros(0, dtype=np.int64))
    kept = ~never_binding(lp) if Reduction.DROP in reduction else np.ones(lp.n_rows, dtype=bool)
    coupling = _coupling_rows(lp, kept) if Reduction.PRICE in reduction else whole.coupling
    if len(coupling) > 1:
        return whole
    kept[coupling] = False
    columns, rows, count = find_components(lp, kept)
    if np.any((rows < 0) & _excludes_zero(lp)):
        return whole
    if count < 2 or np.bincount(columns).max() > LARGEST_PART * lp.n_columns:
        return whole
    bundle = bundle_components(columns, count)
    return Structure(split_program(lp, bundle[columns], np.where(rows >= 0, bundle[rows], -1)), coupling)


def _coupling_rows(lp: LinearProgram, kept: Bools) -> Ints:
    """Find the rows ``g x ≤ G`` that hold a large part of all columns."""
    entries = np.bincount(lp.rows, minlength=lp.n_rows)
    one_sided = np.isneginf(lp.row_lower) & np.isfinite(lp.row_upper)
    return np.flatnonzero(kept & one_sided & (entries >= max(DENSE_ENTRIES, DENSE_ROW * lp.n_columns)))


def _excludes_zero(lp: LinearProgram) -> Bools:
    """(n_rows,) whether a row excludes zero; an empty one of these is infeasible."""
    broken: Bools = (lp.row_lower > 0) | (lp.row_upper < 0)
    return broken


class _Decomposition:
    """Subproblems with the row that couples them."""

    def __init__(
        self, lp: LinearProgram, structure: Structure, options: SolverOptions, start: Start | None
    ) -> None:
        self._lp, self._parts, self._coupling = lp, structure.parts, structure.coupling
        self._use = _row_of(lp, structure.coupling)
        self._subproblems = Subproblems(structure.parts, options, start)
        self._cost = lp.cost
        self._results: Sequence[SolverResult] = ()

    @property
    def size(self) -> int:
        """Number of parts."""
        return len(self._parts)

    def bases(self) -> tuple[Basis | None, ...]:
        """Give the basis in which the last solve of each part ended."""
        return self._subproblems.bases()

    def reset(self) -> None:
        """Discard the last basis of every subproblem."""
        self._subproblems.reset()

    def solve(self, cost: Floats, offset: float, time_limit_s: float | None) -> SolverResult | None:
        """Solve at these costs; None where only the whole program can decide the status."""
        self._cost = cost
        self._subproblems.start_clock(time_limit_s)
        priced = self._lagrangian()
        if priced is not None:
            return self._answer(Status.OPTIMAL, priced, offset)
        status = worst_status(self._results)
        if self._subproblems.is_late() or status is Status.INFEASIBLE:
            return self._answer(Status.NO_PLAN if status.has_plan else status, None, offset)
        return None

    def _lagrangian(self) -> LagrangianSolution | None:
        if not len(self._coupling):
            free = self._dual_point(0.0)
            return None if free is None else LagrangianSolution(free.values, free.row_duals, 0.0)
        limit = float(self._lp.row_upper[self._coupling[0]])
        scale = float(np.abs(self._cost).sum() / np.abs(self._use).sum())
        return find_price(self._dual_point, limit, STEEPEST * max(scale, 1e-9))

    def _dual_point(self, price: float) -> DualPoint | None:
        """Solve the subproblems at a price of the coupling row."""
        lp = self._lp
        self._results = self._subproblems.solve(self._cost + price * self._use)
        if worst_status(self._results) is not Status.OPTIMAL:
            return None
        values = [r.values for r in self._results if r.values is not None]
        duals = [r.row_duals for r in self._results if r.row_duals is not None]
        if len(duals) < len(self._parts):
            return None
        x = assemble(self._parts, values, "columns", lp.n_columns)
        y = assemble(self._parts, duals, "rows", lp.n_rows)
        return DualPoint(x, y, float(self._cost @ x), float(self._use @ x))

    def _answer(self, status: Status, priced: LagrangianSolution | None, offset: float) -> SolverResult:
        values = duals = objective = None
        if priced is not None:
            values, duals = priced.values, priced.row_duals.copy()
            duals[self._coupling] = -priced.price
            objective = offset + float(self._cost @ values)
        return replace(
            self._results[0],
            status=status,
            values=values,
            row_duals=duals,
            objective=objective,
            detail=_detail(self._results),
            iterations=sum(result.iterations for result in self._results),
        )


def _row_of(lp: LinearProgram, rows: Ints) -> Floats:
    """(n_columns,) coefficients of the coupling row; zeros without one."""
    coefficients = np.zeros(lp.n_columns)
    entry = np.flatnonzero(np.isin(lp.rows, rows))
    column = np.searchsorted(lp.starts, entry, side="right") - 1
    coefficients[column] = lp.values[entry]
    return coefficients


def _detail(results: Sequence[SolverResult]) -> str:
    """Give the solver's own words, each once."""
    return "/".join(dict.fromkeys(result.detail for result in results))
