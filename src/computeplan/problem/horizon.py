"""The planning horizon: consecutive periods, in one or more blocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from computeplan.problem.arrays import Floats, Ints, ReadOnlyArrays


class HorizonEnd(StrEnum):
    """What happens to work that is still waiting when a block ends."""

    CLOSE = "close"
    CYCLIC = "cyclic"


@dataclass(frozen=True, eq=False)
class Horizon(ReadOnlyArrays):
    """Periods *t* of the plan, in time order.

    A *block* is a run of consecutive periods, such as a typical week. Work never moves between
    blocks, so that periods of different weight cannot trade work.

    Attributes
    ----------
    start_utc : (T,) datetime64[s]
        Start of each period.
    hours : (T,)
        Length of each period Δ, h. One length for the whole horizon.
    weight : (T,)
        How often the period stands for real time ω; constant within a block.
    block : (T,)
        Block of each period, ascending from 0.
    month : (T,)
        Index into `months`.
    months : tuple of str
        Calendar months touched, such as ``2026-03``; demand charges are settled per month.
    end : HorizonEnd
        ``close``: all work of a block is done within it; ``cyclic``: its end joins its start.
    time_zone : str
        Zone of the local times shown to people.
    """

    start_utc: npt.NDArray[np.datetime64]
    hours: Floats
    weight: Floats
    block: Ints
    month: Ints
    months: tuple[str, ...]
    end: HorizonEnd
    time_zone: str

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
