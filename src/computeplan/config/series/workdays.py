"""Weekdays as tariffs and typical days count them: of the week alone, or by the calendar of a country."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from computeplan.config.context import Context
from computeplan.config.series.clock import Times
from computeplan.problem import Bools, Ints
from computeplan.text import did_you_mean

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY, SUNDAY = 5, 6
"""Weekdays are numbered from Monday, 0."""


@dataclass(frozen=True, eq=False)
class Workdays:
    """What kind of day each of some local times is in."""

    weekday: Ints
    """Weekday that the day counts as: a holiday as the last day of the weekend, a make-up workday as the
    first of the working week."""
    is_off: Bools
    """Whether nobody has to work: weekends and holidays without make-up workdays."""


def read_workdays(local: Times, calendar: str | None, path: str, context: Context) -> Workdays | None:
    """Judge the days of local times; None after a fault.

    Parameters
    ----------
    calendar : str or None
        Country, such as ``CN``, or its part, such as ``DE-BY``; None: no holidays, and Saturday and Sunday
        are off.
    path : str
        Where the config names the calendar.
    """
    days, index = np.unique(local.astype("datetime64[D]"), return_inverse=True)
    index = index.reshape(local.shape)
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    if calendar is None:
        return Workdays(weekday[index], (weekday >= SATURDAY)[index])
    holidays = _find_calendar(calendar, days, path, context)
    if holidays is None:
        return None
    weekend = np.isin(weekday, list(holidays.weekend))
    is_off = np.array([not holidays.is_working_day(day) for day in days.tolist()], bool)
    weekday = np.where(is_off & ~weekend, max(holidays.weekend, default=SUNDAY), weekday)
    weekday = np.where(~is_off & weekend, min(set(range(7)) - holidays.weekend), weekday)
    return Workdays(weekday[index], is_off[index])


def _find_calendar(name: str, days: Times, path: str, context: Context) -> HolidayBase | None:
    """Find the calendar of a country for some days; None after a fault, a warning of unknown years."""
    from holidays import list_supported_countries

    first, last = (int(str(day)[:4]) for day in (days[0], days[-1]))
    country, _, part = name.partition("-")
    parts = list_supported_countries().get(country)
    if parts is None or (part and part not in parts):
        known = list(list_supported_countries()) if parts is None else [f"{country}-{each}" for each in parts]
        of = "a country whose holidays are known, such as `CN`" if parts is None else f"a part of {country}"
        context.faults.add(path, of, repr(name), did_you_mean(name.upper(), known))
        return None
    calendar = _open_calendar(country, part, first, last)
    if first < calendar.start_year or last > calendar.end_year:
        span = f"{calendar.start_year} to {calendar.end_year}"
        context.faults.add(
            path, f"days from {span}, which the calendar of {name} knows", f"{first} to {last}"
        )
        return None
    announced = _announced_until(country, part)
    if announced is not None and last > announced:
        context.warnings.append(
            f"{path}: make-up workdays of {name} are known until {announced}; later years have the holidays "
            "of the law alone"
        )
    return calendar


@lru_cache
def _open_calendar(country: str, part: str, first: int, last: int) -> HolidayBase:
    from holidays import country_holidays

    # The first days of a year may be made up for at the end of the one before.
    years = range(first - 1, last + 2)
    return country_holidays(country, subdiv=part or None, years=years, expand=False)


@lru_cache
def _announced_until(country: str, part: str) -> int | None:
    """Last year whose make-up workdays are known; None where there are none."""
    known = getattr(_open_calendar(country, part, 2000, 2000), "special_public_holidays", None)
    last = max(known, default=None) if known else None
    if last is None or not _open_calendar(country, part, last - 1, last).weekend_workdays:
        return None
    return int(last)
