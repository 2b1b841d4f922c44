"""Faulty tables: which file, its content, and what the message must say."""

from __future__ import annotations

import io
from datetime import date, time

import polars as pl
from good_inputs import LATENCIES, PRICES, REGISTER, WIND, parquet

_LINES = PRICES.splitlines(keepends=True)


def _row(number: int, text: str) -> str:
    """The prices with another row; rows count from 1, the header, as in a spreadsheet."""
    return "".join([*_LINES[: number - 1], text, *_LINES[number:]])


def _cell(value: str) -> str:
    return _row(5, f"2026-03-02T03:00,{value}\n")


def _register(old: str, new: str) -> str:
    assert REGISTER.count(old) == 1, old
    return REGISTER.replace(old, new)


def _column(name: str, cells: str, rows: str = REGISTER) -> str:
    header, *lines = rows.splitlines()
    return "\n".join([f"{header},{name}", *(f"{line},{cells}" for line in lines)]) + "\n"


PLACE = r"data/prices\.csv:5:2 series\.spot: expected a finite number, got "

CSV: dict[str, tuple[str, str | bytes, str]] = {
    # Cells of a series
    "text": ("prices.csv", _cell("many"), f"{PLACE}'many' in row 5, column 'price'"),
    "empty cell": ("prices.csv", _cell(""), f"{PLACE}an empty cell"),
    "blank cell": ("prices.csv", _cell("  "), PLACE),
    "nan": ("prices.csv", _cell("nan"), PLACE),
    "NA": ("prices.csv", _cell("NA"), f"{PLACE}'NA'"),
    "#N/A": ("prices.csv", _cell("#N/A"), PLACE),
    "null": ("prices.csv", _cell("null"), PLACE),
    "inf": ("prices.csv", _cell("inf"), PLACE),
    "-inf": ("prices.csv", _cell("-inf"), PLACE),
    "1e400": ("prices.csv", _cell("1e400"), PLACE),
    "decimal comma": ("prices.csv", _cell('"330,5"'), PLACE),
    "thousands": ("prices.csv", _cell('"1,330"'), PLACE),
    "unit in a cell": ("prices.csv", _cell("330 CNY"), PLACE),
    "formula": ("prices.csv", _cell("=A1+1"), PLACE),
    "percent": ("prices.csv", _cell("33 %"), PLACE),
    "full-width digits": ("prices.csv", _cell("３３０"), PLACE),
    "huge": ("prices.csv", _cell("1e30"), r"sites\.park\.grid\.price|series\.spot"),
    "every cell wrong": ("prices.csv", PRICES.replace(":00,", ":00,x"), r"data/prices\.csv:7:2 .*19 more such rows from here on, in column 'price'"),
    # Times of a series
    "no time": ("prices.csv", _row(5, "soon,330\n"), r"data/prices\.csv:5:1 .*a time such as"),
    "empty time": ("prices.csv", _row(5, ",330\n"), r"data/prices\.csv:5:1 .*an empty cell"),
    "gap": ("prices.csv", _row(5, ""), r"data/prices\.csv:5:1 .*\(a gap\)"),
    "same time twice": ("prices.csv", _row(5, _LINES[4] + _LINES[4]), r"data/prices\.csv:6:1 .*the same time twice"),
    "not sorted": ("prices.csv", _row(5, _LINES[5] + _LINES[4]), r"data/prices\.csv:\d+:1 .*"),
    "half an hour between": ("prices.csv", _row(5, _LINES[4] + "2026-03-02T03:30,330\n"), r"data/prices\.csv:6:1 .*a shorter step"),
    "no such day": ("prices.csv", PRICES.replace("03-02T03", "02-30T03"), r"data/prices\.csv:5:1 .*a time such as"),
    "hour 24": ("prices.csv", PRICES.replace("T23:00", "T24:00"), r"data/prices\.csv:25:1"),
    "American dates": ("prices.csv", PRICES.replace("2026-03-02T", "03/02/2026 "), r"data/prices\.csv:2:1 .*a time such as"),
    "another day": ("prices.csv", PRICES.replace("2026-03-02", "2026-03-01"), r"data/prices\.csv.*rows that cover 2026-03-02"),
    "half a day": ("prices.csv", "".join(_LINES[:13]), r"data/prices\.csv.*rows that cover"),
    "one row": ("prices.csv", "".join(_LINES[:2]), r"data/prices\.csv.*rows that cover"),
    "times with a wrong offset": ("prices.csv", PRICES.replace(":00,", ":00Z,"), r"data/prices\.csv.*rows that cover"),
    "year 30000": ("prices.csv", PRICES.replace("2026-", "30000-"), r"data/prices\.csv:2:1"),
    # Shape
    "empty": ("wind.csv", "", r"data/wind\.csv.*an empty file"),
    "one byte": ("wind.csv", "\n", r"data/wind\.csv.*an empty file"),
    "header only": ("wind.csv", "share\n", r"data/wind\.csv.*rows below the header"),
    "no header": ("wind.csv", WIND.removeprefix("share\n"), r"data/wind\.csv:1 .*'share'"),
    "short": ("wind.csv", WIND.replace("0.20\n", ""), r"data/wind\.csv.*24 rows, one a period, got 23 rows"),
    "long": ("wind.csv", WIND + "0.5\n", r"data/wind\.csv.*got 25 rows"),
    "empty row within": ("wind.csv", WIND.replace("0.30\n", "\n0.30\n"), r"data/wind\.csv"),
    "total below": ("wind.csv", WIND.replace("0.66", "sum"), r"data/wind\.csv:\d+:1 .*'sum'"),
    "column twice": ("wind.csv", "".join(f"{cell},{cell}\n" for cell in WIND.split()), r"data/wind\.csv:1 .*several; rename"),
    "other case": ("wind.csv", WIND.replace("share", "Share"), r"data/wind\.csv:1 .*did you mean 'Share'"),
    "blank in the header": ("wind.csv", WIND.replace("share", " share"), r"data/wind\.csv:1 .*'share'"),
    "title above": ("wind.csv", "Wind of March\n" + WIND, r"data/wind\.csv:1 .*'share'"),
    "comment above": ("wind.csv", "# wind\n" + WIND, r"data/wind\.csv:1 .*'share'"),
    "row too long": ("prices.csv", _row(5, "2026-03-02T03:00,330,7\n"), r"data/prices\.csv:5 .*3 cells in row 5, below a header of 2"),
    "row too short": ("prices.csv", _row(5, "2026-03-02T03:00\n"), r"data/prices\.csv"),
    "semicolons": ("prices.csv", PRICES.replace(",", ";"), r"data/prices\.csv:1 .*separated by commas"),
    "tabs": ("prices.csv", PRICES.replace(",", "\t"), r"data/prices\.csv:1 .*separated by commas"),
    "open quote": ("prices.csv", _row(5, '2026-03-02T03:00,"330\n'), r"data/prices\.csv:5 .*row 5"),
    "quote within": ("prices.csv", _row(5, '2026-03-02T03:00,3"3"0\n'), r"data/prices\.csv"),
    "text after a quote": ("prices.csv", _row(5, '"2026-03-02T03:00"x,330\n'), r"data/prices\.csv:5 .*row 5"),
    "quoted header open": ("prices.csv", PRICES.replace("time,", '"time,'), r"data/prices\.csv:1 "),
    "carriage returns only": ("wind.csv", WIND.replace("\n", "\r"), r"data/wind\.csv"),
    "mixed line ends and text": ("wind.csv", WIND.replace("\n", "\r\n").replace("0.30", "0.3O"), r"data/wind\.csv:7:1"),
    # Encodings
    "Latin-1": ("register.csv", REGISTER.replace("订单,重庆公司", "Café,Café").encode("latin-1"), r"data/register\.csv:3 .*UTF-8"),
    "GBK": ("register.csv", REGISTER.encode("gbk"), r"data/register\.csv:3 .*UTF-8"),
    "UTF-16": ("register.csv", REGISTER.encode("utf-16"), r"data/register\.csv.*UTF-16"),
    "UTF-16 without mark": ("register.csv", REGISTER.encode("utf-16-le"), r"data/register\.csv"),
    "NUL": ("wind.csv", WIND.replace("0.30", "0.3\0"), r"data/wind\.csv.*binary"),
    "a picture": ("wind.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", r"data/wind\.csv.*UTF-8"),
    "a Parquet file": ("wind.csv", parquet(WIND), r"data/wind\.csv"),
    "zipped": ("wind.csv", b"PK\x03\x04\x14\0\0\0\x08\0", r"data/wind\.csv"),
    "HTML": ("wind.csv", "<html><body>Not found</body></html>\n", r"data/wind\.csv:1 .*'share'"),
    "JSON": ("wind.csv", '{"share": [0.2]}\n', r"data/wind\.csv:1 .*'share'"),
    "git pointer": ("wind.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n", r"data/wind\.csv:1"),
    # Register
    "negative units": ("register.csv", _register(",3,", ",-3,"), r"data/register\.csv:2:4 .*at least 0"),
    "text as units": ("register.csv", _register(",3,", ",three,"), r"data/register\.csv:2:4 .*'three'"),
    "nan units": ("register.csv", _register(",3,", ",nan,"), r"data/register\.csv:2:4"),
    "no units": ("register.csv", _register(",3,", ",,"), r"data/register\.csv:2:4"),
    "huge units": ("register.csv", _register(",3,", ",1e16,"), r"data/register\.csv:2:4"),
    "no name": ("register.csv", _register("Orders 1,", ","), r"data/register\.csv:2:1"),
    "blank name": ("register.csv", _register("Orders 1,", "  ,"), r"data/register\.csv:2:1"),
    "name twice": ("register.csv", _register("Backups", "Orders 1"), r"data/register\.csv:\d:1 .*'Orders 1'"),
    "name of a listed workload": ("register.csv", _register("Backups", "chat"), r"chat"),
    "unknown zone": ("register.csv", _register("Acme,cq", "Acme,cqq"), r"data/register\.csv:2:3 .*did you mean 'cq'"),
    "no zone": ("register.csv", _register("Acme,cq", "Acme,"), r"data/register\.csv:2:3"),
    "unknown label": ("register.csv", _register(",3,mlps-3,", ",3,mlps-9,"), r"data/register\.csv:2:5 .*did you mean 'mlps-3'"),
    "unknown label beside a known one": ("register.csv", _register("mlps-3;mlps-3", "mlps-3;mlps-9"), r"data/register\.csv:4:5"),
    "labels with commas": ("register.csv", _register("mlps-3;mlps-3", '"mlps-3,mlps-3"'), r"data/register\.csv:4:5"),
    "unknown profile": ("register.csv", _register(",office\n", ",offices\n"), r"data/register\.csv:2:6 .*did you mean 'office'"),
    "unknown mobility": ("register.csv", _column("mobility", "frozen"), r"data/register\.csv:2:7 .*mobility"),
    "unknown kind": ("register.csv", _column("kind", "dreaming"), r"data/register\.csv:2:7 .*kind of work"),
    "security 1.5": ("register.csv", _column("security", "1.5"), r"data/register\.csv:2:7 .*whole number"),
    "security in words": ("register.csv", _column("security", "high"), r"data/register\.csv:2:7"),
    "negative delay": ("register.csv", _column("max_delay", "-1"), r"data/register\.csv:2:7 .*at least 0"),
    "delay with the wrong unit": ("register.csv", _column("max_delay", "2 kg"), r"data/register\.csv:2:7"),
    "negative latency": ("register.csv", _column("max_latency", "-5"), r"data/register\.csv:2:7"),
    "data set of free work": ("register.csv", _column("data", "7"), r"data/register\.csv:2:7 .*mobility `fixed`"),
    "units and volume": ("register.csv", _column("volume", "7"), r"data/register\.csv:2:[47]"),
    "volume of nothing": ("register.csv", _column("volume", "0"), r"data/register\.csv:2:[47]"),
    "release without a job": ("register.csv", _column("release", "2"), r"data/register\.csv:2:7"),
    "deadline without a job": ("register.csv", _column("deadline", "2"), r"data/register\.csv:2:7"),
    "negative price": ("register.csv", _column("shortfall_price", "-2"), r"data/register\.csv:2:7"),
    "unknown residency": ("register.csv", _column("residency", "mars"), r"data/register\.csv:2:7 .*zone"),
    "name too long": ("register.csv", _register("Backups", "B" * 5000), r"data/register\.csv:4:1"),
    "control character in a name": ("register.csv", _register("Backups", "Back\x1b[31mups"), r"data/register\.csv:4:1"),
    "bidi override in a company": ("register.csv", _register("Babel", "Ba\u202ebel"), r"data/register\.csv:4:2"),
}  # fmt: skip

