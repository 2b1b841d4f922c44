from __future__ import annotations

import errno
import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resolving import price_of, resolve

from computeplan.config.tables.cells import read_numbers
from computeplan.errors import ConfigError, Fault

TWO_HOURS = "horizon: {duration: 2}"
TIMED = "{file: a.csv, column: v, time: t}"


@pytest.fixture
def write(tmp_path):
    """Write a file beside the config and return the folder."""

    def write_file(content, name="a.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write_file


def faults_of(form, folder, changes=TWO_HOURS) -> tuple[Fault, ...]:
    with pytest.raises(ConfigError, match=r"sites\.site\.grid\.price") as caught:
        price_of(form, changes, folder)
    return caught.value.faults


def hourly(first="2026-03-02T00:00", hours=24, step=60) -> str:
    start = datetime.fromisoformat(first)
    rows = [f"{(start + timedelta(minutes=step * i)).isoformat(' ', 'minutes')},{i}" for i in range(hours)]
    return "\n".join(["t,v", *rows]) + "\n"


def test_a_column_with_one_row_a_period(write):
    folder = write("v,w\n1,5\n2,6.5\n")
    assert price_of("{file: a.csv, column: w}", TWO_HOURS, folder).tolist() == [5, 6.5]


def test_inputs_carry_the_hash_of_what_was_read(write):
    content = "v\n1\n2\n"
    write("v\n0.5\n0.5\n", "sub/b.csv")
    folder = write(content)
    changes = (
        "horizon: {duration: 2}\nsites: {site: {grid: {price: {file: a.csv, column: v}}, "
        "pools: {gpu: {availability: {file: ./sub/../sub/b.csv, column: v}}}}}"
    )
    read = resolve(changes, folder).inputs
    assert [(file.path, file.bytes) for file in read] == [("a.csv", 6), ("sub/b.csv", 10)]
    assert read[0].sha256 == hashlib.sha256(content.encode()).hexdigest()


def test_unit_and_scale_of_a_column(write):
    folder = write("v\n36\n72\n")
    form = "{file: a.csv, column: v, unit: CNY/MWh, scale: 2}"
    assert price_of(form, TWO_HOURS, folder).tolist() == [0.072, 0.144]


def test_parquet(write):
    buffer = io.BytesIO()
    start = datetime.fromisoformat("2026-03-01")
    pl.DataFrame({"t": [start + timedelta(hours=i) for i in range(48)], "价": range(48)}).write_parquet(
        buffer
    )
    folder = write(buffer.getvalue(), "a.PARQUET")
    assert price_of("{file: a.PARQUET, column: 价, time: t}", folder=folder).tolist() == list(range(24, 48))


@pytest.mark.parametrize(
    "content", ["\ufeffv\n1\n2\n", "v\r\n1\r\n2\r\n", "v\n1\n2\n\n\n", 'v\n 1 \n"2"', "v\n1e0\n+2.\n"]
)
def test_ways_to_write_csv(write, content):
    assert price_of("{file: a.csv, column: v}", TWO_HOURS, write(content)).tolist() == [1, 2]


def test_names_of_columns_are_taken_literally(write):
    folder = write("*,^v.*$,v\n1,3,5\n2,4,6\n")
    assert price_of('{file: a.csv, column: "*"}', TWO_HOURS, folder).tolist() == [1, 2]
    assert price_of('{file: a.csv, column: "^v.*$"}', TWO_HOURS, folder).tolist() == [3, 4]


LONG = "zone,kind,v\nDE,da,1\nFR,da,3\nDE,rt,x\n DE ,da,2\nFR,da,oops\n"


def test_rows_of_a_long_table(write):
    form = "{file: a.csv, column: v, where: {zone: DE, kind: da}}"
    assert price_of(form, TWO_HOURS, write(LONG)).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("{zone: FR}", "a.csv:6:3 sites.site.grid.price: expected a finite number, got 'oops' in row 6"),
        ("{zone: DE, kind: dA}", "rows with 'dA' in column 'kind', got none; did you mean 'da'?"),
        ("{zon: DE}", "one column 'zon', got none; did you mean 'zone'?"),
    ],
)
def test_faults_of_a_long_table(write, where, message):
    (fault,) = faults_of(f"{{file: a.csv, column: v, where: {where}}}", write(LONG))
    assert message in str(fault)


