"""Texts by key in one language, and amounts as that language writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np

from computeplan.accounts.costs import COST_PARTS
from computeplan.errors import UsageError
from computeplan.text import expected_one_of, number, percent
from computeplan.vocabulary import Language

LANGUAGES = tuple(Language)
LAST_LATIN = "\u2e7f"
"""Letters after it are Chinese."""
PARTS = {part.name: part for part in COST_PARTS}
PLACES = (
    *("workload", "site", "pool", "link", "sale", "battery", "cap", "traffic"),
    *("early", "late", "short", "total"),
)
"""Kinds of things that the audit names a place by, and notes of how they are violated."""


@dataclass(frozen=True)
class Words:
    """The texts of one of `LANGUAGES`."""

    language: str

    def __post_init__(self) -> None:
        """Raise UsageError if there is no such language."""
        if self.language not in LANGUAGES:
            raise UsageError(path="language", **expected_one_of(LANGUAGES, self.language))

    @cached_property
    def catalog(self) -> dict[str, str]:
        """All texts by key."""
        file = files(__package__).joinpath("languages", f"{self.language}.json")
        catalog: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return catalog

    def __call__(self, key: str, /, **values: object) -> str:
        """Give a text with its placeholders filled in; of ``singular|plural`` the one for the ``count``."""
        singular, _, plural = self.catalog[key].partition("|")
        values |= {name: self.unit(str(values[name])) for name in ("unit", "currency") if name in values}
        return (plural if plural and values.get("count") != 1 else singular).format(**values)

    def sentences(self, *sentences: str) -> str:
        """Write sentences one after another."""
        return self("page.between_sentences").join(sentences)

    def cost_part(self, part: str) -> str:
        """Name a part of the cost."""
        return PARTS[part].words(self.language)

    def column(self, name: str) -> tuple[str, bool]:
        """Name a column of a study's table, and say whether it is known; else it keeps its name."""
        basis = name.removesuffix("_t")
        if basis != name and f"basis.{basis}" in self.catalog:
            return self.carbon_t(basis), True
        if (part := name.removeprefix("cost_").removesuffix("_cost")) in PARTS and part != name:
            return self.cost_part(part), True
        kind, at, site = name.partition(" at ")
        if at and f"column.{kind}_at" in self.catalog:
            return self(f"column.{kind}_at", site=site), True
        return self.catalog.get(f"column.{name}", name), f"column.{name}" in self.catalog

    def cell(self, column: str, text: str) -> str:
        """Name what a cell of a study's table says, where its column holds words of this program."""
        if column == "mark":
            return self("answer.and").join(map(self.mark, text.split(", ")))
        return self.catalog.get(f"{column}.{text}", text) if column in {"basis", "status"} else text

    def policy(self, name: str) -> str:
        """Name a simple policy; one that the catalog does not know keeps its name."""
        return self.catalog.get(f"policy.{name}", name)

    def mark(self, name: str) -> str:
        """Name a point of a frontier; one that the catalog does not know keeps its name."""
        return self.catalog.get(f"mark.{name.replace(' ', '_')}", name)

    def place(self, place: str) -> str:
        """Translate what is around the names in a place of the audit, such as ``site hami, 08:00``."""
        for kind in PLACES:
            start, note = f"{ENGLISH(f'place.{kind}')} ", f"{ENGLISH(f'place.{kind}')}, "
            if place.startswith(start):
                place = f"{self(f'place.{kind}')} {place.removeprefix(start)}"
            elif note.startswith(" "):
                place = place.replace(note, f"{self(f'place.{kind}')}, ")
        things, comma, moment = place.rpartition(", ")
        return f"{things}{comma and self('place_comma')}{moment}"

    def basis(self, basis: str) -> str:
        """Name a carbon basis."""
        return self(f"basis.{basis}")

    def carbon_t(self, basis: str) -> str:
        """Name emissions on a basis with their unit, t."""
        return self("carbon_t", basis=self.basis(basis))

    def scale(self, unit: str, *values: float) -> tuple[float, str]:
        """Choose what to divide numbers of a unit by, and name that unit, such as ``million CNY``."""
        largest = max((abs(value) for value in values if np.isfinite(value)), default=0.0)
        unit = self.unit(unit)
        steps = ((1e8, "yi"), (1e4, "wan")) if self.language == "zh" else ((1e9, "billion"), (1e6, "million"))
        for factor, key in steps:
            if largest >= factor:
                return factor, self("scale.unit", scale=self(f"scale.{key}"), unit=unit)
        return 1.0, unit

    def amount(self, value: float, unit: str, digits: int = 3) -> str:
        """Write an amount with its unit, such as ``10.2 million CNY``."""
        factor, scaled = self.scale(unit, value)
        return self.quantity(number(value / factor, digits), scaled)

    def unit(self, unit: str) -> str:
        """Name a unit, such as ``CNY/kWh``; a part that the catalog does not know keeps its name."""
        return "/".join(self.catalog.get(f"unit.{part}", part) for part in unit.split("/"))

    def quantity(self, amount: str, unit: str) -> str:
        """Write a number with its unit; Chinese words follow a number without a blank."""
        unit = self.unit(unit)
        return f"{amount}{'' if unit[:1] > LAST_LATIN else ' '}{unit}"

    def percent(self, share: float) -> str:
        """Write a share as a percentage."""
        return percent(share).replace(" %", self("percent_sign"))


ENGLISH = Words("en")
"""The words of the terminal."""
