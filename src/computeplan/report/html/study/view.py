"""What the sections of a study's report look at, read from its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from computeplan.plan.contents import SUMMARY, TABLES
from computeplan.plan.reading import PlanFolder
from computeplan.plan.tables.files import parquet_columns
from computeplan.report.html.blocks import Column, Facts, Section
from computeplan.report.html.words import Words

MEASURES = ("objective", "cost", "location_t", "market_t", "hourly_t")
"""What a sweep tells of each point."""


@dataclass(frozen=True)
class StudyView:
    """The folder of a study, with the words to tell it.

    Attributes
    ----------
    folder : PlanFolder
    words : Words
    """

    folder: PlanFolder
    words: Words

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The study in one object, as it was written."""
        return self.json(SUMMARY)

    def json(self, name: str) -> dict[str, Any]:
        """Read a JSON file of the folder.

        Parameters
        ----------
        name : str
        """
        found: dict[str, Any] = json.loads(self.folder.read(name))
        return found

    def table(self, name: str) -> dict[str, list[Any]]:
        """Read a table of the folder, column by column.

        Parameters
        ----------
        name : str
        """
        return parquet_columns(self.folder.read(f"{TABLES}/{name}.parquet"))

    def measure(self, name: str, currency: str) -> str:
        """Name a measure with its unit.

        Parameters
        ----------
        name : str
            One of `MEASURES`.
        currency : str
        """
        return self.words(f"measure.{name}", unit=currency)

    def origin(self) -> Section:
        """Tell where the study comes from."""
        words, origin = self.words, self.folder.provenance
        versions: Mapping[str, str] = origin.get("versions") or origin.get("identity", {}).get("versions", {})
        config = origin["config"]
        rows = [
            (words("certificate.created"), str(origin["created"])),
            (words("certificate.config"), str(config["path"])),
            (words("certificate.scenario"), str(config["scenario"] or "–")),
            (words("certificate.set"), ", ".join(config["set"]) or "–"),
            (words("certificate.versions"), ", ".join(f"{name} {v}" for name, v in versions.items())),
        ]
        return Section("origin", words("study.origin"), [Facts(rows)])


def columns_of(table: Mapping[str, Sequence[Any]], words: Words) -> list[Column]:
    """Show all columns of a table; one that is empty is left out.

    Parameters
    ----------
    table : mapping of str to sequence
    words : Words
        Names of columns that it knows as ``column.NAME``; the others keep theirs.
    """
    columns = []
    for name, values in table.items():
        if all(value is None or value == "" for value in values):
            continue
        label = words.catalog.get(f"column.{name}", name)
        if any(isinstance(value, str | bool) for value in values):
            texts = ["" if value is None else str(value) for value in values]
            columns.append(Column(name, label, texts, choice=2 <= len(set(texts)) <= MOST_CHOICES))
        else:
            columns.append(Column(name, label, list(values)))
    return columns


MOST_CHOICES = 12
"""Different texts of a column that a reader can choose from."""
