"""The worst violation of each family of constraints, with its place in words.

A violation is *absolute* (in the family's unit) and *relative*: divided by the size of what it
violates, which is the constraint's own amount or the average amount of its family, whichever is
larger. An error below 1e-6 of both cannot matter, and all of them together stay below 2e-6 of
the family's total.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from computeplan.problem import Floats, Problem


class Family(StrEnum):
    """Families of constraints that the audit checks."""

    PRESENCE = "presence"
    NONNEGATIVE = "nonnegative"
    ELIGIBILITY = "eligibility"
    DEMAND = "demand"
    DEFERRAL = "deferral"
    JOB_VOLUME = "job_volume"
    JOB_WINDOW = "job_window"
    JOB_RATE = "job_rate"
    FIXED_SPLIT = "fixed_split"
    SHORTFALL = "shortfall"
    CAPACITY = "capacity"
    RESERVED_LEVEL = "reserved_level"
    ENERGY_BALANCE = "energy_balance"
    IMPORT_LIMIT = "import_limit"
    CONTRACT = "contract"
    BANDWIDTH = "bandwidth"
    CAP = "cap"
    CARBON_CAP = "carbon_cap"
    BUDGET = "budget"
    RULE = "rule"
    RENEWABLE_SHARE = "renewable_share"
    CHOSEN_LEVEL = "chosen_level"
    STORAGE = "storage"
    WHOLE_WORKLOAD = "whole_workload"
    STEP = "step"
    CLOSED_SITE = "closed_site"

    @property
    def unit(self) -> str:
        """Unit of an absolute violation."""
        return _UNITS.get(self, "unit·h")


_UNITS = {
    Family.PRESENCE: "times",
    Family.RESERVED_LEVEL: "units",
    Family.ENERGY_BALANCE: "kWh",
    Family.IMPORT_LIMIT: "kWh",
    Family.CONTRACT: "kWh",
    Family.BANDWIDTH: "GB",
    Family.CAP: "units or kW",
    Family.CARBON_CAP: "kg",
    Family.BUDGET: "of money",
    Family.RULE: "unit·h, money or kg",
    Family.RENEWABLE_SHARE: "kWh",
    Family.CHOSEN_LEVEL: "units, kW, GB/h or kWh",
    Family.STORAGE: "kWh",
    Family.STEP: "units",
    Family.CLOSED_SITE: "units",
}


@dataclass(frozen=True)
class Violation:
    """The worst violation of one family.

    Attributes
    ----------
    family : Family
    absolute : float
        In the family's unit; 0 where nothing is violated.
    relative : float
        Against the size of what is violated; inf for values that are no numbers.
    place : str
        Such as ``workload chat, pool hami/h100, 2026-03-02 08:00``; empty where nothing is violated.
    """

    family: Family
    absolute: float = 0.0
    relative: float = 0.0
    place: str = ""

    def __str__(self) -> str:
        amount = f"{self.absolute:.6g} {self.family.unit} ({self.relative:.2g} of its size)"
        return f"{self.family}: {self.place}: {amount}" if self.place else f"{self.family}: none"


class Ledger:
    """Keeps the worst violation of each family."""

    def __init__(self) -> None:
        self._worst = {family: Violation(family) for family in Family}

    @property
    def violations(self) -> tuple[Violation, ...]:
        """One for each family, in the order of `Family`."""
        return tuple(self._worst.values())

    def record(
        self,
        family: Family,
        excess: Floats,
        size: float | Floats,
        place: Callable[..., str],
    ) -> None:
        """Hold some constraints against the worst so far.

        Parameters
        ----------
        family : Family
        excess : (…) array
            How far each constraint is exceeded; at most 0 where it holds.
        size : broadcast against `excess`
            What the excess is measured against, > 0.
        place : callable
            Words for the place at an index of `excess`.
        """
        if excess.size == 0 or excess.max() <= 0:
            return
        relative = np.where(np.isnan(excess), np.inf, excess) / size
        worst = int(np.argmax(relative))
        if relative.flat[worst] > self._worst[family].relative:
            index = (int(i) for i in np.unravel_index(worst, excess.shape))
            amount = float(np.nan_to_num(excess.flat[worst], nan=np.inf, posinf=np.inf))
            self._worst[family] = Violation(family, amount, float(relative.flat[worst]), place(*index))


class Places:
    """Names of workloads, pools, sites and periods for a reader.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def workload(self, index: int) -> str:
        """Such as ``workload chat``."""
        return f"workload {self._problem.workloads.names[index]}"

    def pool(self, index: int) -> str:
        """Such as ``pool hami/h100``."""
        return f"pool {self._problem.pools.names[index]}"

    def site(self, index: int) -> str:
        """Such as ``site hami``."""
        return f"site {self._problem.sites.names[index]}"

    def period(self, index: int) -> str:
        """Start of a period in local time, such as ``2026-03-02 08:00``."""
        horizon = self._problem.horizon
        start = horizon.start_utc[index].astype("datetime64[s]").item()
        local = start.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(horizon.time_zone))
        return str(local.strftime("%Y-%m-%d %H:%M"))


def yardstick(amounts: npt.ArrayLike) -> Floats:
    """Size that a violation of each constraint is measured against.

    Parameters
    ----------
    amounts : (…) array_like
        The constraints' own amounts; inf where there is no limit.

    Returns
    -------
    (…) array
        The own amount or the average of the family, whichever is larger; 1 where all are 0.
    """
    size = np.abs(np.asarray(amounts, dtype=np.float64))
    known = size[np.isfinite(size) & (size > 0)]
    typical = float(known.mean()) if known.size else 1.0
    return np.maximum(np.where(np.isfinite(size), size, 0.0), typical)
