"""Quantities with their own unit, such as ``0.36 CNY/kWh`` or ``2.5 MW``.

Conversion is exact: numbers and factors are fractions, and only the result is rounded to a float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import normalize

from computeplan.text import nearest

DEFAULT_CURRENCY = "CNY"

MONEY = "money"
"""The config's currency in units, as in ``money/kWh``."""

NUMBER = r"[+-]?(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?"
_LETTER = r"A-Za-z\u4e00-\u9fff"
_NAME = rf"[{_LETTER}][{_LETTER}0-9]*|[%€$£¥]"
_PRODUCT = rf"(?:{_NAME})(?:\s*[*/·]\s*(?:{_NAME}))*"
_FACTOR = rf"(?:{_NAME}|\(\s*{_PRODUCT}\s*\))"
UNIT = rf"{_FACTOR}(?:\s*[*/·]\s*{_FACTOR})*"
_QUANTITY = re.compile(rf"\s*(?P<number>{NUMBER})\s*(?P<unit>{UNIT})\s*", re.ASCII)
_QUOTIENT, _DOTTED = re.compile(r"([*/])(?![^(]*\))"), re.compile(r"(·)(?![^(]*\))")
"""Operators outside brackets."""

_PLURAL = re.compile(r".{2,}s$")
"""Symbols of one letter have none: ``ms`` is a time."""

_LONGEST = 80


class Calendar(NamedTuple):
    """Hours of a year and of a month in prices: those of the horizon, where it is some, else the usual."""

    year_h: float = 8760.0
    month_h: float = 730.0


USUAL = Calendar()


class Unit(NamedTuple):
    """A size in base units, and the power of each base unit in it; those of power 0 are left out."""

    size: Fraction = Fraction(1)
    powers: Mapping[str, int] = MappingProxyType({})

    def times(self, other: Unit, power: int) -> Unit:
        """Multiply by another unit, of power 1, or divide by it, of power -1."""
        powers = {
            base: total
            for base in {**self.powers, **other.powers}
            if (total := self.powers.get(base, 0) + power * other.powers.get(base, 0))
        }
        return Unit(self.size * other.size**power, powers)


_PREFIXES = {"": Fraction(1), "m": Fraction(1, 1000)}
_PREFIXES |= {prefix: Fraction(1000**power) for power, prefix in enumerate("kMGTP", 1)}

_UNITS: dict[str, tuple[str | Fraction, dict[str, int]]] = {
    "second s sec": ("1", {"time": 1}),
    "minute min": ("60", {"time": 1}),
    "hour h hr": ("3600", {"time": 1}),
    "day d": ("86400", {"time": 1}),
    "week": ("604800", {"time": 1}),
    "watt W": ("1", {"power": 1}),
    "Wh": ("3600", {"power": 1, "time": 1}),
    "gram g gCO2 gCO2e gCO2eq": ("1", {"mass": 1}),
    "tonne t tCO2 tCO2e tCO2eq": ("1e6", {"mass": 1}),
    "pound lb lbs lbCO2 lbCO2e lbCO2eq": ("453.59237", {"mass": 1}),
    "litre liter L l": ("1", {"volume": 1}),
    "m3": ("1000", {"volume": 1}),
    "byte B": ("8", {"data": 1}),
    "bit b": ("1", {"data": 1}),
    "bps": ("1", {"data": 1, "time": -1}),
    "unit": ("1", {"hardware": 1}),
    "percent": ("1/100", {}),
    "cent ct": ("1/100", {MONEY: 1}),
}
"""Size and base units of each unit, by its names; a prefix may precede a name, and an ``s`` follow it."""

_SPELLINGS = f"""
kW MW GW kWh MWh GWh ms s min h day week month year g kg t L m3 MB GB TB PB Mbps Gbps unit {MONEY}
""".split()


_CHINESE = {
    "年": "year", "月": "month", "周": "week", "天": "day", "日": "day", "小时": "hour", "时": "hour",
    "分钟": "minute", "秒": "second", "毫秒": "ms", "瓦": "W", "千瓦": "kW", "兆瓦": "MW", "吉瓦": "GW",
    "瓦时": "Wh", "千瓦时": "kWh", "度": "kWh", "兆瓦时": "MWh", "吉瓦时": "GWh", "克": "g", "千克": "kg",
    "公斤": "kg", "吨": "t", "升": "L", "立方米": "m3", "台": "unit", "卡": "unit",
}  # fmt: skip
_YUAN = {"元": "1", "千元": "1e3", "万元": "1e4", "百万元": "1e6", "亿元": "1e8", "角": "1/10", "分": "1/100"}
"""Of the currency CNY, which is also called RMB."""
_SIGNS = {"€": ("EUR",), "£": ("GBP",), "¥": ("CNY", "JPY"), "$": ("USD", "CAD", "AUD", "SGD", "HKD", "TWD")}


class UnitError(ValueError):
    """A text is not a quantity of the expected unit; `hint` says what is wrong and what to write."""

    def __init__(self, hint: str) -> None:
        self.hint = hint
        super().__init__(hint)


def shown(unit: str, currency: str) -> str:
    """Return a unit with the currency's code in place of `MONEY`."""
    return unit.replace(MONEY, currency)


