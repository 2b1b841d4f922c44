"""Numbers with units: exact conversion, natural spellings, and words for what is none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeplan.config.units import UnitError, parse_quantity, unit_factor


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("0.36 CNY/kWh", "money/kWh", 0.36),
        ("410 CNY/MWh", "money/kWh", 0.41),
        ("2.5 MW", "kW", 2500),
        ("33 ms", "ms", 33),
        ("0.02s", "ms", 20),
        ("400 Gbps", "Gbps", 400),
        ("400 Gbps", "GB/h", 180_000),
        ("85 kCNY/unit/year", "money/unit/h", 85_000 / 8760),
        ("1.2 MCNY/unit/month", "money/unit/h", 1.2e6 / 730),
        ("80 CNY/t", "money/t", 80),
        ("0.6021 t/MWh", "kg/kWh", 0.6021),
        ("558 g/kWh", "kg/kWh", 0.558),
        ("558 gCO2e/kWh", "kg/kWh", 0.558),
        ("2400 unit*h", "unit*h", 2400),
        ("2400 unit·h", "unit*h", 2400),
        ("100 unit*day", "unit*h", 2400),
        ("7 days", "h", 168),
        ("2 weeks", "h", 336),
        ("60 min", "min", 60),
        ("0.4 GB/unit/h", "GB/unit/h", 0.4),
        ("0.4 GB/(unit*h)", "GB/unit/h", 0.4),
        ("12 CNY/unit·h", "money/unit/h", 12),
        ("5 TB", "GB", 5000),
        ("12000 t", "t", 12_000),
        ("12 kt", "t", 12_000),
        ("38 CNY/kW/month", "money/kW/month", 38),
        ("97 %", "1", 0.97),
        ("-5 CNY/MWh", "money/kWh", -0.005),
        ("1_000 kW", "kW", 1000),
        ("1e3 kW", "kW", 1000),
        (".5 kW", "kW", 0.5),
    ],
)
def test_natural_spellings(text, unit, number):
    assert parse_quantity(text, unit, "CNY") == number


@pytest.mark.parametrize(
    ("text", "unit", "hint"),
    [
        ("2 USD/kWh", "money/kWh", "`USD` is neither a unit nor the config's currency, CNY"),
        ("2 kUSD/kWh", "money/kWh", "`kUSD` is neither a unit nor the config's currency, CNY"),
        ("2 MW", "money/kWh", "`MW` cannot be converted to CNY/kWh"),
        ("2 GB/unit*h", "GB/unit/h", "`GB/unit\\*h` cannot be converted to GB/unit/h"),
        ("2 kw", "kW", "unknown unit `kw`, did you mean `kW`\\?"),
        ("2 furlong", "kW", "unknown unit `furlong`$"),
        ("2 money", "money", "unknown unit `money`"),
        ("2 kW", "1", "`kW` cannot be converted to a plain number"),
        ("2", "kW", "write it without quotes"),
        ("２．５", "kW", "write it in plain digits, 2.5"),
        ("two kW", "kW", "write a number, or a number with its unit"),
        ("2 kW**2", "kW", "write a number, or a number with its unit"),
        ("2 __class__", "kW", "write a number, or a number with its unit"),
        ("1e999 kW", "kW", "write a number, or a number with its unit"),
        ("1_ kW", "kW", "write a number, or a number with its unit"),
        ("1" * 100 + " kW", "kW", "write a number, or a number with its unit"),
        ("", "kW", "write a number, or a number with its unit"),
    ],
)
def test_what_is_no_quantity(text, unit, hint):
    with pytest.raises(UnitError, match=hint):
        parse_quantity(text, unit, "CNY")


def test_the_currency_is_that_of_the_config():
    assert parse_quantity("0.1 kEUR/MWh", "money/kWh", "EUR") == 0.1


def test_factor_of_a_column():
    assert unit_factor("USD/MWh", "money/kWh", "USD") * 1000 == 1


@given(st.text(max_size=30), st.sampled_from(["kW", "money/kWh", "1", "h"]))
def test_any_text_is_a_quantity_or_a_unit_error(text, unit):
    for written in (text, f"1 {text}"):
        with suppress(UnitError):
            assert isinstance(parse_quantity(written, unit, "CNY"), float)


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_a_unit_that_is_the_documented_one_changes_no_digit(number):
    assert parse_quantity(f"{number} kW", "kW", "CNY") == float(number)
