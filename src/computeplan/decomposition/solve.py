"""Solve a linear program by its structure: drop what never binds, price what couples, part the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Flag, auto

import numpy as np

from computeplan.decomposition.fleet import Fleet, assembled, worst
from computeplan.decomposition.integers import solve_integers
from computeplan.decomposition.multiplier import Priced, Response, find_price
from computeplan.decomposition.parts import Part, bundled, component_of, extract
from computeplan.decomposition.redundant import never_binding
from computeplan.lp import LinearProgram, Scaling, scaling_for
from computeplan.problem import Bools, Floats, Ints, Status
from computeplan.solvers import (
    Basis,
    Session,
    SolverOptions,
    SolverResult,
    Start,
    same_matrix,
    settled,
    solve,
)

LARGEST_PART = 0.5
"""Above this share of the columns in one part, parting is not worth its price."""
DENSE_ROW = 0.01
"""Share of the columns in a row from which on the row couples everything."""
DENSE_ENTRIES = 20
"""Entries that such a row has at least, so that the rows of a small program are not all dense."""
STEEPEST = 1e9
"""Price of a coupling row, relative to the mean cost of its use, above which it is out of reach."""


class Reduction(Flag):
    """Which exact reductions are made; the optimum is the same without any of them.

    ``MERGE``: interchangeable workloads become one class (see `grouping`). ``DROP``: rows that no plan can
    break do not hold parts together. ``SPLIT``: independent parts are solved alone, on several threads.
    ``PRICE``: a row that alone couples the parts, such as a carbon cap, is priced.
    """

    NONE = 0
    MERGE = auto()
    DROP = auto()
    SPLIT = auto()
    PRICE = auto()
    ALL = MERGE | DROP | SPLIT | PRICE


@dataclass(frozen=True, eq=False)
class Structure:
    """How a program falls apart.

    Attributes
    ----------
    parts : tuple of Part
        Empty where it does not.
    coupling : (k,)
        The row that couples them, if there is one.
    """

    parts: tuple[Part, ...]
    coupling: Ints


class ProgramSolver:
    """Solves a linear program by its structure, and again with other numbers, warm where it can.

    Parameters
    ----------
    lp : LinearProgram
    options : SolverOptions
        Only HiGHS is used in parts and warm; ``auto`` takes it for both.
    reduction : Reduction
    start : Start, optional
        Where the first solve starts, as far as it suits the program.
    """

    def __init__(
        self,
        lp: LinearProgram,
        options: SolverOptions,
        reduction: Reduction,
        start: Start | None = None,
    ) -> None:
        self._options, self._reduction = options, reduction
        self._scaling = scaling_for(lp)
        self._lp = lp
        self._session: Session | None = None
        self._coupled: _Coupled | None = None
        self._start(lp if self._scaling is None else self._scaling.apply(lp), start)

    def solve(self) -> tuple[SolverResult, int]:
        """Solve as things stand.

        Returns
        -------
        SolverResult
            For the whole program.
        int
            Number of parts it was solved in.
        """
        result, parts = self._solved()
        return (result if self._scaling is None else _unscaled(result, self._scaling)), parts

    def _solved(self) -> tuple[SolverResult, int]:
        if self._coupled is not None:
            result = self._coupled.solve(self._lp.cost, self._lp.offset)
            if result is not None:
                return result, self._coupled.size
            self._coupled = None
        options = settled(self._lp, self._options)
        if len(self._lp.integer):
            return solve_integers(self._lp, options), 1
        if options.name != "highs":
            return solve(self._lp, options), 1
        if self._session is None:
            self._session = Session(self._lp, options)
        return self._session.solve(), 1

    def bases(self) -> tuple[Basis | None, ...]:
        """Give the basis in which the last solve of each part ended; none without HiGHS."""
        if self._coupled is not None:
            return self._coupled.bases()
        return () if self._session is None else (self._session.basis(),)

    def update(self, lp: LinearProgram) -> None:
        """Take over another program; warm if only its numbers differ.

        Parameters
        ----------
        lp : LinearProgram
        """
        scaling = scaling_for(lp)
        if scaling is not None or self._scaling is not None:
            self._scaling = scaling
            self._start(lp if scaling is None else scaling.apply(lp))
            return
        warm = self._session is not None if self._coupled is None else same_limits(self._lp, lp)
        whole = len(lp.integer) or len(self._lp.integer)
        if not warm or whole or not same_matrix(self._lp, lp):
            self._start(lp)
            return
        if self._session is not None:
            self._session.update(lp)
        self._lp = lp

    def restart(self) -> None:
        """Forget where the last solve ended: the next one starts afresh."""
        if self._coupled is not None:
            self._coupled.restart()
        if self._session is not None:
            self._session.restart()

    def _start(self, lp: LinearProgram, start: Start | None = None) -> None:
        self._lp = lp
        self._session, self._coupled = None, None
        parted = Reduction.SPLIT in self._reduction and not len(lp.integer)
        if self._options.name in {"highs", "auto"} and parted:
            structure = structure_of(lp, self._reduction)
            if structure.parts:
                self._coupled = _Coupled(lp, structure, self._options, start)
        options = settled(lp, self._options)
        if start is not None and options.name == "highs" and self._coupled is None:
            self._session = Session(lp, options)
            if len(start.bases) == 1 and start.bases[0] is not None:
                self._session.start_at(start.bases[0], costs_only=start.costs_only)


def _unscaled(result: SolverResult, scaling: Scaling) -> SolverResult:
    """Write an answer in the units of the program that was asked about."""
    return replace(
        result,
        values=None if result.values is None else scaling.values(result.values),
        row_duals=None if result.row_duals is None else scaling.row_duals(result.row_duals),
        objective=None if result.objective is None else scaling.objective(result.objective),
    )


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
    columns, rows, count = component_of(lp, kept)
    if np.any((rows < 0) & _is_broken_by_nothing(lp)):
        return whole
    if count < 2 or np.bincount(columns).max() > LARGEST_PART * lp.n_columns:
        return whole
    bundle = bundled(columns, count)
    return Structure(extract(lp, bundle[columns], np.where(rows >= 0, bundle[rows], -1)), coupling)


def _coupling_rows(lp: LinearProgram, kept: Bools) -> Ints:
    """Find the rows ``g x ≤ G`` that hold a large part of all columns."""
    entries = np.bincount(lp.rows, minlength=lp.n_rows)
    one_sided = np.isneginf(lp.row_lower) & np.isfinite(lp.row_upper)
    return np.flatnonzero(kept & one_sided & (entries >= max(DENSE_ENTRIES, DENSE_ROW * lp.n_columns)))


def _is_broken_by_nothing(lp: LinearProgram) -> Bools:
    """(n_rows,) whether a row excludes zero; without entries no plan can meet it."""
    broken: Bools = (lp.row_lower > 0) | (lp.row_upper < 0)
    return broken


class _Coupled:
    """The parts with the row that couples them."""

    def __init__(
        self, lp: LinearProgram, structure: Structure, options: SolverOptions, start: Start | None
    ) -> None:
        self._lp, self._parts, self._coupling = lp, structure.parts, structure.coupling
        self._use = _row_of(lp, structure.coupling)
        self._fleet = Fleet(structure.parts, options, start)
        self._cost = lp.cost
        self._results: Sequence[SolverResult] = ()

    @property
    def size(self) -> int:
        """Number of parts."""
        return len(self._parts)

    def bases(self) -> tuple[Basis | None, ...]:
        """Give the basis in which the last solve of each part ended."""
        return self._fleet.bases()

    def restart(self) -> None:
        """Let the next solve of each part start afresh."""
        self._fleet.restart()

    def solve(self, cost: Floats, offset: float) -> SolverResult | None:
        """Solve at these costs; None where only the whole program can tell what it is."""
        self._cost = cost
        priced = self._priced()
        if priced is not None:
            return self._answer(Status.OPTIMAL, priced, offset)
        status = worst(self._results)
        if self._fleet.is_late() or status is Status.INFEASIBLE:
            return self._answer(Status.NO_PLAN if status.has_plan else status, None, offset)
        return None

    def _priced(self) -> Priced | None:
        if not len(self._coupling):
            free = self._respond(0.0)
            return None if free is None else Priced(free.values, free.row_duals, 0.0)
        limit = float(self._lp.row_upper[self._coupling[0]])
        scale = float(np.abs(self._cost).sum() / np.abs(self._use).sum())
        return find_price(self._respond, limit, STEEPEST * max(scale, 1e-9))

    def _respond(self, price: float) -> Response | None:
        """Solve the parts at a price of the coupling row."""
        lp = self._lp
        self._results = self._fleet.solve(self._cost + price * self._use)
        if worst(self._results) is not Status.OPTIMAL:
            return None
        values = [r.values for r in self._results if r.values is not None]
        duals = [r.row_duals for r in self._results if r.row_duals is not None]
        if len(duals) < len(self._parts):
            return None
        x = assembled(self._parts, values, "columns", lp.n_columns)
        y = assembled(self._parts, duals, "rows", lp.n_rows)
        return Response(x, y, float(self._cost @ x), float(self._use @ x))

    def _answer(self, status: Status, priced: Priced | None, offset: float) -> SolverResult:
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