_LATENCY = "latencies: {cq: {hami: 40 ms}}"
_FROM_FILE = "latencies: {file: data/latencies.csv, origin: from}"

LATENCY: dict[str, tuple[str, str]] = {
    "negative": (LATENCIES.replace("2,40", "-2,40"), r"data/latencies\.csv:3:3 .*at least 0"),
    "text": (LATENCIES.replace("2,40", "near,40"), r"data/latencies\.csv:3:3"),
    "infinite": (LATENCIES.replace("2,40", "inf,40"), r"data/latencies\.csv:3:3"),
    "zone twice": (LATENCIES.replace("hami,,40,1", "cq,,40,1"), r"data/latencies\.csv:\d:1 .*one row for each zone"),
    "no zone": (LATENCIES.replace("hami,,40,1", ",,40,1"), r"data/latencies\.csv:4:1"),
    "no origin": (LATENCIES.replace("from", "origin"), r"data/latencies\.csv:1 .*'from'"),
    "column twice": (LATENCIES.replace("china,cq,hami\n", "china,cq,cq\n", 1), r"data/latencies\.csv:1 .*several; rename"),
    "empty": ("", r"data/latencies\.csv.*an empty file"),
}  # fmt: skip

_GOOD = parquet(WIND)


def _frame(cells: object) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"share": cells}).write_parquet(buffer)
    return buffer.getvalue()


