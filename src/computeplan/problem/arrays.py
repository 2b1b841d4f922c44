"""Read-only arrays: the problem is shared by every later layer and never changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

KG_PER_T = 1000.0


def sum_by(index: npt.NDArray[np.integer], amounts: Floats, size: int) -> Floats:
    """(size,) sums of the amounts (n,) that have the same index (n,), from 0 to size − 1."""
    return np.bincount(index, weights=amounts, minlength=size).astype(np.float64, copy=False)


def times(amount: Floats, value: float | Floats) -> Floats:
    """Multiply arrays that broadcast; an amount of 0 gives 0, even times an infinite value."""
    shape = np.broadcast_shapes(amount.shape, np.shape(value))
    product: Floats = np.multiply(amount, value, out=np.zeros(shape), where=amount != 0)
    return product


def ratio(part: float | Floats, whole: Floats) -> Floats:
    """Divide arrays that broadcast; 0 where the whole is 0."""
    shape = np.broadcast_shapes(np.shape(part), whole.shape)
    quotient: Floats = np.divide(part, whole, out=np.zeros(shape), where=whole != 0)
    return quotient


DIGITS = 12
"""Significant digits to which ratios must agree to be the same."""


def round_digits(amounts: Floats) -> Floats:
    """Round to `DIGITS` significant digits."""
    size = np.where(amounts > 0, amounts, 1.0)
    unit = 10.0 ** (np.floor(np.log10(size)) - DIGITS + 1)
    rounded: Floats = np.round(amounts / unit) * unit
    return rounded


class ReadOnlyArrays:
    """Base of the problem's data classes: every array field is made read-only."""

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
