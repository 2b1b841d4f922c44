"""Time against size of one family: points with their spread, and the fitted power law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from computeplan.bench.chart import svg
from computeplan.bench.chart.axis import LogAxis, bounds, short
from computeplan.bench.chart.panel import Panel
from computeplan.bench.growth import Fit
from computeplan.bench.summary import Spread


@dataclass(frozen=True)
class Measured:
    """A point of the diagram.

    Attributes
    ----------
    name : str
    size : float
    seconds : Spread
    """

    name: str
    size: float
    seconds: Spread


@dataclass(frozen=True)
class Series:
    """A solver's points and their fit.

    Attributes
    ----------
    solver : str
    color : str
    points : tuple of Measured
    fit : Fit, optional
    """

    solver: str
    color: str
    points: tuple[Measured, ...]
    fit: Fit | None

    @property
    def label(self) -> str:
        """Solver with its exponent."""
        return f"{self.solver}: size^{self.fit.exponent:.2f}" if self.fit else self.solver


def growth_panels(families: Mapping[str, Sequence[Series]], panels: Sequence[Panel]) -> list[str]:
    """Draw a diagram a family, all with the same axes, so that they can be compared.

    Parameters
    ----------
    families : mapping of str to sequence of Series
    panels : sequence of Panel
        As many.
    """
    points = [point for family in families.values() for series in family for point in series.points]
    sizes = bounds(point.size for point in points)
    seconds = bounds(second for point in points for second in (point.seconds.least, point.seconds.most))
    elements = []
    for (name, family), panel in zip(families.items(), panels, strict=True):
        axes = LogAxis(*sizes, *panel.horizontal), LogAxis(*seconds, *panel.vertical)
        elements += panel.frame(f"{name}, seconds", "workloads × pools × periods", axes[0])
        for tick in axes[1].ticks():
            elements += panel.level(axes[1].at(tick), short(tick))
        for number, series in enumerate(family):
            elements += [*_series(series, *axes), panel.legend(number, series.label, series.color)]
    return elements


def _series(series: Series, x_axis: LogAxis, y_axis: LogAxis) -> list[str]:
    elements = []
    if series.fit:
        sizes = [point.size for point in series.points]
        ends = [(x_axis.at(size), y_axis.at(series.fit.at(size))) for size in (min(sizes), max(sizes))]
        elements.append(svg.line(ends[0], ends[1], series.color, 1.5, "5 3"))
    for point in series.points:
        x, spread = x_axis.at(point.size), point.seconds
        elements.append(svg.line((x, y_axis.at(spread.least)), (x, y_axis.at(spread.most)), series.color))
        title = f"{point.name}, {series.solver}: {spread.median:.3g} s ({spread.least:.3g}–{spread.most:.3g})"
        elements.append(svg.dot((x, y_axis.at(spread.median)), series.color, title))
    return elements
