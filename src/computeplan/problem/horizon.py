"""The planning horizon: consecutive periods, in one or more blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from computeplan.problem.arrays import Floats, Ints, ReadOnlyArrays
from computeplan.problem.fields import factor, index


class HorizonEnd(StrEnum):
    """What happens to work that is still waiting when a block ends."""

    CLOSE = "close"
    CYCLIC = "cyclic"


@dataclass(frozen=True, eq=False)
class Horizon(ReadOnlyArrays):
    """Periods *t* of the plan, in time order.

    A *block* is a run of consecutive periods, such as a typical week. Work never moves between
    blocks, so that periods of different weight cannot trade work.
    """

    start_utc: npt.NDArray[np.datetime64]
    """(T,) datetime64[s], start of each period."""
    hours: Annotated[Floats, factor("T", "h")]
    """Length of each period Δ. One length for the whole horizon."""
    weight: Annotated[Floats, factor("T")]
    """How often the period stands for real time ω; constant within a block."""
    block: Annotated[Ints, index("T")]
    """Block of each period, ascending from 0."""
    month: Annotated[Ints, index("T")]
    """Row of `months`."""
    months: tuple[str, ...]
    """Calendar months touched, such as ``2026-03``; demand charges are settled per month."""
    end: HorizonEnd
    """``close``: all work of a block is done within it; ``cyclic``: its end joins its start."""
    time_zone: str
    """Zone of the local times shown to people."""

    @property
    def size(self) -> int:
        """Number of periods T."""
        return len(self.hours)

    @property
    def period_h(self) -> float:
        """Length of every period, h."""
        return float(self.hours[0])

    @property
    def real_hours(self) -> float:
        """Real time that the horizon stands for, Σ ω Δ, h."""
        return float(self.weight @ self.hours)

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """The periods of each block."""
        edges = [0, *(np.flatnonzero(np.diff(self.block)) + 1).tolist(), self.size]
        return tuple(slice(a, b) for a, b in pairwise(edges))

    def local_time(self, period: int, later_h: float = 0.0) -> str:
        """Write the local time so long after the start of a period, as ``2026-03-02 11:00``."""
        seconds = int(self.start_utc[period].astype("datetime64[s]").astype(np.int64)) + round(later_h * 3600)
        return f"{datetime.fromtimestamp(seconds, ZoneInfo(self.time_zone)):%Y-%m-%d %H:%M}"

    @cached_property
    def before(self) -> Ints:
        """(T,) period before each one; that before the first of a block is the last of it."""
        before = np.arange(self.size) - 1
        for block in self.blocks:
            before[block.start] = block.stop - 1
        return before
