"""The report of a sweep: what moves the answer, how, and where plans switch."""

from __future__ import annotations

from typing import Any

from computeplan.explain.wording import number
from computeplan.plan.reading import PlanFolder
from computeplan.report.figures import column
from computeplan.report.html.blocks import Block, Figures, Page, Prose, Section, Table
from computeplan.report.html.study.heat import heat_maps
from computeplan.report.html.study.lines import effect_lines
from computeplan.report.html.study.tornado import tornado
from computeplan.report.html.study.view import MEASURES, StudyView, columns_of
from computeplan.report.html.words import Words

EFFECTS = "tables/effects.parquet"
"""The file by which the folder of a sweep is known."""


def sweep_page(folder: PlanFolder, words: Words) -> Page:
    """Tell a sweep.

    Parameters
    ----------
    folder : PlanFolder
    words : Words
    """
    view = StudyView(folder, words)
    summary = view.summary
    solved = summary["range"]["objective"] is not None
    drawn = [_moves(view), _maps(view)] if solved else []
    return Page(
        title=summary["name"],
        subtitle=words(
            "sweep.subtitle", count=f"{summary['points']:,}", design=words(f"design.{_design(view)}")
        ),
        badges=[
            words("sweep.status", count=f"{n:,}", status=words(f"status.{status}"))
            for status, n in summary["status"].items()
        ],
        sections=[_answer(view), *drawn, *_switches(view), _points(view), view.origin()],
        footer=words("study.footer", created=folder.provenance["created"]),
    )


def _design(view: StudyView) -> str:
    return str(view.summary["design"]).replace("-", "_")


def _answer(view: StudyView) -> Section:
    words, summary = view.words, view.summary
    title, found = words("answer.title"), summary["range"]
    if found["objective"] is None:
        return Section("answer", title, [Prose([words("sweep.no_plan")], lead=True)])
    told = [_spread(view), _driver(view), _places(view)]
    keys = ("least", "p5", "median", "mean", "p95", "greatest")
    rows = [
        [view.measure(measure, summary["currency"]), *column([found[measure][key] for key in keys])]
        for measure in MEASURES
        if found[measure]
    ]
    heads = ["", *(words(f"sweep.{key}") for key in keys)]
    return Section("answer", title, [Prose(told, lead=True), Figures(words("sweep.ranges"), heads, rows)])


def _spread(view: StudyView) -> str:
    words, summary = view.words, view.summary
    cost, carbon = summary["range"]["cost"], summary["range"][f"{summary['basis']}_t"]
    return words(
        "sweep.spread",
        low=words.amount(cost["least"], summary["currency"]),
        high=words.amount(cost["greatest"], summary["currency"]),
        clean=words.amount(carbon["least"], "t"),
        dirty=words.amount(carbon["greatest"], "t"),
        basis=words(f"basis.{summary['basis']}"),
    )


def _driver(view: StudyView) -> str:
    words, summary = view.words, view.summary
    first = {m: next((d for d in summary["drivers"] if d["measure"] == m), None) for m in MEASURES}
    cost, carbon = first["cost"], first[f"{summary['basis']}_t"]
    if not cost or not carbon or not cost["swing"]:
        return words("sweep.no_driver")
    swing = words.amount(cost["swing"], summary["currency"])
    if cost["axis"] == carbon["axis"]:
        return words(
            "sweep.driver_both", axis=cost["axis"], swing=swing, carbon=words.amount(carbon["swing"], "t")
        )
    return words("sweep.driver", axis=cost["axis"], swing=swing, other=carbon["axis"])


def _places(view: StudyView) -> str:
    words, sites = view.words, view.summary["main_sites"]
    named = words("answer.and").join(f"{site} ({count:,})" for site, count in sites.items())
    splits = view.summary.get("splits") or []
    if len(sites) > 1 and splits and splits[0]["right"] == splits[0]["points"]:
        split = {**splits[0], "at": number(splits[0]["at"])}
        return words("sweep.split", sites=named, **split)
    return words("sweep.sites" if len(sites) > 1 else "sweep.one_site", sites=named)


def _moves(view: StudyView) -> Section:
    words = view.words
    return Section("moves", words("sweep.moves"), [tornado(view), effect_lines(view)])


def _maps(view: StudyView) -> Section:
    return Section("maps", view.words("sweep.maps"), heat_maps(view))


def _switches(view: StudyView) -> list[Section]:
    words, switches = view.words, view.summary["switches"]
    if not switches:
        return []
    table = {key: [switch[key] for switch in switches] for key in switches[0]}
    table["what"] = [words.catalog.get(f"switch.{what}", what) for what in table["what"]]
    blocks: list[Block] = [Table("switches", words("sweep.switches"), columns_of(table, words), "-times")]
    return [Section("switches", words("sweep.switches"), blocks)]


def _points(view: StudyView) -> Section:
    words = view.words
    table: dict[str, list[Any]] = view.table("points")
    return Section(
        "points", words("sweep.points"), [Table("points", words("sweep.points"), columns_of(table, words))]
    )
