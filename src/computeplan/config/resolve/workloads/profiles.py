"""Demand shapes of mean 1."""

from __future__ import annotations

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.day_profile import horizon_mean
from computeplan.problem import Floats


def mean_one(values: Floats, path: str, context: Context) -> Floats:
    """Scale a shape to mean 1 over the real time that the horizon stands for.

    Parameters
    ----------
    values : (T,)
        At least 0; nan after an earlier fault.
    path : str
        Where in the config the shape stands.
    context : Context

    Returns
    -------
    (T,)
    """
    mean = horizon_mean(context.horizon, values)
    if mean == 0:
        context.faults.add(path, "a profile with a mean above 0", "0 in every period")
        return np.ones_like(values)
    return values / mean
