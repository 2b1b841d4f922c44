"""Series: one value a period, in each way that a config can write it, checked against the field's unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

import computeplan.config.schema.quantity as q
from computeplan.config.schema.base import (
    Name,
    SeriesName,
    Settings,
    TimeZone,
    Whole,
    fault,
    fault_at,
    raise_faults,
)
from computeplan.config.units import UnitError, unit_factor
from computeplan.text import did_you_mean

Value = Annotated[float | str, q.ANY]
"""A number in the unit of the field that uses the series, or text with its own unit."""


class SeriesRef(Settings):
    """A named series, multiplied by a factor."""

    series: SeriesName = Field(description="Name of an entry of `series`.")
    scale: q.Number = Field(1.0, description="Factor on its values.")


class HourRange(NamedTuple):
    """Clock time, in minutes of the local day; an end at or before the start wraps over midnight."""

    start: int
    end: int


_CLOCK = r"(\d{1,2})(?::([0-5]\d))?"
_HOURS = rf"\s*{_CLOCK}\s*-\s*{_CLOCK}\s*"


def _hour_range(value: Any) -> HourRange:
    if isinstance(value, HourRange):
        return value
    match = re.fullmatch(_HOURS, value) if isinstance(value, str) else None
    if match:
        start, end = (
            int(hour) * 60 + int(minute or 0) for hour, minute in (match.group(1, 2), match.group(3, 4))
        )
        if start < 1440 and end <= 1440 and start != end:
            return HourRange(start, end)
    raise fault("local hours from 0 to 24, such as `8-11` or `22:30-6`")


Hours = Annotated[
    HourRange,
    BeforeValidator(_hour_range),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOURS}$", "examples": ["11-17", "22:30-6"]}),
]

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Month = Annotated[Whole, Field(ge=1, le=12)]

Country = Annotated[Name, Field(examples=["CN", "DE-BY"])]
"""A country by its ISO code, or a part of one."""
_CALENDAR = (
    "Country whose holidays count as days off, and whose make-up workdays (调休) as workdays: `CN`, or a "
    "part of one, `DE-BY`; weekends are those of the country. Default: none, with Saturday and Sunday off."
)


class TariffRule(Settings):
    """The hours in which one price of a tariff holds."""

    period: Name = Field(description="Name of one of the tariff's prices.")
    hours: tuple[Hours, ...] = Field(
        (HourRange(0, 1440),),
        min_length=1,
        description="Local hours `a-b`, b not included; `22-6` wraps over midnight. Default the whole day.",
    )
    months: tuple[Month, ...] | None = Field(None, min_length=1, description="Months 1-12; default all.")
    weekdays: tuple[Weekday, ...] | None = Field(None, min_length=1, description="Days mon-sun; default all.")


class Tariff(Settings):
    """Prices by month, weekday and hour."""

    time_zone: TimeZone | None = Field(None, description="IANA zone of the hours; default the horizon's.")
    calendar: Country | None = Field(
        None, description=f"{_CALENDAR} In rules a holiday is `sun`, a make-up workday `mon`."
    )
    default: Name = Field(description="Name of the price for hours that no rule covers.")
    prices: dict[Name, Value] = Field(min_length=1, description="Prices by name.")
    rules: tuple[TariffRule, ...] = Field((), description="When each price holds; later rules win.")

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        uses: list[tuple[tuple[str | int, ...], str]] = [(("default",), self.default)]
        uses += [(("rules", i, "period"), rule.period) for i, rule in enumerate(self.rules)]
        known = list(self.prices)
        expected = "the name of one of the tariff's prices"
        raise_faults(
            self,
            [fault_at(loc, expected, did_you_mean(name, known)) for loc, name in uses if name not in known],
        )
        return self


class TariffSeries(Settings):
    """A tariff."""

    tariff: Tariff = Field(description="Prices, and when each holds.")


class Day(Settings):
    """A typical day: a value for each hour."""

    weekday: tuple[Value, ...] = Field(
        min_length=24,
        max_length=24,
        description="24 values, of the hours 0-1 to 23-24, Monday to Friday, or of workdays.",
    )
    weekend: tuple[Value, ...] | None = Field(
        None,
        min_length=24,
        max_length=24,
        description="24 values for Saturday and Sunday, or days off; default as `weekday`.",
    )
    normalize: Literal["none", "mean", "peak"] = Field(
        "none", description="`mean`: scale to mean 1 over the horizon; `peak`: to a highest value of 1."
    )


class DaySeries(Settings):
    """A typical day, repeated over the horizon."""

    day: Day = Field(description="Values of a day's hours.")
    time_zone: TimeZone | None = Field(None, description="IANA zone of the hours; default the horizon's.")
    calendar: Country | None = Field(None, description=_CALENDAR)


class FileSeries(Settings):
    """A column of a table in a file."""

    file: Name = Field(description="CSV or Parquet file inside the config's folder.")
    column: Name = Field(description="Column of the values.")
    time: Name | None = Field(
        None, description="Column of timestamps; without it the file has one row a period, in order."
    )
    where: dict[Name, Name] = Field(
        {},
        description="Rows to read of a long table: the cells that some of its columns must have, such as "
        "`{zone: DE}`; default all rows.",
    )
    time_zone: TimeZone | None = Field(
        None, description="IANA zone of timestamps without offset; default the horizon's."
    )
    stamp: Literal["start", "end"] | None = Field(
        None,
        description="What timestamps mark: the `start` (default) or the `end` of the time a row is about.",
    )
    calendar: Whole | None = Field(
        None,
        ge=1900,
        le=2199,
        description="Year whose dates are read; default the horizon's own.",
    )
    unit: Name | None = Field(None, description="Unit of the column; default that of the field.")
    scale: q.Number = Field(1.0, description="Factor on the values.")

    @model_validator(mode="after")
    def _stamps_need_times(self) -> Self:
        given = [key for key in ("stamp", "time_zone", "calendar") if getattr(self, key) is not None]
        if self.time is None:
            expected, hint = "nothing without `time`", "name the column of timestamps with `time`"
            raise_faults(self, [fault_at((key,), expected, hint) for key in given])
        return self


SeriesModel = SeriesRef | TariffSeries | DaySeries | FileSeries
"""The forms of a series that are mappings."""


SeriesForm = float | str | tuple[float | str, ...] | SeriesModel
"""A constant, one value a period, or a model.

