"""Series as written to one value a period, in the unit of the field that uses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.day_profile import day_values, horizon_mean
from computeplan.config.resolve.horizon import period_name
from computeplan.config.resolve.names import Names
from computeplan.config.resolve.ranges import in_range
from computeplan.config.resolve.tariff import Rule, tariff_values
from computeplan.config.schema.quantity import Quantity
from computeplan.config.schema.series import DaySeries, FileSeries, SeriesRef, TariffSeries
from computeplan.config.schema.series_field import Series, SeriesForm
from computeplan.config.units import UnitError, parse_quantity, unit_factor
from computeplan.problem import Floats

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SeriesReader:
    """Evaluates series over the horizon; named ones once for each unit.

    A series that cannot be evaluated is noted as a fault and read as nan.

    Parameters
    ----------
    named : mapping
        The config's `series`.
    context : Context

    Attributes
    ----------
    names : Names
        Of the named series.
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
        """Evaluate a field's series.

        Parameters
        ----------
        series : Series
        path : str
            Where in the config it stands.

        Returns
        -------
        (T,)
            In the field's unit, within its range; nan after a fault.
        """
        shape, scale = self.shape(series, path)
        return shape * scale

    def shape(self, series: Series, path: str) -> tuple[Floats, float]:
        """Evaluate a field's series as a shape and a factor, so that equal shapes stay equal.

        Parameters
        ----------
        series : Series
        path : str
            Where in the config it stands.

        Returns
        -------
        shape : (T,)
            nan after a fault.
        scale : float
            At least 0.
        """
        form, scale = series.form, 1.0
        if isinstance(form, SeriesRef) and form.scale >= 0:
            form, scale = form.model_copy(update={"scale": 1.0}), form.scale
        elif isinstance(form, float) and form >= 0:
            form, scale = 1.0, form
        shape = self._form(form, series.quantity, path)
        if shape is None or not self._in_range(shape * scale, series.quantity, path):
            return np.full(self._horizon.size, np.nan), 1.0
        return shape, scale

    def named_values(self, name: str, quantity: Quantity, path: str) -> Floats:
        """Evaluate a named series.

        Parameters
        ----------
        name : str
        quantity : Quantity
            Unit and range of the values.
        path : str
            Where in the config the series is used.

        Returns
        -------
        (T,)
            nan after a fault.
        """
        return self.values(Series(SeriesRef(series=name), quantity), path)

    def _read_named(self, name: str, quantity: Quantity, path: str) -> Floats | None:
        """Values of a named series in a unit; their range is not checked."""
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
            return parse_quantity(value, quantity.unit, self._context.currency)
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
            expected = f"{self._horizon.size:,} values, one a period"
            self._faults.add(path, expected, f"{len(values):,} values")
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
        return tariff_values(self._horizon, self._zone(tariff.time_zone), price[tariff.default], rules)

    def _day(self, form: DaySeries, quantity: Quantity, path: str) -> Floats | None:
        day = form.day
        hours = self._numbers(dict(enumerate(day.weekday)), quantity, f"{path}.day.weekday")
        rest = hours
        if day.weekend is not None:
            rest = self._numbers(dict(enumerate(day.weekend)), quantity, f"{path}.day.weekend")
        if hours is None or rest is None:
            return None
        values = day_values(self._horizon, self._zone(form.time_zone), hours, rest)
        if day.normalize == "none":
            return values
        size = horizon_mean(self._horizon, values) if day.normalize == "mean" else float(values.max())
        if size <= 0:
            self._faults.add(
                f"{path}.day", f"values with a {day.normalize} above 0", f"a {day.normalize} of {size:g}"
            )
            return None
        return values / size

    def _file(self, form: FileSeries, quantity: Quantity, path: str) -> Floats | None:
        from computeplan.config.resolve.file_series import read_series

        factor = self._factor(form, quantity, path)
        values = read_series(form, self._zone(form.time_zone), path, self._context)
        if values is None or factor is None:
            return None
        return (
            values * factor.numerator / factor.denominator * form.scale
        )  # 36 USD/MWh is 0.036, rounded once

    def _factor(self, form: FileSeries, quantity: Quantity, path: str) -> Fraction | None:
        if form.unit is None:
            return Fraction(1)
        try:
            return unit_factor(form.unit, quantity.unit, self._context.currency)
        except UnitError as error:
            expected = quantity.expected(self._context.currency)
            self._faults.add(f"{path}.unit", expected, repr(form.unit), error.hint)
            return None

    def _zone(self, name: str | None) -> ZoneInfo:
        return ZoneInfo(name or self._horizon.time_zone)

    def _in_range(self, values: Floats, quantity: Quantity, path: str) -> bool:
        wrong = np.flatnonzero(~in_range(quantity, values))
        for period in wrong[:1].tolist():
            more = f" and {len(wrong) - 1:,} more periods" if len(wrong) > 1 else ""
            found = f"{values[period]:g} in {period_name(self._horizon, period)}{more}"
            self._faults.add(path, quantity.expected(self._context.currency), found)
        return not len(wrong)
