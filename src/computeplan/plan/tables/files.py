"""Tables as the bytes of a file; the same frame gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from computeplan.plan.contents import TABLES

if TYPE_CHECKING:
    import polars as pl

FORMULA = r"^([\s\p{Cc}\p{Cf}]*[=+\-@|%\t\r＝＋－＠｜])"
"""Beginnings that a spreadsheet may take for a formula or a command, also behind blanks, or full-width."""

CSV_DIGITS = 9
"""Significant digits in CSV files."""


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """Write a Parquet file.

    Parameters
    ----------
    frame : polars.DataFrame
    """
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def parquet_columns(content: bytes) -> dict[str, list[Any]]:
    """Read a Parquet file, column by column; None where a cell is empty.

    Parameters
    ----------
    content : bytes
        Of a file that `parquet_bytes` wrote.
    """
    import polars as pl

    return pl.read_parquet(io.BytesIO(content)).to_dict(as_series=False)


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Write a CSV file in UTF-8 that spreadsheets open as it is; Parquet has every digit.

    Parameters
    ----------
    frame : polars.DataFrame
        Text that would be taken for a formula gets an apostrophe in front.
    """
    import polars as pl

    safe = frame.with_columns(
        pl.col(pl.String).str.replace(FORMULA, "'${1}"), pl.col(pl.Float64).round_sig_figs(CSV_DIGITS)
    )
    buffer = io.BytesIO()
    safe.write_csv(buffer, include_bom=True, datetime_format="%Y-%m-%dT%H:%M%:z")
    return buffer.getvalue()


def table_files(frames: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, bytes]]:
    """Write tables as a folder keeps them, each as Parquet and as CSV.

    Parameters
    ----------
    frames : mapping of str to polars.DataFrame

    Yields
    ------
    (str, bytes)
        Path inside the folder, and content.
    """
    for name, frame in frames.items():
        yield f"{TABLES}/{name}.parquet", parquet_bytes(frame)
        yield f"{TABLES}/{name}.csv", csv_bytes(frame)


def difference(content: bytes, frame: pl.DataFrame, tolerance: float) -> str:
    """Say how a Parquet file differs from a frame.

    Parameters
    ----------
    content : bytes
        Of the file.
    frame : polars.DataFrame
    tolerance : float
        Relative and absolute difference of numbers that is none.

    Returns
    -------
    str
        Empty where they are the same.
    """
    import polars as pl
    from polars.testing import assert_frame_equal

    try:
        assert_frame_equal(pl.read_parquet(io.BytesIO(content)), frame, rel_tol=tolerance, abs_tol=tolerance)
    except pl.exceptions.PolarsError as error:
        return f"cannot be read: {error}"
    except AssertionError:
        return "is not what the plan gives"
    return ""
