"""The page of results and the same numbers as JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median
from typing import Any

import instance
from child import HERE, MEMORY_LIMIT_GB, TIME_LIMIT_S, pins
from ladder import BARE, PLANNED, TOOLS, Rung, Variant, name

BENCH = HERE.parent
sys.path.insert(0, str(BENCH))
import run as bench  # noqa: E402  the machine and the commit are told as in bench/run.py

COLUMNS = (
    *("tool", "build s", "hand over s", "× arrays", "least–most × arrays", "solve s", "total s", "× arrays"),
    *("peak MB", "objective", "status"),
)


@dataclass(frozen=True)
class Climbed:
    """A rung with all runs of each variant, and the load of the machine before it."""

    rung: Rung
    load: float
    runs: dict[Variant, list[dict[str, Any]]]

    def middle(self, variant: Variant, field: str) -> float | None:
        """Median of a number over the runs that reached it."""
        found = [run[field] for run in self.runs.get(variant, ()) if run.get(field) is not None]
        return median(found) if found else None


def head() -> list[str]:
    """Return the lines that say where the numbers come from."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    own = ", ".join(f"{package} {version(package)}" for package in ("computeplan", "highspy", "numpy"))
    lines = [line for tool in TOOLS for line in pins(tool).read_text(encoding="utf-8").splitlines()]
    others = sorted({pin.replace("==", " ") for pin in lines if _package(pin) in (*TOOLS, "highspy")})
    return [
        f"* Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {_commit()}",
        f"* {bench.processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.platform()}",
        f"* Load at the start: {os.getloadavg()[0]:.1f}",
        f"* Python {platform.python_version()}, {own}; {', '.join(others)}",
        f"* Limits of each run: {TIME_LIMIT_S} s, {MEMORY_LIMIT_GB} GB",
    ]


def write(lines: list[str], ladder: list[Climbed]) -> None:
    """Write the page and the same numbers as JSON."""
    text = ["# The same problem in other tools", "", "Written by `make bench-tools`; the protocol is in"]
    text += ["[tools/README.md](tools/README.md).", "", *lines, "", *summary(ladder)]
    text += [line for climbed in ladder for line in table(climbed)]
    (BENCH / "RESULTS-tools.md").write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")
    content = {"environment": lines, "rungs": [_plain(climbed) for climbed in ladder]}
    (BENCH / "RESULTS-tools.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def summary(ladder: list[Climbed]) -> list[str]:
    """Compare the planned computeplan with the fastest modelling tool at every solved size."""
    lines = ["## computeplan beside the fastest modelling tool", ""]
    lines += ["| problem | fastest tool | total s | computeplan, planned s | times faster |"]
    lines += ["|---|---|---:|---:|---:|"]
    for climbed in ladder:
        fastest, planned = _fastest(climbed), climbed.middle(PLANNED, "total")
        if fastest and planned:
            tool, total = fastest
            cells = (climbed.rung.title, name(tool, climbed.rung), f"{total:.2f}", f"{planned:.2f}")
            lines.append(f"| {' | '.join(cells)} | {total / planned:.3g} |")
    return [*lines, "", *_largest(ladder), ""]


def table(climbed: Climbed) -> list[str]:
    """Return a rung's section of the page."""
    rung = climbed.rung
    runs = "one run" if rung.runs == 1 else f"medians of {rung.runs} runs in turn"
    return [
        f"## {rung.title}",
        "",
        f"{runs[0].upper()}{runs[1:]}, {rung.method(BARE)}; load before {climbed.load:.1f}.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|---|{'---:|' * (len(COLUMNS) - 2)}---|",
        *(f"| {' | '.join(_cells(climbed, variant))} |" for variant in climbed.runs),
        "",
    ]


def _cells(climbed: Climbed, variant: Variant) -> Iterable[str]:
    def middle(field: str) -> float | None:
        return climbed.middle(variant, field)

    # A plan has no hand-over of its own: it is part of solving.
    model = None if variant == PLANNED else middle("model")
    model_base = climbed.middle(BARE, "model")
    return (
        name(variant, climbed.rung),
        _number(middle("build"), ".3f"),
        _number(middle("hand_over"), ".3f"),
        _ratio(model, model_base),
        _range(climbed.runs[variant], model_base) if model else "–",
        _number(middle("solve") if climbed.rung.solves else None, ".2f"),
        _number(middle("total"), ".2f"),
        _ratio(middle("total"), climbed.middle(BARE, "total")),
        _number(middle("peak_mb"), ",.0f"),
        _number(middle("objective"), ".8g"),
        climbed.runs[variant][-1]["status"],
    )


def _largest(ladder: list[Climbed]) -> list[str]:
    """Set what only computeplan plans beside the largest size that a tool solved."""
    lines = []
    for climbed in (c for c in ladder if tuple(c.runs) == (PLANNED,)):
        family, planned = climbed.rung.family, climbed.middle(PLANNED, "total")
        solved = [(c, _fastest(c)) for c in ladder if c.rung.family == family and _fastest(c)]
        if planned and solved:
            largest, (tool, total) = max(solved, key=lambda pair: pair[0].rung.companies)
            lines.append(
                f"* {climbed.rung.title}: computeplan {planned:.2f} s, {total / planned:.3g} times less than"
                f" {name(tool, largest.rung)} on {largest.rung.companies:,} companies, {total:.2f} s."
            )
    return lines


def _fastest(climbed: Climbed) -> tuple[Variant, float] | None:
    totals = {v: climbed.middle(v, "total") for v in climbed.runs if v.tool in TOOLS and climbed.rung.solves}
    there = {variant: total for variant, total in totals.items() if total}
    return min(there.items(), key=lambda item: item[1]) if there else None


def _plain(climbed: Climbed) -> dict[str, Any]:
    rung = climbed.rung
    runs = [
        {**asdict(variant), "method": rung.method(variant), **run}
        for variant, found in climbed.runs.items()
        for run in found
    ]
    size = {"companies": rung.companies, "sites": instance.SITES, "hours": rung.hours, "family": rung.family}
    return {**size, "solves": rung.solves, "load": climbed.load, "runs": runs}


def _commit() -> str:
    """Return the commit that was measured; scripts that differ from it count as much as the product."""
    head_commit = bench.git("rev-parse", "HEAD") or "unknown"
    changed = bench.git("status", "--porcelain", "--", "src", "bench/tools", "pyproject.toml")
    return f"{head_commit} with uncommitted changes" if changed else head_commit


def _package(pin: str) -> str:
    return pin.split("==", maxsplit=1)[0].lower()


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _ratio(value: float | None, base: float | None) -> str:
    return "–" if not value or not base else f"{value / base:.3g}"


def _range(runs: list[dict[str, Any]], base: float | None) -> str:
    found = [run["model"] for run in runs if "model" in run]
    return f"{_ratio(min(found), base)}–{_ratio(max(found), base)}" if len(found) > 1 else "–"
