"""What the figures rest on: the config's comments, and the config itself."""

from __future__ import annotations

from computeplan.config.remarks import STANDINGS, remarks
from computeplan.report.html.blocks import Block, Column, Folded, Prose, Section, Table
from computeplan.report.html.plan.view import PlanView


def assumptions(view: PlanView) -> Section:
    """List what the config says of its figures, with their standing.

    Parameters
    ----------
    view : PlanView
    """
    words, loaded = view.words, view.run.loaded
    found = remarks(loaded.written)
    blocks: list[Block] = [Prose(list(_told(view)))]
    if found:
        columns = [
            Column("setting", words("assumptions.setting"), [r.path or "–" for r in found]),
            Column("value", words("assumptions.value"), [r.value or "–" for r in found]),
            Column(
                "standing",
                words("assumptions.standing"),
                [_standing(view, r.standing) for r in found],
                choice=True,
            ),
            Column("text", words("assumptions.text"), [r.text for r in found]),
            Column("line", words("assumptions.line"), [r.line for r in found], digits=9),
        ]
        blocks.append(
            Table("assumptions", words("assumptions.table"), columns, "line", words("assumptions.note"))
        )
    blocks.append(Folded(words("assumptions.written"), loaded.written))
    if loaded.scenario or loaded.overrides:
        blocks.append(Folded(words("assumptions.resolved"), loaded.config.resolved))
    return Section("assumptions", words("assumptions.title"), blocks)


def _told(view: PlanView) -> list[str]:
    words, loaded = view.words, view.run.loaded
    told = [words("assumptions.how")]
    if loaded.scenario or loaded.overrides:
        changes = [*([words("assumptions.scenario", name=loaded.scenario)] if loaded.scenario else [])]
        changes += loaded.overrides
        told.append(words("assumptions.changed", changes=", ".join(changes)))
    return [*told, *(words("assumptions.warning", warning=warning) for warning in loaded.warnings)]


def _standing(view: PlanView, letters: str) -> str:
    """Spell the letters out; more than one are told in the order of the comment."""
    return ", ".join(view.words(f"standing.{letter}") for letter in letters.split() if letter in STANDINGS)
