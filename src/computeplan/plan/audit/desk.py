"""What the checks of workloads share: sizes to measure against, and words for places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from computeplan.plan.audit.violations import Ledger, Places, yardstick
from computeplan.plan.requirements import largest_arrival, serving_efficiency
from computeplan.problem import Bools, Floats, Ints, Problem, WorkBlock


@dataclass(frozen=True, eq=False)
class Desk:
    """The problem, and the ledger that the checks write into.

    Attributes
    ----------
    problem : Problem
    ledger : Ledger
    """

    problem: Problem
    ledger: Ledger

    @cached_property
    def places(self) -> Places:
        """Names for a reader."""
        return Places(self.problem)

    @cached_property
    def allowed(self) -> Bools:
        """(R, P) whether the pool may serve the need."""
        allowed: Bools = serving_efficiency(self.problem) > 0
        return allowed

    @cached_property
    def may_fall_short(self) -> Bools:
        """(W,) whether work may be left undone."""
        priced = np.isfinite(self.problem.workloads.shortfall_price)
        may: Bools = priced & self.problem.objective.allows_shortfall
        return may

    @cached_property
    def size(self) -> Floats:
        """(W,) size of a violation in one period: the largest arrival, or the work a job can do."""
        register = self.problem.workloads
        longest = float(self.problem.horizon.hours.max(initial=0.0))
        job = np.minimum(register.volume_unit_h, register.max_rate * longest)
        return yardstick(np.where(register.is_job, job, largest_arrival(self.problem)))

    @cached_property
    def volume(self) -> Floats:
        """(W,) size of a violation of a job's whole volume."""
        register = self.problem.workloads
        return yardstick(np.where(register.is_job, register.volume_unit_h, np.inf))

    def over_periods(self, block: WorkBlock, amounts: Floats) -> Floats:
        """(n, T) from (n, t) amounts in the block's periods."""
        spread = np.zeros((len(amounts), self.problem.horizon.size))
        spread[:, block.periods] = amounts
        return spread

    def served(self, block: WorkBlock, rows: Ints) -> Floats:
        """(n, T) work done and left undone, of some rows of a block."""
        return self.over_periods(block, block.unit_h[rows].sum(axis=1) + block.short_unit_h[rows])

    def at(self, workloads: Ints, periods: Ints, note: str = "") -> Callable[[int, int], str]:
        """Words for an index (workload, period)."""

        def place(row: int, column: int) -> str:
            where = f"{self.places.workload(int(workloads[row]))}{note}"
            return f"{where}, {self.places.period(int(periods[column]))}"

        return place

    def at_pool(self, workloads: Ints, pools: Ints, periods: Ints) -> Callable[[int, int, int], str]:
        """Words for an index (workload, pool, period)."""

        def place(row: int, pool: int, column: int) -> str:
            who = self.places.workload(int(workloads[row]))
            where = self.places.pool(int(pools[pool]))
            return f"{who}, {where}, {self.places.period(int(periods[column]))}"

        return place
