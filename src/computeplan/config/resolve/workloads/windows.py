"""Windows of jobs on the model's time axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress

import numpy as np

from computeplan.config.context import Context
from computeplan.config.series.clock import Times
from computeplan.problem import Bools, Floats, Horizon, HorizonEnd, Ints
from computeplan.text import some_names

_LEAST_SERIAL = 20_000
"""Serial number of a day in 1954."""
_TOLERANCE = 1e-9
"""Share of a period within which a time counts as on an edge."""


@dataclass(frozen=True, eq=False)
class Moments:
    """(n,) times as hours on the model's axis (nan), or in UTC (NaT); neither where a default is meant."""

    hours: Floats
    utc: Times

    def at(self, rows: Bools) -> Moments:
        """Return the times of some rows."""
        return Moments(self.hours[rows], self.utc[rows])


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of jobs, and what is wrong with them; zeros for workloads that are not jobs."""

    release_h: Floats
    deadline_h: Floats
    """(n,) on the model's axis, exactly on edges of periods; ``close`` cuts the deadline at the end of the
    block."""
    is_outside: Bools
    """(n,) whether the release is in no block."""
    is_empty: Bools
    """(n,) whether the deadline is not after the release."""
    needs_rate: Bools
    """(n,) whether the window begins or ends inside a period, so that a largest rate must be given."""
    is_cut: Bools
    """(n,) whether the deadline as given is past the end of the block."""
    longest_run_h: Floats
    """(n,) longest time without a pause that fits the window, rounding included; once around a block
    (`cyclic`) it ends where the period of the release begins."""


def lay_windows(release: Moments, deadline: Moments, is_job: Bools, horizon: Horizon) -> Windows:
    """Place the windows of jobs on the model's axis.

    `release`: default the start of the horizon. `deadline`: default the end of the release's block; a time is
    counted from the start of that block.
    """
    ends = np.zeros((3, len(is_job)))
    wrong = np.zeros((4, len(is_job)), bool)
    ends[:, is_job], wrong[:, is_job] = _lay_out(release.at(is_job), deadline.at(is_job), horizon)
    release_h, deadline_h, longest_run_h = ends
    is_outside, is_empty, needs_rate, is_cut = wrong
    return Windows(release_h, deadline_h, is_outside, is_empty, needs_rate, is_cut, longest_run_h)


def _lay_out(release: Moments, deadline: Moments, horizon: Horizon) -> tuple[Floats, Bools]:
    """Return (3, n) ends of windows and longest runs, and (4, n) what is wrong, in the order of `Windows`."""
    blocks = _Blocks.of(horizon)
    begin = np.where(np.isnat(release.utc), np.nan_to_num(release.hours), blocks.hours_at(release.utc))
    begin = _snap_to_edges(begin, horizon)
    is_outside = ~((begin >= 0) & (begin < blocks.end_h[-1]))
    block = blocks.containing(np.where(is_outside, 0.0, begin))
    stop = np.where(np.isnat(deadline.utc), deadline.hours, blocks.hours_from(block, deadline.utc))
    stop = _snap_to_edges(np.where(np.isnan(stop), blocks.end_h[block], stop), horizon)
    is_empty = ~is_outside & (stop <= begin)
    is_cut = ~is_outside & (stop > blocks.end_h[block]) & (horizon.end is HorizonEnd.CLOSE)
    if horizon.end is HorizonEnd.CLOSE:
        stop = np.minimum(stop, blocks.end_h[block])
    length = (blocks.end_h - blocks.start_h)[block]
    is_whole = stop - begin >= length
    period_h = horizon.period_h
    around = np.floor(begin / period_h + _TOLERANCE) * period_h + length
    run = (np.minimum(stop, around) - begin) * (1 + _TOLERANCE)
    needs_rate = ~is_whole & ~(_is_on_edge(begin, horizon) & _is_on_edge(stop, horizon))
    wrong = np.stack([is_outside, is_empty, needs_rate & ~is_outside & ~is_empty, is_cut])
    return np.stack([begin, stop, run]), wrong


def warn_of_cuts(names: Iterable[str], windows: Windows, path: str, context: Context) -> None:
    """Warn of deadlines past the end of the horizon, where all work must be done."""
    late = list(compress(names, windows.is_cut.tolist()))
    if late:
        where = "horizon" if len(context.horizon.blocks) == 1 else "block of the horizon"
        what = f"{path}: deadlines past the end of the {where}, by which the work must be done"
        context.warnings.append(f"{what}: {some_names(late)}")


def looks_like_date(hours: Floats, horizon: Horizon) -> Bools:
    """(n,) hours past the horizon that can only be dates: spreadsheets' serial numbers, 20260302, seconds."""
    late: Bools = (hours > horizon_end_h(horizon)) & (hours >= _LEAST_SERIAL)
    return late


def horizon_end_h(horizon: Horizon) -> float:
    """Return the end of the last block on the model's axis, h."""
    return horizon.size * horizon.period_h


def longest_block_h(horizon: Horizon) -> float:
    """Return the length of the longest block, h."""
    blocks = _Blocks.of(horizon)
    return float((blocks.end_h - blocks.start_h).max())


def block_weight(horizon: Horizon, hours: Floats) -> Floats:
    """Return the weight of the block at each time on the model's axis."""
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
        """Return the block at each time on the axis."""
        index: Ints = np.searchsorted(self.start_h, hours, side="right") - 1
        return index

    def hours_at(self, utc: Times) -> Floats:
        """Return the time on the axis of each UTC time; nan outside all blocks."""
        seconds = np.where(np.isnat(utc), self.start_s[0], utc.astype(np.int64))
        block = np.searchsorted(self.start_s, seconds, side="right") - 1
        hours = self.hours_from(np.maximum(block, 0), seconds.astype("datetime64[s]"))
        return np.where((block >= 0) & (hours < self.end_h[block]), hours, np.nan)

    def hours_from(self, block: Ints, utc: Times) -> Floats:
        """Return the time on the axis counted from the start of a block; nan without a time."""
        hours = self.start_h[block] + (utc.astype(np.int64) - self.start_s[block]) / 3600
        return np.where(np.isnat(utc), np.nan, hours)


def _snap_to_edges(hours: Floats, horizon: Horizon) -> Floats:
    edge = np.round(hours / horizon.period_h)
    near = np.abs(hours / horizon.period_h - edge) < _TOLERANCE * np.maximum(1, np.abs(edge))
    return np.where(near, edge * horizon.period_h, hours)


def _is_on_edge(hours: Floats, horizon: Horizon) -> Bools:
    on_edge: Bools = np.round(hours / horizon.period_h) * horizon.period_h == hours
    return on_edge
