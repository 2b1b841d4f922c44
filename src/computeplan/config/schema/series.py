"""Series: one value a period, in each way that a config can write it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from computeplan.config.schema.base import (
    Name,
    Section,
    SeriesName,
    TimeZone,
    Whole,
    fault,
    fault_at,
    raise_faults,
)
from computeplan.config.schema.quantity import ANY, Number
from computeplan.config.words import did_you_mean

Value = Annotated[float | str, ANY]
"""A number in the unit of the field that uses the series, or text with its own unit."""


class SeriesRef(Section):
    """A named series, times a factor."""

    series: SeriesName = Field(description="Name of an entry of `series`.")
    scale: Number = Field(1.0, description="Factor on its values.")


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


class TariffRule(Section):
    """Hours in which one price of a tariff holds."""

    period: Name = Field(description="Name of one of the tariff's prices.")
    hours: tuple[Hours, ...] = Field(
        (HourRange(0, 1440),),
        min_length=1,
        description="Local hours `a-b`, b not included; `22-6` wraps over midnight. Default the whole day.",
    )
    months: tuple[Month, ...] | None = Field(None, min_length=1, description="Months 1-12; default all.")
    weekdays: tuple[Weekday, ...] | None = Field(None, min_length=1, description="Days mon-sun; default all.")


class Tariff(Section):
    """Prices by month, weekday and hour."""

    time_zone: TimeZone | None = Field(None, description="IANA zone of the hours; default the horizon's.")
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


class TariffSeries(Section):
    """A tariff."""

    tariff: Tariff = Field(description="Prices, and when each holds.")


class Day(Section):
    """A typical day: a value for each hour."""

    weekday: tuple[Value, ...] = Field(
        min_length=24, max_length=24, description="24 values, of the hours 0-1 to 23-24, Monday to Friday."
    )
    weekend: tuple[Value, ...] | None = Field(
        None,
        min_length=24,
        max_length=24,
        description="24 values for Saturday and Sunday; default as weekday.",
    )
    normalize: Literal["none", "mean", "peak"] = Field(
        "none", description="`mean`: scale to mean 1 over the horizon; `peak`: to a highest value of 1."
    )


class DaySeries(Section):
    """A typical day, laid over the horizon."""

    day: Day = Field(description="Values of a day's hours.")
    time_zone: TimeZone | None = Field(None, description="IANA zone of the hours; default the horizon's.")


class FileSeries(Section):
    """A column of a table in a file."""

    file: Name = Field(description="CSV or Parquet file inside the config's folder.")
    column: Name = Field(description="Column of the values.")
    time: Name | None = Field(
        None, description="Column of timestamps; without it the file has one row a period, in order."
    )
    time_zone: TimeZone | None = Field(
        None, description="IANA zone of timestamps without offset; default the horizon's."
    )
    calendar: Whole | None = Field(
        None, ge=1900, le=2199, description="Year whose same dates are read; default the horizon's own."
    )
    unit: Name | None = Field(None, description="Unit of the column; default that of the field.")
    scale: Number = Field(1.0, description="Factor on the values.")


SeriesModel = SeriesRef | TariffSeries | DaySeries | FileSeries
"""The forms of a series that are mappings."""
