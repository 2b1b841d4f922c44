"""What each axis does to the answer: the mean at each of its values, and what that moves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.problem import Bools, Floats, Ints
from computeplan.studies.sweep.design import Design, DesignKind
from computeplan.studies.sweep.switches import shown
from computeplan.studies.sweep.table import MEASURES

if TYPE_CHECKING:
    import polars as pl

MOST_LEVELS = 12
"""More distinct numbers than that are put into bins."""
BINS = 5


@dataclass(frozen=True)
class Driver:
    """How much an axis moves one measure.

    Attributes
    ----------
    axis, measure : str
    swing : float
        Greatest minus least mean over the values of the axis.
    least, greatest : float
        Those means.
    at_least, at_greatest : str
        The values at which they are reached.
    share : float or None
        Part of the measure's variance over all points that the axis explains alone; None where the others do
        not vary along with it.
    """

    axis: str
    measure: str
    swing: float
    least: float
    greatest: float
    at_least: str
    at_greatest: str
    share: float | None


@dataclass(frozen=True, eq=False)
class _Levels:
    """The values of an axis, or bins of them, in order.

    Attributes
    ----------
    texts, numbers : list
        Of each level; no number where it is text.
    of_point : (points,)
        Level of each point; −1 where it does not count.
    """

    texts: list[str]
    numbers: list[float | None]
    of_point: Ints


def effects_table(design: Design, points: pl.DataFrame) -> pl.DataFrame:
    """List the mean of each measure at each value of each axis, over the points that have a plan.

    Parameters
    ----------
    design : Design
    points : polars.DataFrame
        As `points_table` makes it.

    Returns
    -------
    polars.DataFrame
        ``axis``, ``value`` (text), ``number`` (the value, or the mean of a bin; empty for text), ``measure``,
        ``points``, ``mean``, ``least``, ``greatest``.
    """
    import polars as pl

    frames = []
    for label in design.axes.labels:
        levels = _levels(points, label, _counted(design, points, label))
        frames += [_effects(label, levels, measure, points[measure].to_numpy()) for measure in MEASURES]
    return pl.concat(frames)


def drivers(design: Design, points: pl.DataFrame, effects: pl.DataFrame) -> list[Driver]:
    """Rank the axes by how far they move each measure.

    Parameters
    ----------
    design : Design
    points, effects : polars.DataFrame
        As `points_table` and `effects_table` make them.

    Returns
    -------
    list of Driver
        Measure by measure, the axis with the largest swing first.
    """
    import polars as pl

    found: list[Driver] = []
    for measure in MEASURES:
        all_values = points[measure].drop_nulls().to_numpy()
        own = [
            _driver(
                effects.filter((pl.col("axis") == axis) & (pl.col("measure") == measure)), design, all_values
            )
            for axis in design.axes.labels
        ]
        found += sorted((each for each in own if each), key=lambda each: -each.swing)
    return found


def _driver(levels: pl.DataFrame, design: Design, all_values: Floats) -> Driver | None:
    if not levels.height:
        return None
    mean, count = levels["mean"].to_numpy(), levels["points"].to_numpy()
    low, high = int(mean.argmin()), int(mean.argmax())
    variance = float(np.var(all_values))
    share = None
    if design.kind is not DesignKind.ONE_AT_A_TIME and variance > 0:
        between = float(np.average((mean - np.average(mean, weights=count)) ** 2, weights=count))
        share = min(between / variance, 1.0)
    return Driver(
        axis=levels["axis"][0],
        measure=levels["measure"][0],
        swing=float(mean[high] - mean[low]),
        least=float(mean[low]),
        greatest=float(mean[high]),
        at_least=levels["value"][low],
        at_greatest=levels["value"][high],
        share=share,
    )


def _counted(design: Design, points: pl.DataFrame, label: str) -> Bools:
    """Tell which points speak for an axis: all, or those in which it alone varies, with the config itself."""
    solved = points["objective"].is_not_null().to_numpy()
    if design.kind is not DesignKind.ONE_AT_A_TIME:
        return solved
    alone = np.array([set(point.values) <= {label} for point in design.points])
    counted: Bools = solved & alone
    return counted


def _levels(points: pl.DataFrame, label: str, counted: Bools) -> _Levels:
    import polars as pl

    column = points[label]
    if column.dtype == pl.Float64:
        return _numeric_levels(column.to_numpy(), counted)
    texts = [shown(value) for value in column.to_list()]
    codes = {
        text: i for i, text in enumerate(dict.fromkeys(t for t, c in zip(texts, counted, strict=True) if c))
    }
    level = np.where(counted, [codes.get(text, -1) for text in texts], -1)
    return _Levels(list(codes), [None] * len(codes), level)


def _numeric_levels(numbers: Floats, counted: Bools) -> _Levels:
    level = np.full(len(numbers), -1)
    there, unknown = counted & ~np.isnan(numbers), counted & np.isnan(numbers)
    known = np.unique(numbers[there])
    if len(known) > MOST_LEVELS:
        return _binned(numbers, there, level)
    level[there] = np.searchsorted(known, numbers[there])
    level[unknown] = len(known)
    more = [None] * int(unknown.any())
    return _Levels([shown(each) for each in [*known.tolist(), *more]], [*known.tolist(), *more], level)


def _binned(numbers: Floats, there: Bools, level: Ints) -> _Levels:
    edges = np.unique(np.quantile(numbers[there], np.linspace(0, 1, BINS + 1)))
    level[there] = np.clip(np.searchsorted(edges, numbers[there], side="right") - 1, 0, len(edges) - 2)
    pairs = pairwise(edges.tolist())
    means = [float(numbers[level == i].mean()) for i in range(len(edges) - 1)]
    return _Levels([f"{low:.4g} … {high:.4g}" for low, high in pairs], [*means], level)


def _effects(label: str, levels: _Levels, measure: str, amounts: Floats) -> pl.DataFrame:
    import polars as pl

    used = [i for i in range(len(levels.texts)) if (levels.of_point == i).any()]
    groups = [amounts[levels.of_point == i] for i in used]
    columns: dict[str, tuple[list[Any], Any]] = {
        "axis": ([label] * len(used), pl.String),
        "value": ([levels.texts[i] for i in used], pl.String),
        "number": ([levels.numbers[i] for i in used], pl.Float64),
        "measure": ([measure] * len(used), pl.String),
        "points": ([len(group) for group in groups], pl.Int64),
        "mean": ([float(group.mean()) for group in groups], pl.Float64),
        "least": ([float(group.min()) for group in groups], pl.Float64),
        "greatest": ([float(group.max()) for group in groups], pl.Float64),
    }
    return pl.DataFrame({name: pl.Series(values, dtype=dtype) for name, (values, dtype) in columns.items()})
