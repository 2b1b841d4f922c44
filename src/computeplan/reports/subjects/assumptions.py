"""What a config says of its figures, and how much the answer hangs on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from computeplan.config.yaml.comments import EVIDENCE, read_comments
from computeplan.config.yaml.source import parse_document
from computeplan.errors import PlanFolderError
from computeplan.folder.contents import SUMMARY, SWEEP
from computeplan.folder.read import blame_folder, open_folder
from computeplan.reports.blocks import Block, Column, Folded, Prose, Section, Table
from computeplan.reports.subjects.plan_view import PlanView
from computeplan.runs.loaded import Loaded
from computeplan.studies.sweep import identify_config

Drivers = Sequence[Mapping[str, Any]]
"""How much each axis of a sweep moves each measure, as its summary says."""


def read_drivers(sweep: Path, loaded: Loaded) -> Drivers:
    """Read how far each axis of a sweep moves the answer.

    Raises
    ------
    PlanFolderError
        If there is no sweep in the folder, or it is one of another config than that of the plan.
    """
    saved = open_folder(sweep, kind=SWEEP)
    own = identify_config(parse_document(loaded.written, str(loaded.path)).data)
    with blame_folder(saved):
        origin = saved.provenance["config"]
        swept = saved.provenance["identity"]["config"], origin["scenario"], origin["set"]
        drivers: Drivers = saved.read_json(SUMMARY)["drivers"]
    if swept != (own, loaded.scenario, list(loaded.overrides)):
        raise PlanFolderError(
            path=sweep,
            expected="a sweep of the plan's config as it was",
            found="one of another config, scenario or changes",
            hint="sweep it again",
        )
    return drivers


def assumptions(view: PlanView, drivers: Drivers) -> Section:
    """List what the config says of its figures, with their evidence, and the config itself."""
    words, loaded = view.words, view.run.loaded
    blocks: list[Block] = [Prose(_origins(view)), *_remarks(view, drivers)]
    blocks.append(Folded(words("assumptions.written"), loaded.written))
    if loaded.scenario or loaded.overrides:
        blocks.append(Folded(words("assumptions.resolved"), loaded.config.resolved))
    return Section("assumptions", words("assumptions.title"), blocks)


def _remarks(view: PlanView, drivers: Drivers) -> list[Block]:
    words, found = view.words, read_comments(view.run.loaded.written)
    if not found:
        return []
    evidence = [_evidence(view, remark.evidence) for remark in found]
    columns = [
        Column("setting", words("assumptions.setting"), [remark.path or "–" for remark in found]),
        Column("value", words("assumptions.value"), [remark.value or "–" for remark in found]),
        Column("evidence", words("assumptions.evidence"), evidence, choice=True),
        Column("text", words("assumptions.text"), [remark.text for remark in found]),
        Column("line", words("assumptions.line"), [remark.line for remark in found], digits=9),
    ]
    title, notes = words("assumptions.table"), [words("assumptions.note")]
    if not drivers:
        return [Table("assumptions", columns, title, sort="line", notes=notes, interactive=True)]
    swings = [swing_at(remark.path, drivers) for remark in found]
    label = words("assumptions.swing", unit=view.problem.currency)
    columns.insert(2, Column("swing", label, swings))
    notes = [words("assumptions.swing_note"), *notes]
    return [Table("assumptions", columns, title, sort="-swing", notes=notes, interactive=True)]


def swing_at(path: str, drivers: Drivers) -> float | None:
    """Find how far the cost goes where a sweep varies a setting, what holds it or is in it; else None."""
    reached = [
        float(driver["swing"])
        for driver in drivers
        if driver["measure"] == "cost" and path and _meets(path.split("."), _setting(driver["axis"]))
    ]
    return max(reached, default=None)


def _setting(axis: str) -> list[str]:
    """Split the name of an axis, whose last letter may say that it multiplies or adds."""
    *before, last = axis.split(".")
    return [*before, last if last == "*" else last.removesuffix("*").removesuffix("+")]


def _meets(path: Sequence[str], pattern: Sequence[str]) -> bool:
    if pattern == ["demand"]:  # all work
        return path[0] in {"workloads", "population"}
    return all(fnmatchcase(name, pattern) for name, pattern in zip(path, pattern, strict=False))


def _origins(view: PlanView) -> list[str]:
    words, loaded = view.words, view.run.loaded
    texts = [words("assumptions.how")]
    if loaded.scenario or loaded.overrides:
        changes = [*([words("assumptions.scenario", name=loaded.scenario)] if loaded.scenario else [])]
        changes += loaded.overrides
        texts.append(words("assumptions.changed", changes=", ".join(changes)))
    return [*texts, *(words("assumptions.warning", warning=warning) for warning in loaded.warnings)]


def _evidence(view: PlanView, letters: str) -> str:
    """Spell the letters out; in the order of the comment."""
    return ", ".join(view.words(f"evidence.{letter}") for letter in letters.split() if letter in EVIDENCE)
