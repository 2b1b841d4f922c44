"""The report of a cost–carbon frontier: the curve, its marked points, what a further tonne costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from computeplan.errors import PlanFolderError
from computeplan.explain.wording import number
from computeplan.plan.reading import PlanFolder
from computeplan.report.html.blocks import Block, Column, Page, Prose, Section, Table
from computeplan.report.html.study.curve import abatement, curves
from computeplan.report.html.study.view import StudyView, columns_of
from computeplan.report.html.words import Words


def frontier_page(folder: PlanFolder, words: Words) -> Page:
    """Tell a frontier.

    Parameters
    ----------
    folder : PlanFolder
    words : Words
    """
    view = StudyView(folder, words)
    found = [each for each in view.summary["frontiers"] if each["points"]]
    if not found:
        raise PlanFolderError(f"{folder.path} holds no frontier: no basis has a plan")
    sections = [_answer(view, found), curves(view, found), abatement(view, found), *_baselines(view)]
    return Page(
        title=view.summary["name"],
        subtitle=words("frontier.subtitle"),
        badges=[_proof(words, each) for each in found],
        sections=[*sections, _points(view, found), view.origin()],
        footer=words("study.footer", created=folder.provenance["created"]),
    )


def _proof(words: Words, frontier: Mapping[str, Any]) -> str:
    basis = words(f"basis.{frontier['basis']}")
    if frontier["exact"]:
        return words("frontier.exact", basis=basis)
    if frontier["gap"] is None:
        return words("frontier.unproved", basis=basis)
    return words("frontier.within", basis=basis, gap=f"{100 * frontier['gap']:.2g} %")


def _answer(view: StudyView, found: list[dict[str, Any]]) -> Section:
    words, frontier = view.words, found[0]
    currency, key = frontier["currency"], f"{frontier['basis']}_t"
    first, last = frontier["points"][0], frontier["points"][-1]
    basis = words(f"basis.{frontier['basis']}")
    told = [
        words(
            "frontier.range",
            basis=basis,
            dear=words.amount(last["money"], currency),
            cheap=words.amount(first["money"], currency),
            dirty=words.amount(first[key], "t"),
            clean=words.amount(last[key], "t"),
            less=words.percent(1 - last[key] / first[key] if first[key] else np.nan),
            more=words.percent(last["money"] / first["money"] - 1 if first["money"] else np.nan),
        )
    ]
    knee = frontier["marks"].get("knee")
    if knee and knee["price_high_per_t"] is not None:
        values = {
            "carbon": words.amount(knee["emissions_t"], "t"),
            "cost": words.amount(knee["money"], currency),
        }
        price = f"{number(knee['price_high_per_t'], 3)} {currency}/t"
        told.append(words("frontier.knee", price=price, **values))
    told.append(words("frontier.proof", proof=_proof(words, frontier), count=len(frontier["points"])))
    return Section("answer", words("answer.title"), [Prose(told, lead=True)])


def _baselines(view: StudyView) -> list[Section]:
    words, rows = view.words, view.summary.get("baselines") or []
    if not rows:
        return []
    currency = view.summary["frontiers"][0]["currency"]
    columns = [
        Column("policy", words("frontier.policy"), [words.policy(row["policy"]) for row in rows]),
        Column(
            "basis", words("frontier.basis"), [words(f"basis.{row['basis']}") for row in rows], choice=True
        ),
        Column("money", words("companies.cost", unit=currency), [row["money"] for row in rows]),
        Column("emissions_t", "t CO₂e", [row["emissions_t"] for row in rows]),
        Column(
            "saves_money", words("frontier.saves_money", unit=currency), [row["saves_money"] for row in rows]
        ),
        Column("saves_t", words("frontier.saves_t"), [row["saves_t"] for row in rows]),
    ]
    return [
        Section(
            "policies", words("frontier.policies"), [Table("policies", words("frontier.policies"), columns)]
        )
    ]


def _points(view: StudyView, found: list[dict[str, Any]]) -> Section:
    words = view.words
    rows = [point for frontier in found for point in frontier["points"]]
    names = dict.fromkeys(name for row in rows for name in row)
    table = {name: [row.get(name) for row in rows] for name in names}
    table["basis"] = [words(f"basis.{basis}") for basis in table["basis"]]
    blocks: list[Block] = [Table("points", words("frontier.points"), columns_of(table, words))]
    return Section("points", words("frontier.points"), blocks)
