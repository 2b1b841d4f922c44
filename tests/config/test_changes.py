"""Factors, amounts and wildcards in ``--set``: what they do to each form of a value."""

from __future__ import annotations

import numpy as np
import pytest

from computeplan.config import Setting, SettingPaths
from computeplan.config.changes import read_change
from computeplan.config.units import Calendar
from computeplan.errors import ConfigError

DATA = {
    "currency": "EUR",
    "sites": {
        "a.b": {"pue": 1.2, "grid": {"price": "80 EUR/MWh"}, "pools": {"p": {"units": 4}}},
        "c": {"pue": [1.5, 2.0], "grid": {"price": {"series": "day"}}},
        "d": {},
    },
    "series": {
        "day": {"day": {"weekday": [1, "2 kW"], "weekend": [3]}},
        "shape": {"day": {"weekday": [1, 2], "normalize": "mean"}},
        "tariff": {"tariff": {"default": "low", "prices": {"low": 1, "high": "0.2 EUR/kWh"}}},
        "file": {"file": "x.csv", "column": "y", "scale": 3},
    },
}


def changed(change, data=DATA):
    return {".".join(map(str, keys)): value for keys, value in read_change(change).on(data)}


@pytest.mark.parametrize(
    ("change", "values"),
    [
        ("sites.a.b.pue*=2", {"sites.a.b.pue": 2.4}),
        ("sites.*.pue*=2", {"sites.a.b.pue": 2.4, "sites.c.pue": [3.0, 4.0]}),
        ("sites.*.pue+=0.5", {"sites.a.b.pue": 1.7, "sites.c.pue": [2.0, 2.5]}),
        ("sites.*.pue=1", {"sites.a.b.pue": 1, "sites.c.pue": 1, "sites.d.pue": 1}),
        ("sites.*.pools.*.units=9", {"sites.a.b.pools.p.units": 9}),
        ("sites.a*.pue=1", {"sites.a.b.pue": 1}),
        ("sites.c.pue.1=7", {"sites.c.pue.1": 7}),
        ("sites.a.b.grid.price*=0.5", {"sites.a.b.grid.price": "40.0 EUR/MWh"}),
        ("sites.a.b.grid.price+=0.02 EUR/kWh", {"sites.a.b.grid.price": "100.0 EUR/MWh"}),
        ("sites.c.grid.price*=3", {"sites.c.grid.price": {"series": "day", "scale": 3.0}}),
        ("series.file*=2", {"series.file": {"file": "x.csv", "column": "y", "scale": 6.0}}),
        ("series.day*=2", {"series.day": {"day": {"weekday": [2.0, "4.0 kW"], "weekend": [6.0]}}}),
        (
            "series.tariff*=2",
            {"series.tariff": {"tariff": {"default": "low", "prices": {"low": 2.0, "high": "0.4 EUR/kWh"}}}},
        ),
        ("demand*=1.5", {"demand_scale": 1.5}),
    ],
)
def test_a_change_reaches_each_form(change, values):
    assert changed(change) == values


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        ("a*=2", "450 gCO₂eq/kWh", "900.0 gCO2eq/kWh"),
        ("a*=2", "450 g CO₂-e / kWh", "900.0 gCO2e / kWh"),
        ("a*=2", "８．５ 万元／台／年", "17.0 万元/台/年"),
        ("a+=1 kg CO₂/kWh", "450 gCO2/kWh", "1450.0 gCO2/kWh"),
    ],
)
def test_quantities_may_be_written_as_in_the_config(change, old, new):
    assert changed(change, {"a": old}) == {"a": new}


