"""Quantities: numbers in the documented unit, or text with a unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, overload

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from computeplan.config.schema.base import fault
from computeplan.config.units import (
    DEFAULT_CURRENCY,
    NUMBER,
    USUAL,
    Calendar,
    UnitError,
    parse_quantity,
    shown,
)
from computeplan.problem import Bools, Floats

LARGEST, SMALLEST = 1e15, 1e-30
"""Sizes of numbers: sums and products of a few are still exact enough. Smaller ones count as 0."""


def currency_of(info: ValidationInfo) -> str:
    """Return the currency of the config being validated."""
    context: dict[str, str] = info.context or {}
    return context.get("currency", DEFAULT_CURRENCY)


def calendar_of(info: ValidationInfo) -> Calendar:
    """Return the hours of a year and a month in the config being validated."""
    context: dict[str, Calendar] = info.context or {}
    return context.get("calendar", USUAL)


@dataclass(frozen=True)
class Quantity:
    """Documented unit and range of a field; as an annotation it converts the field's value."""

    unit: str | None
    """Unit of the converted value, with ``money`` for the currency; ``1`` for a plain number, None for
    any."""
    example: str = ""
    """A value as people write it."""
    minimum: float = -math.inf
    maximum: float = math.inf
    """Inclusive bounds."""
    above: float = -math.inf
    """Exclusive lower bound."""

    def expected(self, currency: str = DEFAULT_CURRENCY) -> str:
        """Say what a value must be."""
        bounds = self._range()
        unit = ""
        if self.unit and self.unit != "1":
            comma = "," if bounds else ""
            unit = f"{comma} in {'units' if self.unit == 'unit' else shown(self.unit, currency)}"
        example = f", such as `{shown(self.example, currency)}`" if self.example else ""
        return f"a number{bounds}{unit}{example}"

    def number(self, value: Any, currency: str, calendar: Calendar = USUAL) -> float:
        """Convert a number, or text with a unit, to the documented unit; a `fault` if it is out of range."""
        if isinstance(value, str):
            try:
                number = parse_quantity(value, self.unit, currency, calendar)
            except UnitError as error:
                raise fault(self.expected(currency), error.hint) from None
        elif isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value)
        else:
            raise fault(self.expected(currency))
        number = 0.0 if abs(number) < SMALLEST else number
        if not self.holds(number):
            raise fault(self.expected(currency), _size_hint(number))
        return number

    @overload
    def holds(self, numbers: float) -> bool: ...
    @overload
    def holds(self, numbers: Floats) -> Bools: ...
    def holds(self, numbers: float | Floats) -> bool | Bools:
        """Return whether a number in `unit`, or each of several, is in range and not above `LARGEST`."""
        low, high = max(self.minimum, -LARGEST), min(self.maximum, LARGEST)
        return (numbers >= low) & (numbers <= high) & (numbers > self.above)

    def _range(self) -> str:
        if math.isfinite(self.above):
            return f" above {self.above:g}"
        if math.isfinite(self.minimum) and math.isfinite(self.maximum):
            return f" from {self.minimum:g} to {self.maximum:g}"
        return f" of at least {self.minimum:g}" if math.isfinite(self.minimum) else ""

    def _validate(self, value: Any, info: ValidationInfo) -> float:
        return self.number(value, currency_of(info), calendar_of(info))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "number"}
        bounds = {"minimum": self.minimum, "maximum": self.maximum, "exclusiveMinimum": self.above}
        number |= {key: bound for key, bound in bounds.items() if math.isfinite(bound)}
        unit = {} if self.unit in ("1", None) else {"unit": self.unit}
        examples = {"examples": [shown(self.example, DEFAULT_CURRENCY)]} if self.example else {}
        return {"anyOf": [number, QUANTITY_TEXT]} | unit | examples


def _size_hint(number: float) -> str:
    if math.isinf(number):
        return "leave a limit out where there is none"
    return "numbers go up to 1e15" if abs(number) > LARGEST else ""


class AnyQuantity(Quantity):
    """A quantity of any unit, kept as written: the field that uses it has the unit."""

    def number(self, value: Any, currency: str, calendar: Calendar = USUAL) -> Any:
        """Check that a value is a quantity and return it unchanged."""
        super().number(value, currency, calendar)
        return value


QUANTITY_TEXT: dict[str, Any] = {
    "type": "string",
    "pattern": rf"^\s*{NUMBER}\s*[A-Za-z%(€$£¥\u4e00-\u9fff].*$",
}
"""JSON Schema of a number with its unit."""

