"""Time-of-use tariffs: a value for every period from rules about clock hours, weekdays and months."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import gcd
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.resolve.clock import DAY_S, Times, local_slots
from computeplan.problem import Bools, Floats, Horizon, Ints

MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class Rule:
    """One value and when it holds.

    Attributes
    ----------
    value : float
    hours : tuple of (int, int)
        Clock times in minutes of the day, from (inclusive) and to (exclusive). ``to ≤ from`` wraps
        over midnight; each side of midnight is judged by its own date. Empty: all day.
    months : collection of int
        1–12; empty: all.
    weekdays : collection of int
        0 is Monday; empty: all.
    """

    value: float
    hours: tuple[tuple[int, int], ...]
    months: Collection[int] = ()
    weekdays: Collection[int] = ()


def tariff_values(horizon: Horizon, zone: ZoneInfo, default: float, rules: Sequence[Rule]) -> Floats:
    """Mean of a tariff over every period, exact to the minute.

    Parameters
    ----------
    horizon : Horizon
    zone : ZoneInfo
        Zone of the tariff's clock.
    default : float
        Value where no rule holds.
    rules : sequence of Rule
        Later rules win.

    Returns
    -------
    (T,)
        In the unit of the values.
    """
    edges = [edge for rule in rules for span in rule.hours for edge in span]
    slots = local_slots(horizon, zone, gcd(MINUTES_A_DAY, *edges) * 60)
    minute = minute_of_day(slots)
    values = np.full(slots.shape, default)
    for rule in rules:
        values[_holds(rule, slots, minute)] = rule.value
    return slot_mean(values)


def slot_mean(values: Floats) -> Floats:
    """(T,) mean of equal slots (T, n); one slot is passed on unrounded."""
    mean: Floats = values[:, 0] if values.shape[1] == 1 else values.mean(axis=1)
    return mean


def minute_of_day(local: Times) -> Ints:
    """Minutes since local midnight."""
    minutes: Ints = local.astype(np.int64) % DAY_S // 60
    return minutes


def weekday(local: Times) -> Ints:
    """Day of the week, 0 is Monday."""
    days: Ints = (local.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    return days


def month_number(local: Times) -> Ints:
    """Month, 1–12."""
    months: Ints = local.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return months


def _holds(rule: Rule, local: Times, minute: Ints) -> Bools:
    holds = np.zeros(local.shape, bool) if rule.hours else np.ones(local.shape, bool)
    for begin, end in rule.hours:
        holds |= (minute >= begin) & (minute < end) if begin < end else (minute >= begin) | (minute < end)
    if rule.months:
        holds &= np.isin(month_number(local), list(rule.months))
    if rule.weekdays:
        holds &= np.isin(weekday(local), list(rule.weekdays))
    return holds