@pytest.mark.parametrize("number", ["1_", "1__0", "1_.5", "1._5", "1" * 80])
def test_what_is_not_a_number_is_no_quantity(number):
    with pytest.raises(ConfigError, match="expected a number or a series to multiply by 2"):
        changed("a*=2", {"a": f"{number} kW"})


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("sites.d.pue*=2", "sites.d.pue: expected a path to a value of the config, got nothing there"),
        ("sites.*.wind*=2", r"sites.\*.wind: expected a path to a value"),
        ("demand=2", r"demand: expected a factor on all work, got 'demand='; write `demand\*=`"),
        ("demand+=2", r"demand: expected a factor on all work, got 'demand\+='; write `demand\*=`"),
        ("sites.x*.pue=2", r"sites.x\*.pue: expected a path to a value"),
        ("sites.a.b*=2", "expected a number or a series to multiply by 2, got a mapping"),
        ("currency*=2", "currency: expected a number or a series to multiply by 2, got 'EUR'"),
        ("series.shape*=2", "a normalized day has a fixed size"),
        ("series.file+=2", "can be multiplied, not shifted"),
        ("sites.a.b.grid.price+=2", r"the amount needs one: `\+=2 EUR/MWh`"),
        ("sites.a.b.grid.price+=2 kW", "cannot be converted"),
        ("sites.a.b.pue+=2 kW", "the value has no unit"),
        ("sites.a.b.pue*=2 kW", r"expected a factor, such as `\*=1.2`, got '2 kW'"),
        ("sites.a.b.pue*=true", "expected a factor"),
        ("sites.a.b.pue+=x", "expected an amount"),
        ("sites.a.b.pue*=", "expected a value after `=`"),
        ("*=2", "expected path=value"),
        ("sites.c.pue.*=7", "expected path=value"),
    ],
)
def test_a_change_that_makes_no_sense_says_why(change, fault):
    with pytest.raises(ConfigError, match=fault):
        changed(change)


def test_demand_means_all_work(load, small_text):
    one, two = load(small_text), load(small_text, overrides=["demand*=1.5", "demand*=2"])
    for field in ("scale", "volume_unit_h", "max_rate"):
        assert np.array_equal(
            getattr(two.problem.workloads, field), 3 * getattr(one.problem.workloads, field)
        )
    assert np.array_equal(two.problem.workloads.data_gb, one.problem.workloads.data_gb)
    assert "demand_scale: 3.0" in two.resolved


def test_a_wildcard_stands_for_every_entry_of_a_list():
    data = {"list": [{}, {"x": 2}]}
    assert changed("list.*.x=1", data) == {"list.0.x": 1, "list.1.x": 1}
    assert changed("list.*.x*=4", data) == {"list.1.x": 8.0}


@pytest.mark.parametrize(
    "text", ["sites.hami.pue=1.2", "demand*=1.5", 'objective.carbon_price="80 CNY/t"', "horizon.period=30"]
)
def test_a_change_can_be_given_as_an_object(load, small_text, text):
    change = read_change(text)
    assert str(change) == text
    assert load(small_text, overrides=[change]).data == load(small_text, overrides=[text]).data


LEAP_YEAR = """
name: leap year
currency: EUR
horizon: {start: 2028-01-01T00:00, duration: 1 year, period: 1 day}
zones: {here: {}}
hardware: {gpu: {}}
sites: {site: {zone: here, pools: {gpu: {hardware: gpu, term: on_demand, price: 8784 EUR/unit/year}}}}
workloads: {work: {zone: here, demand: 1}}
"""


@pytest.mark.parametrize(
    ("sets", "price"),
    [
        ([], 2),
        (["horizon.start=2027-01-01T00:00"], 8784 / 8760 + 1),
        (["horizon.duration=48 h"], 8784 / 8760 + 1),
    ],
)
def test_an_amount_is_converted_in_the_calendar_of_the_changed_horizon(load, sets, price):
    overrides = ["sites.site.pools.gpu.price+=1 EUR/unit/h", *sets]
    assert load(LEAP_YEAR, overrides=overrides).problem.pools.price[0] == pytest.approx(price)


def test_the_setting_of_an_option_is_found_in_the_calendar_of_the_horizon():
    archetype = {"max_delay": {"choose": [{"value": "0.1 month"}, {"value": "1 h"}]}}
    paths = SettingPaths({"population": {"archetypes": {"web": archetype}}}, "CNY", Calendar(month_h=744))
    found = paths.number("population.archetypes.web", "max_delay", 74.4, "h")
    assert found == Setting("population.archetypes.web.max_delay.choose.0.value", "h")
