"""What plans within a cost share, and in what they can differ: ranges of measures, and plans that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from computeplan.folder.read import PlanFolder
from computeplan.problem.measures import describe_measure
from computeplan.reports.blocks import Block, Column, Page, Prose, Section, Table, Tone, line
from computeplan.reports.charts import axis, chart, figure, rounded, scatter
from computeplan.reports.subjects.study_view import StudyView
from computeplan.reports.words import ENGLISH, Words
from computeplan.studies.alternatives import AlternativesStudy
from computeplan.text import counted, number, percent

Row = Mapping[str, Any]

MOST_DRAWN, MOST_NAMED = 40, 8
"""Ranges that the chart shows, and measures that a sentence names."""


def describe_alternatives(study: AlternativesStudy) -> list[Block]:
    """Say what a terminal shows of alternatives."""
    summary = study.summary()
    rows, plans = _rows(summary, "ranges"), _rows(summary, "plans")
    head = line(
        (study.name, Tone.STRONG),
        f": plans within {percent(study.within)} of {number(study.objective or 0.0, 8)} {study.currency}, ",
        ("proved", Tone.GOOD) if study.certified else ("not all proved", Tone.WARNING),
        f" to {percent(study.tolerance)} of each range, {counted(study.solves, 'solve')}",
    )
    notes = [ENGLISH("alternatives.whole")] if study.whole_numbers else []
    blocks: list[Block] = [Prose([head]), _ranges(rows, ENGLISH, notes)] if rows else [Prose([head, *notes])]
    return [*blocks, *([_plans(plans, study.currency, ENGLISH)] if plans else [])]


def alternatives_page(folder: PlanFolder, words: Words) -> Page:
    """Report the alternatives of a folder."""
    view = StudyView(folder, words)
    summary = view.summary
    rows, plans = _rows(summary, "ranges"), _rows(summary, "plans")
    notes = [words("alternatives.whole")] if summary["whole_numbers"] else []
    title = words("alternatives.ranges")
    sections = [Section("answer", words("answer.title"), [Prose(_answer(summary, rows, words), lead=True)])]
    if rows:
        sections.append(Section("ranges", title, [_chart(rows, words), _ranges(rows, words, notes)]))
    if plans:
        of_plans = [_plans(plans, summary["currency"], words)]
        sections.append(Section("plans", words("alternatives.plans"), of_plans))
    return Page(
        title=summary["name"],
        subtitle=words("alternatives.subtitle", within=words.percent(summary["within"])),
        badges=[words("alternatives.certified" if summary["certified"] else "alternatives.uncertified")],
        sections=[*sections, view.origin()],
        footer=words("study.footer", created=folder.provenance["created"]),
    )


def _rows(summary: Mapping[str, Any], name: str) -> list[Row]:
    found: list[Row] = summary[name]
    return found


def _answer(summary: Mapping[str, Any], rows: Sequence[Row], words: Words) -> list[str]:
    """Say what all good plans share and what is a matter of taste."""
    sentences = [
        words(
            "alternatives.answer",
            within=words.percent(summary["within"]),
            cost=words.amount(summary["objective"], summary["currency"]),
            count=len(rows),
        )
    ]
    for freedom in ("must", "may", "free"):
        named = [_name(row, words) for row in rows if row["freedom"] == freedom]
        if named:
            left = len(named) - MOST_NAMED
            more = words("alternatives.more", count=left) if left > 0 else ""
            shown = words("answer.and").join(named[:MOST_NAMED]) + more
            sentences.append(words(f"alternatives.{freedom}_are", names=shown))
    return sentences


def _name(row: Row, words: Words) -> str:
    return describe_measure(row["kind"], row["thing"], words.language)


def _ranges(rows: Sequence[Row], words: Words, notes: Sequence[str]) -> Table:
    """List least, plan and most of each measure, and what that says."""
    names = [f"{_name(row, words)}{_unit(row, words)}" for row in rows]
    columns = [
        Column("measure", words("alternatives.measure"), names),
        *(
            Column(key, words(f"alternatives.{key}"), [row[key] for row in rows], _texts(rows, key))
            for key in ("least", "here", "most")
        ),
        Column("freedom", words("alternatives.freedom"), [_freedom(row, words) for row in rows], choice=True),
        Column("gap", words("alternatives.gap"), [row["gap"] for row in rows], percent=True, spare=True),
    ]
    return Table("ranges", columns, words("alternatives.ranges"), notes=[*notes, words("alternatives.note")])


def _texts(rows: Sequence[Row], key: str) -> list[str]:
    return [
        "–" if row[key] is None else percent(row[key]) if row["unit"] == "share" else number(row[key])
        for row in rows
    ]


def _unit(row: Row, words: Words) -> str:
    return "" if row["unit"] == "share" else words("alternatives.unit", unit=row["unit"])


def _freedom(row: Row, words: Words) -> str:
    return words(f"alternatives.{row['freedom']}") if row["freedom"] else "–"


def _plans(plans: Sequence[Row], currency: str, words: Words) -> Table:
    names = [name for name in plans[0] if name not in {"plan", "objective", "excess", "elsewhere"}]
    labels = {key: words(f"alternatives.{key}") for key in ("excess", "elsewhere")}
    columns = [
        Column("plan", words("alternatives.plan"), [row["plan"] for row in plans], digits=0),
        Column("objective", words("money_in", unit=currency), [row["objective"] for row in plans], digits=7),
        *(Column(key, label, [row[key] for row in plans], percent=True) for key, label in labels.items()),
        *(Column(name, words.column(name)[0], [row[name] for row in plans], verbatim=True) for name in names),
    ]
    return Table("plans", columns, words("alternatives.plans"), notes=[words("alternatives.plans_note")])


def _chart(rows: Sequence[Row], words: Words) -> Any:
    """Draw where the plan stands between the least and the most, each range as long as its larger end."""
    drawn = [row for row in rows if row["most"] is not None][:MOST_DRAWN]
    size = np.array([max(abs(row["least"]), abs(row["most"]), 1e-12) for row in drawn])
    names = [_name(row, words) for row in drawn]
    ends: list[Any] = []
    labels: list[Any] = []
    for row, name, whole in zip(drawn, names, size.tolist(), strict=True):
        ends += [*rounded([row["least"] / whole, row["most"] / whole]), None]
        labels += [name, name, None]
    here = rounded(np.array([row["here"] for row in drawn]) / size)
    texts = [text + _unit(row, words) for row, text in zip(drawn, _texts(drawn, "here"), strict=True)]
    band = {"mode": "lines", "line": {"color": "--series-1", "width": 10}, "hoverinfo": "skip"}
    point = {"mode": "markers", "marker": {"size": 11, "color": "--series-2", "symbol": "diamond"}}
    hover = {"text": texts, "hovertemplate": "%{y}: %{text}"}
    data = [
        scatter(words("alternatives.range"), ends, labels, **{**band, "connectgaps": False}),
        scatter(words("alternatives.here"), here, names, **{**point, **hover}),
    ]
    sides = {"xaxis": axis(words("alternatives.axis"), tickformat=".0%"), "yaxis": {"autorange": "reversed"}}
    plot = figure(data, **sides, margin={"l": 10})
    return chart(words, "alternatives", {"": plot}, height=120 + 26 * len(drawn))
