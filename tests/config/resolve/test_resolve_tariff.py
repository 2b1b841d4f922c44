from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resolving import price_of

CHONGQING = """
tariff:
  default: flat
  prices: {peak: 1.0814 CNY/kWh, flat: 0.7187 CNY/kWh, valley: 0.3438 CNY/kWh, sharp: 1.29768 CNY/kWh}
  rules:
    - {period: peak, hours: [11-17, 20-22]}
    - {period: valley, hours: [0-8]}
    - {period: sharp, hours: [12-14], months: [1, 7, 8, 12]}
"""
XINJIANG = """
tariff:
  default: flat
  prices: {peak: 0.7099, flat: 0.518, valley: 0.3663, sharp: 1, deep: 0.1}
  rules:
    - {period: peak, hours: [8-11, 19-24]}
    - {period: valley, hours: [4-8, 13-17]}
    - {period: sharp, hours: [21-23], months: [7]}
    - {period: sharp, hours: [19-21], months: [1, 11, 12]}
    - {period: deep, hours: [14-16], months: [5, 6, 7, 8]}
"""
STEP = "tariff: {default: a, prices: {a: 0, b: 1}, rules: [{period: b, hours: [%s]}]}"


def hours(**values: list[int]) -> list[str]:
    day = [""] * 24
    for name, covered in values.items():
        for hour in covered:
            day[hour] = name
    return day


def test_chongqing_in_march():
    p, f, v = 1.0814, 0.7187, 0.3438
    assert price_of(CHONGQING).tolist() == [v] * 8 + [f] * 3 + [p] * 6 + [f] * 3 + [p] * 2 + [f] * 2


def test_xinjiang_in_march():
    p, f, v = 0.7099, 0.518, 0.3663
    expected = [f] * 4 + [v] * 4 + [p] * 3 + [f] * 2 + [v] * 4 + [f] * 2 + [p] * 5
    assert price_of(XINJIANG).tolist() == expected


def test_the_order_of_prices_reverses_in_the_afternoon():
    difference = price_of(CHONGQING) - price_of(XINJIANG)
    assert difference[:4] == pytest.approx(-0.1742)
    assert difference[13:17] == pytest.approx(0.7151)


@pytest.mark.parametrize(
    ("month", "hour", "value"), [("07", 12, 1.29768), ("07", 11, 1.0814), ("06", 12, 1.0814)]
)
def test_chongqing_sharp_hours(month, hour, value):
    assert price_of(CHONGQING, f"horizon: {{start: 2026-{month}-01T00:00}}")[hour] == value


@pytest.mark.parametrize(
    ("month", "sharp", "deep"), [("01", [19, 20], []), ("07", [21, 22], [14, 15]), ("11", [19, 20], [])]
)
def test_xinjiang_seasons(month, sharp, deep):
    prices = price_of(XINJIANG, f"horizon: {{start: 2026-{month}-02T00:00}}")
    assert np.flatnonzero(prices == 1).tolist() == sharp
    assert np.flatnonzero(prices == 0.1).tolist() == deep


def test_month_changes_inside_the_horizon():
    prices = price_of(CHONGQING, "horizon: {start: 2026-06-30T00:00, duration: 48}")
    assert prices[[12, 36]].tolist() == [1.0814, 1.29768]


def test_mean_over_a_flat_load():
    assert price_of(CHONGQING, "horizon: {period: 1440}") == pytest.approx([(1.0814 + 0.7187 + 0.3438) / 3])


def test_boundary_inside_a_period_weighs_minutes():
    prices = price_of(STEP % "8:30-10:45")
    assert prices[7:12] == pytest.approx([0, 0.5, 1, 0.75, 0])


def test_quarter_hours():
    prices = price_of(STEP % "8:20-9", "horizon: {period: 15}")
    assert prices[32:37] == pytest.approx([0, 2 / 3, 1, 1, 0])


def test_hours_wrap_over_midnight():
    prices = price_of(STEP % '"22:30-6"')
    assert prices.tolist() == [1] * 6 + [0] * 16 + [0.5, 1]


def test_each_side_of_midnight_is_judged_by_its_own_date():
    form = "tariff: {default: a, prices: {a: 0, b: 1}, rules: [{period: b, hours: [22-6], weekdays: [mon]}]}"
    prices = price_of(form, "horizon: {duration: 72}")  # Monday to Wednesday
    assert np.flatnonzero(prices).tolist() == [0, 1, 2, 3, 4, 5, 22, 23]


