"""Ranges of fields, held against whole arrays."""

from __future__ import annotations

import numpy as np

from computeplan.config.schema.quantity import LARGEST, Quantity
from computeplan.problem import Bools, Floats


def in_range(quantity: Quantity, values: Floats) -> Bools:
    """Whether each value is in the range of a field, and not beyond the largest number of a config.

    Parameters
    ----------
    quantity : Quantity
        Unit and range of the field.
    values : (n,)
        In that unit.

    Returns
    -------
    (n,)
    """
    within: Bools = (values >= quantity.minimum) & (values <= quantity.maximum) & (values > quantity.above)
    return within & (np.abs(values) <= LARGEST)
