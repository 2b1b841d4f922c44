"""In which hours the work of each company runs where: what the page of a company draws from.

Tens of thousands of workloads follow a few hundred patterns, as interchangeable ones move together. A pattern
says, in levels, how the work of one workload is spread over places (hardware at a site) and time; the page
adds up the patterns of a company's workloads, each scaled to its work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from computeplan.problem import Floats, Ints, WorkBlock
from computeplan.reports.blocks import CompanyHours, Figure, Run
from computeplan.reports.charts import TimeAxis, area_style, figure
from computeplan.reports.subjects.plan_view import PlanView

MOST_STEPS = 336
"""Steps drawn, enough for two weeks of hours; of a longer horizon means are drawn."""
LEVELS = 250
"""Of the greatest work of a workload in a step."""


def company_hours(view: PlanView) -> CompanyHours:
    """Say in which hours every workload runs where, in patterns that many share."""
    words, horizon = view.words, view.problem.horizon
    axis = TimeAxis.of(horizon, MOST_STEPS)
    patterns, pattern_of = _patterns(view, axis)
    return CompanyHours(
        title=words("statement.hours"),
        summary=words("statement.hours.summary"),
        note=view.note_of_times("statement.hours.note", axis),
        figure=_figure(view, axis),
        times=axis.places,
        hardware=_hardware(view),
        real_hours=np.add.reduceat(horizon.hours * horizon.weight, axis.starts).tolist(),
        patterns=patterns,
        pattern_of=pattern_of.tolist(),
    )


def _patterns(view: PlanView, axis: TimeAxis) -> tuple[list[Sequence[Run]], Ints]:
    """Give the patterns that differ, as runs of levels, and the pattern of each workload (W,)."""
    found: dict[tuple[bytes, ...], int] = {}
    patterns: list[Sequence[Run]] = []
    pattern_of = np.zeros(view.problem.workloads.size, dtype=np.int64)
    for block in view.solution.allocation.blocks():
        places, steps, levels = _levels(view, axis, block)
        where = places.tobytes(), steps.tobytes()
        for workload, mine in zip(block.workloads.tolist(), levels, strict=True):
            pattern = found.setdefault((*where, mine.tobytes()), len(found))
            if pattern == len(patterns):
                patterns.append(list(_runs(places, steps, mine)))
            pattern_of[workload] = pattern
    return patterns, pattern_of


def _levels(view: PlanView, axis: TimeAxis, block: WorkBlock) -> tuple[Ints, Ints, npt.NDArray[np.uint8]]:
    """Places (p,) and steps (s,) of a block, and the levels of its workloads there (n, p, s)."""
    problem = view.problem
    step = np.searchsorted(axis.starts, block.periods, side="right") - 1
    first = np.flatnonzero(np.diff(step, prepend=-1))
    place_of = problem.pools.place[block.pools]
    order = np.argsort(place_of, kind="stable")
    places, begin = np.unique(place_of[order], return_index=True)
    if not len(first) or not len(places):
        return places, step[first], np.zeros((len(block.workloads), len(places), len(first)), dtype=np.uint8)
    work = np.add.reduceat(np.add.reduceat(block.unit_h[:, order], begin, axis=1), first, axis=2)
    rate = work / np.add.reduceat(problem.horizon.hours, axis.starts)[step[first]]
    greatest: Floats = rate.sum(axis=1).max(axis=1)[:, None, None]
    share = np.divide(rate, greatest, out=np.zeros_like(rate), where=greatest > 0)
    return places, step[first], np.rint(LEVELS * share).astype(np.uint8)


def _runs(places: Ints, steps: Ints, levels: npt.NDArray[np.uint8]) -> Iterator[Run]:
    """Give the levels of a workload (p, s) without the steps in which it does nothing."""
    for place, mine in zip(places.tolist(), levels, strict=True):
        working = np.flatnonzero(mine)
        cuts = np.flatnonzero((np.diff(working) > 1) | (np.diff(steps[working]) > 1)) + 1
        for run in np.split(working, cuts) if len(working) else ():
            yield place, int(steps[run[0]]), mine[run].tolist()


def _figure(view: PlanView, axis: TimeAxis) -> Figure:
    """Make a series for each place, its amounts left to the page."""
    problem, hover = view.problem, f"%{{y:,.4~r}} {view.words('statement.hours.unit')}"
    _, pool = np.unique(problem.pools.place, return_index=True)
    data = [
        {
            "name": (name := problem.sites.names[site]),
            "legendgroup": name,
            "type": "scatter",
            "hovertemplate": hover,
            **area_style(site),
        }
        for site in problem.pools.site[pool].tolist()
    ]
    return figure(data, xaxis=axis.layout, hovermode="x unified")


def _hardware(view: PlanView) -> list[str]:
    """Name the hardware of each place: each kind is drawn on an axis of its own."""
    pools = view.problem.pools
    _, pool = np.unique(pools.place, return_index=True)
    return [view.problem.hardware.names[h] for h in pools.hardware[pool].tolist()]
