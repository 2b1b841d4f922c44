"""Typical days: hourly values of a weekday and a weekend day, laid over the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.resolve.clock import local_slots
from computeplan.config.resolve.tariff import minute_of_day, slot_mean, weekday
from computeplan.problem import Floats, Horizon

_SATURDAY = 5


def day_values(
    horizon: Horizon, zone: ZoneInfo, weekday_values: Sequence[float], weekend_values: Sequence[float]
) -> Floats:
    """Mean over every period of a step function of the local clock hour.

    Parameters
    ----------
    horizon : Horizon
    zone : ZoneInfo
        Zone of the clock.
    weekday_values, weekend_values : sequence of 24 floats
        Values of the hours 0–1, 1–2, … 23–24.

    Returns
    -------
    (T,)
        In the unit of the values.
    """
    slots = local_slots(horizon, zone, 3600)
    table = np.array([weekday_values, weekend_values], float)
    return slot_mean(table[(weekday(slots) >= _SATURDAY).astype(np.int64), minute_of_day(slots) // 60])


def horizon_mean(horizon: Horizon, values: Floats) -> float:
    """Mean over the real time that the horizon stands for, Σ ω Δ v / Σ ω Δ."""
    return float((horizon.weight * horizon.hours) @ values) / horizon.real_hours
