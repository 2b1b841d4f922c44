"""The terminal view of frontiers and of what is read off them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from computeplan.explain.wording import counted, number
from computeplan.report.baselines import WORDS
from computeplan.report.figures import column
from computeplan.report.tables import table
from computeplan.studies.baselines import Baseline
from computeplan.studies.frontier import Curve, Frontier, Reading
from computeplan.studies.frontier.words import baseline_rows, last_mark

SHOWN = 14
"""Points listed of a frontier, beside those that have a name."""
KG_PER_T = 1000.0


def frontier_view(frontier: Frontier, curve: Curve) -> RenderableType:
    """Show a frontier: what is proved, its points with the price of a t less, and the marked ones.

    Parameters
    ----------
    frontier : Frontier
    curve : Curve
        Its curve.
    """
    marks = _marks(frontier, curve)
    rows = _shown(curve, marks)
    money = "cost and penalty" if any(p.shortfall_penalty for p in frontier.points) else "cost"
    view = table(
        ">point",
        f">carbon {frontier.basis}, t",
        f">{money}, {frontier.currency}",
        f">next t, {frontier.currency}",
        "",
    )
    tonnes = column([curve.emissions_kg[i] / KG_PER_T for i in rows], 6)
    amounts = column([float(curve.money[i]) for i in rows], 7)
    prices = [_between(curve, i, j) for i, j in pairwise(rows)] + [np.nan]
    for i, cells in zip(rows, zip(tonnes, amounts, column(prices), strict=True), strict=True):
        view.add_row(str(i), *cells, ", ".join(marks.get(i, [])))
    left = curve.size - len(rows)
    more = [Text(f"… and {left:,} points between them, in tables/points.csv", style="dim")] if left else []
    return Group(_headline(frontier, curve), view, *more, *_notes(frontier))


def readings_view(frontier: Frontier, asked: Sequence[tuple[str, Reading | None]]) -> RenderableType:
    """Show what was read off a frontier.

    Parameters
    ----------
    frontier : Frontier
    asked : sequence of (str, Reading or None)
        What was asked for and what was found.
    """
    currency = frontier.currency
    view = table(
        f"on basis {frontier.basis}",
        ">carbon, t",
        f">cost, {currency}",
        ">proved above",
        f">{currency}/t",
        "",
    )
    for question, reading in asked:
        if reading is None:
            view.add_row(question, "–", "–", "–", "–", "out of reach: see the ends of the frontier")
            continue
        view.add_row(
            question,
            number(reading.emissions_kg / KG_PER_T, 7),
            number(reading.money, 8),
            number(reading.least_money, 8),
            _price(reading),
            _mix(reading),
        )
    return view


def policies_view(frontier: Frontier, baselines: Sequence[Baseline]) -> RenderableType:
    """Show what the frontier saves against simple policies, at their carbon and at their cost.

    Parameters
    ----------
    frontier : Frontier
    baselines : sequence of Baseline
        Of the same problem.
    """
    rows = baseline_rows(frontier, baselines)
    names = ("money", "emissions_t", "saves_money", "saves_t")
    numbers = [column([np.nan if row[name] is None else row[name] for row in rows], 6) for name in names]
    view = table(
        "policy",
        f">cost and penalty, {frontier.currency}",
        f">carbon {frontier.basis}, t",
        f">as clean, saves {frontier.currency}",
        ">as cheap, saves t",
        "",
    )
    for row, baseline, cells in zip(rows, baselines, zip(*numbers, strict=True), strict=True):
        view.add_row(WORDS[baseline.policy], *cells, "" if row["money"] is not None else "no plan")
    return view


def _headline(frontier: Frontier, curve: Curve) -> Text:
    text = Text.assemble(
        (frontier.name, "bold"), f": {counted(curve.size, 'point')} on basis {frontier.basis}, "
    )
    if frontier.exact and frontier.certified:
        text.append("exact", style="bold green").append(": every break point")
    elif not np.isfinite(curve.gap):
        text.append("not proved: the solver gives no prices", style="bold yellow")
    else:
        style = "bold green" if frontier.certified else "bold yellow"
        text.append(f"within {100 * curve.gap:.2g} % of the cost range", style=style).append(" (proved)")
    return text.append(f", {counted(len(frontier.seconds), 'solve')}")


def _marks(frontier: Frontier, curve: Curve) -> dict[int, list[str]]:
    """Name points; a mark between two of them stands at the first."""
    marks = {0: ["least cost"]}
    marks.setdefault(curve.size - 1, []).append(last_mark(curve))
    for name, reading in frontier.marks().items():
        if reading is not None:
            between = " (between this and the next)" if len(reading.plans) > 1 else ""
            marks.setdefault(reading.plans[0], []).append(f"{name}{between}")
    return marks


def _shown(curve: Curve, marks: dict[int, list[str]]) -> list[int]:
    """Choose points spread evenly over the range of carbon, and the marked ones."""
    levels = np.linspace(curve.emissions_kg[0], curve.emissions_kg[-1], min(SHOWN, curve.size))
    nearest = np.abs(curve.emissions_kg[:, None] - levels[None, :]).argmin(axis=0)
    everyone = range(curve.size) if curve.size <= SHOWN else ()
    return sorted({*nearest.tolist(), *marks, *everyone})


def _between(curve: Curve, left: int, right: int) -> float:
    """Money for a t less, in the mean between two points."""
    saved_t = float(curve.emissions_kg[left] - curve.emissions_kg[right]) / KG_PER_T
    return float(curve.money[right] - curve.money[left]) / saved_t


def _price(reading: Reading) -> str:
    low, high = KG_PER_T * reading.price_low_per_kg, KG_PER_T * reading.price_high_per_kg
    if high == inf:
        return f"above {number(low)}"
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def _mix(reading: Reading) -> str:
    if len(reading.plans) == 1:
        return f"point {reading.plans[0]}"
    one, other = reading.plans
    return f"{100 * (1 - reading.share):.3g} % of point {one}, {100 * reading.share:.3g} % of point {other}"


def _notes(frontier: Frontier) -> list[Text]:
    return [Text(f"no plan {note}", style="yellow") for note in frontier.notes]
