"""Looks at every axis before anything is solved: whether its values are right, and what they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from computeplan.config import ConfigReader
from computeplan.config.variation import in_vary, number_and_unit
from computeplan.errors import ConfigError, Fault
from computeplan.lp import Difference, Digest, digest
from computeplan.planner import Compiled
from computeplan.problem import Problem
from computeplan.studies.sweep.design import Design, DesignKind, Point

MOST_TRIED = 25
"""Values of an axis that are tried before the sweep begins; the others show when their point comes."""


def probe(reader: ConfigReader, design: Design, base: Problem) -> dict[str, Difference]:
    """Try the values of each axis alone; of a list, its first rows, whose values may need each other.

    Parameters
    ----------
    reader : ConfigReader
    design : Design
    base : Problem
        The config as it stands.

    Returns
    -------
    dict of str to Difference
        What the axis changes in the linear program, by label.

    Raises
    ------
    ConfigError
        With the faults of all values; of a list, where no row that is tried is right.
    """
    own, faults = _digest(base), list[Fault]()
    touches = dict.fromkeys(design.axes.labels, Difference.NOTHING)
    if design.kind is DesignKind.LIST:
        rows, faults = _tried(reader, design.points[:MOST_TRIED])
        heaviest = max((_digest(problem).difference(own) for problem in rows[:2]), key=_weight, default=None)
        if heaviest is not None:
            return dict.fromkeys(design.axes.labels, heaviest)
    else:
        for label in design.axes.labels:
            problems, wrong = _tried(reader, list(_alone(design, label)))
            faults += wrong
            # Two values say what all do; a first one may be that of the config.
            differences = [_digest(problem).difference(own) for problem in problems[:2]]
            touches[label] = max(differences, key=_weight, default=Difference.NOTHING)
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    return touches


def _tried(reader: ConfigReader, points: Sequence[Point]) -> tuple[list[Problem], list[Fault]]:
    """Load the configs of some points; give the first problems, and the faults of all."""
    problems, faults = [], list[Fault]()
    for point in points:
        try:
            problem = reader.load(scenario=point.scenario, overrides=point.overrides).problem
        except ConfigError as error:
            faults += [in_vary(fault) for fault in error.faults]
        else:
            problems.append(problem)
    return problems, faults


def _alone(design: Design, label: str) -> Iterator[Point]:
    """Make points in which one axis has a value and the others are as the config says."""
    found = {
        repr(value): value for point in design.points for key, value in point.values.items() if key == label
    }
    values = list(found.values())
    if all(number_and_unit(value) is not None for value in values):
        # The least and the greatest come first: most faults are at the ends.
        values.sort(key=lambda value: (number_and_unit(value) or (0.0, ""))[0])
        values = [*values[:1], *values[:0:-1]]
    for value in values[:MOST_TRIED]:
        yield design.axes.point({label: value})


def _digest(problem: Problem) -> Digest:
    return digest(Compiled(problem).lp)


def _weight(difference: Difference) -> int:
    return list(Difference).index(difference)
