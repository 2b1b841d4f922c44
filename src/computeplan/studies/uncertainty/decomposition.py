"""Decomposition: each node alone at shared decisions that are held, and a master of what was learned.

The multicut L-shaped method (Birge and Louveaux), stabilized by levels (Lemaréchal, Nemirovskii and
Nesterov): the next values are the nearest to the best ones of which no more than a level is known, inside a
box around them. Without the box the first bounds aim far away, and a far step costs a node as much as a cold
solve. Cuts are added in the nodes' order, so that the answer does not depend on who solves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from logging import getLogger
from os import cpu_count
from time import monotonic

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.lp.builder import Entries, lay_out_by_column
from computeplan.lp.program import Family
from computeplan.problem import Floats, Status
from computeplan.solvers import Basis, SolverOptions
from computeplan.solvers.decomposition import ProgramSolver, Reduction
from computeplan.studies.uncertainty.evaluation import solve_held
from computeplan.studies.uncertainty.extensive import Found
from computeplan.studies.uncertainty.induced import Limits, find_limits
from computeplan.studies.uncertainty.master import Bound, Master, NodeCut
from computeplan.studies.uncertainty.nodes import Node, SharedDecisions
from computeplan.studies.uncertainty.risk import Risk
from computeplan.vocabulary import FirstDecision

LOG = getLogger(__package__)

LEVEL = 0.3
"""Where between the bound and the best value the next level is."""
FIRST_RADIUS = 1 / 16
"""First radius of the box, as a share of the largest shared decision."""
RISEN = 1e-9
"""Share of itself by which a bound must rise to count as risen."""
MOST_ROUNDS = 500


@dataclass(frozen=True, eq=False)
class _Visit:
    """What a node says of shared decisions."""

    cut: NodeCut | None
    """Absent where the solver was stopped."""
    basis: Basis | None


def solve_decomposed(
    nodes: Sequence[Node],
    shared: SharedDecisions,
    risk: Risk,
    options: SolverOptions,
    *,
    start: Floats | None,
    gap: float,
) -> Found:
    """Find the shared decisions by solving nodes alone, to a relative gap.

    `start`: (n,) values to begin with, as near as the nodes' limits allow. Stopped early, the best values so
    far are the answer.
    """
    scale, limits = _scale(nodes, shared), find_limits(nodes)
    master = Master(shared, risk, limits, scale)
    values = master.nearest(
        np.clip(np.zeros(shared.size) if start is None else start, shared.lower, shared.upper)
    )
    if values is None:
        return Found(Status.INFEASIBLE, None)
    search = _SharedSearch(nodes, shared, risk, options, master)
    search.radius = FIRST_RADIUS * float((scale * np.abs(values)).max(initial=1.0))
    return search.run(values, gap, limits)


class _SharedSearch:
    """The best values so far, and where to look next."""

    def __init__(
        self,
        nodes: Sequence[Node],
        shared: SharedDecisions,
        risk: Risk,
        options: SolverOptions,
        master: Master,
    ) -> None:
        self._nodes, self._shared, self._risk = nodes, shared, risk
        self._options, self._master = options, master
        self._bases: list[Basis | None] = [None] * len(nodes)
        self._end = None if options.time_limit_s is None else monotonic() + options.time_limit_s
        self._best: tuple[float, Floats] | None = None
        self._bound: Bound | None = None
        self._misses, self._level = 0, LEVEL
        self.radius = 1.0

    def run(self, values: Floats, gap: float, limits: Limits) -> Found:
        """Visit all nodes, learn, and step, until the gap is reached or the search is stopped."""
        for rounds in range(1, MOST_ROUNDS + 1):
            self._options.enter(f"solving {len(self._nodes)} scenarios: round {rounds}", LOG, ends_soon=True)
            predicted = self._predict(values)
            if not self._visit(values, predicted):
                return self._found(Status.FEASIBLE, rounds, limits)
            bound = self._master.minimize()
            if bound is None:
                # Without a bound of some node nothing is known yet; without a value of X there is no plan.
                if self._master.nearest(values) is None:
                    return Found(Status.INFEASIBLE, None, rounds=rounds)
            else:
                self._learn(bound)
            if self._is_near(gap):
                return self._found(Status.OPTIMAL, rounds, limits)
            step = self._step(values)
            if step is None or np.array_equal(step, values):
                break
            values = step
        return self._found(Status.FEASIBLE, rounds, limits)

    def _predict(self, values: Floats) -> float:
        """Give what the cuts so far say of values."""
        costs = np.full(len(self._nodes), -np.inf)
        for cut in self._master.cuts:
            if not cut.is_ray:
                costs[cut.node] = max(costs[cut.node], cut.constant + cut.gradient @ values)
        return self._risk.value(costs) if np.isfinite(costs).all() else -np.inf

    def _visit(self, values: Floats, predicted: float) -> bool:
        """Solve every node with the shared decisions held; return whether all were solved to the end."""
        limit_s = None if self._end is None else max(0.0, self._end - monotonic())
        options = replace(self._options.muted(), time_limit_s=limit_s, threads=1)
        workers = min(len(self._nodes), cpu_count() or 1)
        with ThreadPoolExecutor(workers) as pool:
            visits = list(
                pool.map(
                    lambda at: _visit_node(at, self._nodes[at], values, self._bases[at], options),
                    range(len(self._nodes)),
                )
            )
        self._bases = [
            before if visit.basis is None else visit.basis
            for before, visit in zip(self._bases, visits, strict=True)
        ]
        cuts = [visit.cut for visit in visits if visit.cut is not None]
        self._master.cuts += cuts
        if len(cuts) < len(visits):
            return False
        costs = np.array([np.inf if cut.is_ray else cut.constant + cut.gradient @ values for cut in cuts])
        self._judge(values, self._risk.value(costs), predicted)
        return True

    def _judge(self, values: Floats, value: float, predicted: float) -> None:
        """Keep the values if they are the best, and fit the box to how good the prediction was."""
        best = np.inf if self._best is None else self._best[0]
        if value < best:
            hoped = best - predicted
            if np.isfinite(best) and best - value > 0.5 * hoped:
                self.radius *= 2
            self._best, self._misses = (value, values), 0
            return
        self._misses += 1
        if self._misses >= 2:
            self.radius, self._misses = self.radius / 2, 0

    def _learn(self, bound: Bound) -> None:
        """Keep the bound if it is the best; one that rises no more lets the next step go all the way."""
        best = -np.inf if self._bound is None else self._bound.value
        self._level = LEVEL if bound.value > best + RISEN * abs(best) else 0.0
        if bound.value >= best:
            self._bound = bound

    def _is_near(self, gap: float) -> bool:
        if self._best is None or self._bound is None:
            return False
        return self._best[0] - self._bound.value <= gap * max(abs(self._bound.value), 1e-12)

    def _step(self, values: Floats) -> Floats | None:
        """Give the next values: near the best ones, where no more than a level is known."""
        if self._best is None:
            return self._master.nearest(values)
        best, center = self._best
        for radius in (self.radius, np.inf):
            reach = radius / self._master.scale
            inside = self._master.minimize(center - reach, center + reach)
            if inside is None or inside.value >= best:
                continue
            level = inside.value + self._level * (best - inside.value)
            step = self._master.nearest(center, radius, level)
            return self._shared.tidied(inside.values if step is None else step)
        return None

    def _found(self, status: Status, rounds: int, limits: Limits) -> Found:
        """Give the best values, with the prices that prove the bound."""
        if self._best is None:
            return Found(Status.NO_PLAN, None, rounds=rounds)
        bound, bases = self._bound, tuple(self._bases)
        if bound is None:
            return Found(Status.FEASIBLE, self._best[1], rounds=rounds, bases=bases)
        duals = [np.zeros(node.lp.n_rows) for node in self._nodes]
        for cut, weight in zip(self._master.cuts, bound.cut_duals.tolist(), strict=False):
            duals[cut.node] += weight * cut.row_duals
        for limit, weight in bound.limit_duals:
            rows, factors = limits.rays[limit]
            duals[int(limits.node[limit])][rows] += weight * factors
        return Found(status, self._best[1], bound.weights, tuple(duals), rounds=rounds, bases=bases)


def _visit_node(
    number: int, node: Node, values: Floats, basis: Basis | None, options: SolverOptions
) -> _Visit:
    """Solve a node with the shared decisions held, from its last basis."""
    result, last = solve_held(node, values, options, basis)
    if result.status is Status.INFEASIBLE:
        return _Visit(_ray(number, node, values, options), None)
    if result.status is not Status.OPTIMAL or result.row_duals is None or result.objective is None:
        return _Visit(None, None)
    gradient = node.gradient(result.row_duals)
    constant = result.objective - float(gradient @ values)
    return _Visit(NodeCut(number, constant, gradient, result.row_duals), last)


def _ray(number: int, node: Node, values: Floats, options: SolverOptions) -> NodeCut | None:
    """Find the least by which rows must be broken at these values: what other values may not do either."""
    result, _ = ProgramSolver(_elastic(node.held(values)), options, Reduction.NONE).solve()
    if result.status is not Status.OPTIMAL or result.row_duals is None or result.objective is None:
        return None
    free = replace(node.lp, cost=np.zeros(node.lp.n_columns))
    gradient = np.zeros(len(values))
    gradient[node.there] = free.reduced_costs(result.row_duals)[node.columns[node.there]]
    constant = result.objective - float(gradient @ values)
    return NodeCut(number, constant, gradient, result.row_duals, is_ray=True)


def _elastic(lp: LinearProgram) -> LinearProgram:
    """Let every row be broken at a price of 1, and drop all other costs."""
    each = np.arange(lp.n_rows)
    over, under = each[np.isfinite(lp.row_upper)], each[np.isfinite(lp.row_lower)]
    extra, columns = len(over) + len(under), lp.n_columns
    pieces = [
        Entries(lp.rows.astype(np.int64), lp.entry_columns, lp.values),
        Entries(over, columns + np.arange(len(over)), np.full(len(over), -1.0)),
        Entries(under, columns + len(over) + np.arange(len(under)), np.ones(len(under))),
    ]
    starts, rows, values = lay_out_by_column(pieces, columns + extra)
    return replace(
        lp,
        cost=np.concatenate((np.zeros(columns), np.ones(extra))),
        offset=0.0,
        column_lower=np.concatenate((lp.column_lower, np.zeros(extra))),
        column_upper=np.concatenate((lp.column_upper, np.full(extra, np.inf))),
        starts=starts,
        rows=rows,
        values=values,
        column_families=(*lp.column_families, Family("broken", columns, (np.arange(extra),))),
    )


def _scale(nodes: Sequence[Node], shared: SharedDecisions) -> Floats:
    """(n,) size of one of each shared decision: of a placement the largest load, of others 1."""
    scale = np.ones(shared.size)
    placed = shared.of(FirstDecision.FIXED_PLACEMENTS)
    for node in nodes:
        lp = node.lp
        in_load = np.isin(lp.rows, node.model.rows["load"])
        largest = np.zeros(lp.n_columns)
        np.maximum.at(largest, lp.entry_columns[in_load], np.abs(lp.values[in_load]))
        here = placed[node.columns[placed] >= 0]
        scale[here] = np.maximum(scale[here], largest[node.columns[here]])
    return scale
