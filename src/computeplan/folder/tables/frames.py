"""Frames from arrays of the problem, and files from frames; the same frame gives the same bytes."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.folder.contents import TABLES
from computeplan.problem import Floats, Horizon, Ints

if TYPE_CHECKING:
    import polars as pl

FORMULA = r"^([\s\p{Cc}\p{Cf}]*[=+\-@|%\t\r＝＋－＠｜])"
"""Beginnings that a spreadsheet may take for a formula or a command, also behind blanks, or full-width."""

CSV_DIGITS = 9
"""Significant digits in CSV files."""

CSV_FORMAT: Mapping[str, Any] = {"include_bom": True, "datetime_format": "%Y-%m-%dT%H:%M%:z"}
"""How polars writes CSV files."""


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """Write a Parquet file."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def parquet_columns(content: bytes) -> dict[str, list[Any]]:
    """Read a Parquet file, column by column; None where a cell is empty."""
    import polars as pl

    return pl.read_parquet(io.BytesIO(content)).to_dict(as_series=False)


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Write a CSV file in UTF-8 that spreadsheets open as it is; Parquet has every digit."""
    buffer = io.BytesIO()
    spreadsheet_cells(frame.lazy()).collect().write_csv(buffer, **CSV_FORMAT)
    return buffer.getvalue()


def spreadsheet_cells(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Round numbers to what CSV files hold, and put an apostrophe before what would be a formula."""
    import polars as pl

    return frame.with_columns(
        pl.col(pl.String).str.replace(FORMULA, "'${1}"), pl.col(pl.Float64).round_sig_figs(CSV_DIGITS)
    )


def table_files(frames: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, bytes]]:
    """Write tables as a folder keeps them, each as Parquet and as CSV: path in the folder, and content."""
    for name, frame in frames.items():
        yield f"{TABLES}/{name}.parquet", parquet_bytes(frame)
        yield f"{TABLES}/{name}.csv", csv_bytes(frame)


def parquet_difference(content: bytes, frame: pl.DataFrame, tolerance: float) -> str:
    """Say how a Parquet file differs from a frame by more than the tolerance; nothing where it does not."""
    import polars as pl
    from polars.testing import assert_frame_equal

    try:
        assert_frame_equal(pl.read_parquet(io.BytesIO(content)), frame, rel_tol=tolerance, abs_tol=tolerance)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        return f"cannot be read: {error}"
    except AssertionError:
        return CHANGED
    return ""


def csv_difference(content: bytes, frame: pl.DataFrame, tolerance: float) -> str:
    """Say how a CSV file differs from a frame; numbers in it are rounded."""
    expected = csv_bytes(frame)
    if content == expected:
        return ""
    tolerance = max(tolerance, 10.0 ** (1 - CSV_DIGITS))
    pairs = zip_longest(_cells(content), _cells(expected))
    try:
        return "" if all(_is_same_cell(one, other, tolerance) for one, other in pairs) else CHANGED
    except csv.Error as error:
        return f"cannot be read: {error}"


def _cells(content: bytes) -> Iterator[str]:
    """Go through the cells of a CSV file, with an end of line behind each row."""
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"), newline="")):
        yield from (*row, "\n")


def _is_same_cell(one: str | None, other: str | None, tolerance: float) -> bool:
    try:
        return one == other or math.isclose(float(one or ""), float(other or ""), rel_tol=tolerance)
    except ValueError:
        return False


CHANGED = "is not what the plan gives"
DIFFERENCES = {"parquet": parquet_difference, "csv": csv_difference}
"""Compares a table's file with a frame, by the ending of its name."""


def named(names: Sequence[str], index: Ints) -> pl.Series:
    """Name each of (n,) indices."""
    import polars as pl

    return pl.Series(names, dtype=pl.String).gather(index)


def among(names: Sequence[str], index: Ints) -> pl.Series:
    """Name each of (n,) indices by one of few names, of which each is kept once."""
    import polars as pl

    return pl.Series(names, dtype=pl.Enum(names)).gather(index)


def starts(horizon: Horizon, period: Ints) -> pl.Series:
    """Give the local time at the start of each of (n,) periods, with its offset from UTC."""
    import polars as pl

    utc = pl.Series(horizon.start_utc[period].astype("datetime64[ms]"))
    return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(horizon.time_zone)


def by_period(
    horizon: Horizon, keys: Mapping[str, Sequence[str]], amounts: Mapping[str, Floats]
) -> pl.DataFrame:
    """Make one row for each thing and period: columns that name the n things, and (n, T) amounts."""
    import polars as pl

    things = len(next(iter(keys.values())))
    thing = np.repeat(np.arange(things), horizon.size)
    period = np.tile(np.arange(horizon.size), things)
    return pl.DataFrame(
        {
            **{name: named(names, thing) for name, names in keys.items()},
            "period": period,
            "start": starts(horizon, period),
            **{name: amount.ravel() for name, amount in amounts.items()},
        }
    )
