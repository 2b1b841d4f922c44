"""Which points a sweep has.

Samples of a distribution are made from numbers between 0 and 1 by its quantile function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from statistics import NormalDist
from typing import Any

import numpy as np

from computeplan.config import Change, Law, Operator, Values, Variation
from computeplan.config.variation import quantity
from computeplan.errors import UsageError
from computeplan.problem import Floats
from computeplan.vocabulary import DesignKind

LOW, HIGH = 0.1, 0.9
"""Quantiles that stand for a distribution where one value after another is tried."""


def quantile(law: Law, share: Floats) -> Floats:
    """(n,) values in a law's unit below which shares (n,), above 0 and below 1, of the distribution lie."""
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


SCENARIO = "scenario"
"""Name of the axis of scenarios, and of its column."""
BASE = "base"
"""Value on the axis of scenarios for the config without any."""
MOST_POINTS = 20_000
SAMPLES = 100
NEUTRAL = {Operator.MULTIPLY: 1, Operator.ADD: 0}
"""The value that changes nothing."""


@dataclass(frozen=True)
class Point:
    """One config to solve."""

    values: Mapping[str, Any]
    """By label of the axis; an axis that is not in it is as the config says."""
    changes: tuple[Change, ...]
    """Laid over the config, those common to all points first."""
    scenario: str | None


@dataclass(frozen=True)
class CommonChanges:
    """Changes and scenario that are laid over all points before anything varies."""

    changes: tuple[Change, ...] = ()
    scenario: str | None = None


@dataclass(frozen=True)
class Axes:
    """What varies."""

    variations: tuple[Variation, ...]
    """Each with a label of its own."""
    scenarios: tuple[tuple[str, str | None], ...] = ()
    """Name as shown and scenario; empty where scenarios do not vary."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """What the config says where a single value varies, by label."""
    common: CommonChanges = CommonChanges()

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the axes; the scenario first."""
        own = tuple(variation.label for variation in self.variations)
        return (SCENARIO, *own) if self.scenarios else own

    def point(self, values: Mapping[str, Any]) -> Point:
        """Make the point with these values by label."""
        chosen = [each for each in self.variations if each.label in values]
        changes = tuple(each.change(values[each.label]) for each in chosen)
        scenario = dict(self.scenarios).get(values.get(SCENARIO, ""), self.common.scenario)
        return Point(values, (*self.common.changes, *changes), scenario)

    def neutral(self, label: str) -> Any:
        """Value of an axis that changes nothing; None where the config has no single one."""
        operator = {each.label: each.operator for each in self.variations}.get(label, Operator.SET)
        return self.own.get(label) if operator is Operator.SET else NEUTRAL[operator]


@dataclass(frozen=True)
class Design:
    """The points of a sweep."""

    kind: DesignKind
    axes: Axes
    points: tuple[Point, ...] = field(repr=False)
    samples: int | None = None
    seed: int | None = None
    """Of a random design."""


def make_design(kind: DesignKind, axes: Axes, *, samples: int | None = None, seed: int = 0) -> Design:
    """Choose the points of any design but a list; UsageError if the axes do not suit it, or are too many."""
    if not axes.labels:
        raise UsageError(
            "nothing varies", hint="give --vary PATH=SPEC, --scenarios, or a `sweep` section in the config"
        )
    if kind.is_random:
        count = samples or SAMPLES
        _check_count(count)
        chosen = [axes.point(values) for values in _drawn(axes, _shares(kind, len(axes.labels), count, seed))]
        return Design(kind, axes, tuple(chosen), count, seed)
    if samples is not None:
        raise UsageError("samples are drawn by latin-hypercube and monte-carlo", hint=f"the design is {kind}")
    make = _grid if kind is DesignKind.GRID else _one_at_a_time
    return Design(kind, axes, tuple(axes.point(values) for values in make(axes)))


def _check_count(count: int) -> None:
    if count > MOST_POINTS:
        raise UsageError(
            f"{count:,} points are more than {MOST_POINTS:,}",
            hint="take fewer values, or draw a latin-hypercube",
        )


def _grid(axes: Axes) -> Iterator[dict[str, Any]]:
    laws = [(each.label, each.spec) for each in axes.variations if isinstance(each.spec, Law)]
    if laws:
        label, law = laws[0]
        raise UsageError(
            f"{label}: a grid needs values, not {law.written or law}",
            hint="write from:to:count, or choose --design latin-hypercube",
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
    return [quantity(number, spec.unit) for number in _round_digits(quantile(spec, np.array([LOW, HIGH])))]


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
        return [quantity(number, spec.unit) for number in _round_digits(quantile(spec, share))]
    levels = _levels(axes, label)
    return [levels[int(each * len(levels))] for each in share.tolist()]


def _round_digits(numbers: Floats) -> list[float]:
    """Round to nine digits, which are easier to read than sixteen and the same on every machine."""
    return [float(f"{number:.9g}") for number in numbers.tolist()]
