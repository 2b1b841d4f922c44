"""Charts: their words, their series (named where they are drawn), rounded points, the time axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from computeplan.explanations.wording import moment
from computeplan.problem import Floats, Horizon, Ints
from computeplan.reports.blocks import Chart, Figure
from computeplan.reports.words import LAST_LATIN, Words

COLORS = tuple(f"--series-{number}" for number in range(1, 9))
PATTERNS = ("", "/", "x", ".", "\\", "+", "|", "-")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "star", "triangle-up", "cross", "pentagon", "x")
HOVER = "%{y:,.6~r}"

LABEL_WIDTH, LABEL_HEIGHT = 0.011, 0.16
"""Share of a chart's width that a letter takes, and of its height that a line of text does."""

MOST_STEPS = 2100
"""Steps drawn, enough for twelve weeks of hours; of a longer horizon means are drawn."""

Trace = dict[str, Any]
"""A series of a plotly figure."""


def chart(
    words: Words,
    key: str,
    figures: Mapping[str, Figure],
    *,
    summary: str | None = None,
    note: str | None = None,
    choose: str = "",
    height: int = Chart.height,
    **placeholders: object,
) -> Chart:
    """Make a chart; title, summary and note are the texts ``chart.KEY``, ``.summary`` and ``.note``."""
    title = words(f"chart.{key}", **placeholders)
    summary = words(f"chart.{key}.summary", **placeholders) if summary is None else summary
    note = words.catalog.get(f"chart.{key}.note", "") if note is None else note
    return Chart(key, title, figures, summary, choose=choose, height=height, note=note)


def figure(data: Sequence[Trace], **layout: Any) -> Figure:
    """Make a figure of series."""
    return {"data": list(data), "layout": layout}


def axis(title: str, **options: Any) -> dict[str, Any]:
    """Make an axis with a title."""
    return {"title": {"text": title}, **options}


def scatter(name: str, x: Any, y: Any, **style: Any) -> Trace:
    """Make a series of points or a line; one without a name is not in the legend."""
    named = {"name": name} if name else {}
    return {"type": "scatter", **named, "x": x, "y": y, "hovertemplate": HOVER, **style}


def horizontal_bars(
    name: str, labels: Sequence[str], lengths: Floats | Sequence[float], place: int, **style: Any
) -> Trace:
    """Make a series of bars with a label each; one without a name is not in the legend."""
    named = {"name": name} if name else {}
    bars = {"y": labels, "x": rounded(lengths), "marker": bar_style(place)}
    return {"type": "bar", "orientation": "h", **named, **bars, "hovertemplate": "%{x:,.6~r}", **style}


def color(place: int) -> str:
    """Give the color role of a series."""
    return COLORS[place % len(COLORS)]


def bar_style(place: int) -> dict[str, Any]:
    """Give the marker of the bars of a series."""
    return {"color": color(place), "pattern": _pattern(place), "line": {"color": "--card", "width": 0.5}}


def area_style(place: int) -> dict[str, Any]:
    """Give line and filling of a stacked area."""
    line = {"color": color(place), "width": 0.5, "shape": "hv"}
    return {"mode": "lines", "line": line, "fillcolor": color(place), "fillpattern": _pattern(place)}


def line_style(place: int, shape: str = "hv") -> dict[str, Any]:
    """Give the line of a series; the shape ``hv`` holds each value until the next."""
    return {"color": color(place), "dash": DASHES[place % len(DASHES)], "width": 2, "shape": shape}


