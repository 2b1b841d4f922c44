"""A sweep for the terminal: what moves the answer, and where plans switch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from computeplan.explain.wording import counted
from computeplan.report.baselines import WORDS
from computeplan.report.figures import column, percent
from computeplan.report.tables import table
from computeplan.studies.baselines import Policy
from computeplan.studies.sweep import Sweep

BAR = 24
"""Characters of the longest bar."""
MOST_ROWS = 12


def sweep_view(sweep: Sweep, folder: Path) -> RenderableType:
    """Show a sweep.

    Parameters
    ----------
    sweep : Sweep
    folder : Path
        Where it was written.
    """
    summary = sweep.summary
    status = ", ".join(f"{count} {status}" for status, count in summary["status"].items())
    head = Text(
        f"{summary['name']}: {counted(summary['points'], 'point')}, {summary['design']}", style="bold"
    )
    parts: list[RenderableType] = [head, Text(status), Text()]
    if summary["range"]["objective"] is None:
        return Group(*parts, Text("no point has a plan; the table says why"), Text(f"written to {folder}"))
    parts += [_ranges(summary), Text()]
    for measure in ("objective", f"{summary['basis']}_t"):
        parts += [*_tornado(summary, measure), Text()]
    parts += [*_switches(summary), *_policies(summary), Text(f"written to {folder}")]
    return Group(*parts)


def _policies(summary: dict[str, Any]) -> Iterator[RenderableType]:
    """Show what the plan of the config as it stands gains over simple policies."""
    if not summary["policies"]:
        return
    yield Text()
    view = table("policy, config as it stands", f">cost, {summary['currency']}", ">objective", ">plan gains")
    rows = summary["policies"].values()
    totals = column([row["cost"]["total"] if row["cost"] else math.nan for row in rows])
    worth, gained = (
        column([math.nan if row[key] is None else row[key] for row in rows]) for key in ("objective", "gain")
    )
    for name, *cells in zip(summary["policies"], totals, worth, gained, strict=True):
        view.add_row(WORDS[Policy(name)], *cells)
    yield view


def _ranges(summary: dict[str, Any]) -> RenderableType:
    view = table("", ">least", ">5 %", ">median", ">mean", ">95 %", ">greatest")
    for measure, figures in summary["range"].items():
        keys = ("least", "p5", "median", "mean", "p95", "greatest")
        view.add_row(_label(measure, summary), *column([figures[key] for key in keys]))
    return view


def _label(measure: str, summary: dict[str, Any]) -> str:
    unit = "t" if measure.endswith("_t") else summary["currency"]
    name = {"objective": "objective", "cost": "cost"}.get(measure, f"carbon {measure.removesuffix('_t')}")
    return f"{name}, {unit}"


def _tornado(summary: dict[str, Any], measure: str) -> Iterator[RenderableType]:
    """Rank the axes by their swing, with bars from the least to the greatest mean."""
    drivers = [driver for driver in summary["drivers"] if driver["measure"] == measure]
    drivers = [driver for driver in drivers if driver["swing"] > 0][:MOST_ROWS]
    if not drivers:
        yield Text(f"nothing that varies moves the {_label(measure, summary)}")
        return
    shares = any(driver["share"] is not None for driver in drivers)
    view = table(
        f"what moves the {_label(measure, summary)}",
        *("least at", ">least", "", ">greatest", "greatest at", ">swing"),
        *([">of variance"] if shares else []),
    )
    low = min(driver["least"] for driver in drivers)
    scale = BAR / max(max(driver["greatest"] for driver in drivers) - low, 1e-300)
    least, greatest, swing = (column([d[key] for d in drivers]) for key in ("least", "greatest", "swing"))
    for i, driver in enumerate(drivers):
        begin, end = (round((driver[key] - low) * scale) for key in ("least", "greatest"))
        bar = " " * min(begin, BAR - 1) + "█" * max(1, end - begin)
        cells = [driver["axis"], driver["at_least"], least[i], f"{bar:{BAR}}", greatest[i]]
        share = [] if not shares else ["–" if driver["share"] is None else percent(driver["share"])]
        view.add_row(*cells, driver["at_greatest"], swing[i], *share)
    yield view


def _switches(summary: dict[str, Any]) -> Iterator[RenderableType]:
    mains = ", ".join(f"{site} ({count})" for site, count in summary["main_sites"].items())
    yield Text(f"site with most work (points): {mains}")
    switches = summary["switches"]
    for split in summary["splits"][:1]:
        rule = f"{split['below']} below {split['axis']} = {split['at']:.6g}, {split['above']} above"
        yield Text(f"best told apart by: {rule} ({split['right']:,} of {split['points']:,} points)")
    if not switches:
        if len(summary["main_sites"]) == 1:
            yield Text("no plan switches its main site or its mix of sites between neighbors")
        return
    view = table("plans switch along", "from", "to", "in", "before", "after", ">times")
    for switch in switches[:MOST_ROWS]:
        cells = [switch[key] for key in ("axis", "from_value", "to_value")]
        view.add_row(*cells, *_change(switch), str(switch["times"]))
    yield view
    if len(switches) > MOST_ROWS:
        yield Text(f"and {len(switches) - MOST_ROWS} more in the table `switches`", style="dim")


def _change(switch: dict[str, Any]) -> tuple[str, str, str]:
    """Say in what plans differ; of the sites in use only those that one side has alone."""
    if switch["what"] != "sites":
        return switch["what"].replace("_", " "), switch["before"], switch["after"]
    before, after = (switch[key].split(", ") for key in ("before", "after"))
    gone, come = [s for s in before if s not in after], [s for s in after if s not in before]
    return "sites in use", ", ".join(gone) or "–", ", ".join(come) or "–"
