"""Numbers with as many digits as a chart or table shows, so that the page stays small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from computeplan.problem import Floats, Ints


def rounded(values: Floats | Sequence[Any], digits: int = 5) -> list[float | None]:
    """Round to significant digits.

    Parameters
    ----------
    values : (n,)
        None or not finite where there is none.
    digits : int

    Returns
    -------
    list
        None where there is none.
    """
    numbers = np.asarray(values, dtype=np.float64)
    return _to(numbers, digits - _digits_before_point(numbers))


def shown(values: Floats | Sequence[Any], digits: int) -> list[float | None]:
    """Round as a table shows it: digits before the decimal point are never rounded away.

    Parameters
    ----------
    values : (n,)
        None or not finite where there is none.
    digits : int
        Significant digits of small numbers.

    Returns
    -------
    list
        None where there is none.
    """
    numbers = np.asarray(values, dtype=np.float64)
    return _to(numbers, np.maximum(digits - _digits_before_point(numbers), 0))


def _digits_before_point(numbers: Floats) -> Ints:
    size = np.where(np.isfinite(numbers) & (numbers != 0), np.abs(numbers), 1.0)
    return np.floor(np.log10(size)).astype(np.int64) + 1


def _to(numbers: Floats, decimals: Ints) -> list[float | None]:
    """Round each number to its own decimals."""
    known = np.isfinite(numbers)
    up, down = 10.0 ** np.maximum(decimals, 0), 10.0 ** np.maximum(-decimals, 0)
    near = np.round(np.where(known, numbers, 0.0) * up / down) / up * down
    return [value if there else None for value, there in zip(near.tolist(), known.tolist(), strict=True)]
