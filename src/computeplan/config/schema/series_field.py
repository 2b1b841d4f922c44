"""Fields that take a series: every form, checked against the field's unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from computeplan.config.schema.base import fault
from computeplan.config.schema.quantity import (
    ANY,
    CARBON_FACTOR,
    ENERGY_PRICE,
    POWER,
    PUE,
    SHARE,
    UNIT_HOUR_PRICE,
    UNITS,
    Quantity,
    currency_of,
)
from computeplan.config.schema.series import (
    DaySeries,
    FileSeries,
    SeriesModel,
    SeriesRef,
    TariffSeries,
)
from computeplan.config.units import UnitError, unit_factor

SeriesForm = float | str | tuple[float | str, ...] | SeriesModel
"""A constant, one value a period, or a model.

Values are numbers in the field's unit, or text with a unit that converts to it: read each with
``series.quantity.number(value, currency)``.
"""

_MODELS = {"series": SeriesRef, "tariff": TariffSeries, "day": DaySeries, "file": FileSeries}


@dataclass(frozen=True)
class Series:
    """A series as written, with the documented unit and range of its field.

    Attributes
    ----------
    form : SeriesForm
        What the config says.
    quantity : Quantity
        Unit and range of the values.
    """

    form: SeriesForm
    quantity: Quantity


def _written_values(form: SeriesForm) -> Iterator[tuple[tuple[str | int, ...], float | str]]:
    """Return the values that a series' text contains, each with its path inside the series.

    Parameters
    ----------
    form : SeriesForm
        The series; references and files contain none.
    """
    if isinstance(form, float | int | str):
        yield (), form
    elif isinstance(form, tuple):
        yield from (((i,), value) for i, value in enumerate(form))
    elif isinstance(form, TariffSeries):
        yield from ((("tariff", "prices", name), value) for name, value in form.tariff.prices.items())
    elif isinstance(form, DaySeries):
        for part, values in (("weekday", form.day.weekday), ("weekend", form.day.weekend or ())):
            yield from ((("day", part, i), value) for i, value in enumerate(values))


def value_faults(form: SeriesForm, quantity: Quantity, currency: str) -> list[InitErrorDetails]:
    """Return the faults of a series' values and unit in a field.

    Parameters
    ----------
    form : SeriesForm
        The series.
    quantity : Quantity
        Unit and range of the field.
    currency : str
        Code of the config's currency.
    """
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

    quantity: Quantity

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
            number = self.quantity.expected(currency_of(info))
            raise fault(f"{number}, a list of them, or a mapping with `series`, `tariff`, `day` or `file`")
        if isinstance(value, str) and value and not any(map(str.isdigit, value)):
            number = self.quantity.expected(currency_of(info))
            raise fault(number, "a named series is written `{series: name}`")
        return value

    def _bound(self, form: SeriesForm, info: ValidationInfo) -> Series:
        if not isinstance(form, float | tuple):
            faults = value_faults(form, self.quantity, currency_of(info))
            if faults:
                raise ValidationError.from_exception_data("series", faults)
        return Series(form, self.quantity)


def _form_tag(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "(list)"
    if isinstance(value, dict):
        return next((f"({key})" for key in _MODELS if key in value), "(value)")
    return "(value)"


def default_series(value: float, quantity: Quantity) -> Callable[[], Series]:
    """Return a default for a series field."""
    return partial(Series, value, quantity)


NamedSeries = Annotated[Series, SeriesOf(ANY)]
"""Series whose unit is that of the field that uses it."""
ShareSeries = Annotated[Series, SeriesOf(SHARE)]
"""Numbers from 0 to 1."""
PueSeries = Annotated[Series, SeriesOf(PUE)]
"""Numbers of at least 1."""
UnitSeries = Annotated[Series, SeriesOf(UNITS)]
"""Units of hardware."""
EnergyPriceSeries = Annotated[Series, SeriesOf(ENERGY_PRICE)]
"""Currency per kWh."""
CarbonSeries = Annotated[Series, SeriesOf(CARBON_FACTOR)]
"""kg/kWh = t/MWh."""
UnitHourPriceSeries = Annotated[Series, SeriesOf(UNIT_HOUR_PRICE)]
"""Currency per unit·h."""
ProfileSeries = Annotated[Series, SeriesOf(Quantity("1", "0.8", minimum=0))]
"""Plain numbers of at least 0."""
PowerSeries = Annotated[Series, SeriesOf(POWER)]
"""kW."""
