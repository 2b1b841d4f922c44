"""How time grows with size: seconds = factor · size ^ exponent, by least squares on the logarithms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import exp, log
from statistics import linear_regression

from computeplan.bench.instances import Instance
from computeplan.bench.record import STAGES
from computeplan.bench.summary import Summary

TELLING_S = 0.005
"""A stage that is quicker than this at any size says nothing about growth."""


@dataclass(frozen=True)
class Fit:
    """A power law.

    Attributes
    ----------
    exponent, factor : float
        Seconds are factor · size ^ exponent.
    """

    exponent: float
    factor: float

    def at(self, size: float) -> float:
        """Seconds at a size."""
        return self.factor * exp(self.exponent * log(size))


@dataclass(frozen=True)
class Growth:
    """The time of a family with a solver.

    Attributes
    ----------
    family, solver : str
    points : int
        Instances solved.
    total : Fit
    stages : mapping of str to float
        Exponents of the stages that take long enough.
    """

    family: str
    solver: str
    points: int
    total: Fit
    stages: Mapping[str, float]

    def data(self) -> dict[str, object]:
        """Give what goes into the results."""
        return asdict(self)


def fit(sizes: Sequence[float], seconds: Sequence[float]) -> Fit | None:
    """Fit a power law; there is none through fewer than two sizes.

    Parameters
    ----------
    sizes, seconds : sequence of float
        Above 0.
    """
    if len(set(sizes)) < 2:
        return None
    line = linear_regression([log(size) for size in sizes], [log(time) for time in seconds])
    return Fit(line.slope, exp(line.intercept))


def growths(summaries: Iterable[Summary], instances: Iterable[Instance]) -> list[Growth]:
    """Fit every family with every solver that solved at least two of its sizes.

    Parameters
    ----------
    summaries : iterable of Summary
    instances : iterable of Instance
    """
    families = {instance.name: instance.family for instance in instances}
    groups: dict[tuple[str, str], list[Summary]] = {}
    for summary in summaries:
        family = families.get(summary.instance)
        if family and summary.is_answer and summary.total_s:
            groups.setdefault((family, summary.solver), []).append(summary)
    found = (_growth(family, solver, group) for (family, solver), group in groups.items())
    return [growth for growth in found if growth]


def _growth(family: str, solver: str, group: Sequence[Summary]) -> Growth | None:
    sizes = [summary.allocations for summary in group]
    total = fit(sizes, [summary.total_s.median for summary in group if summary.total_s])
    if total is None:
        return None
    stages = {}
    for stage in STAGES:
        seconds = [summary.wall_s[stage].median for summary in group if stage in summary.wall_s]
        if len(seconds) == len(sizes) and min(seconds) >= TELLING_S:
            line = fit(sizes, seconds)
            stages.update({stage: line.exponent} if line else {})
    return Growth(family, solver, len(group), total, stages)
