"""Holidays and make-up workdays of a country, in tariffs and typical days."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import chinese_calendar
import numpy as np
import pytest
from resolving import price_of, resolve

from computeplan.errors import ConfigError

DAYS = "horizon: {start: %sT00:00, duration: %s d, period: 1440}"
WORK = "{day: {weekday: [" + ", ".join(["1"] * 24) + "], weekend: [" + ", ".join(["0"] * 24) + "]}%s}"
CHINA = WORK % ", calendar: CN"


def tariff(weekdays, calendar="calendar: CN, "):
    rules = f"rules: [{{period: b, weekdays: [{weekdays}]}}]"
    return f"tariff: {{{calendar}default: a, prices: {{a: 0, b: 1}}, {rules}}}"


def test_no_calendar_is_no_holiday():
    work = price_of(WORK % "", DAYS % ("2026-02-13", 16))
    assert work.tolist() == [1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0]


def test_the_spring_festival_of_2026_with_its_make_up_saturdays():
    """By the notice of the State Council: off from 15 to 23 February, work on the 14th and 28th."""
    work = price_of(CHINA, DAYS % ("2026-02-13", 16))
    assert work.tolist() == [1, 1, *[0] * 9, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("year", [2020, 2023, 2024, 2025, 2026])
def test_every_day_is_as_another_package_says(year):
    first = date(year, 1, 1)
    n_days = (date(year + 1, 1, 1) - first).days
    work = price_of(CHINA, DAYS % (first, n_days))
    others = [chinese_calendar.is_workday(first + timedelta(days)) for days in range(n_days)]
    assert work.tolist() == others


def test_in_a_tariff_a_holiday_is_a_sunday_and_a_make_up_workday_a_monday():
    week = DAYS % ("2026-02-14", 4)  # Saturday at work, then Sunday to Tuesday off
    assert price_of(tariff("mon"), week).tolist() == [1, 0, 0, 0]
    assert price_of(tariff("sat"), week).tolist() == [0, 0, 0, 0]
    assert price_of(tariff("sun"), week).tolist() == [0, 1, 1, 1]
    assert price_of(tariff("mon, tue, wed, thu, fri"), week).tolist() == [1, 0, 0, 0]
    assert price_of(tariff("mon, tue", calendar=""), week).tolist() == [0, 0, 1, 1]


def test_a_holiday_begins_at_local_midnight():
    form = CHINA.replace("calendar", "time_zone: Asia/Urumqi, calendar")
    hours = price_of(form, "horizon: {start: 2026-10-01T00:00, duration: 4}")  # 22:00 in Xinjiang
    assert hours.tolist() == [1, 1, 0, 0]


def test_the_days_of_other_countries():
    may = DAYS % ("2026-05-14", 2)  # Ascension Day, a Thursday
    assert price_of(WORK % ", calendar: DE", may).tolist() == [0, 1]
    assert price_of(WORK % ", calendar: GB", may).tolist() == [1, 1]
    january = DAYS % ("2026-01-06", 1)  # Epiphany
    assert price_of(WORK % ", calendar: DE", january).tolist() == [1]
    assert price_of(WORK % ", calendar: DE-BY", january).tolist() == [0]
    friday = DAYS % ("2026-03-13", 3)
    assert price_of(WORK % ", calendar: SA", friday).tolist() == [0, 0, 1]
    assert price_of(tariff("sun", "calendar: SA, "), friday).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cn", r"price\.calendar: expected a country .*, such as `CN`, got 'cn'; did you mean 'CN'"),
        ("China", r"price\.calendar: expected a country .*, got 'China'"),
        ("DE-BZ", r"price\.calendar: expected a part of DE, got 'DE-BZ'; did you mean 'DE-HB'"),
    ],
)
def test_a_country_that_nobody_knows_is_a_fault(name, message):
    with pytest.raises(ConfigError, match=message):
        price_of(WORK % f", calendar: {name}")


def test_a_number_is_no_country():
    with pytest.raises(ValueError, match="calendar"):
        price_of(WORK % ", calendar: 2026")


def test_years_before_the_calendar_are_a_fault():
    with pytest.raises(ConfigError, match=r"calendar: expected days from 1950 to 2100, .*, got 1940 to 1940"):
        price_of(CHINA, "horizon: {start: 1940-03-02T00:00}")


def test_years_that_are_not_announced_have_the_holidays_of_the_law_and_a_warning():
    horizon = DAYS % ("2035-10-01", 4)
    assert price_of(CHINA, horizon).tolist() == [0, 0, 0, 1]
    found = resolve(f"{horizon}\nsites: {{site: {{grid: {{price: {CHINA}}}}}}}")
    assert any(
        "make-up workdays of CN are known until 20" in warning and "sites.site.grid.price.calendar" in warning
        for warning in found.warnings
    )


def test_profiles_of_work_follow_it_too():
    found = resolve(f"{DAYS % ('2026-02-13', 3)}\nworkloads: {{work: {{demand: {CHINA}}}}}").problem
    np.testing.assert_allclose(found.workloads.profiles[found.workloads.profile[0]] > 0, [True, True, False])


def test_the_package_is_loaded_only_where_a_calendar_is_named():
    script = (
        "import sys; sys.path[:0] = ['tests/config/resolve']; from resolving import price_of\n"
        f"price_of({WORK % ''!r}); assert 'holidays' not in sys.modules\n"
        f"price_of({CHINA!r}); assert 'holidays' in sys.modules\n"
    )
    root = __file__.rpartition("/tests/")[0]
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root)  # noqa: S603 - our own script
