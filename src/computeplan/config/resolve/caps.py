"""Caps over groups of pools."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.patterns import matched
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.schema.sites import Cap
from computeplan.problem import CapMeasure, Caps, Floats, Pools

_POOL = "a pool as site/pool"


def build_caps(caps: Mapping[str, Cap], pools: Pools, series: SeriesReader, context: Context) -> Caps:
    """Match patterns with pools.

    Parameters
    ----------
    caps : mapping
        The config's `caps`.
    pools : Pools
    series : SeriesReader
    context : Context

    Returns
    -------
    Caps
    """
    weight = np.zeros((len(caps), pools.size))
    limit = np.zeros((len(caps), context.horizon.size))
    for g, (name, cap) in enumerate(caps.items()):
        weight[g] = _weights(cap, f"caps.{name}", pools.names, context)
        limit[g] = series.values(cap.limit, f"caps.{name}.limit")
    return Caps(tuple(caps), tuple(CapMeasure(cap.measure) for cap in caps.values()), weight, limit)


def _weights(cap: Cap, path: str, names: tuple[str, ...], context: Context) -> Floats:
    """(P,) weight of each pool, 0 outside the group."""
    inside = np.zeros(len(names), bool)
    for i, pattern in enumerate(cap.pools):
        inside |= matched(pattern, f"{path}.pools.{i}", names, _POOL, context)
    weights = inside.astype(float)
    for pattern, factor in cap.weights.items():
        place = f"{path}.weights.{pattern}"
        chosen = matched(pattern, place, names, _POOL, context)
        if (chosen & ~inside).any():
            context.faults.add(place, "a pool of this cap", repr(pattern), "add it to `pools`")
        weights[chosen] = factor
    return weights
