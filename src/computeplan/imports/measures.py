"""What values are, by their unit, and the unit in which they are written: in the words of configs."""

from __future__ import annotations

import re
from enum import StrEnum
from fractions import Fraction

from computeplan.config.units import UnitError, plain, unit_factor

CELSIUS = "°C"


class Measure(StrEnum):
    """What the values of a series are."""

    CARBON = "carbon"
    PRICE = "price"
    POWER = "power"
    SHARE = "share"
    PUE = "PUE"
    TEMPERATURE = "temperature"
    UNKNOWN = "values"


QUESTIONS = {
    Measure.CARBON: "Which sites draw from this grid? `sites.SITE.grid.carbon: {series}`",
    Measure.PRICE: "Which sites pay it? `sites.SITE.grid.price: {series}`; it is the market's price, without "
    "network charges and taxes",
    Measure.POWER: "What is it for? Power limits of `caps`, or a profile of demand with `scale:`",
    Measure.SHARE: "Which contracts deliver it? `sites.SITE.contracts.NAME.profile: {series}`",
    Measure.PUE: "Which sites are cooled so? `sites.SITE.pue: {series}`",
}
"""What the files leave open, by what the values are."""

_SPELLINGS = {"lbs_co2_per_mwh": "lb/MWh", "megawatthours": "MWh/h", "$/mwhr": "USD/MWh"}
_TEN_THOUSAND_KW = "万千瓦"
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "元": "CNY", "¥": "CNY", "rmb": "CNY"}


def read_unit(written: str, *, is_share: bool) -> tuple[Measure, str, Fraction]:
    """Return what values in a unit are, the unit in which they are written, and how many of it one is.

    `is_share`: power is a share of a plant of 1 kW. An unknown unit is kept as it is.
    """
    unit = plain(_SPELLINGS.get(written.lower(), written)).replace(" ", "")
    scale = 10_000 if unit.startswith(_TEN_THOUSAND_KW) else 1
    unit = unit.removeprefix("万") if scale > 1 else unit
    if written == CELSIUS:
        return Measure.TEMPERATURE, CELSIUS, Fraction(1)
    currency = _currency(unit)
    choices = [(Measure.CARBON, "g/kWh"), (Measure.PRICE, f"{currency}/MWh"), (Measure.POWER, "MW")]
    if is_share:
        choices = [(Measure.SHARE, "kW")]
    for measure, target in [*choices, (Measure.SHARE, "%")]:
        try:
            factor = unit_factor(unit, target, currency or "CNY")
        except UnitError:
            continue
        return measure, "1" if is_share else target, scale * factor
    return Measure.UNKNOWN, written, Fraction(1)


def currency_of(unit: str) -> str:
    """Return the currency of the unit of a price."""
    return unit.partition("/")[0]


def _currency(unit: str) -> str:
    money = unit.partition("/")[0]
    if re.fullmatch(r"[A-Z]{3}", money):
        return money
    return next((code for sign, code in _CURRENCIES.items() if sign in money.lower()), "")
