"""Solve all points of a sweep: the order, the point that each one starts from, and workers that die."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from logging import getLogger
from math import ceil, sqrt
from time import monotonic
from typing import Any

import numpy as np

from computeplan.config.variation import number_and_unit
from computeplan.errors import SolverError
from computeplan.lp import ProgramDiff
from computeplan.problem import Floats
from computeplan.progress import Monitor
from computeplan.solvers import StopSignal
from computeplan.studies.sweep.design import Design
from computeplan.studies.sweep.store import PointStore
from computeplan.studies.sweep.task import Outcome, Study, Task, solve_point
from computeplan.studies.sweep.workers import AHEAD, WorkerPool

LOG = getLogger(__package__)

LONGEST_CHAIN = 8
"""Points solved one after another; a resumed or a parallel sweep has the same chains."""
WEIGHT = {
    ProgramDiff.NOTHING: 0.5,
    ProgramDiff.COSTS: 1.0,
    ProgramDiff.LIMITS: 2.0,
    ProgramDiff.MATRIX: 4.0,
    ProgramDiff.SHAPE: 16.0,
}
"""How far apart two ends of an axis are, by what a step along it changes in the program."""
MOST_DEATHS = 3
"""Workers that may die at the same points before the sweep gives up."""
STARTS = 64
"""Warm starts kept in memory."""
POLL_S = 0.5
"""How often a wait wakes up: Windows hears Ctrl-C only then."""
SILENCE_S = 5.0
"""Seconds without a point after which it is asked whether the workers are still there."""


@dataclass(frozen=True)
class Chains:
    """The order of all points."""

    order: tuple[int, ...]
    """Points in the order in which they are solved."""
    parent: Mapping[int, int | None]
    """The point from whose basis each one starts: the one before it in its chain; for the head of a chain the
    first point of all; None for that one."""


def make_chains(design: Design, touches: Mapping[str, ProgramDiff]) -> Chains:
    """Order points so that neighbors differ by little in the program, and cut the way into chains.

    The chains depend on the design alone, not on how many work at them, so that the answers do not either.
    """
    weights = np.array([WEIGHT[touches[label]] for label in design.axes.labels])
    order = _nearest_first(_positions(design) * weights)
    length = min(LONGEST_CHAIN, max(1, ceil(sqrt(len(order)))))
    parent: dict[int, int | None] = {order[0]: None}
    for place, index in enumerate(order[1:]):
        parent[index] = order[0] if place % length == 0 else order[place]
    return Chains(tuple(order), parent)


def _positions(design: Design) -> Floats:
    """(points, axes) coordinates from 0 to 1; values without order stand at their rank of appearance."""
    columns = []
    for label in design.axes.labels:
        neutral = design.axes.neutral(label)
        columns.append(_scale_to_one([point.values.get(label, neutral) for point in design.points]))
    return np.column_stack(columns)


def _scale_to_one(values: list[Any]) -> Floats:
    split = [number_and_unit(value) for value in values]
    if all(each is not None for each in split):
        numbers = np.array([each[0] for each in split if each is not None])
    else:
        ranks: dict[str, int] = {}
        numbers = np.array([ranks.setdefault(repr(value), len(ranks)) for value in values], dtype=float)
    span = np.ptp(numbers)
    scaled: Floats = (numbers - numbers.min()) / (span or 1.0)
    return scaled


def _nearest_first(positions: Floats) -> list[int]:
    """Go from the first point always to the nearest one that is left."""
    left = np.ones(len(positions), dtype=bool)
    order = [0]
    left[0] = False
    for _ in range(len(positions) - 1):
        distance = np.abs(positions - positions[order[-1]]).sum(axis=1)
        # Rounding would make the choice between equals depend on the machine.
        distance = np.where(left, np.round(distance, 9), np.inf)
        order.append(int(distance.argmin()))
        left[order[-1]] = False
    return order


@dataclass
class _Ready:
    """Points that can be solved next: the point that they start from is done. In the order of the chains."""

    chains: Chains
    done: set[int]
    waiting: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._place = {index: place for place, index in enumerate(self.chains.order)}
        self._children: dict[int, list[int]] = {}
        for index, parent in self.chains.parent.items():
            if parent is not None:
                self._children.setdefault(parent, []).append(index)
            if index not in self.done and (parent is None or parent in self.done):
                self.put(index)

    def put(self, index: int) -> None:
        heapq.heappush(self.waiting, self._place[index])

    def take(self) -> int:
        return self.chains.order[heapq.heappop(self.waiting)]

    def finish(self, index: int) -> None:
        self.done.add(index)
        for child in self._children.get(index, ()):
            if child not in self.done:
                self.put(child)


class SweepRunner:
    """Solves the points that a store does not have yet."""

    def __init__(
        self,
        study: Study,
        design: Design,
        chains: Chains,
        store: PointStore,
        *,
        monitor: Monitor,
        stop: StopSignal | None,
    ) -> None:
        self._study, self._design, self._chains, self._store = study, design, chains, store
        self._monitor, self._stop = monitor, stop
        self._ready = _Ready(chains, store.done())
        self._running: dict[Future[Outcome | None], int] = {}
        self._deaths: dict[int, int] = {}
        self._solved, self._begin = 0, monotonic()
        self._warm_start = lru_cache(maxsize=STARTS)(store.warm_start)

    def run(self, make_pool: Callable[[], AbstractContextManager[WorkerPool]]) -> None:
        """Solve until every point is done, in a new pool where a worker died and took its pool with it.

        Raise SolverError if workers die again and again.
        """
        self._report()
        while len(self._ready.done) < len(self._design.points):
            try:
                with make_pool() as pool:
                    self._work(pool)
            except BrokenExecutor:
                lost = list(self._running.values())
                self._running.clear()
                self._retry(lost)

    def _work(self, pool: WorkerPool) -> None:
        heard = monotonic()
        while self._ready.waiting or self._running:
            while self._ready.waiting and len(self._running) < AHEAD * pool.size:
                self._submit(pool, self._ready.take())
            finished, _ = wait(self._running, timeout=POLL_S, return_when=FIRST_COMPLETED)
            self._monitor.deliver()
            if self._stop is not None and self._stop.is_set():
                raise KeyboardInterrupt
            if finished:
                heard = monotonic()
            elif monotonic() - heard > SILENCE_S:
                pool.check()
                heard = monotonic()
            for future in finished:
                self._receive(pool, future)

    def _submit(self, pool: WorkerPool, index: int, study: Study | None = None) -> None:
        parent = self._chains.parent[index]
        start = None if parent is None else self._warm_start(parent)
        task = Task(self._study.key, index, self._design.points[index], start)
        try:
            future = pool.executor.submit(solve_point, task, study)
        except BrokenExecutor:
            self._ready.put(index)
            raise
        self._running[future] = index

    def _receive(self, pool: WorkerPool, future: Future[Outcome | None]) -> None:
        index = self._running[future]
        error = None if future.cancelled() else future.exception()
        if isinstance(error, BrokenExecutor):
            raise error
        del self._running[future]
        # A cluster that loses a worker may give up a point, or cancel it.
        if future.cancelled() or type(error).__name__ == "KilledWorker":
            pool.check()
            self._retry([index])
            return
        outcome = future.result()
        if outcome is None:
            self._submit(pool, index, self._study)
            return
        self._store.save(outcome)
        self._ready.finish(index)
        self._solved += 1
        self._report()

    def _retry(self, indices: Iterable[int]) -> None:
        """Queue points again whose worker died, unless that keeps happening."""
        for index in indices:
            self._deaths[index] = self._deaths.get(index, 0) + 1
            if self._deaths[index] > MOST_DEATHS:
                raise SolverError(
                    f"workers died {self._deaths[index]} times at point {index}",
                    hint="it may need more memory than there is, and fewer --workers leave more for each",
                )
            self._ready.put(index)

    def _report(self) -> None:
        done, total = len(self._ready.done), len(self._design.points)
        text = f"sweep: {done:,} of {total:,} points"
        if self._solved:
            rate_per_s = self._solved / max(monotonic() - self._begin, 1e-9)
            text += f", {_rate(rate_per_s)}, {_span((total - done) / rate_per_s)} left"
        LOG.info("%s", text)
        self._monitor.enter(text)
        self._monitor.deliver()


def _rate(per_s: float) -> str:
    return f"{per_s:.1f} a second" if per_s >= 1 else f"{60 * per_s:.1f} a minute"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
