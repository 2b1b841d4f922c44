"""Caps over groups of pools."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.schema.sites import Cap
from computeplan.config.words import did_you_mean
from computeplan.problem import Bools, CapMeasure, Caps, Floats, Pools


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
        inside |= _matched(pattern, f"{path}.pools.{i}", names, context)
    weights = inside.astype(float)
    for pattern, factor in cap.weights.items():
        place = f"{path}.weights.{pattern}"
        chosen = _matched(pattern, place, names, context)
        if (chosen & ~inside).any():
            context.faults.add(place, "a pool of this cap", repr(pattern), "add it to `pools`")
        weights[chosen] = factor
    return weights


def _matched(pattern: str, path: str, names: tuple[str, ...], context: Context) -> Bools:
    """(P,) which pools a pattern names; ``*`` stands for any text."""
    expression = re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)
    matched = np.array([expression.fullmatch(name) is not None for name in names], bool)
    if not matched.any():
        context.faults.add(path, "a pool as site/pool", repr(pattern), did_you_mean(pattern, names))
    return matched
