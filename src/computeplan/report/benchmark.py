"""The terminal view of measurements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from computeplan.bench.comparison import Change, Comparison, Pair
from computeplan.bench.growth import Growth
from computeplan.bench.profile import Profile
from computeplan.bench.record import STAGES
from computeplan.bench.results import Results
from computeplan.bench.summary import Summary, disagreements
from computeplan.explain.wording import counted, number
from computeplan.report.figures import percent
from computeplan.report.tables import table

FACTORS = (1, 2, 5, 10)
"""Of the fastest solver's time, in the performance profile."""


def bench_view(results: Results) -> RenderableType:
    """Show what was measured: times, stages, answers, growth, solvers.

    Parameters
    ----------
    results : Results
    """
    summaries, growths, profiles = results.summaries, results.growths, results.profiles
    parts: list[RenderableType] = [_times(summaries)]
    if any(summary.total_s for summary in summaries):
        parts += [_stages(summaries), _answers(summaries)]
    if growths:
        parts.append(_growths(growths))
    if profiles:
        parts.append(_profiles(profiles))
    notes = [f"{s.instance} {s.solver}: {s.status}: {s.message}" for s in summaries if s.message]
    notes += [f"solvers disagree on {text}" for text in disagreements(summaries)]
    return _spaced([*parts, *([Group(*map(Text, notes))] if notes else [])])


def bench_comparison_view(comparison: Comparison) -> RenderableType:
    """Show what changed between two measurements.

    Parameters
    ----------
    comparison : Comparison
    """
    parts: list[RenderableType] = []
    if comparison.pairs:
        view = _dense("instance", "solver", ">old s", ">new s", ">new/old", "beyond noise")
        for pair in comparison.pairs:
            view.add_row(pair.instance, pair.solver, *_total(pair.total_s), _changes(pair))
        parts.append(view)
    lists = {
        "only in the old results": comparison.only_old,
        "only in the new results": comparison.only_new,
        "another config under the same name": comparison.other_config,
    }
    lines = [_mean(comparison), *(f"{label}: {', '.join(names)}" for label, names in lists.items() if names)]
    return _spaced([*parts, Group(*map(Text, lines))])


def _times(summaries: Sequence[Summary]) -> Table:
    view = _dense("instance", "solver", "status", ">runs", ">total s", ">spread", ">CPU s", ">peak MB")
    for summary in summaries:
        total, cpu = summary.total_s, summary.total_cpu_s
        cells = [
            _seconds(total.median if total else None),
            percent(total.relative) if total and summary.runs > 1 else "–",
            _seconds(cpu.median if cpu else None),
            "–" if summary.peak_mb is None else f"{summary.peak_mb:,.0f}",
        ]
        status = Text(summary.status, style="" if summary.is_answer else "bold red")
        view.add_row(summary.instance, summary.solver, status, str(summary.runs), *cells)
    return view


def _stages(summaries: Iterable[Summary]) -> Table:
    """Show medians of wall time; stages of different runs need not add up to the median total."""
    view = _dense("stages, s", "solver", *(f">{stage}" for stage in STAGES))
    for summary in summaries:
        if summary.total_s:
            medians = (summary.wall_s[s].median if s in summary.wall_s else None for s in STAGES)
            view.add_row(summary.instance, summary.solver, *map(_seconds, medians))
    return view


def _answers(summaries: Iterable[Summary]) -> Table:
    view = _dense("answer", "solver", ">allocations", ">columns", ">rows", ">objective", ">gap")
    for summary in summaries:
        if summary.size:
            sizes = (summary.allocations, summary.size["columns"], summary.size["rows"])
            objective = "–" if summary.objective is None else number(summary.objective, 8)
            gap = "–" if summary.gap is None else f"{max(summary.gap, 0):.0e}"
            view.add_row(summary.instance, summary.solver, *(f"{s:,}" for s in sizes), objective, gap)
    return view


def _growths(growths: Iterable[Growth]) -> Table:
    """Show the exponents of size."""
    view = _dense("growth", "solver", ">total", *(f">{stage}" for stage in STAGES))
    for growth in growths:
        exponents = [growth.total.exponent, *(growth.stages.get(stage, np.nan) for stage in STAGES)]
        cells = ("–" if np.isnan(exponent) else f"{exponent:.2f}" for exponent in exponents)
        view.add_row(growth.family, growth.solver, *cells)
    return view


def _dense(*columns: str) -> Table:
    """Make a table whose many columns fit into 80 characters."""
    view = table(*columns)
    view.padding = (0, 1, 0, 0)
    return view


def _profiles(profiles: Sequence[Profile]) -> Table:
    headings = [">fastest", *(f">≤ {factor}×" for factor in FACTORS[1:]), ">solved"]
    view = _dense("solve stage, share of instances", *headings)
    for profile in profiles:
        shares = [*(profile.share(factor) for factor in FACTORS), profile.share(np.inf)]
        view.add_row(profile.solver, *map(percent, shares))
    return view


def _mean(comparison: Comparison) -> str:
    if comparison.mean_ratio is None:
        return "no instance was solved in both results"
    timed = counted(sum(pair.total_s is not None for pair in comparison.pairs), "pair")
    return f"new over old total time: {comparison.mean_ratio:.3g} (geometric mean of {timed})"


def _total(change: Change | None) -> tuple[str, str, str | Text]:
    if change is None:
        return "–", "–", "–"
    style = ("bold red" if change.new > change.old else "bold green") if change.is_beyond else ""
    return _seconds(change.old), _seconds(change.new), Text(_ratio(change), style=style)


def _changes(pair: Pair) -> str:
    """Name what changed beyond noise."""
    words = []
    if pair.old_status != pair.new_status:
        words.append(f"{pair.old_status} → {pair.new_status}")
    elif not pair.same_objective:
        words.append("another objective")
    named = {"total": pair.total_s, "CPU": pair.total_cpu_s, **pair.stages, "memory": pair.peak_mb}
    words += [f"{name} {_ratio(change)}" for name, change in named.items() if change and change.is_beyond]
    return ", ".join(words)


def _ratio(change: Change) -> str:
    return f"{change.ratio:.2f}×" if change.ratio else "–"


def _seconds(value: float | None) -> str:
    """Write seconds with three digits, to the millisecond."""
    if value is None:
        return "–"
    decimals = next((d for limit, d in ((1, 3), (10, 2), (100, 1)) if value < limit), 0)
    return f"{value:,.{decimals}f}"


def _spaced(parts: Sequence[RenderableType]) -> Group:
    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [part, Text()]
    return Group(*spaced[:-1])
