"""What shared decisions must keep to so that a node can have a plan, known before any is solved.

Own rows hold shared decisions only: shares that add up to 1, a cap on bookings. Others follow from two rows:
a column z that a row defines as  z = Σ a X + Σ b Y + c  with b ≥ 0, Y ≥ 0, such as the load of a pool, is at
least Σ a X + c; put into  Σ w z + Σ v Y + Σ u X ≤ limit, w > 0, with every other Y at its best bound, that is
a limit on X. So fixed work fits into what is booked, capped or there.

Every such limit is a sum of rows of the node, each times a multiplier: a dual ray, with which it can be
recomputed. That is how it enters the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Bools, Floats, Ints, sum_by
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.studies.uncertainty.nodes import Node


@dataclass(frozen=True, eq=False)
class Limits(ReadOnlyArrays):
    """Limits ``weights @ X ≤ most`` of shared decisions, m of them."""

    weights: Floats
    """(m, n)"""
    most: Floats
    """(m,)"""
    node: Ints
    """(m,) node that each one follows from."""
    rays: tuple[tuple[Ints, Floats], ...]
    """Rows of the node and their multipliers: duals of a limit of 1."""

    def violated(self, values: Floats, tolerance: float) -> Ints:
        """Find the limits that values break by more than a share of their size, the worst first."""
        size = np.abs(self.weights) @ np.abs(values) + np.abs(self.most)
        excess = (self.weights @ values - self.most) / np.where(size > 0, size, 1.0)
        order = np.argsort(-excess, kind="stable")
        return order[excess[order] > tolerance]


def find_limits(nodes: Sequence[Node]) -> Limits:
    """Find the limits on shared decisions of all nodes, each once."""
    found = [
        (weights, most, number, ray)
        for number, node in enumerate(nodes)
        for weights, most, ray in (*_own(node), *_induced(node))
    ]
    n = len(nodes[0].columns)
    weights = np.array([each[0] for each in found]).reshape(len(found), n)
    most = np.array([each[1] for each in found])
    _, first = np.unique(np.column_stack((weights, most)), axis=0, return_index=True)
    first = np.sort(first)
    node = np.array([each[2] for each in found], dtype=np.int64)
    return Limits(weights[first], most[first], node[first], tuple(found[at][3] for at in first.tolist()))


Found = list[tuple[Floats, float, tuple[Ints, Floats]]]


@dataclass(frozen=True, eq=False)
class _NodeMatrix:
    """A node's matrix, with what is shared told apart."""

    lp: LinearProgram
    row: Ints
    column: Ints
    value: Floats
    shared: Ints
    """(nonzeros,) shared decision of each entry; -1 for others."""

    @classmethod
    def of(cls, node: Node) -> _NodeMatrix:
        lp = node.lp
        decision = np.full(lp.n_columns, -1)
        decision[node.columns[node.there]] = node.there
        column = lp.entry_columns
        return cls(lp, lp.rows.astype(np.int64), column, lp.values, decision[column])

    def count(self, chosen: Bools) -> Ints:
        """(rows,) number of the entries chosen."""
        return np.bincount(self.row[chosen], minlength=self.lp.n_rows)


def _own(node: Node) -> Found:
    """Rows in which all is shared."""
    entries, lp = _NodeMatrix.of(node), node.lp
    is_own = (entries.count(entries.shared < 0) == 0) & (entries.count(entries.shared >= 0) > 0)
    found: Found = []
    for row in np.flatnonzero(is_own).tolist():
        at = entries.row == row
        weights = sum_by(entries.shared[at], entries.value[at], len(node.columns))
        for sign, limit in ((1.0, lp.row_upper[row]), (-1.0, lp.row_lower[row])):
            if np.isfinite(limit):
                found.append((sign * weights, sign * limit, (np.array([row]), np.array([-sign]))))
    return found


def _induced(node: Node) -> Found:
    """Rows and bounds that limit what shared decisions define."""
    entries, lp = _NodeMatrix.of(node), node.lp
    defined, of_row, weights, constant = _definitions(entries, len(node.columns))
    if not len(defined):
        return []
    place = np.full(lp.n_columns, -1)
    place[defined] = np.arange(len(defined))
    found: Found = [
        (weights[at], float(lp.column_upper[column] - constant[at]), (of_row[[at]], np.ones(1)))
        for at, column in enumerate(defined.tolist())
        if np.isfinite(lp.column_upper[column])
    ]
    replaced = (place[entries.column] >= 0) & (entries.value > 0) & (entries.shared < 0)
    other = (entries.shared < 0) & ~replaced
    bound = np.where(entries.value > 0, lp.column_lower[entries.column], lp.column_upper[entries.column])
    endless = other & ~np.isfinite(bound)
    usable = (entries.count(replaced) > 0) & (entries.count(endless) == 0) & np.isfinite(lp.row_upper)
    usable[of_row] = False
    taken = sum_by(entries.row[other], (entries.value * np.where(endless, 0.0, bound))[other], lp.n_rows)
    order = np.argsort(entries.row, kind="stable")
    starts = np.searchsorted(entries.row[order], np.arange(lp.n_rows + 1))
    for row in np.flatnonzero(usable).tolist():
        at = order[starts[row] : starts[row + 1]]
        z, own = at[replaced[at]], at[entries.shared[at] >= 0]
        index, factor = place[entries.column[z]], entries.value[z]
        limit = factor @ weights[index] + sum_by(entries.shared[own], entries.value[own], len(node.columns))
        most = float(lp.row_upper[row] - taken[row] - factor @ constant[index])
        ray = np.concatenate(([row], of_row[index])), np.concatenate(([-1.0], factor))
        found.append((limit, most, ray))
    return found


def _definitions(entries: _NodeMatrix, size: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Columns that a row defines by shared decisions: column, row, (k, n) weights and (k,) constant."""
    lp, own = entries.lp, entries.shared < 0
    positive = own & (entries.value == 1.0)
    wrong = own & ~positive & ((entries.value > 0) | (lp.column_lower[entries.column] < 0))
    shared = entries.shared >= 0
    is_definition = (
        (lp.row_lower == lp.row_upper)
        & (entries.count(positive) == 1)
        & (entries.count(wrong) == 0)
        & (entries.count(shared) > 0)
    )
    at = np.flatnonzero(positive & is_definition[entries.row])
    columns, first = np.unique(entries.column[at], return_index=True)
    rows = entries.row[at][first]
    place = np.full(lp.n_rows, -1)
    place[rows] = np.arange(len(rows))
    weights = np.zeros((len(rows), size))
    used = np.flatnonzero(shared & (place[entries.row] >= 0))
    np.add.at(weights, (place[entries.row[used]], entries.shared[used]), -entries.value[used])
    return columns, rows, weights, lp.row_lower[rows]
