"""Texts by key, and numbers as a language writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np

from computeplan.explain.wording import number

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Scale:
    """A power of ten that makes a column of numbers readable.

    Attributes
    ----------
    factor : float
        What numbers are divided by.
    name : str
        Such as ``million``; empty for 1.
    """

    factor: float
    name: str


@dataclass(frozen=True)
class Words:
    """The texts of one language.

    Attributes
    ----------
    language : str
        One of `LANGUAGES`.
    """

    language: str

    @cached_property
    def catalog(self) -> dict[str, str]:
        """All texts by key."""
        text = files(__package__).joinpath(f"{self.language}.json").read_text(encoding="utf-8")
        catalog: dict[str, str] = json.loads(text)
        return catalog

    def __call__(self, key: str, /, **values: object) -> str:
        """Give a text.

        Parameters
        ----------
        key : str
        **values
            What its placeholders stand for.
        """
        return self.catalog[key].format(**values)

    def policy(self, name: str) -> str:
        """Name a simple policy; one that the catalog does not know keeps its name.

        Parameters
        ----------
        name : str
        """
        return self.catalog.get(f"policy.{name}", name)

    def scale(self, *values: float) -> Scale:
        """Choose a scale for numbers of one unit by the largest of them.

        Parameters
        ----------
        *values : float
            Not finite where there is none.
        """
        largest = max((abs(value) for value in values if np.isfinite(value)), default=0.0)
        steps = ((1e8, "yi"), (1e4, "wan")) if self.language == "zh" else ((1e9, "billion"), (1e6, "million"))
        for factor, key in steps:
            if largest >= factor:
                return Scale(factor, self(f"scale.{key}"))
        return Scale(1.0, "")

    def unit(self, unit: str, scale: Scale) -> str:
        """Name a scaled unit, such as ``million CNY``.

        Parameters
        ----------
        unit : str
        scale : Scale
        """
        return self("scale.unit", scale=scale.name, unit=unit) if scale.name else unit

    def amount(self, value: float, unit: str, digits: int = 3) -> str:
        """Write an amount with its unit, such as ``10.2 million CNY``.

        Parameters
        ----------
        value : float
        unit : str
        digits : int
        """
        scale = self.scale(value)
        return f"{number(value / scale.factor, digits)} {self.unit(unit, scale)}"

    def percent(self, share: float) -> str:
        """Write a share as a percentage.

        Parameters
        ----------
        share : float
        """
        return f"{100 * share:z,.1f} %" if np.isfinite(share) else "–"
