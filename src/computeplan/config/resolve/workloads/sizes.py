"""Sizes of companies by the inverse of their distribution function."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from computeplan.config.schema.population import ConstantLaw, Law, LognormalLaw, ParetoLaw
from computeplan.problem import Floats

_NORMAL = NormalDist()
_LEAST, _MOST = 1e-300, 1 - 2.0**-53
"""Probabilities between which the normal law has finite quantiles."""


def quantiles(law: Law, chance: Floats) -> Floats:
    """Sizes below which a company's size falls with the given probabilities.

    Parameters
    ----------
    law : Law
    chance : (n,)
        Probabilities in [0, 1).

    Returns
    -------
    (n,)
        Within the law's bounds.
    """
    if isinstance(law, ConstantLaw):
        return np.full(len(chance), law.value)
    if isinstance(law, ParetoLaw):
        reach = 1 - (law.min / law.max) ** law.alpha
        sizes: Floats = law.min * (1 - chance * reach) ** (-1 / law.alpha)
        return np.minimum(sizes, law.max)
    if isinstance(law, LognormalLaw):
        return _lognormal(law, chance)
    return law.min + (law.max - law.min) * chance


def _lognormal(law: LognormalLaw, chance: Floats) -> Floats:
    low = 0.0 if law.min is None else law.min
    high = np.inf if law.max is None else law.max
    below, above = _below(law, low), _below(law, high)
    share = np.clip(below + (above - below) * chance, _LEAST, _MOST)
    normal = np.array([_NORMAL.inv_cdf(p) for p in share.tolist()])
    return np.minimum(np.maximum(np.exp(law.mu + law.sigma * normal), low), high)


def _below(law: LognormalLaw, size: float) -> float:
    """Chance of the law without bounds to fall below a size."""
    if size <= 0 or law.sigma == 0:
        return float(math.exp(law.mu) < size)
    return _NORMAL.cdf((math.log(size) - law.mu) / law.sigma)