PARQUET: dict[str, tuple[bytes, str]] = {
    "empty": (b"", r"data/wind\.parquet"),
    "only its mark": (b"PAR1", r"data/wind\.parquet"),
    "cut in half": (_GOOD[: len(_GOOD) // 2], r"data/wind\.parquet"),
    "cut at the end": (_GOOD[:-1], r"data/wind\.parquet"),
    "cut at the start": (_GOOD[8:], r"data/wind\.parquet"),
    "zeros in the data": (_GOOD[:8] + bytes(40) + _GOOD[48:], r"data/wind\.parquet"),
    "zeros in the footer": (_GOOD[:-300] + bytes(200) + _GOOD[-100:], r"data/wind\.parquet"),
    "footer of another length": (_GOOD[:-8] + b"\xff\xff\xff\x7fPAR1", r"data/wind\.parquet"),
    "text": (WIND.encode(), r"data/wind\.parquet"),
    "another column": (parquet(WIND.replace("share", "shares")), r"data/wind\.parquet.*did you mean 'shares'"),
    "no rows": (_frame(pl.Series([], dtype=pl.Float64)), r"data/wind\.parquet.*rows below the header"),
    "short": (_frame([0.5] * 23), r"data/wind\.parquet.*got 23 rows"),
    "null": (_frame([0.5] * 23 + [None]), r"data/wind\.parquet:25:1 .*an empty cell"),
    "nan": (_frame([0.5] * 23 + [float("nan")]), r"data/wind\.parquet:25:1"),
    "infinity": (_frame([0.5] * 23 + [float("inf")]), r"data/wind\.parquet:25:1"),
    "texts": (_frame(["x"] * 24), r"data/wind\.parquet:2:1 .*'x'"),
    "truth values": (_frame([True] * 24), r"data/wind\.parquet:2:1"),
    "dates": (_frame([date(2026, 3, 2)] * 24), r"data/wind\.parquet:2:1"),
    "times of day": (_frame([time(3)] * 24), r"data/wind\.parquet"),
    "lists": (_frame([[0.5]] * 24), r"data/wind\.parquet.*type List"),
    "structures": (_frame([{"a": 0.5}] * 24), r"data/wind\.parquet.*type Struct"),
    "bytes": (_frame([b"0.5"] * 24), r"data/wind\.parquet.*type Binary"),
    "out of range": (_frame([1.5] * 24), r"sites\.park\.contracts\.wind\.profile: .*from 0 to 1"),
    "negative": (_frame([-0.5] * 24), r"sites\.park\.contracts\.wind\.profile"),
}  # fmt: skip


def with_latency_file(config: str) -> str:
    """The config with its latencies in a file."""
    assert config.count(_LATENCY) == 1
    return config.replace(_LATENCY, _FROM_FILE)
