"""Seeded random numbers: every draw has its own stream, so that one change leaves the others alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from computeplan.problem import Floats, Ints


def uniform(seed: int, size: int, *what: str) -> Floats:
    """Draw numbers from [0, 1).

    Parameters
    ----------
    seed : int
        At least 0.
    size : int
    what : str
        Names of what is drawn; the stream depends on nothing else, such as the order in a config.

    Returns
    -------
    (size,)
    """
    digest = hashlib.sha256("\0".join(what).encode()).digest()
    sequence = np.random.SeedSequence([seed, int.from_bytes(digest[:16], "big")])
    return np.random.Generator(np.random.PCG64(sequence)).random(size)


def pick(chances: Sequence[float], draws: Floats) -> Ints:
    """Turn uniform draws into options.

    Parameters
    ----------
    chances : sequence of float
        Of the options; they add up to 1.
    draws : (n,)

    Returns
    -------
    (n,)
        Index of the option drawn; one of chance 0 never is.
    """
    edges = np.cumsum(chances)
    last = int(np.flatnonzero(chances).max())
    picked: Ints = np.minimum(np.searchsorted(edges, draws, side="right"), last)
    return picked
