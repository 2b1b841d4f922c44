"""Stamps, numbers, encodings and separators in the ways in which files have them."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

import computeplan

MAPS = "Datetime (UTC),Zone id,Carbon intensity gCO₂eq/kWh (direct)\n"
NYISO = '"Time Stamp","Name","LBMP ($/MWHr)"\n'


@pytest.fixture
def read(tmp_path):
    """Import one file; gives its only series as starts and values."""

    def read_one(kind, content, name="a.csv", **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (series,) = computeplan.import_series(kind, [path], **options).series
        starts = series.grid.starts_s.astype("datetime64[s]").astype("datetime64[m]")
        return [f"{start}" for start in starts], series.grid.values.tolist()

    return read_one


def rows(*stamps, head=MAPS, zone="DE"):
    return head + "".join(f"{stamp},{zone},{i}\n" for i, stamp in enumerate(stamps))


@pytest.mark.parametrize(
    "stamps",
    [
        ("2026-03-06T00:00:00.000Z", "2026-03-06T01:00:00.000Z"),
        ("2026-03-06T08:00+08:00", "2026-03-06 09:00:00+08:00"),
        ("06.03.2026 00:00", "06.03.2026 01:00"),
        ("6/3/2026 0:00", "6/3/2026 1:00"),
        ("2026年3月6日 0:00", "2026年3月6日1:00"),
        ("２０２６年３月６日　００：００", "２０２６/３/６ １：００"),
        ("1772755200", "1772758800"),
        ("1772755200000", "1772758800000"),
        ("2026-03-05 24:00", "2026-03-06 01:00"),
        ("20260306:0000", "20260306:0100"),
        ("2026-03-06 00:00 - 2026-03-06 01:00", "2026-03-06 01:00 - 2026-03-06 02:00"),
        ("06/03/2026 12:00:00 AM", "06/03/2026 1:00:00 am"),
        ("06/03/2026 01:00:00 (CET)", "06/03/2026 02:00:00 (CET) - 06/03/2026 03:00:00 (CET)"),
    ],
)
def test_ways_to_write_stamps(read, stamps):
    assert read("electricity-maps", rows(*stamps)) == (["2026-03-06T00:00", "2026-03-06T01:00"], [0, 1])


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1234.5", "-0.25"), [1234.5, -0.25]),
        (('"1,234.5"', '"12,345"'), [1234.5, 12345]),
        (('"1.234,5"', '"0,25"'), [1234.5, 0.25]),
        (('"1,5"', "2"), [1.5, 2]),
        (("1 234", "1'234.5"), [1234, 1234.5]),
        (("１２．５", "−３"), [12.5, -3]),
        (("1e2", "+7"), [100, 7]),
        (('"1.234.567,8"', '"0,5"'), [1234567.8, 0.5]),
    ],
)
def test_ways_to_write_numbers(read, cells, values):
    lines = "".join(f"2026-03-06T0{hour}:00,DE,{cell}\n" for hour, cell in enumerate(cells))
    assert read("electricity-maps", MAPS + lines)[1] == values


def test_a_comma_is_decimal_in_a_table_with_semicolons(read):
    lines = "2026-03-06T00:00;DE;12,345\n2026-03-06T01:00;DE;1.012,345\n"
    assert read("electricity-maps", MAPS.replace(",", ";") + lines)[1] == [12.345, 1012.345]


def test_a_point_is_no_decimal_mark_where_a_comma_is(read):
    lines = "2026-03-06T00:00;DE;1,5\n2026-03-06T01:00;DE;1.5\n2026-03-06T02:00;DE;2,5\n"
    assert np.isnan(read("electricity-maps", MAPS.replace(",", ";") + lines)[1]).tolist() == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(read, encoding):
    lines = "时间,节点,电价（元/MWh）\n2026-3-6 0:15,重庆,1\n2026-3-6 0:30,重庆,2\n"
    assert read("cn-points", lines.encode(encoding)) == (["2026-03-05T16:00", "2026-03-05T16:15"], [1, 2])


def test_a_zip_of_one_file(read):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", rows("2026-03-06", "2026-03-07"))
    found = read("electricity-maps", packed.getvalue(), "a.zip")
    assert found == (["2026-03-06T00:00", "2026-03-07T00:00"], [0, 1])


def sheet(*lines):
    """A spreadsheet with one sheet: texts, and numbers, of which dates and clocks have formats."""
    styles = {"date": 1, "clock": 2}
    cells = "".join(
        "<row>"
        + "".join(
            f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
            if isinstance(cell, str)
            else f'<c s="{styles[cell[1]]}"><v>{cell[0]}</v></c>'
            if isinstance(cell, tuple)
            else f"<c><v>{cell}</v></c>"
            for cell in line
        )
        + "</row>"
        for line in lines
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" '
        f'ContentType="{book}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>'
        '<sheet name="数据" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        '<xf numFmtId="20"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def test_a_spreadsheet_with_a_title_dates_and_clocks(read):
    pytest.importorskip("fastexcel")
    day = (46087, "date")  # 6 March 2026
    content = sheet(
        ["某省电价"],
        ["日期", "时刻", "电价（元/千瓦时）"],
        [day, (0.98958333333333337, "clock"), 0.3],
        [day, (1, "clock"), "０．５"],
    )
    starts, values = read("cn-points", content, "a.xlsx")
    assert starts == ["2026-03-06T15:30", "2026-03-06T15:45"]
    assert values == [300, 500]


def test_hours_of_the_day_on_which_clocks_are_set_forward(read):
    hours = [f"03/09/2025 0{hour}:00" for hour in (0, 1, 3)]
    starts = ["2025-03-09T05:00", "2025-03-09T06:00", "2025-03-09T07:00"]
    assert read("nyiso", rows(*hours, head=NYISO, zone="N")) == (starts, [0, 1, 2])


def test_rows_with_the_newest_first(read):
    hours = [f"11/02/2025 0{hour}:00" for hour in (2, 1, 1, 0)]
    found = read("nyiso", rows(*hours, head=NYISO, zone="N"))
    assert found == ([f"2025-11-02T0{hour}:00" for hour in (4, 5, 6, 7)], [3, 2, 1, 0])


@pytest.mark.parametrize(
    ("clocks", "first"),
    [
        (["00:15", "00:30", "24:00"], "2026-03-05T16:00"),
        (["00:00", "00:15", "23:45"], "2026-03-05T16:00"),
        (["00:15", "00:30", "00:00"], "2026-03-05T16:00"),
        (["12:15", "12:30", "12:45"], "2026-03-06T04:00"),
    ],
)
def test_points_of_a_day_at_their_start_or_end(read, clocks, first):
    lines = "".join(f"2026-03-06,{clock},{i}\n" for i, clock in enumerate(clocks))
    starts, values = read("cn-points", f"日期,时刻,电价(元/MWh)\n{lines}")
    assert (starts[0], values[0], values[-1]) == (first, 0, 2)
    assert starts[-1] == ("2026-03-06T04:30" if clocks[0] == "12:15" else "2026-03-06T15:45")


@pytest.mark.parametrize(("most", "start"), [(96, "2026-03-05T16:15"), (24, "2026-03-05T17:00")])
def test_numbers_of_the_intervals_of_a_day(read, most, start):
    lines = "".join(f"2026/3/6,{number},{number}\n" for number in range(1, most + 1))
    starts, values = read("cn-points", f"日期,时段,电价(元/MWh)\n{lines}")
    assert (starts[0], starts[1], values[-1]) == ("2026-03-05T16:00", start, most)


def test_times_in_seconds_since_1970_have_no_offset(read):
    about = '"utc_offset_seconds": -25200, "hourly_units": {"temperature_2m": "°C"}'
    hourly = '"hourly": {"time": [1735689600, 1735693200], "temperature_2m": [5, 6]}'
    assert read("open-meteo", f"{{{about}, {hourly}}}")[0] == ["2025-01-01T00:00", "2025-01-01T01:00"]


def test_a_market_that_changes_from_hours_to_quarters(read):
    head = '"MTU (CET/CEST)","Area","Sequence","Day-ahead Price (EUR/MWh)"\n'
    hours = [f"30/09/2025 {hour}:00:00 - 30/09/2025 {hour + 1}:00:00" for hour in range(16, 24)]
    quarters = [f"01/10/2025 00:{minute}:00 - 01/10/2025 01:00:00" for minute in ("00", 15, 30, 45)]
    lines = "".join(
        f'"{stamp}","BZN|NL","Without Sequence","{i}"\n' for i, stamp in enumerate([*hours, *quarters])
    )
    starts, values = read("entsoe", head + lines)
    assert (starts[0], starts[1], len(starts)) == ("2025-09-30T14:00", "2025-09-30T14:15", 36)
    assert values == [*(hour for hour in range(8) for _ in range(4)), 8, 9, 10, 11]


def test_rows_of_two_resolutions_are_put_on_the_finer_one(read):
    half_hours = [f"2021/09/30 {21 + i // 2}:{30 * (i % 2):02}:00" for i in range(1, 6)]
    fives = [f"2021/10/01 00:{5 * i:02}:00" for i in range(1, 6)]
    stamps = [*half_hours, "2021/10/01 00:00:00", *fives]
    head = "SETTLEMENTDATE,REGION,RRP\n"
    starts, values = read("aemo", rows(*stamps, head=head, zone="SA1"))
    assert (starts[0], starts[1], starts[-1]) == ("2021-09-30T11:00", "2021-09-30T11:05", "2021-09-30T14:20")
    assert values == [i for i in range(6) for _ in range(6)] + [6, 7, 8, 9, 10]


def test_parts_of_a_year_in_several_files_are_joined(tmp_path):
    for month in (1, 2, 3):
        (tmp_path / f"{month}.csv").write_text(rows(f"2026-03-06 0{month}:00", f"2026-03-06 0{month}:30"))
    files = [tmp_path / f"{month}.csv" for month in (3, 1, 2)]
    (series,) = computeplan.import_series("electricity-maps", files).series
    assert series.grid.values.tolist() == [0, 1] * 3
