"""Quantities written with their own unit, such as ``0.36 CNY/kWh`` or ``2.5 MW``.

Conversion is exact: numbers and factors are fractions, and only the result is rounded to a float.
pint is imported when the first unit is met, so configs of plain numbers do not wait for it.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from computeplan.config.words import nearest

if TYPE_CHECKING:
    import pint

DEFAULT_CURRENCY = "CNY"

MONEY = "money"
"""Stands for the config's currency in units, as in ``money/kWh``."""

NUMBER = r"[+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?"
_NAME = r"[A-Za-z][A-Za-z0-9]*|%"
_PRODUCT = rf"(?:{_NAME})(?:\s*[*/·]\s*(?:{_NAME}))*"
_FACTOR = rf"(?:{_NAME}|\(\s*{_PRODUCT}\s*\))"
UNIT = rf"{_FACTOR}(?:\s*[*/·]\s*{_FACTOR})*"
_QUANTITY = re.compile(rf"\s*(?P<number>{NUMBER})\s*(?P<unit>{UNIT})\s*", re.ASCII)
_LONGEST = 80

_DEFINITIONS = """
m- = 1/1000
k- = 1000
M- = 1000000
G- = 1000000000
T- = 1000000000000
P- = 1000000000000000
second = [time] = s = _ = sec
minute = 60 * second = min
hour = 60 * minute = h = _ = hr
day = 24 * hour = d
week = 7 * day
month = 730 * hour
year = 8760 * hour = a = _ = yr
watt = [power] = W
Wh = watt * hour
gram = [mass] = g = _ = gCO2 = gCO2e
tonne = 1000000 * gram = t = _ = tCO2 = tCO2e
litre = [volume] = L = _ = l = liter
cubic_metre = 1000 * litre = m3
byte = [data] = B
bit = byte / 8 = b
bps = bit / second
unit = [hardware]
money = [money]
percent = 1/100
"""

_SPELLINGS = f"""
kW MW GW kWh MWh GWh ms s min h day week month year g kg t L m3 MB GB TB PB Mbps Gbps unit {MONEY}
""".split()


class UnitError(ValueError):
    """A text is no quantity of the unit asked for.

    Parameters
    ----------
    hint : str
        What is wrong and what to write.
    """

    def __init__(self, hint: str) -> None:
        self.hint = hint
        super().__init__(hint)


def shown(unit: str, currency: str) -> str:
    """Return a unit as people write it.

    Parameters
    ----------
    unit : str
        With `MONEY` for the currency.
    currency : str
        Code of the config's currency.
    """
    return unit.replace(MONEY, currency)


@lru_cache(maxsize=8192)
def parse_quantity(text: str, unit: str | None, currency: str) -> float:
    """Convert a number with a unit.

    Parameters
    ----------
    text : str
        Such as ``85 kCNY/unit/year``.
    unit : str or None
        Unit of the result, ``1`` for a share; None only checks that the text is some quantity and
        gives the number as written.
    currency : str
        Code of the config's currency.

    Returns
    -------
    float
        In `unit`.

    Raises
    ------
    UnitError
        If the text is no quantity or has another dimension.
    """
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise UnitError(_correction(text.strip(), unit))
    number = Fraction(match["number"])
    return float(number * unit_factor(match["unit"], unit, currency))


def _correction(text: str, unit: str | None) -> str:
    """Say what to write instead of a text that is no quantity."""
    short = text if len(text) <= _LONGEST else ""
    if re.fullmatch(NUMBER, short, re.ASCII):
        return "write it without quotes"
    if re.match(r"[+-]?\d+(,\d+)+(?!\d)", short):
        return "write a decimal point, and no other separator"
    if short in _SPELLINGS:
        return "write the number before the unit"
    if not short.isascii():
        return "digits and units are written as in `0.36 CNY/kWh`"
    return "write a number" if unit == "1" else "write a number, or a number with its unit"


@lru_cache(maxsize=512)
def unit_factor(written: str, unit: str | None, currency: str) -> Fraction:
    """Return how many `unit` one `written` unit is.

    Parameters
    ----------
    written : str
        A unit as it stands in the config, such as ``USD/MWh``.
    unit : str or None
        Unit wanted, ``1`` for a share; None accepts every unit and gives 1.
    currency : str
        Code of the config's currency.

    Raises
    ------
    UnitError
        If the unit is unknown or has another dimension.
    """
    if len(written) > _LONGEST or not re.fullmatch(UNIT, written.strip()):
        raise UnitError(f"`{written}` is no unit")
    registry = _registry()
    source = registry.Quantity(Fraction(1), registry.parse_units(_names_checked(written, currency)))
    if unit is None:
        return Fraction(1)
    target = registry.parse_units("" if unit == "1" else unit)
    if not source.is_compatible_with(target):
        wanted = "a plain number" if unit == "1" else shown(unit, currency)
        raise UnitError(f"`{written}` cannot be converted to {wanted}")
    return Fraction(source.to(target).magnitude)


def factor_between(written: str, other: str, currency: str) -> Fraction:
    """Return how many of another unit one `written` unit is.

    Parameters
    ----------
    written, other : str
        Units as they stand in a config.
    currency : str
        Code of the config's currency.

    Raises
    ------
    UnitError
        If a unit is unknown, or they have other dimensions.
    """
    unit_factor(other, None, currency)
    return unit_factor(written, _names_checked(other, currency), currency)


def _names_checked(written: str, currency: str) -> str:
    """Return the unit in the registry's words: the currency as money, ``a·b`` bound before ``/``."""
    grouped = re.sub(rf"(?:{_NAME})(?:\s*·\s*(?:{_NAME}))+", lambda m: f"({m[0].replace('·', '*')})", written)
    return re.sub(_NAME, lambda match: _checked_name(match[0], currency), grouped)


def _checked_name(name: str, currency: str) -> str:
    if name == "%":
        return "percent"
    money = re.fullmatch(rf"([kM]?){re.escape(currency)}", name)
    if money:
        return money[1] + MONEY
    if MONEY not in name and _registry().parse_unit_name(name):
        return name
    if re.fullmatch(r"[kM]?[A-Z]{3}", name):
        raise UnitError(f"`{name}` is neither a unit nor the config's currency, {currency}")
    near = nearest(name, [shown(spelling, currency) for spelling in _SPELLINGS])
    raise UnitError(f"unknown unit `{name}`" + (f", did you mean `{near}`?" if near else ""))


@cache
def _registry() -> pint.UnitRegistry[Fraction]:
    import pint

    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction)
    registry.load_definitions(_DEFINITIONS.strip().splitlines())
    return registry
