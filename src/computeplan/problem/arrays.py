"""Read-only arrays: the problem is shared by every later layer and never changes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def sum_by(index: npt.NDArray[np.integer], amounts: Floats, size: int) -> Floats:
    """Sum amounts that have the same index.

    Parameters
    ----------
    index : (n,)
        Values in 0 … size − 1.
    amounts : (n,)
    size : int

    Returns
    -------
    (size,) array
    """
    return np.bincount(index, weights=amounts, minlength=size).astype(np.float64, copy=False)


class ReadOnlyArrays:
    """Base of the problem's data classes: every array field is made read-only."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value: Any = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
