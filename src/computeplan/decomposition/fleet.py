"""The parts of a program, each in a solver of its own, on several threads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from time import monotonic

import numpy as np

from computeplan.decomposition.parts import Part
from computeplan.problem import Floats, Status
from computeplan.solvers import Basis, Session, SolverOptions, SolverResult, Start

STRIPES = 16
"""Runs of parts that are solved one after another, each from the basis of its neighbor."""


class Fleet:
    """Solvers of all parts; the costs can change between solves.

    Parameters
    ----------
    parts : sequence of Part
    options : SolverOptions
        The time limit holds for all solves together.
    start : Start, optional
        Where the first solves start; by default each part starts from its neighbor.
    """

    def __init__(self, parts: Sequence[Part], options: SolverOptions, start: Start | None = None) -> None:
        self._parts = parts
        self._threads = options.threads or os.cpu_count() or 1
        self._deadline = None if options.time_limit_s is None else monotonic() + options.time_limit_s
        # Each part runs on one thread; the fleet itself fills the cores.
        alone = replace(options, threads=None)
        with ThreadPoolExecutor(self._threads) as threads:
            self._sessions = list(threads.map(lambda part: Session(part.lp, alone), parts))
        self._is_first = start is None or len(start.bases) != len(parts)
        if start is not None and not self._is_first:
            for session, basis in zip(self._sessions, start.bases, strict=True):
                if basis is not None:
                    session.start_at(basis, costs_only=start.costs_only)

    def bases(self) -> tuple[Basis | None, ...]:
        """Give the basis in which the last solve of each part ended."""
        return tuple(session.basis() for session in self._sessions)

    def solve(self, cost: Floats) -> list[SolverResult]:
        """Solve all parts at these costs of the whole program; those that the time is too short for not."""
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
                self._sessions[index].start_from(self._sessions[index - 1])
            results.append(self._solve(index, cost))
        return results

    def restart(self) -> None:
        """Forget the last basis of every part."""
        for session in self._sessions:
            session.restart()
        self._is_first = True

    def is_late(self) -> bool:
        """Whether the time limit is over."""
        return self._deadline is not None and monotonic() > self._deadline

    def _solve(self, index: int, cost: Floats) -> SolverResult:
        part, session = self._parts[index], self._sessions[index]
        if self.is_late():
            return session.stopped()
        session.update(replace(session.lp, cost=cost[part.columns]))
        return session.solve()


def worst(results: Sequence[SolverResult]) -> Status:
    """Status of the whole: optimal only if every part is."""
    order = (Status.INFEASIBLE, Status.UNBOUNDED, Status.NO_PLAN, Status.FEASIBLE)
    found = {result.status for result in results}
    return next((status for status in order if status in found), Status.OPTIMAL)


def assembled(parts: Sequence[Part], pieces: Sequence[Floats], axis: str, size: int) -> Floats:
    """Put the parts' values (axis ``columns``) or duals (``rows``) back in the order of the whole."""
    whole = np.zeros(size)
    for part, piece in zip(parts, pieces, strict=True):
        whole[part.columns if axis == "columns" else part.rows] = piece
    return whole
