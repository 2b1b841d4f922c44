"""Reads the numbers of sources: decimal points or commas, separators of thousands, full-width digits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from computeplan.config.tables.cells import NumberCells, read_numbers

EMPTY = ("", "-", "--", "---", "–", "—", "/", "n/e", "n/a", "na", "null", "nan", "none", "无")
"""What stands, in small letters, where there is no value."""

_POINT, _COMMA = ".", ","
_HAS_DECIMAL_COMMA = r",\d{1,2}$|,\d{4,}$|\.\d{3}(?:\.\d{3})*,\d|^[+-]?(?:0|\d{4,}),\d"
_HAS_THOUSANDS_COMMA = r",\d{3},|,\d{3}\."


def find_decimal_mark(columns: Sequence[pl.Series], separator: str) -> str:
    """Find the decimal mark of a file's numbers; `separator`: between its cells.

    Numbers such as ``12,345`` leave it open: a comma is decimal where it does not separate cells of a table
    with ``;``.
    """
    for cells in columns:
        texts = _plain(cells.filter(cells.str.contains("[,，]")).unique())
        if texts.str.contains(_HAS_THOUSANDS_COMMA).any():
            return _POINT
        if texts.str.contains(_HAS_DECIMAL_COMMA).any():
            return _COMMA
        if len(texts) and separator == ";":
            return _COMMA
    return _POINT


def read_source_numbers(cells: pl.Series, factor: Fraction, mark: str) -> NumberCells:
    """Read cells as numbers to be multiplied by a factor; `mark`: between whole and decimal digits."""
    if mark == _POINT:
        numbers = read_numbers(cells, factor)
        if not numbers.bad.any():
            return numbers
    texts = _plain(cells)
    texts = texts.set(texts.is_in(EMPTY), None)
    other = _COMMA if mark == _POINT else _POINT
    is_grouped = texts.str.contains(rf"^[+-]?\d{{1,3}}(?:\{other}\d{{3}})+(?:\{mark}\d*)?$")
    texts = texts.str.replace_all(other, "", literal=True).zip_with(is_grouped.fill_null(value=False), texts)
    if mark == _COMMA:
        # A point that separates no thousands is no number here.
        texts = texts.str.replace(_POINT, "?", literal=True).str.replace(_COMMA, _POINT, literal=True)
    return read_numbers(texts, factor)


def _plain(cells: pl.Series) -> pl.Series:
    """Write numbers in plain digits, without blanks and apostrophes between thousands."""
    texts = cells.alias("cells").str.to_lowercase()
    if texts.str.contains(r"[^\x00-\x7f]").any():
        texts = texts.str.normalize("NFKC").str.replace("−", "-", literal=True)
    return texts.str.replace_all(r"[\s'’]", "")
