"""How far each axis moves the answer: the mean at each of its values, and the swing between them.

Means over different points do not compare: if small sites leave the large demands without a plan, the mean at
a small site is over small demands only. So in a grid or a list only whole lines are compared: points that
differ along one axis alone and have a plan at every value of it. Random points have no partners; their means
are over all points with a plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.problem import Bools, Floats, Ints
from computeplan.studies.sweep.design import Design
from computeplan.studies.sweep.results import MEASURES, axis_text
from computeplan.vocabulary import DesignKind

if TYPE_CHECKING:
    import polars as pl

MOST_LEVELS = 12
"""More distinct numbers than that are put into bins."""
BINS = 5
ROUNDING = 1e-9
"""Relative difference of means that is a solver's rounding, and no swing."""


@dataclass(frozen=True)
class Driver:
    """How much an axis moves one measure."""

    axis: str
    measure: str
    swing: float
    """Greatest minus least mean over the values of the axis."""
    least: float
    greatest: float
    """The least and the greatest mean."""
    at_least: str
    at_greatest: str
    """The values at which they are reached."""
    share: float | None
    """Part of the measure's variance over the compared points that the axis explains alone; None where the
    others do not vary along with it."""
    points: int
    """Points that are compared."""
    left_out: int
    """Points of the axis that are not: they have no plan, or a partner along the axis has none."""


@dataclass(frozen=True, eq=False)
class _Levels:
    """The values of an axis, or bins of them, in order."""

    texts: list[str]
    numbers: list[float | None]
    """Of each level; None where it is text."""
    of_point: Ints
    """(points,) level of each point; −1 where it is not compared."""


def effects_table(design: Design, points: pl.DataFrame) -> pl.DataFrame:
    """List the mean of each measure at each value of each axis, over the points that can be compared.

    ``number`` is the value, or the mean of a bin; empty for text.
    """
    import polars as pl

    frames = []
    for label in design.axes.labels:
        levels = _levels(points, label, _comparable_points(design, points, label))
        frames += [_effects(label, levels, measure, points[measure].to_numpy()) for measure in MEASURES]
    return pl.concat(frames)


def drivers(design: Design, points: pl.DataFrame, effects: pl.DataFrame) -> list[Driver]:
    """Rank the axes, measure by measure, by how far they move it; the largest swing comes first."""
    import polars as pl

    compared = {label: _comparable_points(design, points, label) for label in design.axes.labels}
    concerned = {label: int(_points_of_axis(design, label).sum()) for label in design.axes.labels}
    found: list[Driver] = []
    for measure in MEASURES:
        amounts, own = points[measure].to_numpy(), list[Driver]()
        for axis in design.axes.labels:
            levels = effects.filter((pl.col("axis") == axis) & (pl.col("measure") == measure))
            if levels.height:
                own.append(_driver(levels, design, amounts[compared[axis]], concerned[axis]))
        found += sorted(own, key=lambda each: -each.swing)
    return found


def _driver(levels: pl.DataFrame, design: Design, amounts: Floats, concerned: int) -> Driver:
    mean, count = levels["mean"].to_numpy(), levels["points"].to_numpy()
    if np.ptp(mean) <= ROUNDING * np.abs(mean).max():
        mean = np.full(len(mean), mean[0])
    low, high = int(mean.argmin()), int(mean.argmax())
    variance, share = float(np.var(amounts)), None
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
        points=len(amounts),
        left_out=concerned - len(amounts),
    )


def _points_of_axis(design: Design, label: str) -> Bools:
    """(points,) whether a point says something of an axis: all, or those in which it alone varies."""
    if design.kind is not DesignKind.ONE_AT_A_TIME:
        return np.ones(len(design.points), dtype=bool)
    return np.array([set(point.values) <= {label} for point in design.points])


def _comparable_points(design: Design, points: pl.DataFrame, label: str) -> Bools:
    """(points,) whether a point is compared with others along an axis."""
    solved: Bools = points["objective"].is_not_null().to_numpy() & _points_of_axis(design, label)
    if design.kind not in {DesignKind.GRID, DesignKind.LIST}:
        return solved
    compared, values = _whole_lines(design, label, solved)
    # Rows of a list need have no partners; then they are like random points.
    return compared if design.kind is DesignKind.GRID or values > 1 else solved


def _whole_lines(design: Design, label: str, solved: Bools) -> tuple[Bools, int]:
    """Keep the lines along an axis that have a plan at every value; return their points, how many values.

    Values without any plan are left out first, then those with the fewest plans, until a line is whole.
    """
    value = [repr(point.values.get(label)) for point in design.points]
    line = [repr({key: v for key, v in point.values.items() if key != label}) for point in design.points]
    (rows, row), (columns, column) = _codes(line), _codes(value)
    has_plan = np.zeros((rows, columns), dtype=np.int64)
    has_plan[row, column] = solved
    plans = has_plan.sum(axis=0)
    kept: Bools = plans > 0
    while kept.any() and has_plan[:, kept].sum(axis=1).max() < kept.sum():
        kept[np.where(kept, plans, rows + 1).argmin()] = False
    whole: Bools = has_plan[:, kept].sum(axis=1) == kept.sum()
    compared: Bools = solved & whole[row] & kept[column]
    return compared, int(kept.sum())


def _codes(texts: list[str]) -> tuple[int, Ints]:
    """Replace texts by codes in order of appearance; return how many there are, and the codes."""
    codes: dict[str, int] = {}
    numbered = np.array([codes.setdefault(text, len(codes)) for text in texts], dtype=np.int64)
    return len(codes), numbered


def _levels(points: pl.DataFrame, label: str, compared: Bools) -> _Levels:
    import polars as pl

    column = points[label]
    if column.dtype == pl.Float64:
        return _numeric_levels(column.to_numpy(), compared)
    texts = [axis_text(value) for value in column.to_list()]
    codes = {
        text: i for i, text in enumerate(dict.fromkeys(t for t, c in zip(texts, compared, strict=True) if c))
    }
    level = np.where(compared, [codes.get(text, -1) for text in texts], -1)
    return _Levels(list(codes), [None] * len(codes), level)


def _numeric_levels(numbers: Floats, compared: Bools) -> _Levels:
    level = np.full(len(numbers), -1)
    there, unknown = compared & ~np.isnan(numbers), compared & np.isnan(numbers)
    known = np.unique(numbers[there])
    if len(known) > MOST_LEVELS:
        return _bin_numbers(numbers, there, level)
    level[there] = np.searchsorted(known, numbers[there])
    level[unknown] = len(known)
    more = [None] * int(unknown.any())
    return _Levels([axis_text(each) for each in [*known.tolist(), *more]], [*known.tolist(), *more], level)


def _bin_numbers(numbers: Floats, there: Bools, level: Ints) -> _Levels:
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
