"""Inputs in the forms that other tools write: times, units, stamps, calendars; and slips that are refused."""

from __future__ import annotations

import pytest
import yaml
from resolving import BASE, merged, price_of, resolve

from computeplan.config import load_config
from computeplan.config.units import UnitError, parse_quantity
from computeplan.config.yaml.places import matches
from computeplan.errors import ConfigError

TIMED = "{file: a.csv, column: v, time: t}"
TWO_HOURS = "horizon: {start: 2026-03-02T00:00, time_zone: UTC, duration: 2}"


@pytest.fixture
def write(tmp_path):
    """Write a file next to the config and return the folder."""

    def write_file(content, name="a.csv"):
        (tmp_path / name).write_text(content, encoding="utf-8")
        return tmp_path

    return write_file


@pytest.mark.parametrize(
    "times",
    [
        "2026-03-02T00:00:00.000Z,2026-03-02T01:00:00.000Z",
        "2026-03-02T00:00:00.000,2026-03-02T01:00:00.000000",
        "2026-03-02t00:00z,2026-03-02t01:00z",
        "2026-03-02 00:00+00,2026-03-02 01:00+00",
        "2026-03-02 00:00 UTC,2026-03-02 01:00 GMT",
        "2026-03-02 00:00 +0000,2026-03-02 01:00 +00:00",
        "2026-03-02T08:00+08:00[Asia/Shanghai],2026-03-02T09:00+08:00[Asia/Shanghai]",
        "2026/3/2 0:00,2026/3/2 1:00:00",
        "2026年3月2日 00:00,2026年3月2日 01:00",
        "2026-03-01 24:00,2026-03-02 01:00",
        "2026-03-02,2026-03-02 01:00",
    ],
)
def test_times_as_other_tools_write_them(write, times):
    first, second = times.split(",")
    assert price_of(TIMED, TWO_HOURS, write(f"t,v\n{first},1\n{second},2\n")).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("46083.0", "as a serial number of a spreadsheet it is 2026-03-02 00:00"),
        ("1772409600", "as seconds since 1970 it is 2026-03-02 00:00"),
        ("1772409600000", "as milliseconds since 1970 it is 2026-03-02 00:00"),
        ("20260302", "write dates with `-`, such as 2026-03-02"),
        ("03/02/2026", "write the year first"),
        ("2026-03-02T24:30", "got '2026-03-02T24:30'"),
        ("2026-03-02T00:00:00.5", "got '2026-03-02T00:00:00.5'"),
    ],
)
def test_what_is_no_time_says_what_it_may_be(write, cell, hint):
    with pytest.raises(ConfigError, match="expected a time such as") as caught:
        price_of(TIMED, TWO_HOURS, write(f"t,v\n{cell},1\n2026-03-02 01:00,2\n"))
    assert hint in str(caught.value)


AEMO = "t,v\n" + "".join(
    f"2026/03/{time},{value}\n"
    for time, value in (("01 24:00", 10), ("02 00:30", 120), ("02 01:00", 200), ("02 01:30", 50))
)
HALF_HOURS = "horizon: {start: 2026-03-02T00:00, time_zone: Etc/GMT-10, duration: 1, period: 30 min}"


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (TIMED, [10, 120]),
        (TIMED.replace("}", ", stamp: start}"), [10, 120]),
        (TIMED.replace("}", ", stamp: end}"), [120, 200]),
    ],
)
def test_stamps_mark_the_start_or_the_end(write, form, values):
    assert price_of(form, HALF_HOURS, write(AEMO)).tolist() == values


def test_rows_one_step_late_hint_at_stamps_of_ends(write):
    content = AEMO.replace("2026/03/01 24:00,10\n", "")
    with pytest.raises(ConfigError, match="write `stamp: end` if the times mark the end"):
        price_of(TIMED, HALF_HOURS, write(content))
    assert price_of(TIMED.replace("}", ", stamp: end}"), HALF_HOURS, write(content)).tolist() == [120, 200]


@pytest.mark.parametrize("key", ["stamp: end", "calendar: 2020", "time_zone: UTC"])
def test_what_needs_times_is_refused_without(key):
    with pytest.raises(ValueError, match="nothing without `time`"):
        price_of(f"{{file: a.csv, column: v, {key}}}")


