"""Distributions by their quantile functions: every kind of sample is made of numbers from 0 to 1."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from computeplan.config import Law
from computeplan.problem import Floats

LOW, HIGH = 0.1, 0.9
"""Quantiles that stand for a distribution where one value after another is tried."""


def quantile(law: Law, share: Floats) -> Floats:
    """Give the values below which these shares of a distribution lie.

    Parameters
    ----------
    law : Law
    share : (n,)
        Above 0 and below 1.

    Returns
    -------
    (n,)
        In the law's unit.
    """
    numbers = law.parameters
    match law.name:
        case "uniform":
            return numbers[0] + share * (numbers[1] - numbers[0])
        case "loguniform":
            grown: Floats = numbers[0] * (numbers[1] / numbers[0]) ** share
            return grown
        case "triangular":
            return _triangular(share, *numbers)
        case "lognormal":
            return numbers[0] * np.exp(_normal(0.0, numbers[1], share))
        case _:
            return _normal(numbers[0], numbers[1], _within(numbers, share))


def _triangular(share: Floats, low: float, mode: float, high: float) -> Floats:
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(share * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - share) * (high - low) * (high - mode))
    return np.where(share < turn, rising, falling)


def _within(numbers: tuple[float, ...], share: Floats) -> Floats:
    """Squeeze shares into the part of a normal distribution between its bounds, if it has any."""
    if len(numbers) == 2:
        return share
    law = NormalDist(numbers[0], numbers[1])
    least, most = law.cdf(numbers[2]), law.cdf(numbers[3])
    return np.clip(least + share * (most - least), 1e-16, 1.0 - 1e-16)


def _normal(mean: float, sd: float, share: Floats) -> Floats:
    law = NormalDist(mean, sd)
    return np.array([law.inv_cdf(each) for each in share.tolist()])
