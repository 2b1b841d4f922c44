"""Measurements: times, stages, answers, growth, solvers; and what changed between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from computeplan.bench.comparison import Comparison, FigureChange, Pair
from computeplan.bench.results import Results
from computeplan.bench.runs import STAGES
from computeplan.bench.summary import Growth, Profile, Summary, disagreements
from computeplan.reports.blocks import Block, Column, Page, Prose, Section, Table, Tone
from computeplan.reports.subjects.benchmark_charts import growth_charts, profile_chart
from computeplan.text import counted, number, percent

FACTORS = (1, 2, 5, 10)
"""Of the fastest solver's time, in the performance profile."""


def describe_benchmark(results: Results) -> list[Block]:
    """Say what was measured."""
    summaries, growths, profiles = results.summaries, results.growths, results.profiles
    notes = [f"{s.instance} {s.solver}: {s.status}: {s.message}" for s in summaries if s.message]
    notes += [f"solvers disagree on {text}" for text in disagreements(summaries)]
    is_timed = any(summary.total_s for summary in summaries)
    return [
        _times(summaries),
        *([_stages(summaries), _answers(summaries)] if is_timed else []),
        *([_growths(growths)] if growths else []),
        *([_profiles(profiles)] if profiles else []),
        *([Prose(notes)] if notes else []),
    ]


def benchmark_page(results: Results) -> Page | None:
    """Draw what was measured above its tables; None where nothing was solved."""
    charts, profiles = growth_charts(results), results.profiles
    if not charts:
        return None
    return Page(
        title="Time against size",
        subtitle=_origin(results),
        sections=[
            Section("growth", "Families", charts),
            *([Section("profile", "Solvers", [profile_chart(results)])] if profiles else []),
            Section("tables", "Tables", describe_benchmark(results)),
        ],
        footer="This file is self-contained and loads nothing. "
        "Bars reach from the least to the most of repeated runs; "
        "dashed lines are least squares on the logarithms.",
    )


def describe_benchmark_changes(comparison: Comparison) -> list[Block]:
    """Say what changed between two measurements."""
    lists = {
        "only in the old results": comparison.only_old,
        "only in the new results": comparison.only_new,
        "another config under the same name": comparison.other_config,
    }
    lines = [_mean(comparison), *(f"{label}: {', '.join(names)}" for label, names in lists.items() if names)]
    return [*([_pairs(comparison.pairs)] if comparison.pairs else []), Prose(lines)]


def _origin(results: Results) -> str:
    """State the program, the time and the machine."""
    origin = results.origin
    commit = f", commit {origin['commit']['hash'][:12]}" if origin["commit"] else ""
    processor, cores = origin["machine"]["processor"], origin["machine"]["cores"]
    version = origin["versions"]["computeplan"]
    return f"computeplan {version}{commit}, {origin['created']}; {processor}, {cores} cores"


def _pairs(pairs: Sequence[Pair]) -> Table:
    totals = [pair.total_s for pair in pairs]
    tones = [_tone(change) for change in totals]
    rows = [
        [
            pair.instance,
            pair.solver,
            _seconds(total.old if total else None),
            _seconds(total.new if total else None),
            _ratio(total) if total else "–",
            _changes(pair),
        ]
        for pair, total in zip(pairs, totals, strict=True)
    ]
    labels = ("instance", "solver", ">old s", ">new s", ">new/old", "beyond noise")
    return _dense("Changes", labels, rows, {"new/old": tones})


def _tone(change: FigureChange | None) -> Tone:
    if change is None or not change.is_beyond:
        return Tone.PLAIN
    return Tone.BAD if change.new > change.old else Tone.GOOD


def _times(summaries: Sequence[Summary]) -> Table:
    rows = []
    for summary in summaries:
        total, cpu = summary.total_s, summary.total_cpu_s
        cells = [
            _seconds(total.median if total else None),
            percent(total.relative) if total and summary.runs > 1 else "–",
            _seconds(cpu.median if cpu else None),
            "–" if summary.peak_mb is None else f"{summary.peak_mb:,.0f}",
        ]
        rows.append([summary.instance, summary.solver, summary.status, str(summary.runs), *cells])
    tones = [Tone.PLAIN if summary.is_answer else Tone.BAD for summary in summaries]
    labels = ("instance", "solver", "status", ">runs", ">total s", ">spread", ">CPU s", ">peak MB")
    return _dense("Times", labels, rows, {"status": tones})