@pytest.mark.parametrize(
    ("horizon", "row", "values"),
    [
        ("duration: 1", "2026-03-02T00:00", [7]),
        ("duration: 24", "2026-03-02", [7] * 24),
    ],
)
def test_one_row_is_a_series(write, horizon, row, values):
    folder = write(f"t,v\n{row},7\n")
    horizon = f"horizon: {{start: 2026-03-02T00:00, time_zone: UTC, {horizon}}}"
    assert price_of(TIMED, horizon, folder).tolist() == values


def test_cells_with_a_unit_are_converted(write):
    folder = write("v\n0.5\n200 CNY/MWh\n")
    assert price_of("{file: a.csv, column: v}", TWO_HOURS, folder).tolist() == [0.5, 0.2]
    assert price_of("{file: a.csv, column: v, unit: CNY/MWh}", TWO_HOURS, folder).tolist() == [0.0005, 0.2]
    with pytest.raises(ConfigError, match=r"got '3 ms' in row 3.*`ms` cannot be converted to CNY/kWh"):
        price_of("{file: a.csv, column: v}", TWO_HOURS, write("v\n0.5\n3 ms\n"))


@pytest.mark.parametrize(
    "content", ["v,w\n0,55,7\n0,60,7\n", "v,w\n1,2\n3\n", "v,w\n1,2\n\n3,4\n", 'v,w\n1,"a,b\nc"\n3,4,5\n']
)
@pytest.mark.parametrize("column", ["v", "w"])
def test_every_row_has_as_many_cells_as_the_header(write, content, column):
    with pytest.raises(ConfigError, match=r"got \d cells? in row \d, below a header of 2"):
        price_of(f"{{file: a.csv, column: {column}}}", TWO_HOURS, write(content))


def test_quotes_hold_commas_and_lines(write):
    folder = write('w,v\n"a,b\nc ""d"", e",1\n"",2\n')
    assert price_of("{file: a.csv, column: v}", TWO_HOURS, folder).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("450 gCO2eq/kWh", "kg/kWh", 0.45),
        ("450 gCO₂eq/kWh", "kg/kWh", 0.45),
        ("900 lb/MWh", "kg/kWh", 0.408233133),
        ("900 lbCO2e/MWh", "kg/kWh", 0.408233133),
        ("0.36 元/kWh", "money/kWh", 0.36),
        ("0.36 元/千瓦时", "money/kWh", 0.36),
        ("36 分/度", "money/kWh", 0.36),
        ("8.5 万元/unit/year", "money/unit/year", 85_000),
        ("2 亿元", "money", 200_000_000),
        ("８．５ 万元／台／年", "money/unit/year", 85_000),
        ("5 RMB/t", "money/t", 5),
        ("24 小时", "h", 24),
        ("0.36 ¥/kWh", "money/kWh", 0.36),
        ("0.36 ￥/kWh", "money/kWh", 0.36),
        ("36 ct/kWh", "money/kWh", 0.36),
        ("12 万元/兆瓦/年", "money/kW/year", 120),
        ("0.5 kgCO2eq/kWh", "kg/kWh", 0.5),
        ("0.5 kg CO₂-eq / kWh", "kg/kWh", 0.5),
    ],
)
def test_units_as_people_write_them(text, unit, value):
    assert parse_quantity(text, unit, "CNY") == pytest.approx(value, rel=1e-15)


def test_signs_of_currencies():
    assert parse_quantity("30 €/MWh", "money/kWh", "EUR") == 0.03
    assert parse_quantity("30 $/MWh", "money/kWh", "USD") == 0.03
    with pytest.raises(UnitError, match=r"`\$` is USD or CAD, and the config's currency EUR"):
        parse_quantity("30 $/MWh", "money/kWh", "EUR")


def test_yuan_are_no_other_currency():
    with pytest.raises(UnitError, match="`万元` is CNY, and the config's currency EUR"):
        parse_quantity("3 万元", "money", "EUR")


REGISTER = "workloads: null\nworkload_tables: [{file: r.csv, defaults: {zone: here}}]\n"


def test_units_in_the_cells_of_a_register(write):
    folder = write(
        "name,demand,max_delay,max_latency,traffic\nx,1,2 h,0.02 s,400 MB/unit/h\ny,2,,,\n", "r.csv"
    )
    problem = resolve(REGISTER, folder).problem
    assert problem.workloads.max_delay_h.tolist() == [2, 0]
    assert problem.needs.max_latency_ms[problem.workloads.need[0]] == 20
    assert problem.needs.traffic_gb_per_unit_h[problem.workloads.need[0]] == 0.4