def test_finer_rows_are_averaged(write):
    folder = write(hourly(step=15, hours=8))
    assert price_of(TIMED, TWO_HOURS, folder).tolist() == [1.5, 5.5]


def test_coarser_rows_are_held(write):
    folder = write(hourly(step=180, hours=8))
    assert price_of(TIMED, folder=folder).tolist() == [i // 3 for i in range(24)]


def test_rows_that_begin_inside_periods_weigh_their_overlap(write):
    folder = write(hourly("2026-03-01T23:45", hours=4))
    assert price_of(TIMED, TWO_HOURS, folder) == pytest.approx([0.25, 1.25])


@pytest.mark.parametrize(
    "stamp", ["%Y-%m-%dT%H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M+08:00", "%Y-%m-%dT%H:%M:%S+0800"]
)
def test_ways_to_write_time(write, stamp):
    start = datetime.fromisoformat("2026-03-01T23:00")
    rows = [f"{(start + timedelta(hours=i)).strftime(stamp)},{i}" for i in range(4)]
    assert price_of(TIMED, TWO_HOURS, write("t,v\n" + "\n".join(rows))).tolist() == [1, 2]


def test_dates_are_midnights(write):
    folder = write("t,v\n2026-03-02,7\n2026-03-03,8\n")
    assert price_of(TIMED, TWO_HOURS, folder).tolist() == [7, 7]


def test_a_file_in_another_zone(write):
    folder = write(hourly("2026-03-01T16:00"))
    assert price_of("{file: a.csv, column: v, time: t, time_zone: UTC}", folder=folder).tolist() == list(
        range(24)
    )


def test_times_with_an_offset_need_no_zone(write):
    content = "t,v\n" + "\n".join(f"2026-03-01T{16 + i}:00Z,{i}" for i in range(4))
    assert price_of(TIMED, TWO_HOURS, write(content)).tolist() == [0, 1]


BERLIN = "horizon: {start: %s, time_zone: Europe/Berlin, duration: %d}"


def test_local_rows_of_a_day_whose_clock_is_set_back(write):
    clock = ["00:00", "01:00", "02:00", "02:00", "03:00"]
    content = "t,v\n" + "\n".join(f"2026-10-25 {time},{i}" for i, time in enumerate(clock))
    assert price_of(TIMED, BERLIN % ("2026-10-25T00:00", 5), write(content)).tolist() == [0, 1, 2, 3, 4]


def test_half_hours_of_a_day_whose_clock_is_set_back(write):
    clock = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    content = "t,v\n" + "\n".join(f"2026-10-25 {time},{i}" for i, time in enumerate(clock))
    changes = "horizon: {start: 2026-10-25T01:30, time_zone: Europe/Berlin, duration: 3, period: 30}"
    assert price_of(TIMED, changes, write(content)).tolist() == [0, 1, 2, 3, 4, 5]


def test_local_rows_of_a_day_whose_clock_is_set_forward(write):
    content = "t,v\n" + "\n".join(
        f"2026-03-29 {time},{i}" for i, time in enumerate(["00:00", "01:00", "03:00"])
    )
    assert price_of(TIMED, BERLIN % ("2026-03-29T00:00", 3), write(content)).tolist() == [0, 1, 2]


def test_daily_rows_across_a_change_of_clocks(write):
    content = "t,v\n" + "\n".join(f"2026-03-{day},{day}" for day in range(28, 32))
    values = price_of(TIMED, BERLIN % ("2026-03-28T00:00", 24 + 23 + 24), write(content))
    assert values.tolist() == [28] * 24 + [29] * 23 + [30] * 24


YEAR = {2019: 8760, 2020: 8784}


def of_year(write, year):
    return write(hourly(f"{year}-01-01T00:00", YEAR[year]))


def test_calendar_reads_the_same_dates_of_a_leap_year(write):
    form = "{file: a.csv, column: v, time: t, calendar: 2020}"
    values = price_of(form, "horizon: {start: 2026-02-28T22:00, duration: 4}", of_year(write, 2020))
    end_of_february = 58 * 24 + 22  # 2020-02-28T22:00; 29 February is passed over
    assert values.tolist() == [end_of_february, end_of_february + 1, 60 * 24, 60 * 24 + 1]


def test_calendar_without_29_february_reads_the_28th(write):
    resolved = resolve(
        "horizon: {start: 2028-02-29T00:00, duration: 48}\n"
        "sites: {site: {grid: {price: {file: a.csv, column: v, time: t, calendar: 2019}}}}",
        of_year(write, 2019),
    )
    assert resolved.problem.grid.price[0, [0, 23, 24]].tolist() == [58 * 24, 58 * 24 + 23, 59 * 24]
    said = "sites.site.grid.price: 2019 is not a leap year; 29 February is read from 28 February"
    assert said in resolved.warnings


def test_calendar_returns_to_january_at_the_end_of_the_year(write):
    form = "{file: a.csv, column: v, time: t, calendar: 2019}"
    changes = "horizon: {start: 2026-12-31T18:00, duration: 12, period: 360}"
    assert price_of(form, changes, of_year(write, 2019)).tolist() == [8754 + 2.5, 2.5]


def test_calendar_keeps_the_clock_where_changes_fall_on_other_days(write):
    # Clocks in Berlin changed on 31 March 2019 and on 29 March 2026.
    content = "t,v\n" + "\n".join(f"2019-03-29 {hour:02d}:00,{hour}" for hour in range(24))
    values = price_of(
        "{file: a.csv, column: v, time: t, calendar: 2019}", BERLIN % ("2026-03-29T00:00", 23), write(content)
    )
    assert values.tolist() == [0, 1, *range(3, 24)]


def test_calendar_of_a_time_that_its_year_skips(write):
    content = "t,v\n" + "\n".join(f"2019-03-31 {hour:02d}:00,{hour}" for hour in (0, 1, 3, 4))
    values = price_of(
        "{file: a.csv, column: v, time: t, calendar: 2019}", BERLIN % ("2026-03-31T00:00", 4), write(content)
    )
    assert values.tolist() == [0, 1, 3, 3]


@given(
    st.lists(st.floats(0, 100), min_size=96, max_size=96),
    st.sampled_from([15, 30, 60, 90]),
    st.integers(0, 3),
    st.sampled_from([15, 30, 60, 120]),
)
def test_means_keep_the_total(tmp_path_factory, values, step, shift, period):
    """Sum every quarter of an hour by itself."""
    folder = tmp_path_factory.mktemp("series")
    start = datetime.fromisoformat("2026-03-01T22:00") + timedelta(minutes=15 * shift)
    rows = [f"{start + timedelta(minutes=step * i)},{value!r}" for i, value in enumerate(values)]
    (folder / "a.csv").write_text("\n".join(["t,v", *rows]))
    read = price_of(TIMED, f"horizon: {{duration: 12, period: {period}}}", folder)
    quarters = [values[int((q * 15 + 120 - 15 * shift) // step)] for q in range(48)]
    each = [quarters[i : i + period // 15] for i in range(0, 48, period // 15)]
    assert read.tolist() == pytest.approx([sum(part) / len(part) for part in each])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "v\n1\n2\n3\n",
            r"^a\.csv sites\.site\.grid\.price: expected 2 rows, one a period, got 3 rows; name the column",
        ),
        ("v\n1\nx\n", r"^a\.csv:3:1 .*expected a finite number, got 'x' in row 3, column 'v'"),
        ("w,v\n0,nan\n0,2\n", r"^a\.csv:2:2 .*got 'nan' in row 2, column 'v'"),
        ("w,v\n0,1\n0,\n", r"^a\.csv:3:2 .*got an empty cell in row 3"),
        ("w,v\n0,1\n0,inf\n", r"got 'inf' in row 3"),
        ('w,v\n1,1\n2,"1,5"\n', r"got '1,5' in row 3"),
        ("w\n1\n", r"^a\.csv:1 .*expected one column 'v', got none; known: w"),
        ("V\n1\n2\n", r"did you mean 'V'\?"),
        ("v,v\n1,1\n2,2\n", r"expected one column 'v', got several"),
        ("", r"^a\.csv .*expected a header and rows, got an empty file"),
        ("v\n", r"^a\.csv .*expected rows below the header, got none"),
        ("w;v\n1;2\n", r"^a\.csv:1 .*expected columns separated by commas, got 'w;v'; save it as UTF-8 text"),
        ("v\n1\n2,3\n", r"expected a table with commas .*got 2 cells in row 3"),
        (
            "v\n1\n价\n".encode("gbk"),
            r"^a\.csv:3 .*expected text in UTF-8, got other bytes in row 3; save it as UTF-8",
        ),
        ("v\n1\n2\n".encode("utf-16"), r"expected text in UTF-8, got UTF-16"),
        (b"v\n1\n\0\n", r"expected text in UTF-8, got binary data"),
    ],
)
def test_faults_of_csv(write, content, message):
    folder = write(content)
    assert len(faults_of("{file: a.csv, column: v}", folder)) == 1
    with pytest.raises(ConfigError, match=message):
        price_of("{file: a.csv, column: v}", TWO_HOURS, folder)


def test_many_bad_cells_are_counted(write):
    faults = faults_of("{file: a.csv, column: v}", write("v\n" + "x\n" * 24), "")
    assert [fault.line for fault in faults] == [2, 3, 4, 5, 6, 7]
    assert faults[-1].found == "19 more such rows from here on, in column 'v'"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "t,v\n2026-03-02,1\n2026-03-02T01:0,2\n",
            r"^a\.csv:3:1 .*expected a time such as .*got '2026-03-02T01:0' in row 3",
        ),
        ("t,v\n2026-02-30,1\n2026-03-01,2\n", r"^a\.csv:2:1 .*expected a time such as .*got '2026-02-30'"),
        (
            "t,v\n2026-03-02T00:00,1\n",
            r"cover 2026-03-02T00:00 to \S+T02:00, got 2026-03-02T00:00 to 2026-03-02T01:00",
        ),
        (
            "t,v\n2026-03-02 00:00,1\n2026-03-02 01:00,2\n2026-03-02 01:00,2\n",
            r"^a\.csv:4:1 .* every 60 min, in order, got 2026-03-02 01:00 after \S+ 01:00 \(the same time",
        ),
        ("t,v\n2026-03-02 00:00,1\n2026-03-02 01:00,2\n2026-03-01 23:00,2\n", r"\(not sorted\) in row 4"),
        (
            "t,v\n2026-03-02 02:00,1\n2026-03-02 01:00,2\n",
            r"expected times in order.*\(not sorted\) in row 3",
        ),
        (
            "t,v\n" + "".join(f"2026-03-02 {hour:02d}:00,1\n" for hour in (0, 1, 2, 4, 5)),
            r"^a\.csv:5:1 .*got 2026-03-02 04:00 after 2026-03-02 02:00 \(a gap\) in row 5",
        ),
        (
            "t,v\n"
            + "".join(f"2026-03-02 {time},1\n" for time in ("00:00", "01:00", "02:00", "02:30", "03:30")),
            r"^a\.csv:5:1 .*\(a shorter step\) in row 5",
        ),
        (
            hourly("2026-03-01T00:00", 25),
            r"cover 2026-03-02T00:00 to 2026-03-02T02:00, got 2026-03-01T00:00 to 2026-03-02T01:00; name",
        ),
        (hourly("2026-03-02T01:00", 25), r"expected rows that cover 2026-03-02T00:00"),
    ],
)
def test_faults_of_timestamps(write, content, message):
    with pytest.raises(ConfigError, match=message):
        price_of(TIMED, TWO_HOURS, write(content))


