"""Which points a sweep has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from math import prod
from typing import Any

import numpy as np

from computeplan.config import Law, Operator, Values, Variation
from computeplan.config.variation import quantity
from computeplan.errors import UsageError
from computeplan.problem import Floats
from computeplan.studies.sweep.laws import HIGH, LOW, quantile

SCENARIO = "scenario"
"""Name of the axis, and of the column, of scenarios."""
MOST_POINTS = 20_000
SAMPLES = 100
NEUTRAL = {Operator.MULTIPLY: 1, Operator.ADD: 0}
"""The value that changes nothing."""


class DesignKind(StrEnum):
    """How points are chosen."""

    GRID = "grid"
    ONE_AT_A_TIME = "one-at-a-time"
    LATIN_HYPERCUBE = "latin-hypercube"
    MONTE_CARLO = "monte-carlo"
    LIST = "list"

    @property
    def is_random(self) -> bool:
        """Whether points are drawn."""
        return self in (DesignKind.LATIN_HYPERCUBE, DesignKind.MONTE_CARLO)


@dataclass(frozen=True)
class Point:
    """One config to solve.

    Attributes
    ----------
    values : mapping of str to object
        By label of the axis; what is not there is as the config says.
    overrides : tuple of str
        The values as ``--set`` takes them.
    scenario : str, optional
    """

    values: Mapping[str, Any]
    overrides: tuple[str, ...]
    scenario: str | None


@dataclass(frozen=True)
class Ground:
    """What is laid over all points before anything varies.

    Attributes
    ----------
    overrides : tuple of str
    scenario : str, optional
    """

    overrides: tuple[str, ...] = ()
    scenario: str | None = None


@dataclass(frozen=True)
class Axes:
    """What varies.

    Attributes
    ----------
    variations : tuple of Variation
        Each with a label of its own.
    scenarios : tuple of (str, str or None)
        Name as shown and scenario; empty where scenarios do not vary.
    own : mapping of str to object
        What the config says where a single value varies, by label.
    ground : Ground
    """

    variations: tuple[Variation, ...]
    scenarios: tuple[tuple[str, str | None], ...] = ()
    own: Mapping[str, Any] = field(default_factory=dict)
    ground: Ground = Ground()

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the axes; the scenario first."""
        own = tuple(variation.label for variation in self.variations)
        return (SCENARIO, *own) if self.scenarios else own

    def point(self, values: Mapping[str, Any]) -> Point:
        """Make the point with these values by label."""
        chosen = [each for each in self.variations if each.label in values]
        overrides = tuple(each.override(values[each.label]) for each in chosen)
        scenario = dict(self.scenarios).get(values.get(SCENARIO, ""), self.ground.scenario)
        return Point(values, (*self.ground.overrides, *overrides), scenario)

    def neutral(self, label: str) -> Any:
        """Value of an axis that changes nothing; None where only the config knows."""
        operator = {each.label: each.operator for each in self.variations}.get(label, Operator.SET)
        return self.own.get(label) if operator is Operator.SET else NEUTRAL[operator]


@dataclass(frozen=True)
class Design:
    """The points of a sweep.

    Attributes
    ----------
    kind : DesignKind
    axes : Axes
    points : tuple of Point
    samples, seed : int, optional
        Of a random design.
    """

    kind: DesignKind
    axes: Axes
    points: tuple[Point, ...] = field(repr=False)
    samples: int | None = None
    seed: int | None = None


def make_design(kind: DesignKind, axes: Axes, *, samples: int | None = None, seed: int = 0) -> Design:
    """Choose the points.

    Parameters
    ----------
    kind : DesignKind
        Not ``list``.
    axes : Axes
    samples : int, optional
        Points of a random design; default 100.
    seed : int

    Raises
    ------
    UsageError
        If the axes do not suit the design, or there are too many points.
    """
    if not axes.labels:
        raise UsageError(
            "nothing varies; give --vary PATH=SPEC, --scenarios, or a `sweep` section in the config"
        )
    if kind.is_random:
        count = samples or SAMPLES
        _check_count(count)
        chosen = [axes.point(values) for values in _drawn(axes, _shares(kind, len(axes.labels), count, seed))]
        return Design(kind, axes, tuple(chosen), count, seed)
    if samples is not None:
        raise UsageError(f"samples are drawn by latin-hypercube and monte-carlo; the design is {kind}")
    make = _grid if kind is DesignKind.GRID else _one_at_a_time
    return Design(kind, axes, tuple(axes.point(values) for values in make(axes)))


def _check_count(count: int) -> None:
    if count > MOST_POINTS:
        raise UsageError(
            f"{count:,} points are more than {MOST_POINTS:,}; take fewer values, or draw a latin-hypercube"
        )


def _grid(axes: Axes) -> Iterator[dict[str, Any]]:
    laws = [each for each in axes.variations if isinstance(each.spec, Law)]
    if laws:
        raise UsageError(
            f"{laws[0].label}: a grid needs values, not {laws[0].spec}; write from:to:count, "
            "or choose --design latin-hypercube"
        )
    levels = [_levels(axes, label) for label in axes.labels]
    _check_count(prod(len(each) for each in levels))
    for values in product(*levels):
        yield dict(zip(axes.labels, values, strict=True))


def _one_at_a_time(axes: Axes) -> Iterator[dict[str, Any]]:
    """Take the config itself, then each value alone."""
    yield {}
    for label in axes.labels:
        neutral = axes.neutral(label)
        for value in _levels(axes, label):
            if neutral is None or value != neutral:
                yield {label: value}


def _levels(axes: Axes, label: str) -> Sequence[Any]:
    if label == SCENARIO and axes.scenarios:
        return [name for name, _ in axes.scenarios]
    spec = next(each.spec for each in axes.variations if each.label == label)
    if isinstance(spec, Values):
        return spec.values
    return [quantity(number, spec.unit) for number in _rounded(quantile(spec, np.array([LOW, HIGH])))]


def _shares(kind: DesignKind, axes: int, count: int, seed: int) -> Floats:
    """(count, axes) numbers above 0 and below 1."""
    random = np.random.Generator(np.random.PCG64(seed))
    if kind is DesignKind.MONTE_CARLO:
        shares = random.random((count, axes))
    else:
        strata = np.array([random.permutation(count) for _ in range(axes)]).T
        shares = (strata + random.random((count, axes))) / count
    return np.clip(shares, 1e-12, 1.0 - 1e-12)


def _drawn(axes: Axes, shares: Floats) -> Iterator[dict[str, Any]]:
    columns = [_column(axes, label, shares[:, i]) for i, label in enumerate(axes.labels)]
    for values in zip(*columns, strict=True):
        yield dict(zip(axes.labels, values, strict=True))


def _column(axes: Axes, label: str, share: Floats) -> list[Any]:
    spec = next((each.spec for each in axes.variations if each.label == label), None)
    if isinstance(spec, Law):
        return [quantity(number, spec.unit) for number in _rounded(quantile(spec, share))]
    levels = _levels(axes, label)
    return [levels[int(each * len(levels))] for each in share.tolist()]


def _rounded(numbers: Floats) -> list[float]:
    """Nine digits are read more easily than sixteen, and are the same on every machine."""
    return [float(f"{number:.9g}") for number in numbers.tolist()]
