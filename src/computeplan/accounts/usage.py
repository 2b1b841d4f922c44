"""What an allocation uses of pools, links and money, measured in one pass over its blocks.

load[p,t]     = Σ_w x / efficiency
traffic[l,t]  = Σ_w,p on the way    x · (GB per unit·h + data / volume for jobs)
                + share · data · Δ / real hours for fixed workloads
placement[p]  = Σ ω · unit cost · x
rule[u]       = what a rule measures of the work of its set (see `RuleRates`)
moves[w]      = Σ ω · move price / Δ · work that comes to another place (see `moved_unit_h`)

The work of a block is first summed over workloads of which a unit·h counts for the same, so that a
pass reads each number once and what follows is small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from computeplan.accounts.moves import moved_unit_h
from computeplan.accounts.requirements import (
    RuleRates,
    arrivals,
    running_efficiency,
    unit_money,
    work_classes,
)
from computeplan.problem import Floats, Ints, Problem, WorkBlock
from computeplan.problem.arrays import ReadOnlyArrays, ratio

CELLS = 1 << 22
"""Numbers that a piece of work may hold, so that memory stays bounded whatever the blocks are."""


@dataclass(frozen=True, eq=False)
class Usage(ReadOnlyArrays):
    """What the workloads use."""

    work_unit_h: Floats
    load_unit_h: Floats
    """(P, T) work done by, and busy unit·h of, each pool; without the weights ω."""
    traffic_gb: Floats
    """(L, T) without the weights."""
    flow_gb: Floats
    """(F, T) traffic that has several paths to choose from, without the weights."""
    placement_cost: Floats
    """(P,) extra cost of work at the pools, over the time that the horizon stands for."""
    moved_gb: Floats
    """(P,) data sets moved to the pools, over the time that the horizon stands for."""
    short_unit_h: Floats
    """(W,) shortfall, over the time that the horizon stands for."""
    rule_amount: Floats
    rule_work_unit_h: Floats
    """(U,) what each rule measures and limits, and all work of its set."""
    move_cost: Floats
    """(W,) price of each workload's moves, over the time that the horizon stands for."""
    move_cost_by_site: Floats
    """(S,) the same, at the sites that work comes to."""
    peer_unit_h: Floats
    """(peers, P, T) work of those who share pools in proportion (see `work_classes`), without the weights."""


