"""Numbers of one column, with the same decimals so that they align."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def column(values: Sequence[float], digits: int = 4) -> list[str]:
    """Write the numbers of one column.

    Parameters
    ----------
    values : sequence of float
        Not finite where there is none.
    digits : int
        Significant digits of the largest; digits before the decimal point are never rounded away.

    Returns
    -------
    list of str
        With thousands separators; ``–`` where there is none.
    """
    there = [abs(value) for value in values if np.isfinite(value) and value]
    before = int(np.floor(np.log10(max(there)))) + 1 if there else digits
    decimals = min(max(digits - before, 0), 9)
    return [f"{value:z,.{decimals}f}" if np.isfinite(value) else "–" for value in values]


def percent(share: float) -> str:
    """Write a share as a percentage.

    Parameters
    ----------
    share : float
        Not finite where there is none.

    Returns
    -------
    str
        Such as ``12.3 %``.
    """
    return f"{100 * share:z.1f} %" if np.isfinite(share) else "–"