def test_a_wrong_unit_in_a_cell_says_why(write):
    folder = write("name,demand,max_delay\nx,1,24 kW\n", "r.csv")
    expected = (
        r"a number of at least 0, in h, such as `24 h`, got '24 kW' in row 2.*`kW` cannot be converted to h"
    )
    with pytest.raises(ConfigError, match=expected):
        resolve(REGISTER, folder)


@pytest.mark.parametrize(
    ("release", "deadline", "window"),
    [
        ("2026-03-02", "2026-03-02", (0, 24)),
        ("2026-03-02 06:00", "2026-03-02 24:00", (6, 24)),
        ("6", "18 h", (6, 18)),
    ],
)
def test_a_date_is_its_start_as_a_release_and_its_end_as_a_deadline(write, release, deadline, window):
    folder = write(f"name,volume,release,deadline\nx,1,{release},{deadline}\n", "r.csv")
    job = f"{{volume: 1, release: {release}, deadline: {deadline}}}".replace("02 ", "02T")
    listed = resolve(f"workloads: {{work: {{zone: here, demand: null, job: {job}}}}}")
    for read in (resolve(REGISTER, folder), listed):
        workloads = read.problem.workloads
        assert (workloads.release_h[0], workloads.deadline_h[0]) == window
        assert read.warnings == ()


@pytest.mark.parametrize("release", ["2026-03-01T24:00", "2026-03-01 24:00:00", "2026-03-01T24:00:00.0"])
def test_the_end_of_a_day_is_the_start_of_the_next(release):
    job = f"{{volume: 1, release: '{release}', deadline: '2026-03-02T24:00:00.000'}}"
    workloads = resolve(f"workloads: {{work: {{zone: here, demand: null, job: {job}}}}}").problem.workloads
    assert (workloads.release_h[0], workloads.deadline_h[0]) == (0, 24)


@pytest.mark.parametrize("deadline", ["2026-03-03", "2026-03-03T06:00", "30"])
def test_a_deadline_past_the_horizon_is_a_warning(write, deadline):
    folder = write(f"name,volume,deadline\nx,1,{deadline}\n", "r.csv")
    listed = resolve(
        f"workloads: {{work: {{zone: here, demand: null, job: {{volume: 1, deadline: {deadline}}}}}}}"
    )
    for read in (resolve(REGISTER, folder), listed):
        assert read.problem.workloads.deadline_h.tolist() == [24]
        assert "deadlines past the end of the horizon, by which the work must be done" in read.warnings[0]


def test_serial_numbers_of_a_spreadsheet_are_no_hours(write):
    folder = write("name,volume,release,deadline\nx,1,46083,46083.5\n", "r.csv")
    with pytest.raises(ConfigError, match="as a serial number of a spreadsheet it is 2026-03-02 12:00"):
        resolve(REGISTER, folder)
    with pytest.raises(ConfigError, match=r"job\.deadline: .* a spreadsheet it is 2026-03-02 12:00"):
        resolve("workloads: {work: {zone: here, demand: null, job: {volume: 1, deadline: 46083.5}}}")


YEARLY = """
sites: {site: {opening: {cost: 8.76 kCNY/year},
  pools: {gpu: {price: 1 CNY/unit/h}, r: {hardware: gpu, term: reserved, price: %s, max_units: 9}}}}
"""


@pytest.mark.parametrize(
    ("horizon", "price", "opening", "booking"),
    [
        ("start: 2024-01-01, duration: 366 days, period: 24 h", "8760 CNY/unit/year", 8760, 8760),
        ("start: 2024-01-01, duration: 1 year, period: 24 h", "730 CNY/unit/month", 8760, 8760),
        ("start: 2024-07-01, duration: 12 months, period: 24 h", "8760 CNY/unit/year", 8760, 8760),
        ("start: 2023-01-01, duration: 2 years, period: 24 h", "8760 CNY/unit/year", 17520, 17520),
        ("start: 2024-02-01, duration: 1 month, period: 24 h", "730 CNY/unit/month", 29 * 24, 730),
        ("start: 2024-02-01, duration: 1 month, period: 24 h", "1 CNY/unit/h", 29 * 24, 29 * 24),
        ("start: 2024-01-02, duration: 366 days, period: 24 h", "8760 CNY/unit/year", 8784, 8784),
        ("start: 2024-01-01, duration: 24 h", "8760 CNY/unit/year", 24, 24),
        ("start: 2024-01-01, duration: 24 h, weight: 365", "730 CNY/unit/month", 8760, 8760),
    ],
)
def test_a_year_is_the_calendar_year_where_the_horizon_is_one(load, horizon, price, opening, booking):
    problem = load(f"horizon: {{{horizon}, time_zone: UTC}}\n{YEARLY % price}")
    hours = problem.horizon.weight * problem.horizon.hours
    assert problem.sites.opening_price[0] == pytest.approx(opening, rel=1e-12)
    assert hours @ problem.pools.price[1] == pytest.approx(booking, rel=1e-12)


