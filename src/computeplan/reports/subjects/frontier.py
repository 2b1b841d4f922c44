"""A cost–carbon frontier: its points, what a further tonne costs, what is read off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf, nan
from typing import Any

import numpy as np

from computeplan.errors import PlanFolderError
from computeplan.folder.read import PlanFolder
from computeplan.problem import KG_PER_T
from computeplan.reports.blocks import Block, Column, Line, Page, Prose, Section, Table, Tone, line
from computeplan.reports.subjects.frontier_charts import abatement, curves
from computeplan.reports.subjects.study_view import StudyView, points_table
from computeplan.reports.words import ENGLISH, Words
from computeplan.studies.baselines import Baseline
from computeplan.studies.frontier import Curve, Frontier, Reading, baseline_rows, last_mark
from computeplan.text import counted, number

MOST = 14
"""Points of a frontier that a terminal lists, besides those that have a name."""


def describe_frontier(
    frontier: Frontier,
    curve: Curve,
    baselines: Sequence[Baseline] = (),
    readings: Sequence[tuple[str, Reading | None]] = (),
) -> list[Block]:
    """Say what a terminal shows of a frontier, of simple policies, and of what is read off it."""
    rows = baseline_rows(frontier, baselines) if baselines else []
    return [
        _points(frontier, curve),
        *([policy_table(rows, frontier.currency, ENGLISH)] if rows else []),
        *([describe_readings(frontier, readings)] if readings else []),
    ]


def frontier_page(folder: PlanFolder, words: Words) -> Page:
    """Report the frontiers of a folder.

    Raises
    ------
    PlanFolderError
        If no basis has a plan.
    """
    view = StudyView(folder, words)
    found = [each for each in view.summary["frontiers"] if each["points"]]
    if not found:
        raise PlanFolderError(f"{folder.path} holds no frontier: no basis has a plan", path=folder.path)
    rows, title = view.summary.get("baselines") or [], words("policies.title")
    policies = [Section("policies", title, [policy_table(rows, found[0]["currency"], words)])] if rows else []
    points = [_all_points(found, words)]
    mixed = [each for each in found if not each.get("whole_numbers")]
    return Page(
        title=view.summary["name"],
        subtitle=words("frontier.subtitle"),
        badges=[_proof(words, each) for each in found],
        sections=[
            _answer(view, found),
            curves(view, found),
            *([abatement(view, mixed)] if mixed else []),
            *policies,
            Section("points", words("frontier.points"), points),
            view.origin(),
        ],
        footer=words("study.footer", created=folder.provenance["created"]),
    )


def _answer(view: StudyView, found: list[dict[str, Any]]) -> Section:
    words, frontier = view.words, found[0]
    currency, key = frontier["currency"], f"{frontier['basis']}_t"
    first, last = frontier["points"][0], frontier["points"][-1]
    cheap, dear, dirty, clean = first["money"], last["money"], first[key], last[key]
    sentences = [
        words(
            "frontier.range",
            basis=words.basis(frontier["basis"]),
            cheap=words.amount(cheap, currency),
            dear=words.amount(dear, currency),
            dirty=words.amount(dirty, "t"),
            clean=words.amount(clean, "t"),
            less=words.percent(1 - clean / dirty if dirty else nan),
            more=words.percent(dear / cheap - 1 if cheap else nan),
        )
    ]
    knee = frontier["marks"].get("knee")
    if knee and knee["price_high_per_t"] is not None:
        carbon, cost = words.amount(knee["emissions_t"], "t"), words.amount(knee["money"], currency)
        price = words.quantity(number(knee["price_high_per_t"], 3), currency)
        sentences.append(words("frontier.knee", price=price, carbon=carbon, cost=cost))
    count = len(frontier["points"])
    key = "frontier.proof_whole" if frontier.get("whole_numbers") else "frontier.proof"
    sentences.append(words(key, proof=_proof(words, frontier), count=count))
    return Section("answer", words("answer.title"), [Prose(sentences, lead=True)])


def _proof(words: Words, frontier: Mapping[str, Any]) -> str:
    basis = words.basis(frontier["basis"])
    if frontier["exact"]:
        return words("frontier.exact", basis=basis)
    if frontier["gap"] is None:
        return words("frontier.unproved", basis=basis)
    return words("frontier.within", basis=basis, gap=f"{number(100 * frontier['gap'], 2)} %")


def _all_points(found: list[dict[str, Any]], words: Words) -> Table:
    rows = [point for frontier in found for point in frontier["points"]]
    names = dict.fromkeys(name for row in rows for name in row)
    table = {name: [row.get(name) for row in rows] for name in names}
    return points_table(table, words("frontier.points"), found[0]["currency"], words)


def policy_table(rows: Sequence[Mapping[str, Any]], currency: str, words: Words) -> Table:
    """List what the frontier saves against simple policies, at their carbon and at their cost."""
    bases = [words.basis(row["basis"]) for row in rows]
    has_plan = [row["money"] is not None for row in rows]
    labels = {
        "money": words("money_in", unit=currency),
        "emissions_t": words("carbon_in_t"),
        "saves_money": words("frontier.saves_money", unit=currency),
        "saves_t": words("frontier.saves_t"),
    }
    columns = [
        Column("policy", words("policies.policy"), [words.policy(row["policy"]) for row in rows]),
        Column("basis", words("basis"), bases, choice=True),
        *(Column(key, label, [row[key] for row in rows], digits=6) for key, label in labels.items()),
    ]
    if not all(has_plan):
        notes = ["" if each else words("status.no_plan") for each in has_plan]
        columns.append(Column("note", words("policies.note"), notes))
    return Table("policies", columns, words("policies.title"))


def _points(frontier: Frontier, curve: Curve) -> Table:
    """List points with the price of a t less, those that have a name among them."""
    marks = _marks(frontier, curve)
    rows = _spread_points(curve, marks)
    currency, words = frontier.currency, ENGLISH
    has_penalty = any(point.shortfall_penalty for point in frontier.points)
    next_t = "a t less costs, on average" if curve.whole_numbers else "next t costs"
    prices = [_price_between(curve, i, j) for i, j in pairwise(rows)] + [nan]
    carbon = words.carbon_t(frontier.basis)
    money = words("money_in" if has_penalty else "cost_in", unit=currency)
    columns = [
        Column("point", words("column.point"), rows, digits=0),
        Column("carbon", carbon, curve.emissions_kg[rows] / KG_PER_T, digits=6),
        Column("money", money, curve.money[rows], digits=7),
        Column("price", f"{next_t}, {currency}", prices),
        Column("marks", "", [", ".join(marks.get(row, [])) for row in rows]),
    ]
    left = curve.size - len(rows)
    more = [f"… and {counted(left, 'point')} between them, in tables/points.csv"] if left else []
    notes = [*more, *_whole_numbers(curve), *(f"no plan {note}" for note in frontier.notes)]
    return Table("", columns, lead=_headline(frontier, curve), notes=notes)


def _headline(frontier: Frontier, curve: Curve) -> Line:
    points = f": {counted(curve.size, 'point')}, {frontier.basis} basis, "
    if frontier.exact and frontier.certified:
        proof: list[str | tuple[str, Tone]] = [("exact", Tone.GOOD), ": every break point"]
    elif not np.isfinite(curve.gap):
        proof = [("not proved: the solver gives no prices", Tone.WARNING)]
    else:
        tone = Tone.GOOD if frontier.certified else Tone.WARNING
        proof = [(f"within {number(100 * curve.gap, 2)} % of the cost range", tone), " (proved)"]
    return line((frontier.name, Tone.STRONG), points, *proof, f", {counted(len(frontier.seconds), 'solve')}")


def _marks(frontier: Frontier, curve: Curve) -> dict[int, list[str]]:
    """Name points; a mark between two of them is that of the first."""
    marks = {0: ["least cost"]}
    marks.setdefault(curve.size - 1, []).append(last_mark(curve))
    for name, reading in frontier.marks().items():
        if reading is not None:
            between = " (between this and the next)" if len(reading.plans) > 1 else ""
            marks.setdefault(reading.plans[0], []).append(f"{name}{between}")
    return marks


def _spread_points(curve: Curve, marks: Mapping[int, list[str]]) -> list[int]:
    """Choose points spread evenly over the range of carbon, and the marked ones."""
    levels = np.linspace(curve.emissions_kg[0], curve.emissions_kg[-1], min(MOST, curve.size))
    nearest = np.abs(curve.emissions_kg[:, None] - levels[None, :]).argmin(axis=0)
    everyone = range(curve.size) if curve.size <= MOST else ()
    return sorted({*nearest.tolist(), *marks, *everyone})


def _price_between(curve: Curve, left: int, right: int) -> float:
    """Money for a t less, on average between two points."""
    saved_t = float(curve.emissions_kg[left] - curve.emissions_kg[right]) / KG_PER_T
    return float(curve.money[right] - curve.money[left]) / saved_t


def describe_readings(frontier: Frontier, readings: Sequence[tuple[str, Reading | None]]) -> Table:
    """List what was read off a frontier."""
    currency, found = frontier.currency, [reading for _, reading in readings]
    is_proved = frontier.curve is not None and frontier.curve.ends_at_least_carbon
    missed = "out of reach: see the ends of the frontier" if is_proved else "no plan found that keeps it"
    columns = [
        Column("question", f"{frontier.basis} basis", [question for question, _ in readings]),
        _read("carbon, t", [number(r.emissions_kg / KG_PER_T, 7) if r else "–" for r in found]),
        _read(f"cost, {currency}", [number(r.money, 8) if r else "–" for r in found]),
        _read(f"proved at least, {currency}", [number(r.least_money, 8) if r else "–" for r in found]),
        _read(f"carbon price, {currency}/t", [_price(r) if r else "–" for r in found]),
        Column("plans", "", [_mix(r) if r else missed for r in found]),
    ]
    return Table("", columns, notes=_whole_numbers(frontier.curve) if frontier.curve else [])


def _whole_numbers(curve: Curve) -> list[str]:
    """Say what a frontier of plans with whole numbers shows and what it does not."""
    if not curve.whole_numbers:
        return []
    note = (
        "Some decisions are whole numbers, so a mix of two plans is no plan: only the points are solved "
        "plans, and others may lie between them, above the proved bound. For the cheapest plan under a cap "
        "of T t: computeplan solve CONFIG --set objective.carbon_cap=T --set objective.carbon_price=0"
    )
    return [note]


def _read(label: str, texts: list[str]) -> Column:
    return Column(label, label, texts, right=True)


def _price(reading: Reading) -> str:
    if reading.price_low_per_kg is None or reading.price_high_per_kg is None:
        return "–"
    low, high = KG_PER_T * reading.price_low_per_kg, KG_PER_T * reading.price_high_per_kg
    if high == inf:
        return f"above {number(low)}"
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def _mix(reading: Reading) -> str:
    if len(reading.plans) == 1:
        return f"point {reading.plans[0]}"
    one, other = reading.plans
    shares = [number(100 * share, 3) for share in (1 - reading.share, reading.share)]
    return f"{shares[0]} % of point {one}, {shares[1]} % of point {other}"
