"""Demands and jobs of a register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from computeplan.config.resolve.cells import TimeCells, read_numbers, read_times
from computeplan.config.resolve.clock import from_local
from computeplan.config.resolve.workloads.register_cells import RegisterCells
from computeplan.config.resolve.workloads.windows import Moments, lay_windows
from computeplan.config.schema.quantity import UNITS, Quantity
from computeplan.problem import Bools, Floats, Horizon

_VOLUME = Quantity("unit*h", "2400", above=0)
_RATE = Quantity("unit", "200", above=0)
_EITHER = "either a demand or a volume"


@dataclass(frozen=True, eq=False)
class Amounts:
    """How much work there is and when; what does not apply is 0, or infinite for the rate.

    Attributes
    ----------
    is_job : (n,)
    demand : (n,)
        Mean units busy.
    volume_unit_h, release_h, deadline_h, max_rate : (n,)
    """

    is_job: Bools
    demand: Floats
    volume_unit_h: Floats
    release_h: Floats
    deadline_h: Floats
    max_rate: Floats


def read_amounts(cells: RegisterCells, horizon: Horizon) -> Amounts:
    """Read demands, and volumes and windows of jobs.

    Parameters
    ----------
    cells : RegisterCells
    horizon : Horizon

    Returns
    -------
    Amounts
    """
    is_job = _is_job(cells)
    for field in ("release", "deadline", "max_rate"):
        cells.note(cells.is_given(field) & ~is_job, field, "an empty cell beside a demand")
    demand = np.where(is_job, 0.0, cells.numbers("demand", UNITS, 0.0))
    volume = np.where(is_job, cells.numbers("volume", _VOLUME, 0.0), 0.0)
    max_rate = np.where(is_job, cells.numbers("max_rate", _RATE, np.inf), np.inf)
    release, deadline = (_moments(cells, field, horizon) for field in ("release", "deadline"))
    laid = lay_windows(_only(release, is_job), _only(deadline, is_job), horizon)
    everywhere = np.zeros((5, len(is_job)))
    everywhere[:, is_job] = laid.release_h, laid.deadline_h, laid.is_outside, laid.is_empty, laid.needs_rate
    cells.note(everywhere[2] > 0, "release", "a time within the horizon")
    cells.note(everywhere[3] > 0, "deadline", "a time after the release")
    expected = "a rate, for a window that begins or ends inside a period"
    cells.note((everywhere[4] > 0) & np.isinf(max_rate), "max_rate", expected)
    return Amounts(is_job, demand, volume, everywhere[0], everywhere[1], max_rate)


def _is_job(cells: RegisterCells) -> Bools:
    has_demand, has_volume = cells.is_given("demand"), cells.is_given("volume")
    cells.note(has_demand & has_volume, "volume", f"{_EITHER}, not both")
    neither = ~has_demand & ~has_volume
    defaults = cells.defaults
    if (defaults.demand is None) == (defaults.volume is None):
        cells.note(neither, "volume" if "demand" not in cells.columns else "demand", _EITHER)
    is_job: Bools = has_volume | (neither & (defaults.volume is not None))
    return is_job


def _moments(cells: RegisterCells, field: str, horizon: Horizon) -> Moments:
    """Read times or hours; neither where the default of jobs is meant."""
    column = cells.cells(field)
    hours, times = _read(column)
    zone = ZoneInfo(horizon.time_zone)
    local, is_skipped = from_local(times.clock, zone)
    wrong = times.bad | (~times.is_utc & is_skipped) | (hours < 0)
    cells.note(wrong, field, f"hours, or a time such as 2026-03-02T00:00 that clocks in {zone.key} show")
    hours, utc = np.where(wrong, np.nan, hours), np.where(times.is_utc, times.clock, local)
    default = getattr(cells.defaults, field)
    if isinstance(default, datetime):
        utc = np.where(times.empty, from_local(np.array([default], "datetime64[s]"), zone)[0], utc)
    elif default is not None:
        hours = np.where(times.empty, default, hours)
    return Moments(hours, utc)


def _read(column: pl.Series) -> tuple[Floats, TimeCells]:
    """Hours where cells are numbers, times elsewhere."""
    if column.dtype.is_temporal():
        return np.full(len(column), np.nan), read_times(column)
    numbers = read_numbers(column)
    texts = column.cast(pl.String)
    times = read_times(texts.set(pl.Series(np.isfinite(numbers.values)), None))
    return numbers.values, TimeCells(times.clock, times.is_utc, numbers.empty, times.bad)


def _only(moments: Moments, rows: Bools) -> Moments:
    return Moments(moments.hours[rows], moments.utc[rows])
