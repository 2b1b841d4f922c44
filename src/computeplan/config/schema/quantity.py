"""Quantities: a number in the documented unit, or text with its own unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from computeplan.config.schema.base import fault
from computeplan.config.units import DEFAULT_CURRENCY, NUMBER, UnitError, parse_quantity, shown

LARGEST = 1e15
"""Largest number of a config: sums and products of a few of them stay exact enough to plan with."""


def currency_of(info: ValidationInfo) -> str:
    """Return the currency of the config being validated."""
    context: dict[str, str] = info.context or {}
    return context.get("currency", DEFAULT_CURRENCY)


@dataclass(frozen=True)
class Quantity:
    """Documented unit and range of a field; as an annotation it converts the field's value.

    Attributes
    ----------
    unit : str or None
        Unit of the converted value, ``money`` standing for the currency; ``1`` for a plain number,
        None for any unit.
    example : str
        A value in its usual spelling.
    minimum, maximum : float
        Range, bounds included.
    above : float
        Bound not included.
    """

    unit: str | None
    example: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    above: float = -math.inf

    def expected(self, currency: str = DEFAULT_CURRENCY) -> str:
        """Return what a value must be, in words.

        Parameters
        ----------
        currency : str
            Code of the config's currency.
        """
        bounds = self._range()
        unit = ""
        if self.unit and self.unit != "1":
            comma = "," if bounds else ""
            unit = f"{comma} in {'units' if self.unit == 'unit' else shown(self.unit, currency)}"
        example = f", such as `{shown(self.example, currency)}`" if self.example else ""
        return f"a number{bounds}{unit}{example}"

    def number(self, value: Any, currency: str) -> float:
        """Convert and check a value.

        Parameters
        ----------
        value : float or str
            A number in the documented unit, or text with its own.
        currency : str
            Code of the config's currency.

        Returns
        -------
        float
            In the documented unit.

        Raises
        ------
        PydanticCustomError
            With expectation and hint, if the value is none or out of range.
        """
        if isinstance(value, str):
            try:
                number = parse_quantity(value, self.unit, currency)
            except UnitError as error:
                raise fault(self.expected(currency), error.hint) from None
        elif isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value)
        else:
            raise fault(self.expected(currency))
        if not self.holds(number):
            raise fault(self.expected(currency), _too_much(number))
        return number

    def holds(self, number: float) -> bool:
        """Return whether a number in the documented unit is in range, and not beyond `LARGEST`.

        Parameters
        ----------
        number : float
            In `unit`.
        """
        in_range = self.minimum <= number <= self.maximum and number > self.above
        return in_range and abs(number) <= LARGEST

    def _range(self) -> str:
        if math.isfinite(self.above):
            return f" above {self.above:g}"
        if math.isfinite(self.minimum) and math.isfinite(self.maximum):
            return f" from {self.minimum:g} to {self.maximum:g}"
        return f" of at least {self.minimum:g}" if math.isfinite(self.minimum) else ""

    def _validate(self, value: Any, info: ValidationInfo) -> float:
        return self.number(value, currency_of(info))

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


def _too_much(number: float) -> str:
    if math.isinf(number):
        return "leave a limit out where there is none"
    return f"numbers go up to {LARGEST:g}" if abs(number) > LARGEST else ""


class AnyQuantity(Quantity):
    """A quantity of any unit, kept as written: the field that uses it knows the unit."""

    def number(self, value: Any, currency: str) -> Any:
        """Check that a value is some quantity and return it unchanged."""
        super().number(value, currency)
        return value


QUANTITY_TEXT: dict[str, Any] = {"type": "string", "pattern": rf"^\s*{NUMBER}\s*[A-Za-z%(].*$"}
"""JSON Schema of a number with its unit."""

ANY = AnyQuantity(None, "0.36 money/kWh")
PLAIN = Quantity("1")
HOURS = Quantity("h", "24 h", minimum=0)
POWER = Quantity("kW", "2.5 MW", minimum=0)
MILLISECONDS = Quantity("ms", "20 ms", minimum=0)
UNITS = Quantity("unit", "120", minimum=0)
SHARE = Quantity("1", "0.97", minimum=0, maximum=1)
PUE = Quantity("1", "1.15", minimum=1)
ENERGY_PRICE = Quantity("money/kWh", "0.36 money/kWh")
CARBON_FACTOR = Quantity("kg/kWh", "0.5581 t/MWh", minimum=0)
UNIT_HOUR_PRICE = Quantity("money/unit/h", "12 money/unit/h", minimum=0)

Number = Annotated[float, PLAIN]
"""A finite number."""
Weight = Annotated[float, Quantity("1", minimum=0)]
"""A number of at least 0."""
PositiveNumber = Annotated[float, Quantity("1", above=0)]
"""A number above 0."""
Share = Annotated[float, SHARE]
"""A number from 0 to 1."""
Hours = Annotated[float, HOURS]
"""Time, h."""
PositiveHours = Annotated[float, Quantity("h", "24 h", above=0)]
"""Time above 0, h."""
Minutes = Annotated[float, Quantity("min", "60 min", minimum=1, maximum=1440)]
"""Time of at most a day, min."""
Seconds = Annotated[float, Quantity("s", "600 s", above=0)]
"""Time above 0, s."""
Milliseconds = Annotated[float, MILLISECONDS]
"""Latency, ms."""
Kilowatts = Annotated[float, POWER]
"""Power, kW."""
Units = Annotated[float, UNITS]
"""Units of hardware."""
PositiveUnits = Annotated[float, Quantity("unit", "200", above=0)]
"""Units of hardware, above 0."""
UnitHours = Annotated[float, Quantity("unit*h", "2400 unit*h", above=0)]
"""Work, unit·h."""
UnitHourPrice = Annotated[float, UNIT_HOUR_PRICE]
"""Price of work or capacity, currency per unit·h."""
UnitHourCost = Annotated[float, Quantity("money/unit/h", "0.1 money/unit/h")]
"""Extra cost of work, currency per unit·h; negative for a subsidy."""
DemandCharge = Annotated[float, Quantity("money/kW/month", "38 money/kW/month", minimum=0)]
"""Price of a month's peak power, currency per kW and month."""
KilowattHours = Annotated[float, Quantity("kWh", "8 MWh", minimum=0)]
"""Energy, kWh."""
StoragePrice = Annotated[float, Quantity("money/kWh", "0.15 money/kWh", minimum=0)]
"""Price of energy of at least 0, currency per kWh."""
PositiveShare = Annotated[float, Quantity("1", "0.88", above=0, maximum=1)]
"""A number above 0, at most 1."""
WaterUse = Annotated[float, Quantity("L/kWh", "1.8 L/kWh", minimum=0)]
"""Water for energy, L/kWh."""
PowerYearPrice = Annotated[float, Quantity("money/kW/year", "120 money/kW/year", minimum=0)]
"""Price of power, currency per kW and year."""
UnitPrice = Annotated[float, Quantity("money/unit", "250 kmoney/unit", minimum=0)]
"""Price of a unit of hardware, currency."""
UnitYearPrice = Annotated[float, Quantity("money/unit/year", "9 kmoney/unit/year", minimum=0)]
"""Yearly cost of a unit of hardware, currency per year."""
UnitCarbon = Annotated[float, Quantity("kg/unit", "1.5 t/unit", minimum=0)]
"""Embodied emissions of a unit of hardware, kg CO2e."""
PositiveYears = Annotated[float, Quantity("year", "5 year", above=0)]
"""Time above 0, years."""
YearPrice = Annotated[float, Quantity("money/year", "3 Mmoney/year", minimum=0)]
"""Yearly cost, currency per year."""
BandwidthYearPrice = Annotated[float, Quantity("money/Gbps/year", "90 kmoney/Gbps/year", minimum=0)]
"""Price of bandwidth, currency per Gbps and year."""
CarbonFactor = Annotated[float, CARBON_FACTOR]
"""Emissions of electricity, kg/kWh = t/MWh."""
CarbonPrice = Annotated[float, Quantity("money/t", "80 money/t", minimum=0)]
"""Price of emissions, currency per t CO2e."""
Money = Annotated[float, Quantity("money", "2.5 Mmoney", minimum=0)]
"""An amount of money, currency."""
Tonnes = Annotated[float, Quantity("t", "12000 t", minimum=0)]
"""Emissions, t CO2e."""
Bandwidth = Annotated[float, Quantity("Gbps", "400 Gbps", minimum=0)]
"""Bandwidth, Gbit/s."""
Gigabytes = Annotated[float, Quantity("GB", "5 TB", minimum=0)]
"""Data, GB."""
GigabytesPerUnit = Annotated[float, Quantity("GB/unit", "40 GB/unit", minimum=0)]
"""Data per unit of mean demand, GB."""
Traffic = Annotated[float, Quantity("GB/unit/h", "0.4 GB/unit/h", minimum=0)]
"""Traffic of work, GB per unit·h."""
DataPrice = Annotated[float, Quantity("money/GB", "0.02 money/GB", minimum=0)]
"""Price of traffic, currency per GB."""
DataEnergy = Annotated[float, Quantity("kWh/GB", "0.001 kWh/GB", minimum=0)]
"""Energy of traffic, kWh per GB."""
