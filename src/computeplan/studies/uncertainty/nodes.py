"""Problems that share decisions: the program of each, and its columns of what is shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from computeplan.grouping import Grouping, merge_alike
from computeplan.lp import LinearProgram, Model, build
from computeplan.problem import Bools, Floats, Ints, Problem, share_equal_parts, sum_by
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.vocabulary import FirstDecision

ABSENT = -1
"""Column of a shared decision that a node does not have."""
ROUNDING = 1e-6
"""Distance of a sum of shares from 1 that is a solver's rounding."""

FAMILIES: Mapping[FirstDecision, str] = {
    FirstDecision.BOOKINGS: "booked",
    FirstDecision.CONTRACTS: "contracted",
    FirstDecision.LEASES: "leased",
    FirstDecision.NEW_UNITS: "new",
    FirstDecision.OPENINGS: "open",
    FirstDecision.FIXED_PLACEMENTS: "share",
}
"""Family of variables of each kind of decision."""

COMMON: Mapping[str, Callable[[Problem], object]] = {
    "currency": lambda problem: problem.currency,
    "horizon": lambda problem: problem.horizon,
    "goal of the objective": lambda problem: problem.objective.goal,
    "names of the zones": lambda problem: problem.network.zone_names,
    "names of the links": lambda problem: problem.network.link_names,
    "names of the sites": lambda problem: problem.sites.names,
    "sites that may be closed": lambda problem: problem.sites.is_optional.tolist(),
    "names of the pools": lambda problem: problem.pools.names,
    "terms of the pools": lambda problem: problem.pools.term.tolist(),
    "names of the contracts": lambda problem: problem.contracts.names,
}
"""What problems that share decisions must have in common."""


def find_difference(one: Problem, other: Problem) -> str:
    """Name what two problems do not have in common and must; empty if there is nothing."""
    other = share_equal_parts(other, one)
    read = ((what, value(one), value(other)) for what, value in COMMON.items())
    return next((what for what, mine, its in read if mine is not its and mine != its), "")


@dataclass(frozen=True, eq=False)
class Node:
    """One of the problems, with its program."""

    name: str
    problem: Problem
    grouping: Grouping
    model: Model
    columns: Ints
    """(n,) column of each shared decision; `ABSENT` where the problem does not have it."""

    @property
    def lp(self) -> LinearProgram:
        """The node's program."""
        return self.model.lp

    @cached_property
    def there(self) -> Ints:
        """Shared decisions that the node has."""
        return np.flatnonzero(self.columns != ABSENT)

    def held(self, values: Floats) -> LinearProgram:
        """Give the program with its shared decisions (n,) held."""
        low, high, whole = self.lp.column_lower.copy(), self.lp.column_upper.copy(), self.lp.integer
        own = self.columns[self.there]
        low[own] = high[own] = values[self.there]
        return replace(self.lp, column_lower=low, column_upper=high, integer=whole[~np.isin(whole, own)])

    def gradient(self, row_duals: Floats) -> Floats:
        """(n,) change of the node's cost with each shared decision, from the rows' duals."""
        found = np.zeros(len(self.columns))
        found[self.there] = self.lp.reduced_costs(row_duals)[self.columns[self.there]]
        return found