Values are numbers in the field's unit, or text with a unit that converts to it: read each with
``series.quantity.number(value, currency)``.
"""

_MODELS = {"series": SeriesRef, "tariff": TariffSeries, "day": DaySeries, "file": FileSeries}


@dataclass(frozen=True)
class Series:
    """A series as written, with the documented unit and range of its field."""

    form: SeriesForm
    quantity: q.Quantity


def _written_values(form: SeriesForm) -> Iterator[tuple[tuple[str | int, ...], float | str]]:
    """Yield the values that a series contains, with their paths in it; references and files have none."""
    if isinstance(form, float | int | str):
        yield (), form
    elif isinstance(form, tuple):
        yield from (((i,), value) for i, value in enumerate(form))
    elif isinstance(form, TariffSeries):
        yield from ((("tariff", "prices", name), value) for name, value in form.tariff.prices.items())
    elif isinstance(form, DaySeries):
        for part, values in (("weekday", form.day.weekday), ("weekend", form.day.weekend or ())):
            yield from ((("day", part, i), value) for i, value in enumerate(values))


def value_faults(form: SeriesForm, quantity: q.Quantity, currency: str) -> list[InitErrorDetails]:
    """Return the faults of a series' values and unit in a field."""
    faults = []
    for loc, value in _written_values(form):
        try:
            quantity.number(value, currency)
        except PydanticCustomError as error:
            faults.append(InitErrorDetails(type=error, loc=loc, input=value))
    if isinstance(form, FileSeries) and form.unit is not None:
        try:
            unit_factor(form.unit, quantity.unit, currency)
        except UnitError as error:
            wrong = fault(f"a unit of the field's values ({quantity.expected(currency)})", error.hint)
            faults.append(InitErrorDetails(type=wrong, loc=("unit",), input=form.unit))
    return faults


@dataclass(frozen=True)
class SeriesOf:
    """Annotation of a field that takes a series of a quantity."""

    quantity: q.Quantity

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        value = Annotated[float, self.quantity]
        constant = core_schema.with_info_before_validator_function(
            self._no_mapping, handler.generate_schema(value)
        )
        several = handler.generate_schema(Annotated[tuple[value, ...], Field(min_length=1)])
        models = {f"({key})": handler.generate_schema(model) for key, model in _MODELS.items()}
        forms = core_schema.tagged_union_schema({"(value)": constant, "(list)": several} | models, _form_tag)
        return core_schema.with_info_after_validator_function(self._bound, forms)

    def _no_mapping(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, dict):
            number = self.quantity.expected(q.currency_of(info))
            raise fault(f"{number}, a list of them, or a mapping with `series`, `tariff`, `day` or `file`")
        if isinstance(value, str) and value and not any(map(str.isdigit, value)):
            number = self.quantity.expected(q.currency_of(info))
            raise fault(number, "a named series is written `{series: name}`")
        return value

    def _bound(self, form: SeriesForm, info: ValidationInfo) -> Series:
        if not isinstance(form, float | tuple):
            faults = value_faults(form, self.quantity, q.currency_of(info))
            if faults:
                raise ValidationError.from_exception_data("series", faults)
        return Series(form, self.quantity)


def _form_tag(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "(list)"
    if isinstance(value, dict):
        return next((f"({key})" for key in _MODELS if key in value), "(value)")
    return "(value)"


def default_series(value: float, quantity: q.Quantity) -> Callable[[], Series]:
    """Return a factory for the default of a series field."""
    return partial(Series, value, quantity)


NamedSeries = Annotated[Series, SeriesOf(q.ANY)]
"""Series whose unit is that of the field that uses it."""
ShareSeries = Annotated[Series, SeriesOf(q.SHARE)]
PueSeries = Annotated[Series, SeriesOf(q.PUE)]
UnitSeries = Annotated[Series, SeriesOf(q.UNITS)]
EnergyPriceSeries = Annotated[Series, SeriesOf(q.ENERGY_PRICE)]
CarbonSeries = Annotated[Series, SeriesOf(q.CARBON_FACTOR)]
UnitHourPriceSeries = Annotated[Series, SeriesOf(q.UNIT_HOUR_PRICE)]
ProfileSeries = Annotated[Series, SeriesOf(q.Quantity("1", "0.8", minimum=0))]
PowerSeries = Annotated[Series, SeriesOf(q.POWER)]
