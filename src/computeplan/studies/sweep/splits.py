"""The one value of an axis that best tells the main sites of all points apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeplan.problem import Floats, Ints
from computeplan.studies.sweep.design import Design

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Split:
    """A rule: one main site below a value of an axis, another one above.

    Attributes
    ----------
    axis : str
    at : float
    below, above : str
        Most frequent main site on either side.
    right, points : int
        Points for which the rule holds, of all that have a plan.
    """

    axis: str
    at: float
    below: str
    above: str
    right: int
    points: int


def splits(design: Design, points: pl.DataFrame) -> list[Split]:
    """Find the best split along each axis of numbers, the one that holds for most points first.

    Parameters
    ----------
    design : Design
    points : polars.DataFrame
        As `points_table` makes it.

    Returns
    -------
    list of Split
        Without axes along which the most frequent site is the same on both sides.
    """
    import polars as pl

    solved = points.filter(pl.col("main_site").is_not_null())
    sites = sorted(set(solved["main_site"].to_list()))
    found = []
    for label in design.axes.labels:
        known = solved.filter(pl.col(label).is_not_null())
        if known[label].dtype == pl.Float64 and known.height:
            code = np.array([sites.index(site) for site in known["main_site"].to_list()])
            split = _best(label, known[label].to_numpy(), code, sites)
            found += [split] if split else []
    return sorted(found, key=lambda split: -split.right)


def _best(label: str, numbers: Floats, code: Ints, sites: Sequence[str]) -> Split | None:
    order = np.argsort(numbers, kind="stable")
    numbers, code = numbers[order], code[order]
    # (n + 1, sites) points of each site before each place.
    before = np.vstack((np.zeros(len(sites)), np.cumsum(np.eye(len(sites))[code], axis=0)))
    after = before[-1] - before
    right = before.max(axis=1) + after.max(axis=1)
    places = np.flatnonzero(np.diff(numbers) > 0) + 1
    places = places[before.argmax(axis=1)[places] != after.argmax(axis=1)[places]]
    if not len(places):
        return None
    best = int(places[right[places].argmax()])
    at = float(numbers[best - 1] + numbers[best]) / 2
    below, above = sites[int(before[best].argmax())], sites[int(after[best].argmax())]
    return Split(label, at, below, above, int(right[best]), len(numbers))
