"""What the checks of the audit share: the problem, words for places, and the worst violation of each family.

A violation is *absolute* (in the family's unit) and *relative*: divided by the size of what it
violates, which is the constraint's own amount or the average amount of its family, whichever is
larger. An error below 1e-6 of both cannot matter, and all of them together stay below 2e-6 of
the family's total.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from computeplan.accounts import requirements
from computeplan.problem import Bools, Floats, Ints, Problem


class Check(StrEnum):
    """What the audit checks, a family of constraints each."""

    PRESENCE = "presence"
    NONNEGATIVE = "nonnegative"
    ELIGIBILITY = "eligibility"
    DEMAND = "demand"
    DEFERRAL = "deferral"
    JOB_VOLUME = "job_volume"
    JOB_WINDOW = "job_window"
    JOB_RATE = "job_rate"
    RUN = "run"
    FIXED_SPLIT = "fixed_split"
    SHORTFALL = "shortfall"
    CAPACITY = "capacity"
    RESERVED_LEVEL = "reserved_level"
    ENERGY_BALANCE = "energy_balance"
    IMPORT_LIMIT = "import_limit"
    CONTRACT = "contract"
    ROUTING = "routing"
    BANDWIDTH = "bandwidth"
    CAP = "cap"
    CARBON_CAP = "carbon_cap"
    BUDGET = "budget"
    RULE = "rule"
    RENEWABLE_SHARE = "renewable_share"
    CHOSEN_LEVEL = "chosen_level"
    STORAGE = "storage"
    DIRECTION = "direction"
    WHOLE_WORKLOAD = "whole_workload"
    STEP = "step"
    CLOSED_SITE = "closed_site"
    PAST = "past"

    @property
    def unit(self) -> str:
        """Unit of an absolute violation."""
        return _UNITS.get(self, "unit·h")


_UNITS = {
    Check.PRESENCE: "times",
    Check.RESERVED_LEVEL: "units",
    Check.ENERGY_BALANCE: "kWh",
    Check.IMPORT_LIMIT: "kWh",
    Check.CONTRACT: "kWh",
    Check.ROUTING: "GB",
    Check.BANDWIDTH: "GB",
    Check.CAP: "units or kW",
    Check.CARBON_CAP: "kg",
    Check.BUDGET: "of money",
    Check.RULE: "unit·h, money or kg",
    Check.RENEWABLE_SHARE: "kWh",
    Check.CHOSEN_LEVEL: "units, kW, GB/h or kWh",
    Check.STORAGE: "kWh",
    Check.DIRECTION: "kWh",
    Check.STEP: "units",
    Check.CLOSED_SITE: "units",
}


@dataclass(frozen=True)
class Violation:
    """The worst violation of one family."""

    family: Check
    absolute: float = 0.0
    """In the family's unit; 0 where nothing is violated."""
    relative: float = 0.0
    """Against the size of what is violated; inf for values that are no numbers."""
    place: str = ""
    """Such as ``workload chat, pool hami/h100, 2026-03-02 08:00``; empty where nothing is violated."""

    def __str__(self) -> str:
        amount = f"{self.absolute:.6g} {self.family.unit} ({self.relative:.2g} of its size)"
        return f"{self.family}: {self.place}: {amount}" if self.place else f"{self.family}: none"


class Ledger:
    """Keeps the worst violation of each family."""

    def __init__(self) -> None:
        self._worst = {family: Violation(family) for family in Check}

    @property
    def violations(self) -> tuple[Violation, ...]:
        """One for each family, in the order of `Check`."""
        return tuple(self._worst.values())

    def record(
        self,
        family: Check,
        excess: Floats,
        size: float | Floats,
        place: Callable[..., str],
    ) -> None:
        """Compare some constraints with the worst violation so far.

        `excess` is how far each is exceeded, at most 0 where it holds; `size` > 0 what that is measured
        against; `place` gives the words for an index of `excess`.
        """
        if excess.size == 0 or excess.max() <= 0:
            return
        relative = np.where(np.isnan(excess), np.inf, excess) / size
        worst = int(np.argmax(relative))
        if relative.flat[worst] > self._worst[family].relative:
            index = (int(i) for i in np.unravel_index(worst, excess.shape))
            amount = float(np.nan_to_num(excess.flat[worst], nan=np.inf, posinf=np.inf))
            self._worst[family] = Violation(family, amount, float(relative.flat[worst]), place(*index))


@dataclass(frozen=True, eq=False)
class AuditContext:
    """The problem, and the ledger that the checks write into."""

    problem: Problem
    ledger: Ledger

    @cached_property
    def allowed(self) -> Bools:
        """(R, P) whether the pool may serve the need."""
        allowed: Bools = requirements.serving_efficiency(self.problem) > 0
        return allowed

    @cached_property
    def work_size(self) -> Floats:
        """(W,) size of a violation in one period: the largest arrival, or the work a job can do."""
        register = self.problem.workloads
        longest = float(self.problem.horizon.hours.max(initial=0.0))
        job = np.minimum(register.volume_unit_h, register.max_rate * longest)
        largest_arrival = requirements.largest_arrival(self.problem)
        return reference_size(np.where(register.is_job, job, largest_arrival))

    @cached_property
    def volume_size(self) -> Floats:
        """(W,) size of a violation of a job's whole volume."""
        register = self.problem.workloads
        return reference_size(np.where(register.is_job, register.volume_unit_h, np.inf))

    def workload(self, index: int) -> str:
        """Name a workload, such as ``workload chat``."""
        return f"workload {self.problem.workloads.names[index]}"

    def pool(self, index: int) -> str:
        """Name a pool, such as ``pool hami/h100``."""
        return f"pool {self.problem.pools.names[index]}"

    def site(self, index: int) -> str:
        """Name a site, such as ``site hami``."""
        return f"site {self.problem.sites.names[index]}"

    def period(self, index: int) -> str:
        """Write the start of a period in local time, such as ``2026-03-02 08:00``."""
        return self.problem.horizon.local_time(index)

    def places(self, kind: str, names: Sequence[str]) -> Callable[[int, int], str]:
        """Words for an index (thing, period)."""
        return lambda thing, period: f"{kind} {names[thing]}, {self.period(period)}"

    def workload_places(self, workloads: Ints, periods: Ints, note: str = "") -> Callable[[int, int], str]:
        """Words for an index (row of the workloads, column of the periods)."""

        def place(row: int, column: int) -> str:
            return f"{self.workload(int(workloads[row]))}{note}, {self.period(int(periods[column]))}"

        return place

    def pool_places(self, workloads: Ints, pools: Ints, periods: Ints) -> Callable[[int, int, int], str]:
        """Words for an index (row of the workloads, of the pools, of the periods)."""

        def place(row: int, pool: int, column: int) -> str:
            where = f"{self.workload(int(workloads[row]))}, {self.pool(int(pools[pool]))}"
            return f"{where}, {self.period(int(periods[column]))}"

        return place


def reference_size(amounts: npt.ArrayLike) -> Floats:
    """Size that a violation of each constraint is measured against, from the constraints' own amounts.

    It is the own amount (inf: no limit) or the average of the family, whichever is larger; 1 where all are 0.
    """
    size = np.abs(np.asarray(amounts, dtype=np.float64))
    known = size[np.isfinite(size) & (size > 0)]
    typical = float(known.mean()) if known.size else 1.0
    return np.maximum(np.where(np.isfinite(size), size, 0.0), typical)
