"""Solve all points of a sweep: hand out, take in, go on after whatever breaks."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic

from computeplan.errors import SolverError
from computeplan.studies.sweep.crew import AHEAD, Crew
from computeplan.studies.sweep.design import Design
from computeplan.studies.sweep.order import Route
from computeplan.studies.sweep.store import Store
from computeplan.studies.sweep.task import Outcome, Study, Task, solve_point

MOST_DEATHS = 3
"""Workers that may die at the same points before the sweep gives up."""
TRACES = 64
"""Starts kept in memory."""
POLL_S = 0.5
"""How often a wait wakes up: Windows hears Ctrl-C only then."""


@dataclass(frozen=True)
class Progress:
    """How far a sweep is.

    Attributes
    ----------
    done, total : int
        Points.
    rate_per_s : float
        Points a second since this run began; 0 at its begin.
    left_s : float, optional
        Seconds that are left at this rate.
    """

    done: int
    total: int
    rate_per_s: float
    left_s: float | None


@dataclass
class _Ready:
    """Points whose start is known, the earliest of the route first."""

    route: Route
    done: set[int]
    waiting: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._place = {index: place for place, index in enumerate(self.route.order)}
        self._children: dict[int, list[int]] = {}
        for index, parent in self.route.parent.items():
            if parent is not None:
                self._children.setdefault(parent, []).append(index)
            if index not in self.done and (parent is None or parent in self.done):
                self.put(index)

    def put(self, index: int) -> None:
        heapq.heappush(self.waiting, self._place[index])

    def take(self) -> int:
        return self.route.order[heapq.heappop(self.waiting)]

    def finish(self, index: int) -> None:
        self.done.add(index)
        for child in self._children.get(index, ()):
            if child not in self.done:
                self.put(child)


class Runner:
    """Solves the points that a store does not have yet.

    Parameters
    ----------
    study : Study
    design : Design
    route : Route
    store : Store
    tell : callable
        Called with the progress after each point.
    """

    def __init__(
        self, study: Study, design: Design, route: Route, store: Store, tell: Callable[[Progress], object]
    ) -> None:
        self._study, self._design, self._route, self._store, self._tell = study, design, route, store, tell
        self._ready = _Ready(route, store.done())
        self._running: dict[Future[Outcome | None], int] = {}
        self._deaths: dict[int, int] = {}
        self._solved, self._begin = 0, monotonic()
        self._trace = lru_cache(maxsize=TRACES)(store.trace)

    def run(self, crews: Callable[[], AbstractContextManager[Crew]]) -> None:
        """Solve until every point is done.

        Parameters
        ----------
        crews : callable
            Makes a crew, and another one where a worker died and took its crew with it.

        Raises
        ------
        SolverError
            If workers die again and again.
        """
        self._report()
        while len(self._ready.done) < len(self._design.points):
            try:
                with crews() as crew:
                    self._work(crew)
            except BrokenExecutor:
                lost = list(self._running.values())
                self._running.clear()
                self._put_back(lost)

    def _work(self, crew: Crew) -> None:
        while self._ready.waiting or self._running:
            while self._ready.waiting and len(self._running) < AHEAD * crew.size:
                self._hand_out(crew, self._ready.take())
            finished, _ = wait(self._running, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in finished:
                self._take_in(crew, future)

    def _hand_out(self, crew: Crew, index: int, study: Study | None = None) -> None:
        parent = self._route.parent[index]
        trace = None if parent is None else self._trace(parent)
        task = Task(self._study.key, index, self._design.points[index], trace)
        try:
            future = crew.executor.submit(solve_point, task, study)
        except BrokenExecutor:
            self._ready.put(index)
            raise
        self._running[future] = index

    def _take_in(self, crew: Crew, future: Future[Outcome | None]) -> None:
        index = self._running[future]
        error = None if future.cancelled() else future.exception()
        if isinstance(error, BrokenExecutor):
            raise error
        del self._running[future]
        # A cluster that loses a worker may give up a point, or cancel it.
        if future.cancelled() or type(error).__name__ == "KilledWorker":
            self._put_back([index])
            return
        outcome = future.result()
        if outcome is None:
            self._hand_out(crew, index, self._study)
            return
        self._store.save(outcome)
        self._ready.finish(index)
        self._solved += 1
        self._report()

    def _put_back(self, indices: Iterable[int]) -> None:
        """Take points up again whose worker died, unless that happens all the time."""
        for index in indices:
            self._deaths[index] = self._deaths.get(index, 0) + 1
            if self._deaths[index] > MOST_DEATHS:
                raise SolverError(
                    f"workers died {self._deaths[index]} times at point {index}: it may need more memory "
                    "than there is, and fewer --workers leave more for each"
                )
            self._ready.put(index)

    def _report(self) -> None:
        done, total = len(self._ready.done), len(self._design.points)
        rate = self._solved / max(monotonic() - self._begin, 1e-9)
        self._tell(Progress(done, total, rate, (total - done) / rate if self._solved else None))