ANY = AnyQuantity(None, "0.36 money/kWh")
PLAIN = Quantity("1")
HOURS = Quantity("h", "24 h", minimum=0)
POSITIVE_HOURS = Quantity("h", "24 h", above=0)
POWER = Quantity("kW", "2.5 MW", minimum=0)
MILLISECONDS = Quantity("ms", "20 ms", minimum=0)
UNITS = Quantity("unit", "120", minimum=0)
POSITIVE_UNITS = Quantity("unit", "200", above=0)
UNIT_HOURS = Quantity("unit*h", "2400 unit*h", above=0)
LEVEL = Quantity("1", "3", minimum=0, maximum=1000)
TRAFFIC = Quantity("GB/unit/h", "0.4 GB/unit/h", minimum=0)
GIGABYTES = Quantity("GB", "5 TB", minimum=0)
SHARE = Quantity("1", "0.97", minimum=0, maximum=1)
PUE = Quantity("1", "1.15", minimum=1)
ENERGY_PRICE = Quantity("money/kWh", "0.36 money/kWh")
CARBON_FACTOR = Quantity("kg/kWh", "0.5581 t/MWh", minimum=0)
MOVE_PRICE = Quantity("money/unit", "0.5 money/unit", minimum=0)
UNIT_HOUR_PRICE = Quantity("money/unit/h", "12 money/unit/h", minimum=0)

Number = Annotated[float, PLAIN]
Weight = Annotated[float, Quantity("1", minimum=0)]
PositiveNumber = Annotated[float, Quantity("1", above=0)]
Share = Annotated[float, SHARE]
Hours = Annotated[float, HOURS]
PositiveHours = Annotated[float, POSITIVE_HOURS]
Minutes = Annotated[float, Quantity("min", "60 min", minimum=1, maximum=1440)]
Seconds = Annotated[float, Quantity("s", "600 s", above=0)]
Milliseconds = Annotated[float, MILLISECONDS]
Kilowatts = Annotated[float, POWER]
Units = Annotated[float, UNITS]
PositiveUnits = Annotated[float, POSITIVE_UNITS]
MovePrice = Annotated[float, MOVE_PRICE]
UnitHours = Annotated[float, UNIT_HOURS]
UnitHourPrice = Annotated[float, UNIT_HOUR_PRICE]
UnitHourCost = Annotated[float, Quantity("money/unit/h", "0.1 money/unit/h")]
"""Extra cost of work, currency per unit·h; negative for a subsidy."""
DemandCharge = Annotated[float, Quantity("money/kW/month", "38 money/kW/month", minimum=0)]
KilowattHours = Annotated[float, Quantity("kWh", "8 MWh", minimum=0)]
StoragePrice = Annotated[float, Quantity("money/kWh", "0.15 money/kWh", minimum=0)]
PositiveShare = Annotated[float, Quantity("1", "0.88", above=0, maximum=1)]
WaterUse = Annotated[float, Quantity("L/kWh", "1.8 L/kWh", minimum=0)]
PowerYearPrice = Annotated[float, Quantity("money/kW/year", "120 money/kW/year", minimum=0)]
UnitPrice = Annotated[float, Quantity("money/unit", "250 kmoney/unit", minimum=0)]
UnitYearPrice = Annotated[float, Quantity("money/unit/year", "9 kmoney/unit/year", minimum=0)]
UnitCarbon = Annotated[float, Quantity("kg/unit", "1.5 t/unit", minimum=0)]
PositiveYears = Annotated[float, Quantity("year", "5 year", above=0)]
YearPrice = Annotated[float, Quantity("money/year", "3 Mmoney/year", minimum=0)]
BandwidthYearPrice = Annotated[float, Quantity("money/Gbps/year", "90 kmoney/Gbps/year", minimum=0)]
CarbonFactor = Annotated[float, CARBON_FACTOR]
"""Emissions of electricity, kg/kWh = t/MWh."""
CarbonPrice = Annotated[float, Quantity("money/t", "80 money/t", minimum=0)]
Money = Annotated[float, Quantity("money", "2.5 Mmoney", minimum=0)]
Tonnes = Annotated[float, Quantity("t", "12000 t", minimum=0)]
Bandwidth = Annotated[float, Quantity("Gbps", "400 Gbps", minimum=0)]
Gigabytes = Annotated[float, GIGABYTES]
GigabytesPerUnit = Annotated[float, Quantity("GB/unit", "40 GB/unit", minimum=0)]
Traffic = Annotated[float, TRAFFIC]
DataPrice = Annotated[float, Quantity("money/GB", "0.02 money/GB", minimum=0)]
DataEnergy = Annotated[float, Quantity("kWh/GB", "0.001 kWh/GB", minimum=0)]