def test_a_column_of_times_that_is_not_there(write):
    (fault,) = faults_of("{file: a.csv, column: v, time: when}", write(hourly()))
    assert (fault.expected, fault.found, fault.line) == ("one column 'when'", "none", 1)


def test_a_time_that_clocks_skip(write):
    content = "t,v\n" + "".join(f"2026-03-29 {time},1\n" for time in ("00:00", "01:00", "02:00", "03:00"))
    with pytest.raises(
        ConfigError, match=r"^a\.csv:4:1 .*expected a time that clocks in Europe/Berlin show, got"
    ):
        price_of(TIMED, BERLIN % ("2026-03-29T00:00", 3), write(content))


@pytest.mark.posix
@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("b.csv", r"price: expected a file that exists, got 'b\.csv'; did you mean 'a\.csv'\?"),
        ("sub/a.csv", r"expected a file that exists, got 'sub/a\.csv'; its folder does not exist"),
        ("a.txt", r"expected a file of type \.csv or \.parquet, got 'a\.txt'"),
        (
            "../outside.csv",
            r"expected a file inside the config's folder, got '\.\./outside\.csv', which is outside",
        ),
        ("/etc/passwd", r"inside the config's folder"),
        ("link.csv", r"expected a file inside the config's folder, got 'link\.csv', which is outside"),
        ("loop.csv", r"expected .*, got 'loop\.csv'"),
        ("folder.csv", r"expected a file, got 'folder\.csv', a folder"),
    ],
)
def test_faults_of_paths(write, tmp_path, file, message):
    (tmp_path / "outside.csv").write_text("v\n1\n2\n")
    folder = write("v\n1\n2\n", "config/a.csv").joinpath("config")
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "folder.csv").mkdir()
    with pytest.raises(ConfigError, match=message):
        price_of(f"{{file: {file}, column: v}}", TWO_HOURS, folder)