class Meter:
    """Sums the usage of blocks."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._coefficients = _Coefficients(problem)
        periods, pools = problem.horizon.size, problem.pools.size
        # Work, load, placement cost and data moved by jobs, in this order.
        self._sums = np.zeros((pools, 4, periods))
        self._traffic = np.zeros((problem.ways.shape[2], periods))
        self._moved = np.zeros(pools)
        self._short, self._moves = np.zeros((2, problem.workloads.size))
        self._moves_by_site = np.zeros(problem.sites.size)
        self._peers = np.zeros((self._coefficients.classes.peers, pools, periods))
        self._rules = [RuleRates(problem, rule) for rule in range(problem.rules.size)]
        self._ruled, self._rule_work = np.zeros((2, problem.rules.size))

    def add(self, block: WorkBlock) -> None:
        """Count one block; a workload must not come twice."""
        classes, work = _sum_by_class(self._coefficients.classes.of_workload[block.workloads], block.unit_h)
        sums = np.matmul(self._coefficients.of(classes, block.pools), work.transpose(1, 0, 2))
        self._sums[np.ix_(block.pools, np.arange(4), block.periods)] += sums[:, :4]
        self._traffic[:, block.periods] += sums[:, 4:].sum(axis=0)
        peers = self._coefficients.classes.peer[classes]
        rows = np.flatnonzero(peers >= 0)
        np.add.at(self._peers, np.ix_(peers[rows], block.pools, block.periods), work[rows])
        weight = self._problem.horizon.weight[block.periods]
        self._short[block.workloads] += block.short_unit_h @ weight
        self._add_rules(block, classes, work)
        self._add_data_of_fixed(block)
        self._add_moves(block)

    @property
    def flow_gb(self) -> Floats:
        """(F, T) traffic so far that has several paths to choose from."""
        return self._traffic[self._problem.network.links :].copy()

    def read(self, routed_gb: Floats) -> Usage:
        """Return everything counted so far, with the traffic of flows as the plan routes it, (O, T)."""
        weight, network = self._problem.horizon.weight, self._problem.network
        over_links = network.path[self._problem.routing.option_path].T.astype(np.float64) @ routed_gb
        return Usage(
            work_unit_h=self._sums[:, 0].copy(),
            load_unit_h=self._sums[:, 1].copy(),
            traffic_gb=self._traffic[: network.links] + over_links,
            flow_gb=self.flow_gb,
            placement_cost=self._sums[:, 2] @ weight,
            moved_gb=self._sums[:, 3] @ weight + self._moved,
            short_unit_h=self._short.copy(),
            rule_amount=self._ruled.copy(),
            rule_work_unit_h=self._rule_work.copy(),
            move_cost=self._moves.copy(),
            move_cost_by_site=self._moves_by_site.copy(),
            peer_unit_h=self._peers.copy(),
        )

    def _add_rules(self, block: WorkBlock, classes: Ints, work: Floats) -> None:
        """Count what the rules limit, from the work (r, p, t) of each class."""
        known, weight = self._coefficients.classes, self._problem.horizon.weight[block.periods]
        for rule, rates in enumerate(self._rules):
            rows = np.flatnonzero(known.member[rule, classes])
            done, of_set = work[rows], classes[rows]
            rate = rates.of(known.need[of_set], known.gb[of_set])[:, block.pools][:, :, block.periods]
            self._ruled[rule] += float((rate * done).sum())
            self._rule_work[rule] += float((done @ weight).sum())

    def _add_moves(self, block: WorkBlock) -> None:
        """Price what moves of workloads whose moves have a price."""
        problem, workloads = self._problem, block.workloads
        rows = np.flatnonzero(problem.workloads.pays_moves[workloads])
        if not len(rows):
            return
        sites, moved = moved_unit_h(problem, block, rows)
        units = moved @ (problem.horizon.weight[block.periods] / problem.horizon.period_h)
        cost = units * problem.workloads.move_price[workloads[rows], None]
        self._moves[workloads[rows]] += cost.sum(axis=1)
        np.add.at(self._moves_by_site, sites, cost.sum(axis=0))

    def _add_data_of_fixed(self, block: WorkBlock) -> None:
        """Count the data sets of fixed workloads, which travel evenly over the horizon."""
        problem = self._problem
        rows = np.flatnonzero(problem.workloads.is_fixed[block.workloads])
        fixed = block.workloads[rows]
        moved = fixed_shares(problem, block, rows) * problem.workloads.data_gb[fixed, None]
        origins = problem.origin[problem.workloads.need[fixed]]
        ways = problem.ways[np.ix_(origins, block.pools)]
        share_of_time = problem.horizon.hours / problem.horizon.real_hours
        self._moved[block.pools] += moved.sum(axis=0)
        for rule, rates in enumerate(self._rules):
            inside = problem.rules.member[rule, fixed][:, None]
            self._ruled[rule] += float((moved * inside * rates.per_gb[np.ix_(origins, block.pools)]).sum())
        self._traffic += np.einsum("np,npl->l", moved, ways)[:, None] * share_of_time


class _Coefficients:
    """What a unit·h of each class at each pool counts for."""

    def __init__(self, problem: Problem) -> None:
        self.classes = work_classes(problem)
        self._origin = problem.origin[self.classes.need]
        self._load = ratio(1.0, running_efficiency(problem))
        self._money = unit_money(problem)
        self._ways = problem.ways

    def of(self, classes: Ints, pools: Ints) -> Floats:
        """(p, 4 + L, n) coefficients of work, load, cost, data moved and traffic by link."""
        need = self.classes.need[classes]
        rates = np.empty((len(pools), 4 + self._ways.shape[2], len(classes)))
        rates[:, 0] = 1.0
        rates[:, 1] = self._load[np.ix_(need, pools)].T
        rates[:, 2] = self._money[np.ix_(need, pools)].T
        rates[:, 3] = self.classes.data_gb[classes]
        ways = self._ways[np.ix_(self._origin[classes], pools)]
        rates[:, 4:] = ways.transpose(1, 2, 0) * self.classes.gb[classes]
        return rates


def _sum_by_class(class_of: Ints, unit_h: Floats) -> tuple[Ints, Floats]:
    """Classes (r,) and the work of each (r, p, t), from the class of each row and (n, p, t)."""
    if (np.diff(class_of) < 0).any():
        order = np.argsort(class_of, kind="stable")
        class_of, unit_h = class_of[order], unit_h[order]
    classes, first = np.unique(class_of, return_index=True)
    return classes, np.add.reduceat(unit_h, first, axis=0)


def pieces(problem: Problem, blocks: Iterable[WorkBlock]) -> Iterator[WorkBlock]:
    """Cut blocks by workloads, so that none spread over all periods is large."""
    for block in blocks:
        width = max(problem.horizon.size, len(block.pools) * (4 + problem.network.links))
        step = max(1, CELLS // max(1, width))
        for first in range(0, len(block.workloads), step):
            rows = slice(first, first + step)
            yield WorkBlock(
                block.workloads[rows],
                block.pools,
                block.periods,
                block.unit_h[rows],
                block.short_unit_h[rows],
            )


def fixed_shares(problem: Problem, block: WorkBlock, rows: Ints) -> Floats:
    """(n, p) share of its demand that each pool does of fixed workloads, given by n rows of the block."""
    total = arrivals(problem, block.workloads[rows]).sum(axis=1)[:, None]
    done = block.unit_h[rows].sum(axis=2)
    return ratio(done, total)
