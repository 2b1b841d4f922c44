"""Windows of jobs on the model's time axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.config.resolve.clock import Times
from computeplan.problem import Bools, Floats, Horizon, HorizonEnd, Ints

_TOLERANCE = 1e-9
"""Of a period: nearer to an edge than this is on the edge."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Times given as hours on the model's axis or as UTC; neither where a default is meant.

    Attributes
    ----------
    hours : (n,)
        nan where not given.
    utc : (n,) datetime64[s]
        NaT where not given.
    """

    hours: Floats
    utc: Times


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of jobs, and what is wrong with them.

    Attributes
    ----------
    release_h, deadline_h : (n,)
        On the model's axis; edges of periods exactly. ``close`` has cut the deadline at the end of the block.
    is_outside : (n,)
        Whether the release lies in no block.
    is_empty : (n,)
        Whether the deadline is not after the release.
    needs_rate : (n,)
        Whether the window begins or ends inside a period, so that a largest rate must be given.
    """

    release_h: Floats
    deadline_h: Floats
    is_outside: Bools
    is_empty: Bools
    needs_rate: Bools


def lay_windows(release: Moments, deadline: Moments, horizon: Horizon) -> Windows:
    """Place windows on the model's axis.

    Parameters
    ----------
    release : Moments
        Default the start of the horizon.
    deadline : Moments
        Default the end of the release's block. A time is counted from the start of that block.
    horizon : Horizon

    Returns
    -------
    Windows
    """
    blocks = _Blocks.of(horizon)
    begin = np.where(np.isnat(release.utc), np.nan_to_num(release.hours), blocks.hours_at(release.utc))
    begin = _snapped(begin, horizon)
    is_outside = ~((begin >= 0) & (begin < blocks.end_h[-1]))
    block = blocks.containing(np.where(is_outside, 0.0, begin))
    stop = np.where(np.isnat(deadline.utc), deadline.hours, blocks.hours_from(block, deadline.utc))
    stop = _snapped(np.where(np.isnan(stop), blocks.end_h[block], stop), horizon)
    is_empty = ~is_outside & (stop <= begin)
    if horizon.end is HorizonEnd.CLOSE:
        stop = np.minimum(stop, blocks.end_h[block])
    is_whole = stop - begin >= (blocks.end_h - blocks.start_h)[block]
    needs_rate = ~is_whole & ~(_on_edge(begin, horizon) & _on_edge(stop, horizon))
    return Windows(begin, stop, is_outside, is_empty, needs_rate & ~is_outside & ~is_empty)


def horizon_end_h(horizon: Horizon) -> float:
    """End of the last block on the model's axis, h."""
    return horizon.size * horizon.period_h


def longest_block_h(horizon: Horizon) -> float:
    """Length of the longest block, h."""
    blocks = _Blocks.of(horizon)
    return float((blocks.end_h - blocks.start_h).max())


def block_weight(horizon: Horizon, hours: Floats) -> Floats:
    """Weight of the block at each time of the model's axis."""
    first = [block.start for block in horizon.blocks]
    weight: Floats = horizon.weight[first][_Blocks.of(horizon).containing(hours)]
    return weight


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Blocks on the model's axis (h) and in UTC (s)."""

    start_h: Floats
    end_h: Floats
    start_s: Ints

    @classmethod
    def of(cls, horizon: Horizon) -> _Blocks:
        first = np.array([block.start for block in horizon.blocks])
        stop = np.array([block.stop for block in horizon.blocks])
        start_s = horizon.start_utc[first].astype(np.int64)
        return cls(first * horizon.period_h, stop * horizon.period_h, start_s)

    def containing(self, hours: Floats) -> Ints:
        """Block at each time of the axis."""
        index: Ints = np.searchsorted(self.start_h, hours, side="right") - 1
        return index

    def hours_at(self, utc: Times) -> Floats:
        """Time of the axis at each UTC time; nan outside all blocks."""
        seconds = np.where(np.isnat(utc), self.start_s[0], utc.astype(np.int64))
        block = np.searchsorted(self.start_s, seconds, side="right") - 1
        hours = self.hours_from(np.maximum(block, 0), seconds.astype("datetime64[s]"))
        return np.where((block >= 0) & (hours < self.end_h[block]), hours, np.nan)

    def hours_from(self, block: Ints, utc: Times) -> Floats:
        """Time of the axis counted on from the start of a block; nan where no time is given."""
        hours = self.start_h[block] + (utc.astype(np.int64) - self.start_s[block]) / 3600
        return np.where(np.isnat(utc), np.nan, hours)


def _snapped(hours: Floats, horizon: Horizon) -> Floats:
    edge = np.round(hours / horizon.period_h)
    near = np.abs(hours / horizon.period_h - edge) < _TOLERANCE * np.maximum(1, np.abs(edge))
    return np.where(near, edge * horizon.period_h, hours)


def _on_edge(hours: Floats, horizon: Horizon) -> Bools:
    on_edge: Bools = np.round(hours / horizon.period_h) * horizon.period_h == hours
    return on_edge
