"""How often workloads move: most of their work runs at another site, or on other hardware, than before.

What counts is the place, site and hardware, whatever the commercial term. A workload is compared with the
last period of the same block in which it worked, so that a job that resumes elsewhere has moved. Nothing
moves from one block to the next: typical weeks do not follow each other. Moves of interactive and deferrable
work are routing; those of jobs take their state with them.

What has a price is work, not the count: see `moved_unit_h`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from computeplan.accounts.requirements import arrivals
from computeplan.problem import Floats, Ints, Problem, WorkBlock
from computeplan.problem.arrays import ReadOnlyArrays

SLIVER = 1e-9
"""Work below this share of a workload's largest period is rounding, and so is a lead of one place."""


@dataclass(frozen=True, eq=False)
class Moves(ReadOnlyArrays):
    """How often every workload moves, over the time that the horizon stands for."""

    times: Floats
    """(W,)"""
    work_unit_h: Floats
    """(W,) work done."""


@dataclass(frozen=True)
class MoveStatistics:
    """How often the workloads of one kind move."""

    workloads: int
    per_workload: float
    """Mean over workloads."""
    per_unit_of_work: float
    """Mean over work: large workloads count as much as they work."""
    median: float
    percentile_99: float


class MoveCounter:
    """Counts moves while the blocks of an allocation pass by."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._times, self._work_unit_h = np.zeros((2, problem.workloads.size))

    def watch(self, blocks: Iterable[WorkBlock]) -> Iterator[WorkBlock]:
        """Pass blocks on."""
        for block in blocks:
            self._times[block.workloads] += count_moves(self._problem, block)
            weight = self._problem.horizon.weight[block.periods]
            self._work_unit_h[block.workloads] += block.unit_h.sum(axis=1) @ weight
            yield block

    def moves(self) -> Moves:
        """Give what was counted so far."""
        return Moves(self._times.copy(), self._work_unit_h.copy())


def count_moves(problem: Problem, block: WorkBlock) -> Floats:
    """Count the moves of each workload of a block; (n,)."""
    times = np.zeros(len(block.workloads))
    place = problem.pools.place[block.pools]
    places = np.unique(place)
    if len(places) < 2:
        return times
    amounts = block.unit_h
    if len(places) < len(place):
        amounts = np.stack([amounts[:, place == one].sum(axis=1) for one in places], axis=1)
    mobile = np.flatnonzero(np.count_nonzero(amounts.any(axis=2), axis=1) > 1)
    times[mobile] = _changes(problem, amounts[mobile], block.periods)
    return times


def moved_unit_h(problem: Problem, block: WorkBlock, rows: Ints) -> tuple[Ints, Floats]:
    """Measure the work of interactive workloads that comes to a place from elsewhere.

    moved[k,t] = max(0, x[k,t] − d[t] / d[t'] · x[k,t'])      t': the last period with demand in the block

    Of each place k what its share of the demand d has grown by, times the demand. Work that is served again
    after it fell short comes from elsewhere, too.

    Parameters
    ----------
    rows
        (n,) rows of the block.

    Returns
    -------
    sites
        (places,) site of each place.
    moved
        (n, places, t) unit·h.
    """
    pools, horizon = problem.pools, problem.horizon
    places, first = np.unique(pools.place[block.pools], return_index=True)
    of_place = np.equal.outer(places, pools.place[block.pools]).astype(np.float64)
    done = np.einsum("kp,npt->nkt", of_place, block.unit_h[rows])
    due = arrivals(problem, block.workloads[rows])[:, block.periods]
    moved, last = np.zeros(done.shape), np.full(done.shape[:2], np.inf)
    for at, period in enumerate(block.periods.tolist()):
        if at and horizon.block[period] != horizon.block[block.periods[at - 1]]:
            last[:] = np.inf
        some = np.flatnonzero(due[:, at] > 0)
        share = done[some, :, at] / due[some, at, None]
        moved[some, :, at] = np.maximum(share - last[some], 0.0) * due[some, at, None]
        last[some] = share
    return pools.site[block.pools[first]], moved


def _changes(problem: Problem, amounts: Floats, periods: Ints) -> Floats:
    """(n,) changes of the place with the most work, from work (n, k, t) by place; a tie is no change."""
    horizon, row = problem.horizon, np.arange(len(amounts))
    total, most = amounts.sum(axis=1), amounts.max(axis=1)
    works = total > SLIVER * total.max(axis=1, initial=0.0, keepdims=True)
    times, last = np.zeros(len(amounts)), np.full(len(amounts), -1)
    for at, period in enumerate(periods.tolist()):
        if at and horizon.block[period] != horizon.block[periods[at - 1]]:
            last[:] = -1
        leads = most[:, at] > (1.0 + SLIVER) * amounts[row, last, at]
        moved = works[:, at] & (last >= 0) & leads
        times += horizon.weight[period] * moved
        new = np.flatnonzero(moved | (works[:, at] & (last < 0)))
        last[new] = amounts[new, :, at].argmax(axis=1)
    return times


def move_statistics(problem: Problem, moves: Moves) -> dict[str, MoveStatistics]:
    """Sum up the moves of each kind of work that there is, and under ``all`` those of all workloads.

    Fixed workloads never move, and count among all.
    """
    kinds = {name: member for name, member in problem.workloads.kinds.items() if name != "fixed"}
    every = {**kinds, "all": np.ones(problem.workloads.size, dtype=bool)}
    return {name: _statistics(moves, np.flatnonzero(of)) for name, of in every.items() if of.any()}


def _statistics(moves: Moves, of: Ints) -> MoveStatistics:
    times, work = moves.times[of], moves.work_unit_h[of]
    median, most = np.percentile(times, [50, 99])
    total = float(work.sum())
    mean_of_work = float(times @ work) / total if total > 0 else 0.0
    return MoveStatistics(len(of), float(times.mean()), mean_of_work, float(median), float(most))