@dataclass(frozen=True, eq=False)
class SharedDecisions(ReadOnlyArrays):
    """Decisions that are the same in all nodes, n of them."""

    kinds: tuple[FirstDecision, ...]
    kind: Ints
    """(n,) place of each one's kind in `kinds`."""
    thing: Ints
    """(n,) number of the pool, contract, line or site; of a placement that of the class over all nodes."""
    pool: Ints
    """(n,) pool of a placement; 0 for the others."""
    lower: Floats
    upper: Floats
    """(n,) limits that hold in all nodes."""
    is_whole: Bools
    """(n,) whether it is a whole number."""

    @property
    def size(self) -> int:
        """Number of shared decisions."""
        return len(self.kind)

    def of(self, kind: FirstDecision) -> Ints:
        """Find the decisions of a kind."""
        return np.flatnonzero(self.kind == self.kinds.index(kind)) if kind in self.kinds else self.kind[:0]

    def tidied(self, values: Floats) -> Floats:
        """(n,) the same values without a solver's rounding: within limits, whole, shares of 1 in sum."""
        found = np.clip(values, self.lower, self.upper)
        found[self.is_whole] = np.round(found[self.is_whole])
        placed = self.of(FirstDecision.FIXED_PLACEMENTS)
        total = sum_by(self.thing[placed], found[placed], int(self.thing.max(initial=0)) + 1)
        whole = np.where(np.abs(total - 1.0) <= ROUNDING, total, 1.0)
        found[placed] /= whole[self.thing[placed]]
        return found


def make_nodes(
    names: Sequence[str], problems: Sequence[Problem], kinds: Sequence[FirstDecision]
) -> tuple[tuple[Node, ...], SharedDecisions]:
    """Build the program of each problem, and find the columns of what they share."""
    merged = merge_alike(problems)
    models = [build(grouping) for grouping, _ in merged]
    keys = [_keys(each.lp, numbers, kinds) for each, (_, numbers) in zip(models, merged, strict=True)]
    every = np.unique(np.concatenate([rows for rows, _ in keys]), axis=0)
    nodes = tuple(
        Node(name, problem, grouping, model, _find(every, *key))
        for name, problem, (grouping, _), model, key in zip(
            names, problems, merged, models, keys, strict=True
        )
    )
    return nodes, _shared(every, tuple(kinds), nodes)


def _keys(lp: LinearProgram, numbers: Ints, kinds: Sequence[FirstDecision]) -> tuple[Ints, Ints]:
    """(n, 3) kind, thing and pool of each column of a program that is shared, and (n,) the column."""
    rows, columns = [np.zeros((0, 3), dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    families = {family.name: family for family in lp.column_families}
    for place, kind in enumerate(kinds):
        family = families[FAMILIES[kind]]
        thing, pool = (*family.keys, np.zeros(family.size, dtype=np.int64))[:2]
        if kind is FirstDecision.FIXED_PLACEMENTS:
            thing = numbers[thing]
        rows.append(np.column_stack((np.full(family.size, place), thing, pool)))
        columns.append(family.first + np.arange(family.size))
    return np.concatenate(rows), np.concatenate(columns)


def _find(every: Ints, rows: Ints, columns: Ints) -> Ints:
    """(n,) column of each of all shared decisions."""
    _, place = np.unique(np.concatenate((every, rows)), axis=0, return_inverse=True)
    found = np.full(len(every), ABSENT)
    found[place.reshape(-1)[len(every) :]] = columns
    return found


def _shared(every: Ints, kinds: tuple[FirstDecision, ...], nodes: Sequence[Node]) -> SharedDecisions:
    """Describe all shared decisions; what a node cannot do, none does."""
    lower, upper = np.full(len(every), -np.inf), np.full(len(every), np.inf)
    is_whole = np.zeros(len(every), dtype=bool)
    kind, thing, pool = every.T
    places = FirstDecision.FIXED_PLACEMENTS in kinds
    is_placement = kind == (kinds.index(FirstDecision.FIXED_PLACEMENTS) if places else -1)
    for node in nodes:
        there, own = node.there, node.columns[node.there]
        lower[there] = np.maximum(lower[there], node.lp.column_lower[own])
        upper[there] = np.minimum(upper[there], node.lp.column_upper[own])
        is_whole[there] |= np.isin(own, node.lp.integer)
        # Without any pool for it the workload itself is missing: its placement is nothing to this node.
        placed = np.isin(thing, thing[there][is_placement[there]])
        missing = (node.columns == ABSENT) & (~is_placement | placed)
        upper[missing] = np.minimum(upper[missing], 0.0)
    return SharedDecisions(kinds, kind, thing, pool, lower, upper, is_whole)
