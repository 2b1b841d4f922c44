"""Products and quotients of amounts and limits, where a limit may be infinite and an amount zero."""

from __future__ import annotations

import numpy as np

from computeplan.problem import Floats


def times(amount: Floats, value: float | Floats) -> Floats:
    """Multiply; an amount of 0 counts 0, even of an infinite value.

    Parameters
    ----------
    amount : (…) array
    value : broadcast against `amount`

    Returns
    -------
    (…) array
    """
    shape = np.broadcast_shapes(amount.shape, np.shape(value))
    product: Floats = np.multiply(amount, value, out=np.zeros(shape), where=amount != 0)
    return product


def ratio(part: float | Floats, whole: Floats) -> Floats:
    """Divide; 0 where the whole is 0.

    Parameters
    ----------
    part : broadcast against `whole`
    whole : (…) array

    Returns
    -------
    (…) array
    """
    shape = np.broadcast_shapes(np.shape(part), whole.shape)
    quotient: Floats = np.divide(part, whole, out=np.zeros(shape), where=whole != 0)
    return quotient