def label_areas(time: TimeAxis, data: Sequence[Trace]) -> list[dict[str, Any]]:
    """Name the stacked areas among some series, each where a box with its name fits best, if any does."""
    steps = len(time.starts)
    top = {stack: max(_stacked(data, stack, steps).max(initial=0.0), 1e-300) for stack in _stacks(data)}
    notes, lower = [], dict.fromkeys(top, np.zeros(steps))
    for series in (each for each in data if "stackgroup" in each):
        stack, name = series["stackgroup"], str(series["name"])
        floor, ceiling = lower[stack], lower[stack] + _values(series, steps)
        span = min(max(1, round(steps * LABEL_WIDTH * cell_width(name))), steps)
        low = sliding_window_view(floor, span).max(axis=1)
        high = sliding_window_view(ceiling, span).min(axis=1)
        best = int(np.argmax(high - low))
        if high[best] - low[best] >= LABEL_HEIGHT * top[stack]:
            (y,) = rounded([(high[best] + low[best]) / 2])
            notes.append(_area_label(name, time.places[best + span // 2], y, series.get("yaxis", "y")))
        lower[stack] = ceiling
    return notes


def _stacks(data: Sequence[Trace]) -> list[str]:
    return list(dict.fromkeys(each["stackgroup"] for each in data if "stackgroup" in each))


def _stacked(data: Sequence[Trace], stack: str, steps: int) -> Floats:
    layers = [_values(each, steps) for each in data if each.get("stackgroup") == stack]
    total: Floats = np.sum(layers, axis=0, dtype=np.float64)
    return total


def _values(series: Trace, steps: int) -> Floats:
    """Give the value of each step of a series (steps,); the last one only closes it."""
    return np.array(series["y"][:steps], dtype=np.float64)


def _area_label(name: str, x: object, y: object, yaxis: str) -> dict[str, Any]:
    font = {"color": "--ink", "size": 12}
    looks = {"showarrow": False, "bgcolor": "--label", "borderpad": 2, "font": font}
    return {"name": "area", "text": name, "x": x, "y": y, "xref": "x", "yref": yaxis, **looks}


def cell_width(text: str) -> int:
    """Count letters, a Chinese one as two."""
    return sum(2 if letter > LAST_LATIN else 1 for letter in text)


def _pattern(place: int) -> dict[str, Any]:
    """Give light marks over the color, which paper and forced colors show."""
    return {
        "shape": PATTERNS[place % len(PATTERNS)],
        "fgcolor": "--hatch",
        "bgcolor": color(place),
        "size": 8,
        "solidity": 0.22,
        "fillmode": "replace",
    }


def rounded(
    values: Floats | Sequence[Any], digits: int = 5, *, keep_whole: bool = False
) -> list[float | None]:
    """Round to significant digits; None where a number is not finite.

    Parameters
    ----------
    keep_whole : bool
        Whether digits before the decimal point are never rounded away.
    """
    numbers = np.asarray(values, dtype=np.float64)
    known = np.isfinite(numbers)
    size = np.where(known & (numbers != 0), np.abs(numbers), 1.0)
    decimals = digits - np.floor(np.log10(size)).astype(np.int64) - 1
    if keep_whole:
        decimals = np.maximum(decimals, 0)
    up, down = 10.0 ** np.maximum(decimals, 0), 10.0 ** np.maximum(-decimals, 0)
    near = np.round(np.where(known, numbers, 0.0) * up / down) / up * down + 0.0  # no negative zero
    return [value if there else None for value, there in zip(near.tolist(), known.tolist(), strict=True)]


@dataclass(frozen=True, eq=False)
class TimeAxis:
    """Places of the periods of a horizon on an axis.

    One block is a run of local time. Several blocks, such as typical weeks, are laid end to end: their
    axis counts hours and names the start of each block.
    """

    places: Sequence[str | float | None]
    """One more than steps: the end of the last one closes it."""
    layout: dict[str, Any]
    starts: Ints
    """(n,) first period of each step; a step stays within a block."""
    step_h: float
    """Hours of a step: of a period, or of several in a long horizon."""

    @staticmethod
    def of(horizon: Horizon, most_steps: int | None = None) -> TimeAxis:
        """Lay out a horizon, in about `most_steps` at most; default: `MOST_STEPS`."""
        together = -(-horizon.size // (most_steps or MOST_STEPS))
        starts = np.concatenate([np.arange(b.start, b.stop, together) for b in horizon.blocks])
        edges, step_h = [*starts.tolist(), horizon.size], together * horizon.period_h
        if len(horizon.blocks) == 1:
            places = [moment(horizon, edge) for edge in edges]
            layout = {"type": "date", "tickformat": "%m-%d\n%H:%M", "hoverformat": "%m-%d %H:%M"}
            return TimeAxis(places, layout, starts, step_h)
        hours = np.concatenate(([0.0], np.cumsum(horizon.hours)))
        begins = [block.start for block in horizon.blocks]
        ticks = {
            "tickvals": [float(hours[edge]) for edge in begins],
            "ticktext": [moment(horizon, edge)[:10] for edge in begins],
        }
        return TimeAxis(rounded(hours[edges], 9), {"type": "linear", **ticks}, starts, step_h)

    def steps(self, values: Floats) -> list[float | None]:
        """Give the values of a step line: the mean of each step; the last one holds to the end."""
        counts = np.diff(np.append(self.starts, len(values)))
        means = np.add.reduceat(values, self.starts) / counts
        return rounded(np.append(means, means[-1]))
