"""Numbers with as many digits as a chart or table shows, so that the page stays small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from computeplan.problem import Floats


def rounded(values: npt.ArrayLike | Sequence[Any], digits: int = 5) -> list[float | int | None]:
    """Round to significant digits.

    Parameters
    ----------
    values : (n,)
        None or not finite where there is none.
    digits : int

    Returns
    -------
    list
        Whole numbers without a decimal point; None where there is none.
    """
    numbers = np.asarray(values, dtype=np.float64)
    return [
        None if not np.isfinite(number) else _short(f"{number:.{digits}g}") for number in numbers.tolist()
    ]


def shown(values: Sequence[Any] | Floats, digits: int) -> list[float | int | None]:
    """Round as a table shows it: digits before the decimal point are never rounded away.

    Parameters
    ----------
    values : (n,)
        None or not finite where there is none.
    digits : int
        Significant digits of small numbers.
    """
    numbers = np.asarray(values, dtype=np.float64)
    is_large = np.isfinite(numbers) & (np.abs(numbers) >= 10.0 ** (digits - 1))
    full = np.where(is_large, np.round(numbers), np.nan)
    pairs = zip(rounded(numbers, digits), full.tolist(), strict=True)
    return [rough if np.isnan(exact) else int(exact) for rough, exact in pairs]


def _short(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number
