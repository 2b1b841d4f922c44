"""The performance profile: share of instances solved within a factor of the fastest solver's time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from computeplan.bench.chart import svg
from computeplan.bench.chart.axis import LogAxis
from computeplan.bench.chart.panel import Panel
from computeplan.bench.profile import Profile

LEAST_FACTOR = 2.0
"""The axis reaches at least so far."""


def profile_panel(profiles: Sequence[Profile], colors: Mapping[str, str], panel: Panel) -> list[str]:
    """Draw a step line a solver.

    Parameters
    ----------
    profiles : sequence of Profile
    colors : mapping of str to str
        By solver.
    panel : Panel
    """
    worst = max([LEAST_FACTOR, *(r for profile in profiles for r in profile.ratios if isfinite(r))])
    axis = LogAxis(1.0, worst * 1.2, *panel.horizontal)
    bottom, top = panel.vertical
    elements = panel.frame("solve stage: share of instances", "times the fastest solver", axis)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        elements += panel.level(bottom + share * (top - bottom), f"{100 * share:g} %")
    for number, profile in enumerate(profiles):
        steps = [(axis.at(x), bottom + share * (top - bottom)) for x, share in _steps(profile, axis.high)]
        elements.append(svg.polyline(steps, colors[profile.solver]))
        place = (panel.horizontal[1] - 6, bottom - 8 - 15 * (len(profiles) - 1 - number))
        elements.append(svg.text(place, profile.solver, "end", colors[profile.solver]))
    return elements


def _steps(profile: Profile, end: float) -> list[tuple[float, float]]:
    """Corners of the step line from factor 1 to the end."""
    corners = [(1.0, profile.share(1.0))]
    for ratio in profile.ratios:
        if 1.0 < ratio < end:
            corners += [(ratio, corners[-1][1]), (ratio, profile.share(ratio))]
    return [*corners, (end, corners[-1][1])]
