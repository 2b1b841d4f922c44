"""The time axis of charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.explain.wording import moment
from computeplan.problem import Floats, Horizon
from computeplan.report.html.digits import rounded


@dataclass(frozen=True)
class TimeAxis:
    """Where the periods of a horizon stand on an axis.

    One block is a run of local time. Several blocks, such as typical weeks, are laid end to end: their
    axis counts hours and names the start of each block.

    Attributes
    ----------
    places : sequence
        One more than periods: the end of the last one closes its step.
    layout : dict
        Of the axis.
    """

    places: Sequence[str | float | None]
    layout: dict[str, Any]

    @staticmethod
    def of(horizon: Horizon) -> TimeAxis:
        """Lay out a horizon.

        Parameters
        ----------
        horizon : Horizon
        """
        if len(horizon.blocks) == 1:
            places = [moment(horizon, edge) for edge in range(horizon.size + 1)]
            return TimeAxis(
                places, {"type": "date", "tickformat": "%m-%d\n%H:%M", "hoverformat": "%m-%d %H:%M"}
            )
        hours = np.concatenate(([0.0], np.cumsum(horizon.hours)))
        starts = [block.start for block in horizon.blocks]
        ticks = {
            "tickvals": [hours[edge] for edge in starts],
            "ticktext": [moment(horizon, e)[:10] for e in starts],
        }
        return TimeAxis(rounded(hours, 9), {"type": "linear", "showgrid": True, **ticks})

    def steps(self, values: Floats) -> list[float | int | None]:
        """Give the values of a step line: the last one holds to the end.

        Parameters
        ----------
        values : (T,)
        """
        return rounded(np.append(values, values[-1]))