@lru_cache(maxsize=8192)
def parse_quantity(text: str, unit: str | None, currency: str, calendar: Calendar = USUAL) -> float:
    """Convert a number with a unit, such as ``85 kCNY/unit/year``; a `UnitError` if it is none.

    `unit`: unit of the result, ``1`` for a share; None accepts any unit and returns the number as written.
    """
    quantity = split_quantity(text)
    if quantity is None:
        raise UnitError(_correction(text.strip(), unit))
    number, written = quantity
    return float(number * unit_factor(written, unit, currency, calendar))


def split_quantity(text: str) -> tuple[Fraction, str] | None:
    """Split text such as ``0.36 CNY/kWh`` into number and unit; None if it is not a quantity."""
    text = plain(text)
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    return (Fraction(match["number"]), match["unit"]) if match else None


def plain(text: str) -> str:
    """Write letters and digits in plain forms, and CO2 next to its mass: ``kgCO2e`` for ``kg CO₂-e``."""
    return re.sub(r"(?<=[gtb])\s*CO2-?", "CO2", normalize("NFKC", text))


def _correction(text: str, unit: str | None) -> str:
    """Say what to write instead of a text that is not a quantity."""
    short = plain(text) if len(text) <= _LONGEST else ""
    if re.fullmatch(NUMBER, short, re.ASCII):
        return "write it without quotes" if text.isascii() else f"write it in plain digits, {short}"
    if re.match(r"[+-]?\d+(,\d+)+(?!\d)", short):
        return "write a decimal point, and no other separator"
    if short in _SPELLINGS:
        return "write the number before the unit"
    if not short.isascii():
        return "digits and units are written as in `0.36 CNY/kWh`"
    return "write a number" if unit == "1" else "write a number, or a number with its unit"


@lru_cache(maxsize=512)
def unit_factor(written: str, unit: str | None, currency: str, calendar: Calendar = USUAL) -> Fraction:
    """Return how many `unit` one `written` unit, such as ``USD/MWh``, is; a `UnitError` if it is none.

    `unit`: unit of the result, ``1`` for a share; None accepts any unit and returns 1.
    """
    written = plain(written)
    if len(written) > _LONGEST or not re.fullmatch(UNIT, written.strip()):
        raise UnitError(f"`{written}` is not a unit")
    source = _parse_unit(written, currency, calendar)
    if unit is None:
        return Fraction(1)
    target = Unit() if unit == "1" else _parse_unit(shown(unit, currency), currency, calendar)
    if source.powers != target.powers:
        wanted = "a plain number" if unit == "1" else shown(unit, currency)
        raise UnitError(f"`{written}` cannot be converted to {wanted}")
    return source.size / target.size


def factor_between(written: str, other: str, currency: str, calendar: Calendar) -> Fraction:
    """Return how many of another unit one `written` unit is, both as a config writes them."""
    unit_factor(other, None, currency, calendar)
    return unit_factor(written, other, currency, calendar)


def _parse_unit(written: str, currency: str, calendar: Calendar) -> Unit:
    """Multiply and divide from left to right, first what is in brackets or joined by ``·``."""
    parts = _QUOTIENT.split(written.strip())
    parts = _DOTTED.split(parts[0]) if len(parts) == 1 else parts
    if len(parts) == 1:
        name = parts[0].strip("()")
        parse = _named_unit if name == parts[0] else _parse_unit
        return parse(name, currency, calendar)
    product, *others = (_parse_unit(part, currency, calendar) for part in parts[::2])
    for operator, other in zip(parts[1::2], others, strict=True):
        product = product.times(other, -1 if operator == "/" else 1)
    return product


def _named_unit(name: str, currency: str, calendar: Calendar) -> Unit:
    name = "percent" if name == "%" else _CHINESE.get(name, name)
    if money := re.fullmatch(rf"([kM]?)({currency}{'|RMB' if currency == 'CNY' else ''})", name):
        return Unit(_PREFIXES[money[1]], {MONEY: 1})
    if currency in _SIGNS.get(name, ()):
        return Unit(powers={MONEY: 1})
    if name in _SIGNS:
        raise UnitError(f"`{name}` is {' or '.join(_SIGNS[name][:2])}, and the config's currency {currency}")
    if name in _YUAN:
        if currency != "CNY":
            raise UnitError(f"`{name}` is CNY, and the config's currency {currency}")
        return Unit(Fraction(_YUAN[name]), {MONEY: 1})
    for prefix in filter(name.startswith, _PREFIXES):
        stem = name[len(prefix) :]
        unit = _units(calendar).get(stem) or (
            _units(calendar).get(stem[:-1]) if _PLURAL.match(stem) else None
        )
        if unit:
            return Unit(_PREFIXES[prefix] * unit.size, unit.powers)
    if re.fullmatch(r"[kM]?[A-Z]{3}", name):
        raise UnitError(f"`{name}` is neither a unit nor the config's currency, {currency}")
    near = nearest(name, [shown(spelling, currency) for spelling in _SPELLINGS])
    raise UnitError(f"unknown unit `{name}`" + (f", did you mean `{near}`?" if near else ""))


@cache
def _units(calendar: Calendar) -> dict[str, Unit]:
    """Give every unit by each of its names."""
    year, month = (3600 * Fraction(str(hours)) for hours in calendar)
    spans = {"year a yr": (year, {"time": 1}), "month": (month, {"time": 1})}
    return {
        name: Unit(Fraction(size), powers)
        for names, (size, powers) in {**_UNITS, **spans}.items()
        for name in names.split()
    }
