"""Looks at every axis before anything is solved: whether its values are right, and what they change."""

from __future__ import annotations

from collections.abc import Iterator

from computeplan.config import ConfigReader
from computeplan.config.variation import in_vary, number_and_unit
from computeplan.errors import ConfigError, Fault
from computeplan.lp import Difference, Digest, digest
from computeplan.planner import Compiled
from computeplan.problem import Problem
from computeplan.studies.sweep.design import Design, Point

MOST_TRIED = 25
"""Values of an axis that are tried before the sweep begins; the others show when their point comes."""


def probe(reader: ConfigReader, design: Design, base: Problem) -> dict[str, Difference]:
    """Try the values of each axis alone.

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
        With the faults of all values.
    """
    own, faults = _digest(base), list[Fault]()
    touches = dict.fromkeys(design.axes.labels, Difference.NOTHING)
    for label in design.axes.labels:
        tried = 0
        for point in _alone(design, label):
            try:
                problem = reader.load(scenario=point.scenario, overrides=point.overrides).problem
            except ConfigError as error:
                faults += [in_vary(fault) for fault in error.faults]
                continue
            # Two values say what all do; a first one may be that of the config.
            if tried < 2:
                touches[label] = max(touches[label], _digest(problem).difference(own), key=_weight)
            tried += 1
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    return touches


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
