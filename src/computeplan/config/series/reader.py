"""Evaluates series as a config writes them: one value a period, in the unit of the field that uses them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.context import Context
from computeplan.config.names import Names
from computeplan.config.schema.quantity import SMALLEST, Quantity
from computeplan.config.schema.series import (
    DaySeries,
    FileSeries,
    Series,
    SeriesForm,
    SeriesRef,
    TariffSeries,
)
from computeplan.config.series.clock import DAY_S, Times, local_slots, period_name, slot_mean
from computeplan.config.series.workdays import Workdays, read_workdays
from computeplan.config.units import UnitError
from computeplan.problem import Bools, Floats, Horizon, Ints
from computeplan.text import counted, number

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SeriesReader:
    """Evaluates series over the horizon; named ones once for each unit.

    A series that cannot be evaluated is a fault, and read as nan.
    """

    def __init__(self, named: Mapping[str, Series], context: Context) -> None:
        self.names = Names("a series", named)
        self._named = named
        self._context = context
        self._horizon = context.horizon
        self._faults = context.faults
        self._cache: dict[tuple[str, str | None], Floats | None] = {}
        self._open: list[str] = []

    @property
    def unused(self) -> tuple[str, ...]:
        """Named series that nothing has read."""
        read = {name for name, _ in self._cache}
        return tuple(name for name in self._named if name not in read)

    def values(self, series: Series, path: str) -> Floats:
        """(T,) values of a field's series in its unit, within its range; nan after a fault."""
        shape, scale = self.shape(series, path)
        return shape * scale

    def shape(self, series: Series, path: str) -> tuple[Floats, float]:
        """Evaluate a series as a (T,) shape and a factor of at least 0, so that equal shapes stay equal."""
        form, scale = series.form, 1.0
        if isinstance(form, SeriesRef) and form.scale >= 0:
            form, scale = form.model_copy(update={"scale": 1.0}), form.scale
        elif isinstance(form, float) and form >= 0:
            form, scale = 1.0, form
        shape, scale = self._form(form, series.quantity, path), 0.0 if abs(scale) < SMALLEST else scale
        if shape is None or not self._in_range(shape * scale, series.quantity, path):
            return np.full(self._horizon.size, np.nan), 1.0
        return np.where(np.abs(shape) < SMALLEST, 0.0, shape), scale

    def named_values(self, name: str, quantity: Quantity, path: str) -> Floats:
        """(T,) values of a named series with the unit and range of a quantity; nan after a fault."""
        return self.values(Series(SeriesRef(series=name), quantity), path)

    def _read_named(self, name: str, quantity: Quantity, path: str) -> Floats | None:
        """Return the values of a named series in a unit, without checking their range."""
        if name not in self.names:
            self._faults.add(path, self.names.expected, repr(name), self.names.hint(name))
            return None
        if name in self._open:
            circle = " → ".join([*self._open, name])
            self._faults.add(f"series.{name}", "a series that does not refer to itself", circle)
            return None
        key = (name, quantity.unit)
        if key not in self._cache:
            self._open.append(name)
            self._cache[key] = self._form(self._named[name].form, quantity, f"series.{name}")
            self._open.pop()
        return self._cache[key]

    def _form(self, form: SeriesForm, quantity: Quantity, path: str) -> Floats | None:
        if isinstance(form, float | int | str):
            number = self._number(form, quantity, path)
            return None if number is None else np.full(self._horizon.size, number)
        if isinstance(form, tuple):
            return self._list(form, quantity, path)
        if isinstance(form, SeriesRef):
            values = self._read_named(form.series, quantity, f"{path}.series")
            return None if values is None else values * form.scale
        if isinstance(form, TariffSeries):
            return self._tariff(form, quantity, path)
        return (
            self._day(form, quantity, path)
            if isinstance(form, DaySeries)
            else self._file(form, quantity, path)
        )

    def _number(self, value: float | str, quantity: Quantity, path: str) -> float | None:
        if not isinstance(value, str):
            return float(value)
        try:
            return self._context.number(value, quantity.unit)
        except UnitError as error:
            self._faults.add(path, quantity.expected(self._context.currency), repr(value), error.hint)
            return None

    def _numbers(
        self, values: Mapping[Any, float | str], quantity: Quantity, path: str
    ) -> list[float] | None:
        numbers = [self._number(value, quantity, f"{path}.{key}") for key, value in values.items()]
        return None if None in numbers else [number for number in numbers if number is not None]

    def _list(self, values: Sequence[float | str], quantity: Quantity, path: str) -> Floats | None:
        if len(values) != self._horizon.size:
            expected = f"{counted(self._horizon.size, 'value')}, one a period"
            self._faults.add(path, expected, counted(len(values), "value"))
            return None
        numbers = self._numbers(dict(enumerate(values)), quantity, path)
        return None if numbers is None else np.array(numbers)

    def _tariff(self, form: TariffSeries, quantity: Quantity, path: str) -> Floats | None:
        tariff = form.tariff
        prices = self._numbers(tariff.prices, quantity, f"{path}.tariff.prices")
        if prices is None:
            return None
        price = dict(zip(tariff.prices, prices, strict=True))
        rules = [
            Rule(
                price[rule.period],
                tuple((hours.start, hours.end) for hours in rule.hours),
                rule.months or (),
                tuple(_WEEKDAYS.index(day) for day in rule.weekdays or ()),
            )
            for rule in tariff.rules
        ]
        slots = tariff_slots(self._horizon, self._zone(tariff.time_zone), rules)
        days = read_workdays(slots, tariff.calendar, f"{path}.tariff.calendar", self._context)
        return None if days is None else tariff_values(slots, days, price[tariff.default], rules)

    def _day(self, form: DaySeries, quantity: Quantity, path: str) -> Floats | None:
        day = form.day
        hours = self._numbers(dict(enumerate(day.weekday)), quantity, f"{path}.day.weekday")
        rest = hours
        if day.weekend is not None:
            rest = self._numbers(dict(enumerate(day.weekend)), quantity, f"{path}.day.weekend")
        if hours is None or rest is None:
            return None
        slots = local_slots(self._horizon, self._zone(form.time_zone), 3600)
        days = read_workdays(slots, form.calendar, f"{path}.calendar", self._context)
        if days is None:
            return None
        values = day_values(slots, days, hours, rest)
        if day.normalize == "none":
            return values
        size = horizon_mean(self._horizon, values) if day.normalize == "mean" else float(values.max())
        if size <= 0:
            self._faults.add(
                f"{path}.day",
                f"values with a {day.normalize} above 0",
                f"a {day.normalize} of {number(size, 6)}",
            )
            return None
        return values / size

    def _file(self, form: FileSeries, quantity: Quantity, path: str) -> Floats | None:
        from computeplan.config.series.file_series import read_series

        return read_series(form, self._zone(form.time_zone), quantity, path, self._context)

    def _zone(self, name: str | None) -> ZoneInfo:
        return ZoneInfo(name or self._horizon.time_zone)

    def _in_range(self, values: Floats, quantity: Quantity, path: str) -> bool:
        wrong = np.flatnonzero(~quantity.holds(values))
        for period in wrong[:1].tolist():
            more = f" and {counted(len(wrong) - 1, 'more period')}" if len(wrong) > 1 else ""
            found = f"{number(values[period], 6)} in {period_name(self._horizon, period)}{more}"
            self._faults.add(path, quantity.expected(self._context.currency), found)
        return not len(wrong)


MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class Rule:
    """A value, and when it holds."""

    value: float
    hours: tuple[tuple[int, int], ...]
    """Clock times in minutes of the day, from (inclusive) and to (exclusive). ``to ≤ from`` wraps over
    midnight; each side of midnight is judged by its own date. Empty: all day."""
    months: Collection[int] = ()
    """1–12; empty: all."""
    weekdays: Collection[int] = ()
    """0 is Monday, as the calendar counts the day; empty: all."""


def tariff_slots(horizon: Horizon, zone: ZoneInfo, rules: Sequence[Rule]) -> Times:
    """(T, n) local starts of slots of every period in which no price changes."""
    edges = [edge for rule in rules for span in rule.hours for edge in span]
    return local_slots(horizon, zone, gcd(MINUTES_A_DAY, *edges) * 60)


def tariff_values(slots: Times, days: Workdays, default: float, rules: Sequence[Rule]) -> Floats:
    """(T,) mean of a tariff over every period, exact to the minute; later rules win over earlier ones."""
    minute = minute_of_day(slots)
    values = np.full(slots.shape, default)
    for rule in rules:
        values[_holds(rule, slots, days, minute)] = rule.value
    return slot_mean(values)


def minute_of_day(local: Times) -> Ints:
    """Return the minutes since local midnight."""
    minutes: Ints = local.astype(np.int64) % DAY_S // 60
    return minutes


def month_number(local: Times) -> Ints:
    """Return the month, 1–12."""
    months: Ints = local.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return months


def _holds(rule: Rule, local: Times, days: Workdays, minute: Ints) -> Bools:
    holds = np.zeros(local.shape, bool) if rule.hours else np.ones(local.shape, bool)
    for begin, end in rule.hours:
        holds |= (minute >= begin) & (minute < end) if begin < end else (minute >= begin) | (minute < end)
    if rule.months:
        holds &= np.isin(month_number(local), list(rule.months))
    if rule.weekdays:
        holds &= np.isin(days.weekday, list(rule.weekdays))
    return holds


def day_values(
    slots: Times, days: Workdays, weekday_values: Sequence[float], weekend_values: Sequence[float]
) -> Floats:
    """(T,) mean over every period of a typical day's hourly values, 24 for workdays and 24 for days off."""
    table = np.array([weekday_values, weekend_values], float)
    return slot_mean(table[days.is_off.astype(np.int64), minute_of_day(slots) // 60])


def horizon_mean(horizon: Horizon, values: Floats) -> float:
    """Return the mean over the real time that the horizon stands for, Σ ω Δ v / Σ ω Δ."""
    return float((horizon.weight * horizon.hours) @ values) / horizon.real_hours


def scale_to_mean_one(values: Floats, path: str, context: Context) -> Floats:
    """(T,) profile scaled to mean 1 over the real time that the horizon stands for.

    `values` (T,): at least 0; nan after an earlier fault.
    """
    mean = horizon_mean(context.horizon, values)
    if mean == 0:
        context.faults.add(path, "a profile with a mean above 0", "0 in every period")
        return np.ones_like(values)
    return values / mean
