"""What all blocks of a study's report are made from, read from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from computeplan.folder.contents import SUMMARY, TABLES
from computeplan.folder.read import PlanFolder
from computeplan.folder.tables.frames import parquet_columns
from computeplan.reports.blocks import Column, Facts, Section, Table
from computeplan.reports.subjects.audit import changes_of_config
from computeplan.reports.words import Words

MOST_CHOICES = 12
"""Different texts of a column that a reader can choose from."""


@dataclass(frozen=True)
class StudyView:
    """The folder of a study, and the words of its report."""

    folder: PlanFolder
    words: Words

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The study in one object, as it was written."""
        return self.json(SUMMARY)

    def json(self, name: str) -> dict[str, Any]:
        """Read a JSON file of the folder."""
        found: dict[str, Any] = self.folder.read_json(name)
        return found

    def table(self, name: str) -> dict[str, list[Any]]:
        """Read a table of the folder, column by column."""
        return parquet_columns(self.folder.read(f"{TABLES}/{name}.parquet"))

    @cached_property
    def axis_titles(self) -> dict[str, str]:
        """Titles of a sweep's axes, with their units, by label."""
        return {
            axis["label"]: f"{axis['label']}, {axis['unit']}" if axis["unit"] else axis["label"]
            for axis in self.summary["axes"]
        }

    def measure(self, name: str) -> str:
        """Name one of a sweep's measures with its unit."""
        return name_measure(self.words, name, self.summary)

    def unit(self, measure: str) -> str:
        """Give the unit of one of a sweep's measures."""
        return _unit(measure, self.summary)

    def origin(self) -> Section:
        """State where the study comes from."""
        words, origin = self.words, self.folder.provenance
        versions: Mapping[str, str] = origin.get("versions") or origin.get("identity", {}).get("versions", {})
        config = origin["config"]
        rows = [
            (words("origin.created"), str(origin["created"])),
            (words("origin.config"), str(config["path"])),
            *changes_of_config(words, config),
            (words("origin.versions"), ", ".join(f"{name} {v}" for name, v in versions.items())),
        ]
        return Section("origin", words("study.origin"), [Facts(rows)])


def name_measure(words: Words, name: str, summary: Mapping[str, Any]) -> str:
    """Name one of a sweep's measures with its unit."""
    basis = name.removesuffix("_t")
    if basis != name:
        return words.carbon_t(basis)
    return words(f"measure.{name}", unit=_unit(name, summary))


def _unit(measure: str, summary: Mapping[str, Any]) -> str:
    if measure.endswith("_t"):
        return "t"
    return objective_unit(summary) if measure == "objective" else str(summary["currency"])


def objective_unit(summary: Mapping[str, Any]) -> str:
    """Give the unit of a sweep's objective; folders of earlier versions name the currency only."""
    return str(summary.get("objective_unit", summary["currency"]))


def _text(name: str, value: object, words: Words) -> str:
    if isinstance(value, bool):
        return words("yes" if value else "no")
    return "" if value is None else words.cell(name, str(value))


def points_table(table: Mapping[str, Sequence[Any]], title: str, currency: str, words: Words) -> Table:
    """Show the points of a study: all columns but empty ones and how the solver started."""
    columns = []
    for name, values in table.items():
        if name == "started" or all(value is None or value == "" for value in values):
            continue
        label, known = words.column(name)
        if any(isinstance(value, str | bool) for value in values):
            texts = [_text(name, value, words) for value in values]
            is_choice = 2 <= len(set(texts)) <= MOST_CHOICES
            columns.append(Column(name, label, texts, choice=is_choice, verbatim=not known))
        else:
            columns.append(Column(name, label, list(values), verbatim=not known))
    return Table("points", columns, title, notes=[words("study.money", unit=currency)], interactive=True)
