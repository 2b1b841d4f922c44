"""What is wrong with a file is said with its place, and what to do."""

from __future__ import annotations

import re

import pytest
from samples import CAISO, CN_WIDE, ENTSOE, ENTSOE_OLD, NINJA, OPEN_METEO, PVGIS, UK

import computeplan

MAPS = "Datetime (UTC),Zone id,Carbon intensity gCO₂eq/kWh (direct)\n"


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Import files named a.csv, b.csv by their contents."""
    monkeypatch.chdir(tmp_path)

    def read_all(kind, *contents, **options):
        for name, content in zip("ab", contents, strict=False):
            (tmp_path / f"{name}.csv").write_bytes(content.encode() if isinstance(content, str) else content)
        files = [f"{name}.csv" for name, _ in zip("ab", contents, strict=False)]
        return computeplan.import_series(kind, files, **options)

    return read_all


def hours(*cells, head=MAPS, zone="DE"):
    return head + "".join(f"2026-03-06T{hour},{zone},{value}\n" for hour, value in cells)


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("nyiso", '"Time Stamp","Name"\n', "no column 'LBMP ($/MWHr)'; it has 'Time Stamp', 'Name'"),
        ("ercot", "DeliveryDate,Price\n1,2\n", "no column 'HourEnding' and none 'SettlementPoint' and none"),
        ("pvgis", PVGIS.replace("time,P,", "time,Gb(i),"), "no column 'P'"),
        (
            "renewables-ninja",
            NINJA.split("\n", 3)[3],
            "size of the plant, kW, got none; keep the lines",
        ),
        ("caiso", CAISO.replace("LMP,", "MCC,"), "rows with 'LMP' in column 'LMP_TYPE', got none"),
        ("aemo", b"\x00\x01\x02", "CSV, JSON or XLSX, got binary data"),
        ("aemo", "", "no table; download it again"),
        ("watttime", '{"data": [1,', "a.csv:1:13: expected JSON, got Expecting value"),
        ("watttime", '{"data": []}', "got no table"),
        ("electricity-maps", MAPS, "expected rows, got none"),
        (
            "electricity-maps",
            MAPS + "2026-03-06T00:00,DE,1\n2026-03-06T01:00,DE,1,5\n",
            "got 4 cells in row 3, below a header of 3; quote cells that hold ','",
        ),
        (
            "electricity-maps",
            hours(("00:00", 1), ("01:00", 2), ("00:00", 3)),
            "a.csv:4 DE direct: expected one value at a time, got 3 after 1 at 2026-03-06T00:00Z in row 4",
        ),
        (
            "electricity-maps",
            hours(("00:00", 1), ("01:00", 2), ("01:20", 3), ("02:00", 4), ("03:00", 4), ("04:00", 4)),
            "a.csv:4 DE direct: expected a time every 60 min, got one 20 min after another at 2026-03-06T01",
        ),
        (
            "electricity-maps",
            hours(("00:00", 1), ("01:00", 2), ("02:00", 3), ("04:30", 4), ("05:30", 4)),
            "a.csv:5 DE direct: expected a time every 60 min, got one in between at 2026-03-06T04:30Z",
        ),
        ("electricity-maps", hours(("00:00", 1)), "a.csv:2 DE direct: expected at least two times, got one"),
        ("electricity-maps", hours(("25:00", 1)), "rows with a time and a number, got none"),
    ],
)
def test_faults_of_a_file(read, kind, content, message):
    with pytest.raises(computeplan.SourceError, match=re.escape(message)):
        read(kind, content)


def test_a_value_of_another_file_contradicts(read):
    message = "b.csv:2 DE direct: expected one value at a time, got 7 after 1 at 2026-03-06T00:00Z in row 2, "
    message += "after row 2 of a.csv"
    with pytest.raises(computeplan.SourceError, match=re.escape(message)):
        read("electricity-maps", hours(("00:00", 1), ("01:00", 2)), hours(("00:00", 7), ("02:00", 2)))


def test_prices_in_two_currencies(read):
    pounds = ENTSOE.replace("EUR", "GBP").replace("DE-LU", "GB")
    with pytest.raises(
        computeplan.SourceError, match=r"one currency, got EUR \(DE-LU .* and GBP \(GB .* apart"
    ):
        read("entsoe", ENTSOE, pounds)


def test_stamps_that_mark_the_start_in_one_file_and_the_end_in_another(read):
    tables = ["日期,时刻,价(元/MWh)\n" + "".join(f"2026-03-0{day},{at},1\n" for at in clocks)
              for day, clocks in ((1, ("00:00", "00:15")), (2, ("00:15", "24:00")))]  # fmt: skip
    with pytest.raises(
        computeplan.SourceError, match=r"the start of intervals; import them apart\n.*the end of"
    ):
        read("cn-points", *tables)


def test_rows_that_are_left_out_are_named(read):
    content = hours(("00:00", 1), ("xx", 2), ("01:00", "n/e"), ("02:00", "?"), ("03:00", 3), ("03:00", 3))
    found = read("electricity-maps", content)
    assert [(each.expected, each.rows, each.found) for each in found.left_out] == [
        ("a time", (3,), ("2026-03-06Txx",)),
        ("a value", (4,), ("n/e",)),
        ("a number", (5,), ("?",)),
        ("a time once", (7,), ("2026-03-06T03:00Z",)),
    ]
    assert str(found.left_out[2]).startswith(
        "a.csv: 1 cell left out, expected a number, such as '?': row 5, column"
    )


def test_strict_takes_them_for_faults(read):
    content = hours(("00:00", 1), *((f"0{hour}:00", "?") for hour in range(1, 8)), ("09:00", 3))
    with pytest.raises(computeplan.SourceError) as caught:
        read("electricity-maps", content, strict=True)
    faults = caught.value.faults
    assert [fault.line for fault in faults] == [3, 4, 5, 6, 7, 0, 0]
    assert faults[5].found == "2 more such rows"
    assert "DE direct: expected a value every 60 min, got 8 of 10 values are missing" in str(faults[6])
    assert read("electricity-maps", hours(("00:00", 1), ("01:00", 3)), strict=True).left_out == ()


def test_a_row_at_a_time_that_clocks_skip(read):
    spring = ENTSOE_OLD.replace("30.10.2022", "27.03.2022")
    (skipped, *_) = read("entsoe", spring.replace("157.94", "").replace("144.3", "")).left_out
    assert skipped.expected == "a time that clocks in Europe/Brussels show"
    assert (skipped.rows, "set forward" in skipped.hint) == ((3, 4), True)


def test_records_are_counted_where_there_are_no_rows(read):
    (left,) = read("uk-carbon-intensity", UK).left_out
    assert "record 3, column 'intensity.actual'" in str(left)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("electricity-map", {}, "kind: expected one of electricity-maps, .*did you mean 'electricity-maps'"),
        ("cn-points", {"unit": "MW/m"}, "unit: expected a unit of prices, carbon, power or shares"),
        ("cn-points", {"fill": "spline"}, "fill: expected one of linear, hold, got 'spline'"),
        (
            "cn-points",
            {"pue_curve": {10: 1.1, 20: 1.2}},
            "PUE curve: expected files with temperatures in °C, got none",
        ),
        ("open-meteo", {"pue_curve": {10: 0.9, 20: 1.2}}, "PUE curve: expected two or more temperatures"),
        ("open-meteo", {"pue_curve": {10: 1.2}}, "PUE curve: expected two or more temperatures"),
    ],
)
def test_faults_of_arguments(read, kind, options, message):
    with pytest.raises(computeplan.UsageError, match=message):
        read(kind, OPEN_METEO if kind == "open-meteo" else CN_WIDE, **options)


def test_no_files_and_files_that_are_not_there(tmp_path):
    with pytest.raises(computeplan.UsageError, match="at least one file, got none"):
        computeplan.import_series("aemo", [])
    with pytest.raises(computeplan.SourceError, match="a file that can be read, got no such file"):
        computeplan.import_series("aemo", [tmp_path / "a.csv"])
    with pytest.raises(computeplan.SourceError, match="expected a file, got a folder"):
        computeplan.import_series("aemo", [tmp_path])