def _stages(summaries: Iterable[Summary]) -> Table:
    """Medians of wall time; stages of different runs need not add up to the median total."""
    rows = []
    for summary in summaries:
        if summary.total_s:
            medians = (summary.wall_s[s].median if s in summary.wall_s else None for s in STAGES)
            rows.append([summary.instance, summary.solver, *map(_seconds, medians)])
    return _dense("Stages", ("stages, s", "solver", *(f">{stage}" for stage in STAGES)), rows)


def _answers(summaries: Iterable[Summary]) -> Table:
    rows = []
    for summary in summaries:
        if summary.size:
            sizes = (summary.allocations, summary.size["columns"], summary.size["rows"])
            objective = "–" if summary.objective is None else number(summary.objective, 8)
            gap = "–" if summary.gap is None else f"{max(summary.gap, 0):.0e}"
            rows.append([summary.instance, summary.solver, *(f"{s:,}" for s in sizes), objective, gap])
    return _dense(
        "Answers", ("answer", "solver", ">allocations", ">columns", ">rows", ">objective", ">gap"), rows
    )


def _growths(growths: Iterable[Growth]) -> Table:
    """Exponents of size."""
    rows = []
    for growth in growths:
        exponents = [growth.total.exponent, *(growth.stages.get(stage, np.nan) for stage in STAGES)]
        cells = ("–" if np.isnan(exponent) else f"{exponent:.2f}" for exponent in exponents)
        rows.append([growth.family, growth.solver, *cells])
    return _dense("Growth", ("growth", "solver", ">total", *(f">{stage}" for stage in STAGES)), rows)


def _profiles(profiles: Sequence[Profile]) -> Table:
    rows = []
    for profile in profiles:
        shares = [*(profile.share(factor) for factor in FACTORS), profile.share(np.inf)]
        rows.append([profile.solver, *map(percent, shares)])
    labels = (">fastest", *(f">≤ {factor}×" for factor in FACTORS[1:]), ">solved")
    return _dense("Performance profile", ("solve stage, share of instances", *labels), rows)


def _dense(
    title: str,
    labels: Sequence[str],
    rows: Sequence[Sequence[str]],
    tones: dict[str, Sequence[Tone]] | None = None,
) -> Table:
    """Make a table whose many columns fit into 80 characters.

    Parameters
    ----------
    labels : sequence of str
        ``>`` in front aligns a column to the right, for numbers.
    tones : dict of str to sequence of Tone, optional
        Of the cells of a column, by its label.
    """
    columns = []
    for place, label in enumerate(labels):
        name, texts = label.removeprefix(">"), [row[place] for row in rows]
        cell_tones = (tones or {}).get(name, ())
        columns.append(Column(name, name, texts, right=label.startswith(">"), tones=cell_tones))
    return Table("", columns, title=title, dense=True)


def _mean(comparison: Comparison) -> str:
    if comparison.mean_ratio is None:
        return "no instance was solved in both results"
    timed = counted(sum(pair.total_s is not None for pair in comparison.pairs), "pair")
    return f"new over old total time: {comparison.mean_ratio:.3g} (geometric mean of {timed})"


def _changes(pair: Pair) -> str:
    """Name what changed beyond noise."""
    changes = []
    if pair.old_status != pair.new_status:
        changes.append(f"{pair.old_status} → {pair.new_status}")
    elif not pair.same_objective:
        changes.append("another objective")
    named = {"total": pair.total_s, "CPU": pair.total_cpu_s, **pair.stages, "memory": pair.peak_mb}
    changes += [f"{name} {_ratio(change)}" for name, change in named.items() if change and change.is_beyond]
    return ", ".join(changes)


def _ratio(change: FigureChange) -> str:
    return f"{change.ratio:.2f}×" if change.ratio else "–"


def _seconds(value: float | None) -> str:
    """Write seconds with three digits, to the millisecond."""
    if value is None:
        return "–"
    decimals = next((d for limit, d in ((1, 3), (10, 2), (100, 1)) if value < limit), 0)
    return f"{value:,.{decimals}f}"
