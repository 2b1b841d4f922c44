"""Independent subproblems of a program, each in a solver of its own, on several threads.

They are the components of the graph of its columns and rows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, isfinite
from time import monotonic

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats, Ints, Status
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.solvers.incremental import Basis, IncrementalSolver, Start
from computeplan.solvers.options import SolverOptions, SolverResult

PART_COLUMNS = 8_000
"""Smaller parts are bundled up to about this size: each solver has a cost of its own."""
DAY = 24
"""Larger bundles hold a multiple of this many components: whole days of hours look like their neighbors."""


@dataclass(frozen=True, eq=False)
class Subproblem(ReadOnlyArrays):
    """An independent part of a program."""

    lp: LinearProgram
    columns: Ints
    rows: Ints
    """Their places in the whole."""


def find_components(lp: LinearProgram, kept: Bools) -> tuple[Ints, Ints, int]:
    """Assign a number to each component that remains without some rows.

    Returns the component of each column, numbered by first column; that of each row, −1 for rows left out or
    without entries; and their number.
    """
    entry = np.flatnonzero(kept[lp.rows])
    row, column = lp.rows[entry], lp.entry_columns[entry] + lp.n_rows
    label = np.arange(lp.n_rows + lp.n_columns)
    while True:
        before = label.copy()
        lowest = np.minimum(label[row], label[column])
        np.minimum.at(label, row, lowest)
        np.minimum.at(label, column, lowest)
        # Pointer jumping: long chains of periods shrink by half each time.
        label = label[label]
        if np.array_equal(before, label):
            break
    _, first, columns = np.unique(label[lp.n_rows :], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    rows = np.full(lp.n_rows, -1)
    rows[row] = rank[columns[column - lp.n_rows]]
    return rank[columns], rows, len(first)


def bundle_components(component: Ints, count: int) -> Ints:
    """(count,) bundle of each component: as many neighbors in each, with about `PART_COLUMNS` columns.

    Bundles of as many components often have the same shape, so that one starts from the basis of another.
    """
    size = max(1, PART_COLUMNS * count // max(1, len(component)))
    if size > DAY:
        size -= size % DAY
    return np.arange(count) // size


def split_program(lp: LinearProgram, part_of_column: Ints, part_of_row: Ints) -> tuple[Subproblem, ...]:
    """Split a program into its parts; rows of part −1 are left out."""
    column_order = np.argsort(part_of_column, kind="stable")
    count = int(part_of_column.max(initial=-1)) + 1
    edges = np.searchsorted(part_of_column[column_order], np.arange(count + 1))
    row_order = np.argsort(part_of_row, kind="stable")
    row_edges = np.searchsorted(part_of_row[row_order], np.arange(count + 1))
    return tuple(
        restrict_program(
            lp,
            column_order[edges[i] : edges[i + 1]],
            row_order[row_edges[i] : row_edges[i + 1]],
        )
        for i in range(count)
    )


def restrict_program(lp: LinearProgram, columns: Ints, rows: Ints) -> Subproblem:
    """Take some columns and rows out of a program.

    `columns`, `rows`: ascending. Entries in other rows are left out.
    """
    counts = np.diff(lp.starts)[columns]
    entry = np.repeat(lp.starts[columns] - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    owner = np.repeat(np.arange(len(columns)), counts)
    row = np.searchsorted(rows, lp.rows[entry])
    inside = rows[np.minimum(row, len(rows) - 1)] == lp.rows[entry] if len(rows) else np.zeros(0, bool)
    entry, owner, row = entry[inside], owner[inside], row[inside]
    starts = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(columns)))))
    part = LinearProgram(
        cost=lp.cost[columns],
        column_lower=lp.column_lower[columns],
        column_upper=lp.column_upper[columns],
        row_lower=lp.row_lower[rows],
        row_upper=lp.row_upper[rows],
        starts=starts.astype(np.int32),
        rows=row.astype(np.int32),
        values=lp.values[entry],
        offset=0.0,
        column_families=(),
        row_families=(),
    )
    return Subproblem(part, columns, rows)


STRIPES = 16
"""Runs of parts that are solved one after another, each from the basis of its neighbor."""


class Subproblems:
    """Solvers of all subproblems; the costs can change between solves.

    `options`: the time limit holds for all solves from `start_clock` on together. `start`: where the first
    solves start; by default each part starts from its neighbor.
    """

    def __init__(
        self, parts: Sequence[Subproblem], options: SolverOptions, start: Start | None = None
    ) -> None:
        self._parts, self._options = parts, options
        self._threads = options.threads or os.cpu_count() or 1
        self._deadline = inf
        # Each subproblem runs on one thread; together they fill the cores.
        alone = replace(options, threads=None)
        with ThreadPoolExecutor(self._threads) as threads:
            self._solvers = list(threads.map(lambda part: IncrementalSolver(part.lp, alone), parts))
        self._is_first = start is None or len(start.bases) != len(parts)
        if start is not None and not self._is_first:
            for solver, basis in zip(self._solvers, start.bases, strict=True):
                if basis is not None:
                    solver.warm_start(basis, costs_only=start.costs_only)

    def bases(self) -> tuple[Basis | None, ...]:
        """Give the basis in which the last solve of each part ended."""
        return tuple(solver.basis() for solver in self._solvers)

    def solve(self, cost: Floats) -> list[SolverResult]:
        """Solve every subproblem with these costs; those left when time runs out are skipped."""
        with ThreadPoolExecutor(self._threads) as threads:
            stripes = list(threads.map(lambda stripe: self._solve_stripe(stripe, cost), self._stripes()))
        self._is_first = False
        return [result for stripe in stripes for result in stripe]

    def _stripes(self) -> list[range]:
        """Cut the parts into runs of neighbors: as many on every machine, so that the answer is the same."""
        edges = np.linspace(0, len(self._parts), min(STRIPES, len(self._parts)) + 1).astype(int).tolist()
        return [range(first, last) for first, last in pairwise(edges)]

    def _solve_stripe(self, stripe: range, cost: Floats) -> list[SolverResult]:
        results = []
        for index in stripe:
            if self._is_first and index > stripe.start:
                self._solvers[index].copy_basis(self._solvers[index - 1])
            results.append(self._solve(index, cost))
        return results

    def reset(self) -> None:
        """Discard the last basis of every subproblem."""
        for solver in self._solvers:
            solver.reset()
        self._is_first = True

    def start_clock(self, time_limit_s: float | None) -> None:
        """Let a time limit begin; None for none."""
        self._deadline = inf if time_limit_s is None else monotonic() + time_limit_s

    def is_late(self) -> bool:
        """Whether the time limit is over, or the solve is to stop."""
        if self._options.is_stopped:
            return True
        return monotonic() > self._deadline

    def _solve(self, index: int, cost: Floats) -> SolverResult:
        part, solver = self._parts[index], self._solvers[index]
        if self.is_late():
            return solver.stopped_result()
        solver.update(replace(solver.lp, cost=cost[part.columns]))
        left_s = max(self._deadline - monotonic(), 0.0)
        return solver.solve(left_s if isfinite(left_s) else None)


def worst_status(results: Sequence[SolverResult]) -> Status:
    """Status of the whole: optimal only if every part is."""
    order = (Status.INFEASIBLE, Status.UNBOUNDED, Status.NO_PLAN, Status.FEASIBLE)
    found = {result.status for result in results}
    return next((status for status in order if status in found), Status.OPTIMAL)


def assemble(parts: Sequence[Subproblem], pieces: Sequence[Floats], axis: str, size: int) -> Floats:
    """Put the parts' values (axis ``columns``) or duals (``rows``) back in the order of the whole."""
    whole = np.zeros(size)
    for part, piece in zip(parts, pieces, strict=True):
        whole[part.columns if axis == "columns" else part.rows] = piece
    return whole
