"""The time axis of charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.explain.wording import moment
from computeplan.problem import Floats, Horizon, Ints
from computeplan.report.html.digits import rounded

MOST_STEPS = 2100
"""Steps drawn, enough for twelve weeks of hours; of a longer horizon means are drawn."""


@dataclass(frozen=True, eq=False)
class TimeAxis:
    """Where the periods of a horizon stand on an axis.

    One block is a run of local time. Several blocks, such as typical weeks, are laid end to end: their
    axis counts hours and names the start of each block.

    Attributes
    ----------
    places : sequence
        One more than steps: the end of the last one closes it.
    layout : dict
        Of the axis.
    starts : (n,)
        First period of each step; a step stays within a block.
    step_h : float
        Hours of a step: of a period, or of several in a long horizon.
    """

    places: Sequence[str | float | None]
    layout: dict[str, Any]
    starts: Ints
    step_h: float

    @staticmethod
    def of(horizon: Horizon) -> TimeAxis:
        """Lay out a horizon.

        Parameters
        ----------
        horizon : Horizon
        """
        together = -(-horizon.size // MOST_STEPS)
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
        """Give the values of a step line: means over the periods of each step; the last one holds to the end.

        Parameters
        ----------
        values : (T,)
        """
        counts = np.diff(np.append(self.starts, len(values)))
        means = np.add.reduceat(values, self.starts) / counts
        return rounded(np.append(means, means[-1]))