@pytest.mark.posix
def test_a_link_inside_the_folder_is_followed(write):
    folder = write("v\n1\n2\n")
    (folder / "link.csv").symlink_to("a.csv")
    assert price_of("{file: link.csv, column: v}", TWO_HOURS, folder).tolist() == [1, 2]


def test_a_file_that_may_not_be_read(write, monkeypatch):
    folder = write("v\n1\n2\n")

    def refuse(path, *_):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(
        ConfigError, match=r"expected a file that can be read, got 'a\.csv': Permission denied"
    ):
        price_of("{file: a.csv, column: v}", TWO_HOURS, folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"junk", r"^a\.parquet .*expected a Parquet file that can be read, got"),
        (
            pl.DataFrame({"v": [[1], [2]]}),
            r"expected a column of numbers, texts or times, got 'v' of type List",
        ),
        (pl.DataFrame({"v": [1.0, None]}), r"^a\.parquet:3:1 .*got an empty cell in row 3, column 'v'"),
        (pl.DataFrame({"v": [1.0, float("nan")]}), r"got nan in row 3, column 'v'"),
        (pl.DataFrame({"v": [True, False]}), r"expected a finite number, got True in row 2"),
        (pl.DataFrame({"w": [1.0, 2.0]}), r"expected one column 'v', got none"),
    ],
)
def test_faults_of_parquet(write, content, message):
    if isinstance(content, pl.DataFrame):
        buffer = io.BytesIO()
        content.write_parquet(buffer)
        content = buffer.getvalue()
    with pytest.raises(ConfigError, match=message):
        price_of("{file: a.parquet, column: v}", TWO_HOURS, write(content, "a.parquet"))


def test_a_wrong_unit_is_found_where_it_is_used(write):
    series = "series: {wind: {file: a.csv, column: v, unit: MW}}\nhorizon: {duration: 2}"
    with pytest.raises(ConfigError, match=r"series\.wind\.unit: expected a number in CNY/kWh.*got 'MW'"):
        price_of("{series: wind}", series, write("v\n1\n2\n"))


def test_a_text_that_many_cells_hold_is_parsed_once():
    parsed = []

    def parse(text):
        parsed.append(text)
        return {"2 h": 2.0, "1 d": 24.0}[text]

    cells = read_numbers(pl.Series(["2 h", "1 d", None, "2 h", "3"] * 10), parse=parse)
    assert cells.values[:5].tolist() == pytest.approx([2, 24, np.nan, 2, 3], nan_ok=True)
    assert (cells.empty.sum(), cells.bad.any()) == (10, False)
    assert parsed == ["2 h", "1 d"]
