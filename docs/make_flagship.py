"""Write the figures of docs/flagship.md: what the plan is, what it books, and what the answer hangs on.

Solves configs/chongqing.yaml and its sweep, which takes some minutes.
"""

# ruff: noqa: INP001 - a script beside the page that it writes, no package

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import computeplan

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "configs" / "chongqing.yaml"
PAGE = Path(__file__).with_name("flagship.md")
REMOTE = ("hami", "yiwu", "karamay", "tuoli", "urumqi", "mobile-alibaba")


def main() -> None:
    """Solve the flagship and its sweep, and fill in the generated parts of the page."""
    summary = computeplan.solve(CONFIG).summary()
    points = computeplan.sweep(CONFIG).points.to_dicts()
    page = PAGE.read_text(encoding="utf-8")
    parts = {"answer": answer(summary, points[0]), "book": book(summary), "assumptions": assumptions(points)}
    for name, text in parts.items():
        page = fill(page, name, text)
    PAGE.write_text(page, encoding="utf-8")


def fill(page: str, name: str, text: str) -> str:
    """Replace the text between the two marks of a generated part."""
    begin, end = f"<!-- {name}: made by `make flagship` -->\n", f"<!-- end of {name} -->"
    return re.sub(
        f"({re.escape(begin)}).*?({end})",
        lambda found: f"{found[1]}{text}\n{found[2]}",
        page,
        flags=re.DOTALL,
    )


def answer(summary: Mapping[str, Any], base: Mapping[str, Any]) -> str:
    """Say what the plan costs and emits, and how much work leaves the city."""
    local = summary["baseline"]["all_local"]
    cost, before = summary["cost"]["total"], local["cost"]["total"]
    away = sorted(((share(base, [site]), site) for site in REMOTE), reverse=True)[:3]
    changes = [
        f"{change(summary['emissions_t'][basis], local['emissions_t'][basis])} {words}"
        for basis, words in (
            ("location", "by the average factors of the grids"),
            ("market", "if contracts count as bought"),
            ("hourly", "if they must match by the hour"),
        )
    ]
    return (
        f"The plan costs {cost / 1e6:.2f} million CNY for the week, {(before - cost) / 1e6:.2f} million"
        f" ({(before - cost) / before:.1%}) less than the best plan that keeps all work in the city."
        f" {share(base, REMOTE):.1%} of the work leaves: to "
        f"{', '.join(f'{site} ({part:.1%})' for part, site in away)}. Emissions against that plan:"
        f" {', '.join(changes)}: *lower-carbon* rests on the basis, and the report shows all three."
    )


def book(summary: Mapping[str, Any]) -> str:
    """Set out the decisions as a table."""
    rows = [
        (row["where"], f"{row['amount']:,.0f} {row['unit']}", f"{row['all_local'] or 0:,.0f}")
        for row in summary["decisions"]
        if row["amount"] >= 1 or (row["all_local"] or 0) >= 1
    ]
    return table(["where", "how much", "all-local"], rows)


def assumptions(points: Sequence[Mapping[str, Any]]) -> str:
    """Set out what each assumption does to the answer at the ends of its range, the largest effect first."""
    base, found = points[0], {}
    axes = list(base)[1 : list(base).index("status")]
    for axis in axes:
        found[axis] = [point for point in points if point[axis] != base[axis]]
    widest = sorted(axes, key=lambda axis: -spread(found[axis], base))
    return table(
        ["assumption", "values", "cost", "carbon (location)", "work in Xinjiang"],
        [
            (
                f"`{axis}`",
                " … ".join(f"{point[axis]:g}" for point in found[axis]),
                " … ".join(effect(point, base, "cost") for point in found[axis]),
                " … ".join(effect(point, base, "location_t") for point in found[axis]),
                " … ".join(part(point) for point in found[axis]),
            )
            for axis in widest
        ],
    )


def spread(points: Iterable[Mapping[str, Any]], base: Mapping[str, Any]) -> float:
    """Measure how far the cost goes from that of the config."""
    return max((abs(point["cost"] - base["cost"]) for point in points if point["cost"]), default=0.0)


def effect(point: Mapping[str, Any], base: Mapping[str, Any], measure: str) -> str:
    """Say by how much a measure changes."""
    return change(point[measure], base[measure]) if point[measure] is not None else point["status"]


def part(point: Mapping[str, Any]) -> str:
    """Say how much of the work is in Xinjiang."""
    return f"{share(point, REMOTE):.0%}" if point["cost"] is not None else "–"


def change(new: float, old: float) -> str:
    """Write a relative change with its sign."""
    return f"{(new - old) / old:+.1%}".replace("-", "−")


def share(point: Mapping[str, Any], sites: Iterable[str]) -> float:
    """Share of the work that is done at some sites."""
    total = sum(value for key, value in point.items() if key.startswith("unit_h at ") and value)
    return sum(point[f"unit_h at {site}"] or 0.0 for site in sites) / total


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table of Markdown, all columns but the first to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