@pytest.fixture
def load(tmp_path):
    """Load the base config with changes from a file, and return its problem."""

    def load_problem(changes):
        data = merged(yaml.safe_load(BASE), yaml.safe_load(changes))
        data["horizon"]["start"] = str(data["horizon"]["start"])
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        return load_config(path).problem

    return load_problem


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "", True),
        ("a*", "ab", True),
        ("*b", "ab", True),
        ("a*a", "a", False),
        ("a*b*c", "abbc", True),
        ("a*bc*c", "abc", False),
        ("ab", "abc", False),
        ("*ab*ab*", "abxab", True),
        ("*ab*ab*", "abxa", False),
        ("a.c", "abc", False),
    ],
)
def test_patterns(pattern, name, fits):
    assert matches(pattern, name) is fits


def test_a_pattern_of_many_stars_is_quick():
    assert not matches("*a" * 60 + "*b", "a" * 20_000)


def test_a_number_too_small_to_count_is_none():
    read = resolve("workloads: {work: {demand: 1.0e-320}}")
    assert read.problem.workloads.scale.tolist() == [0]
    with pytest.raises(ValueError, match="above 0"):
        resolve("workloads: {work: {demand: null, job: {volume: 1.0e-320}}}")


@pytest.mark.parametrize("letter", ["\u3164", "\u2800", "\u115f", "\uffa0", "\u034f", "\U000e0041"])
def test_names_hold_visible_letters(letter, write):
    with pytest.raises(ConfigError, match="visible characters"):
        resolve(REGISTER, write(f"name,demand\nx{letter},1\n", "r.csv"))


def test_names_are_composed(write):
    folder = write("name,demand,zone\nx,1,cafe\u0301\n", "r.csv")
    read = resolve(f"{REGISTER}zones: {{café: {{}}}}", folder)
    assert read.problem.network.zone_names[read.problem.needs.zone[0]] == "café"


@pytest.mark.parametrize(
    ("period", "interval", "length"),
    [
        ("5 min", "", 3),
        ("10 min", "", 1),
        ("15 min", "", 1),
        ("1 h", "", 1),
        ("5 min", "demand_interval: 30 min, ", 6),
        ("15 min", "demand_interval: 1 h, ", 4),
    ],
)
def test_the_interval_of_a_demand_charge(period, interval, length):
    read = resolve(
        f"horizon: {{period: {period}}}\nsites: {{site: {{grid: {{{interval}demand_charge: 38}}}}}}"
    )
    start = read.problem.grid.interval_start[0]
    assert start[: 2 * length].tolist() == [0] * length + [length] * length
    assert read.warnings == ()


def test_intervals_of_a_demand_charge_follow_the_clock():
    horizon = "horizon: {start: 2026-03-02T00:10, duration: 1 h, period: 5 min}"
    start = resolve(horizon).problem.grid.interval_start[0]
    assert start.tolist() == [0, 1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10]
    back = "{start: 2026-10-25T01:30, time_zone: Europe/Berlin, duration: 3 h, period: 15 min}"
    hour = "sites: {site: {grid: {demand_interval: 60 min}}}"
    start = resolve(f"horizon: {back}\n{hour}").problem.grid.interval_start[0]
    assert start.tolist() == [0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 10, 10]


def test_an_interval_that_does_not_fit_is_a_fault_and_a_short_one_a_warning():
    grid = "sites: {site: {grid: {demand_interval: 15 min, demand_charge: 38}}}"
    with pytest.raises(ConfigError, match="a whole number of periods, got 15 min with periods of 10 min"):
        resolve(f"horizon: {{period: 10 min}}\n{grid}")
    (warning,) = resolve(grid).warnings
    assert warning.endswith("15 min with periods of 60 min; peaks within a period are not seen")


def test_nan_is_no_small_number():
    with pytest.raises(ValueError, match="expected a number of at least 0"):
        resolve("workloads: {work: {max_delay: .nan}}")
