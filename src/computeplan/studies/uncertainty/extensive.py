"""The extensive form: one program of all nodes side by side, with the shared decisions once.

min  Σ (1 − ω) p_s c_s · (X, Y_s) + ω (ζ + Σ most_s a_s)
A_s · (X, Y_s) within the limits of every node s,      c_s · (X, Y_s) − ζ − a_s ≤ reference_s
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from logging import getLogger

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.lp.builder import Entries, lay_out_by_column
from computeplan.lp.program import Family
from computeplan.problem import Floats, Ints, Status
from computeplan.solvers import Basis, SolverOptions
from computeplan.solvers.decomposition import ProgramSolver, Reduction
from computeplan.studies.uncertainty.nodes import Node, SharedDecisions
from computeplan.studies.uncertainty.risk import Risk

LOG = getLogger(__package__)


@dataclass(frozen=True, eq=False)
class Found:
    """What a method found."""

    status: Status
    values: Floats | None
    """(n,) the shared decisions; absent without a plan."""
    weights: Floats | None = None
    """(S,) of the scenarios in the proof."""
    row_duals: tuple[Floats, ...] = ()
    """Of each node's program with its objective so weighted; empty where whole numbers leave none."""
    bound: float | None = None
    """No plan is better, as the solver says; of programs with whole numbers only."""
    rounds: int = 0
    """Of the decomposition."""
    bases: tuple[Basis | None, ...] = ()
    """From which each node's program is solved soon at these values."""


@dataclass(frozen=True, eq=False)
class ExtensiveForm:
    """The program, and where the nodes are in it."""

    lp: LinearProgram
    columns: tuple[Ints, ...]
    """Column of each node's columns."""
    first_row: tuple[int, ...]
    """Of each node."""
    risk_row: int
    """First row of the risk measure, one for each node; the number of rows where only the mean counts."""


def solve_extensive(
    nodes: Sequence[Node], shared: SharedDecisions, risk: Risk, options: SolverOptions
) -> Found:
    """Solve all nodes as one program."""
    form = build_extensive(nodes, shared, risk)
    options.enter("solving all scenarios as one program", LOG, ends_soon=True)
    result, _ = ProgramSolver(form.lp, options, Reduction.NONE).solve()
    if result.values is None:
        return Found(result.status, None)
    values = result.values[: shared.size]
    if result.row_duals is None:
        return Found(result.status, values, bound=result.bound)
    duals, in_measure = result.row_duals, np.zeros(len(nodes))
    if risk.weight:
        in_measure = -duals[form.risk_row :]
    of_node = tuple(
        duals[first : first + node.lp.n_rows] for node, first in zip(nodes, form.first_row, strict=True)
    )
    return Found(result.status, values, risk.in_mean + in_measure, of_node)


def build_extensive(nodes: Sequence[Node], shared: SharedDecisions, risk: Risk) -> ExtensiveForm:
    """Lay the nodes' programs side by side."""
    columns, n_columns = _place_columns(nodes, shared)
    rows = np.cumsum([0, *(node.lp.n_rows for node in nodes)])
    n_rows = int(rows[-1])
    pieces = [
        Entries(node.lp.rows + first, place[node.lp.entry_columns], node.lp.values)
        for node, place, first in zip(nodes, columns, rows.tolist(), strict=False)
    ]
    cost, lower, upper = np.zeros(n_columns), np.full(n_columns, -np.inf), np.full(n_columns, np.inf)
    for node, place, weight in zip(nodes, columns, risk.in_mean.tolist(), strict=True):
        cost[place] += weight * node.lp.cost
        lower[place], upper[place] = node.lp.column_lower, node.lp.column_upper
    lower[: shared.size], upper[: shared.size] = shared.lower, shared.upper
    integer = [place[node.lp.integer] for node, place in zip(nodes, columns, strict=True)]
    offsets = np.array([node.lp.offset for node in nodes])
    starts, row, values = lay_out_by_column(pieces, n_columns)
    limits = [
        np.concatenate([getattr(node.lp, side) for node in nodes]) for side in ("row_lower", "row_upper")
    ]
    lp = LinearProgram(
        cost=cost,
        column_lower=lower,
        column_upper=upper,
        row_lower=limits[0],
        row_upper=limits[1],
        starts=starts,
        rows=row,
        values=values,
        offset=float(risk.in_mean @ offsets),
        column_families=(Family("column", 0, (np.arange(n_columns),)),),
        row_families=(Family("row", 0, (np.arange(n_rows),)),),
        integer=np.unique(np.concatenate(integer)),
    )
    if risk.weight:
        costs = [(place, node.lp.cost) for node, place in zip(nodes, columns, strict=True)]
        lp = add_measure(lp, costs, risk, offsets)
    return ExtensiveForm(lp, columns, tuple(rows[:-1].tolist()), n_rows)


def _place_columns(nodes: Sequence[Node], shared: SharedDecisions) -> tuple[tuple[Ints, ...], int]:
    """Give each node's columns their places: what is shared first, then what is each node's own."""
    places, n_columns = [], shared.size
    for node in nodes:
        place = np.full(node.lp.n_columns, -1)
        place[node.columns[node.there]] = node.there
        own = np.flatnonzero(place < 0)
        place[own] = n_columns + np.arange(len(own))
        n_columns += len(own)
        places.append(place)
    return tuple(places), n_columns


def add_measure(
    lp: LinearProgram, costs: Sequence[tuple[Ints, Floats]], risk: Risk, offsets: Floats
) -> LinearProgram:
    """Add the risk measure of costs to a program: columns ζ and a_s, and a row for each scenario.

    `costs`: columns and coefficients of the cost of each scenario; `offsets`: its constant part.
    """
    size, n_columns, n_rows = len(costs), lp.n_columns, lp.n_rows
    row = n_rows + np.arange(size)
    pieces = [Entries(lp.rows.astype(np.int64), lp.entry_columns, lp.values)]
    for at, (column, cost) in zip(row.tolist(), costs, strict=True):
        pieces.append(Entries(np.full(len(column), at), column, cost))
    pieces.append(Entries(row, np.full(size, n_columns), np.full(size, -1.0)))
    pieces.append(Entries(row, n_columns + 1 + np.arange(size), np.full(size, -1.0)))
    starts, rows, values = lay_out_by_column(pieces, n_columns + 1 + size)
    return replace(
        lp,
        cost=np.concatenate((lp.cost, [risk.weight], risk.weight * risk.most)),
        column_lower=np.concatenate((lp.column_lower, [-np.inf], np.zeros(size))),
        column_upper=np.concatenate((lp.column_upper, np.full(size + 1, np.inf))),
        row_lower=np.concatenate((lp.row_lower, np.full(size, -np.inf))),
        row_upper=np.concatenate((lp.row_upper, risk.reference - offsets)),
        starts=starts,
        rows=rows,
        values=values,
        column_families=(*lp.column_families, Family("measure", n_columns, (np.arange(size + 1),))),
        row_families=(*lp.row_families, Family("measure", n_rows, (np.arange(size),))),
    )
