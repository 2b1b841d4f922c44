"""Charts of measurements: time against size for each family, and how solvers compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, log10
from typing import Any

from computeplan.bench.results import Results
from computeplan.bench.summary import Fit, Profile, Summary
from computeplan.reports.blocks import Chart
from computeplan.reports.charts import SYMBOLS, Trace, axis, color, figure, line_style, rounded, scatter

CONFIGS = "configs"
"""Title of the user's own configs, which belong to no family."""
MARGIN = 1.6
"""Room on a logarithmic axis: its ends lie this factor beyond the outermost values."""
LEAST_FACTOR = 2.0
"""The axis of the performance profile reaches at least this far."""

Families = Mapping[str, Mapping[str, Sequence[Summary]]]
"""Timed answers by family and solver."""


def growth_charts(results: Results) -> list[Chart]:
    """Draw time against size for each family; all charts have the same axes, so that they compare."""
    families = _timed_answers(results)
    timed = [one for solvers in families.values() for group in solvers.values() for one in group]
    if not timed:
        return []
    seconds = [end for one in timed if one.total_s for end in (one.total_s.least, one.total_s.most)]
    sizes = _log_axis("workloads × pools × periods", [one.allocations for one in timed])
    places = {name: place for place, name in enumerate(_solvers(results))}
    fits = {(growth.family, growth.solver): growth.total for growth in results.growths}
    charts = []
    for number, (family, solvers) in enumerate(families.items()):
        data = []
        for solver, group in solvers.items():
            data += _growth_traces(solver, group, fits.get((family, solver)), places[solver])
        drawn = figure(data, xaxis=sizes, yaxis=_log_axis("seconds", seconds), showlegend=True)
        summary = f"Total time of {family} against its size, by solver, with the fitted power laws."
        charts.append(Chart(f"growth-{number}", f"{family}, seconds", {family: drawn}, summary))
    return charts


def profile_chart(results: Results) -> Chart:
    """Draw the performance profile: the share of instances solved within a factor of the fastest time."""
    profiles, solvers = results.profiles, _solvers(results)
    end = 1.2 * max([LEAST_FACTOR, *(r for profile in profiles for r in profile.ratios if isfinite(r))])
    factors = axis("times the fastest solver", type="log", range=[0, log10(end)])
    share = {"tickformat": ".0%", "range": [-0.02, 1.02]}
    data = [_profile_trace(each, end, solvers.index(each.solver)) for each in profiles]
    drawn = figure(data, xaxis=factors, yaxis=share, showlegend=True)
    summary = "Share of instances that each solver solves within a factor of the fastest solver's time."
    return Chart("profile", "Solve stage: share of instances", {"profile": drawn}, summary)


def _solvers(results: Results) -> list[str]:
    return list(dict.fromkeys(summary.solver for summary in results.summaries))


def _timed_answers(results: Results) -> Families:
    """Group what can be drawn by family and solver, in the order of the runs."""
    family_of = {instance.name: instance.family or CONFIGS for instance in results.instances}
    families: dict[str, dict[str, list[Summary]]] = {}
    for summary in results.summaries:
        if summary.is_answer and summary.total_s:
            solvers = families.setdefault(family_of[summary.instance], {})
            solvers.setdefault(summary.solver, []).append(summary)
    return families


def _growth_traces(solver: str, group: Sequence[Summary], fit: Fit | None, place: int) -> list[Trace]:
    """Draw the points of a solver with their spread, and its fit."""
    sizes = [one.allocations for one in group]
    spreads = [one.total_s for one in group if one.total_s]
    spread_bars = {
        "array": rounded([spread.most - spread.median for spread in spreads]),
        "arrayminus": rounded([spread.median - spread.least for spread in spreads]),
        "color": color(place),
        "thickness": 1,
    }
    points = scatter(
        f"{solver}: size^{fit.exponent:.2f}" if fit else solver,
        sizes,
        rounded([spread.median for spread in spreads]),
        mode="markers",
        legendgroup=solver,
        error_y=spread_bars,
        marker={"color": color(place), "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 9},
        text=[one.instance for one in group],
        customdata=[rounded([spread.least, spread.most]) for spread in spreads],
        hovertemplate="%{text}: %{y:.3~r} s (%{customdata[0]:.3~r}–%{customdata[1]:.3~r})",
    )
    if fit is None:
        return [points]
    ends, line = [min(sizes), max(sizes)], {"color": color(place), "dash": "dash", "width": 1.5}
    style = {"mode": "lines", "legendgroup": solver, "showlegend": False, "line": line, "hoverinfo": "skip"}
    return [points, scatter("", ends, rounded([fit.at(end) for end in ends]), **style)]


def _profile_trace(profile: Profile, end: float, place: int) -> Trace:
    """Draw the steps of a solver, from the fastest time to the end of the axis."""
    factors = sorted({1.0, *(ratio for ratio in profile.ratios if 1.0 < ratio < end), end})
    share, hover = [profile.share(factor) for factor in factors], "%{y:.0%} within %{x:.3~r}×"
    style = {"mode": "lines", "line": line_style(place), "hovertemplate": hover}
    return scatter(profile.solver, rounded(factors), share, **style)


def _log_axis(title: str, values: Sequence[float]) -> dict[str, Any]:
    ends = [log10(min(values) / MARGIN), log10(max(values) * MARGIN)]
    return axis(title, type="log", range=ends, exponentformat="SI")
