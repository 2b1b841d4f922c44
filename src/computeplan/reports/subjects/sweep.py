"""A sweep: what moves the answer, how, and where plans switch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from pathlib import Path
from typing import Any

from computeplan.folder.read import PlanFolder
from computeplan.reports.blocks import Block, Column, Page, Prose, Section, Table, strong
from computeplan.reports.subjects.study_view import (
    StudyView,
    name_measure,
    objective_unit,
    points_table,
)
from computeplan.reports.subjects.sweep_charts import effect_lines, left_out_points, maps, tornado
from computeplan.reports.words import ENGLISH, Words
from computeplan.studies.sweep import Sweep
from computeplan.studies.sweep.results import MEASURES
from computeplan.text import counted, number

BAR = 24
"""Characters of the longest bar."""

MOST = 12
"""Rows of a table in a terminal."""

Summary = Mapping[str, Any]


def describe_sweep(sweep: Sweep, folder: Path) -> list[Block]:
    """Say what a terminal shows of a sweep and of the folder where it was written."""
    summary = sweep.summary
    status = ", ".join(f"{count} {status}" for status, count in summary["status"].items())
    head = f"{summary['name']}: {counted(summary['points'], 'point')}, {summary['design']}"
    written = f"written to {folder}"
    if summary["range"]["objective"] is None:
        return [Prose([strong(head), status]), Prose(["No point has a plan; the table says why.", written])]
    return [
        Prose([strong(head), status]),
        _ranges(summary, ENGLISH),
        *(_drivers(summary, measure) for measure in ("objective", f"{summary['basis']}_t")),
        Prose(list(_main_sites(summary))),
        *_switches(summary, ENGLISH),
        *_policies(summary, ENGLISH),
        Prose([written]),
    ]


def sweep_page(folder: PlanFolder, words: Words) -> Page:
    """Report a sweep."""
    view = StudyView(folder, words)
    summary = view.summary
    solved = summary["range"]["objective"] is not None
    design = str(summary["design"]).replace("-", "_")
    drawn = [
        Section("drivers", words("sweep.drivers"), [tornado(view), effect_lines(view)]),
        Section("maps", words("sweep.maps"), maps(view)),
    ]
    more = [("switches", "sweep.switches", _switches), ("policies", "policies.title", _policies)]
    tables = [
        Section(key, words(title), blocks) for key, title, make in more if (blocks := make(summary, words))
    ]
    points = points_table(view.table("points"), words("sweep.points"), summary["currency"], words)
    return Page(
        title=summary["name"],
        subtitle=words("sweep.subtitle", count=summary["points"], design=words(f"design.{design}")),
        badges=[
            words("sweep.status", count=n, status=words(f"status.{status}"))
            for status, n in summary["status"].items()
        ],
        sections=[
            _answer(view),
            *(drawn if solved else []),
            *tables,
            Section("points", words("sweep.points"), [points]),
            view.origin(),
        ],
        footer=words("study.footer", created=folder.provenance["created"]),
    )


def _answer(view: StudyView) -> Section:
    words, summary = view.words, view.summary
    if summary["range"]["objective"] is None:
        return Section("answer", words("answer.title"), [Prose([words("sweep.no_plan")], lead=True)])
    sentences = [_spread(view), _main_driver(view), _places(view)]
    return Section("answer", words("answer.title"), [Prose(sentences, lead=True), _ranges(summary, words)])


def _ranges(summary: Summary, words: Words) -> Table:
    """Spread of each measure over the points."""
    found = {measure: spread for measure, spread in summary["range"].items() if spread}
    names = [name_measure(words, measure, summary) for measure in found]
    keys = ("least", "p5", "median", "mean", "p95", "greatest")
    columns = [
        Column(key, words(f"sweep.{key}"), [spread[key] for spread in found.values()], scale="amount")
        for key in keys
    ]
    title = words("sweep.ranges")
    return Table("ranges", [Column("measure", "", names), *columns], title, groups=range(len(found)))


def _spread(view: StudyView) -> str:
    words, summary = view.words, view.summary
    cost, carbon = summary["range"]["cost"], summary["range"][f"{summary['basis']}_t"]
    return words(
        "sweep.spread",
        low=words.amount(cost["least"], summary["currency"]),
        high=words.amount(cost["greatest"], summary["currency"]),
        clean=words.amount(carbon["least"], "t"),
        dirty=words.amount(carbon["greatest"], "t"),
        basis=words.basis(summary["basis"]),
    )


def _main_driver(view: StudyView) -> str:
    words, summary = view.words, view.summary
    first = {m: next((d for d in summary["drivers"] if d["measure"] == m), None) for m in MEASURES}
    cost, carbon = first["cost"], first[f"{summary['basis']}_t"]
    if not cost or not carbon or not cost["swing"]:
        return words("sweep.no_driver")
    swing = words.amount(cost["swing"], summary["currency"])
    if cost["axis"] == carbon["axis"]:
        saved = words.amount(carbon["swing"], "t")
        return words("sweep.driver_both", axis=cost["axis"], swing=swing, carbon=saved)
    return words("sweep.driver", axis=cost["axis"], swing=swing, other=carbon["axis"])


def _places(view: StudyView) -> str:
    words, sites = view.words, view.summary["main_sites"]
    counts = (words("answer.site", site=site, share=f"{count:,}") for site, count in sites.items())
    named = words("answer.and").join(counts)
    splits = view.summary.get("splits") or []
    if len(sites) > 1 and splits and splits[0]["right"] == splits[0]["points"]:
        split = {**splits[0], "at": number(splits[0]["at"])}
        return words("sweep.split", sites=named, **split)
    return words("sweep.sites" if len(sites) > 1 else "sweep.one_site", sites=named)


def _drivers(summary: Summary, measure: str) -> Block:
    """Rank the axes by their swing, with bars from the least to the greatest mean."""
    label = name_measure(ENGLISH, measure, summary)
    drivers = [each for each in summary["drivers"] if each["measure"] == measure and each["swing"] > 0]
    notes = left_out_points(summary, measure, ENGLISH)
    if not drivers:
        return Prose([f"Nothing that varies moves the {label}.", *notes])
    bars = _text_bars(drivers[:MOST]) + [""] * len(drivers[MOST:])
    shares = [nan if each["share"] is None else each["share"] for each in drivers]
    columns = [
        Column("axis", f"what moves the {label}", [each["axis"] for each in drivers]),
        Column("at_least", "least at", [each["at_least"] for each in drivers]),
        Column("least", "least", [each["least"] for each in drivers]),
        Column("bar", "", bars),
        Column("greatest", "greatest", [each["greatest"] for each in drivers]),
        Column("at_greatest", "greatest at", [each["at_greatest"] for each in drivers]),
        Column("swing", "swing", [each["swing"] for each in drivers]),
        Column("share", "of variance", shares, percent=True),
    ]
    has_share = any(each["share"] is not None for each in drivers)
    return Table("", columns if has_share else columns[:-1], most=MOST, notes=notes)


def _text_bars(drivers: list[dict[str, Any]]) -> list[str]:
    low = min(driver["least"] for driver in drivers)
    scale = BAR / max(max(driver["greatest"] for driver in drivers) - low, 1e-300)
    ends = [[round((driver[key] - low) * scale) for key in ("least", "greatest")] for driver in drivers]
    return [f"{' ' * min(begin, BAR - 1) + '█' * max(1, end - begin):{BAR}}" for begin, end in ends]


def _main_sites(summary: Summary) -> Iterator[str]:
    sites = summary["main_sites"]
    named = ", ".join(f"{site} ({count})" for site, count in sites.items())
    yield f"main site (points): {named}"
    for split in summary["splits"][:1]:
        rule = f"{split['below']} below {split['axis']} = {number(split['at'], 6)}, {split['above']} above"
        yield f"best single rule: {rule} (right for {split['right']:,} of {split['points']:,} points)"
    if not summary["switches"] and len(sites) == 1:
        yield "Neighboring points have the same main site and use the same sites."


def _switches(summary: Summary, words: Words) -> list[Block]:
    """List where neighboring points differ in their main site or in the sites that they use."""
    switches = summary["switches"]
    if not switches:
        return []
    sides = [_sides(switch) for switch in switches]
    columns = [
        Column("axis", words("column.axis"), [switch["axis"] for switch in switches], choice=True),
        Column("from", words("column.from_value"), [switch["from_value"] for switch in switches]),
        Column("to", words("column.to_value"), [switch["to_value"] for switch in switches]),
        Column("what", words("column.what"), [words(f"switch.{s['what']}") for s in switches], choice=True),
        Column("before", words("column.before"), [before for before, _ in sides]),
        Column("after", words("column.after"), [after for _, after in sides]),
        Column("times", words("column.times"), [switch["times"] for switch in switches], digits=0),
    ]
    rest = "… and {count} more in the table `switches`"
    title = words("sweep.switches")
    lead = strong(title)
    return [Table("switches", columns, title, lead, sort="-times", interactive=True, most=MOST, rest=rest)]


def _sides(switch: Mapping[str, Any]) -> tuple[str, str]:
    """Name what changes; of the sites in use, those that only one side uses."""
    if switch["what"] != "sites":
        return switch["before"], switch["after"]
    before, after = (switch[key].split(", ") for key in ("before", "after"))
    gone, come = [s for s in before if s not in after], [s for s in after if s not in before]
    return ", ".join(gone) or "–", ", ".join(come) or "–"


def _policies(summary: Summary, words: Words) -> list[Block]:
    """List what the plan of the config as it is saves against simple policies."""
    policies = summary.get("policies") or {}
    if not policies:
        return []
    rows, currency, unit = list(policies.values()), summary["currency"], objective_unit(summary)
    totals = [row["cost"]["total"] if row["cost"] else nan for row in rows]
    columns = [
        Column("policy", words("policies.policy"), [words.policy(name) for name in policies]),
        Column("cost", words("cost_in", unit=currency), totals),
        Column("objective", words("policies.objective", unit=unit), [row["objective"] for row in rows]),
        Column("saving", words("policies.saving_in", unit=unit), [row["gain"] for row in rows]),
    ]
    return [Table("policies", columns, words("sweep.policies"), strong(words("sweep.policies")))]