def test_weekdays():
    form = "tariff: {default: a, prices: {a: 0, b: 1}, rules: [{period: b, weekdays: [sat, sun]}]}"
    prices = price_of(form, "horizon: {duration: 168}")
    assert np.flatnonzero(prices).tolist() == list(range(120, 168))


def test_later_rules_win():
    rules = "[{period: b, hours: [0-12]}, {period: c, hours: [6-8]}]"
    assert (
        price_of(f"tariff: {{default: a, prices: {{a: 0, b: 1, c: 2}}, rules: {rules}}}").tolist()
        == [1] * 6 + [2] * 2 + [1] * 4 + [0] * 12
    )


def test_a_tariff_has_its_own_clock():
    form = (STEP % "8-9").replace("default", "time_zone: Asia/Urumqi, default")
    assert np.flatnonzero(price_of(form)).tolist() == [10]


def test_a_clock_half_an_hour_off():
    form = (STEP % "8-9").replace("default", "time_zone: Asia/Kolkata, default")
    prices = price_of(form)  # 08:00 in India is 10:30 in China
    assert prices[[9, 10, 11, 12]].tolist() == [0, 0.5, 0.5, 0]


@pytest.mark.parametrize(("date", "position"), [("2026-03-29", 7), ("2026-10-25", 9), ("2026-03-28", 8)])
def test_a_tariff_follows_the_clock_on_days_it_changes(date, position):
    prices = price_of(STEP % "8-9", f"horizon: {{start: {date}T00:00, time_zone: Europe/Berlin}}")
    assert np.flatnonzero(prices).tolist() == [position]


def test_a_repeated_hour_counts_twice():
    prices = price_of(STEP % "2-3", "horizon: {start: 2026-10-25T00:00, time_zone: Europe/Berlin}")
    assert np.flatnonzero(prices).tolist() == [2, 3]


def test_a_clock_that_moves_by_half_an_hour():
    # On Lord Howe Island clocks go from 02:00 to 01:30 on 5 April 2026.
    prices = price_of(STEP % "1-2", "horizon: {start: 2026-04-05T00:00, time_zone: Australia/Lord_Howe}")
    assert prices[:4].tolist() == [0, 1, 0.5, 0]


RULES = st.lists(
    st.tuples(
        st.integers(0, 95),
        st.integers(1, 96),
        st.sampled_from([None, [3], [10], [3, 4]]),
        st.sampled_from([None, ["sat"], ["sun", "mon"]]),
    ).filter(lambda rule: rule[0] != rule[1]),
    max_size=4,
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def clock(quarter: int) -> str:
    return f"{quarter // 4}:{quarter % 4 * 15:02d}"


@given(
    rules=RULES,
    period=st.sampled_from([15, 30, 60, 120, 1440]),
    start=st.sampled_from(["2026-03-28T00:00", "2026-03-28T18:45", "2026-10-24T12:00", "2026-03-31T00:15"]),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
)
def test_tariff_is_the_mean_of_its_minutes(rules, period, start, zone):
    """Walk the horizon minute by minute with the clock of the standard library."""
    entries = [
        {"period": f"p{i}", "hours": [f"{clock(a)}-{clock(b)}"], "months": m, "weekdays": d}
        for i, (a, b, m, d) in enumerate(rules)
    ]
    prices = {"none": 0} | {f"p{i}": i + 1 for i in range(len(rules))}
    tariff = {"time_zone": zone, "default": "none", "prices": prices, "rules": entries}
    horizon = f"horizon: {{start: {start}, time_zone: Europe/Berlin, duration: 48, period: {period}}}"
    minutes = [_price_at(_utc(start) + timedelta(minutes=m), zone, rules) for m in range(5, 48 * 60, 15)]
    expected = np.array(minutes, float).reshape(-1, period // 15).mean(axis=1)
    assert price_of(str({"tariff": tariff}).replace("None", "null"), horizon) == pytest.approx(expected)


def _utc(start: str) -> datetime:
    return datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(ZoneInfo("UTC"))


def _price_at(moment: datetime, zone: str, rules) -> int:
    local = moment.astimezone(ZoneInfo(zone))
    minute, price = local.hour * 60 + local.minute, 0
    for i, (a, b, months, days) in enumerate(rules):
        inside = a * 15 <= minute < b * 15 if a < b else minute >= a * 15 or minute < b * 15
        if inside and local.month in (months or [local.month]) and DAYS[local.weekday()] in (days or DAYS):
            price = i + 1
    return price
