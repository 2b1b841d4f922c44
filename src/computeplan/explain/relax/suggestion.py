"""Ways out of an infeasible config, in its own words and as changes of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Change:
    """One value to set in the config.

    Attributes
    ----------
    path : str
        Dotted, as ``--set`` takes it.
    value : str
        In YAML.
    """

    path: str
    value: str

    def __str__(self) -> str:
        return f"{self.path}={self.value}"


@dataclass(frozen=True)
class Relaxation:
    """One thing that gives way.

    Attributes
    ----------
    kind : str
        Such as ``capacity`` or ``max_delay``.
    subject : str
        What gives way, such as ``pool jinfeng/nvidia``.
    statement : str
        By how much, and when it is needed.
    amount : float
        In `unit`, at the size that the changes have.
    unit : str
    when : str
        Periods that force it; empty where that is the whole horizon, or it has no periods.
    changes : tuple of Change
    """

    kind: str
    subject: str
    statement: str
    amount: float
    unit: str
    when: str
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        return f"{self.subject}: {self.statement}{f', {self.when}' if self.when else ''}"

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "statement": self.statement,
            "amount": self.amount,
            "unit": self.unit,
            "when": self.when,
        }


@dataclass(frozen=True)
class Suggestion:
    """Relaxations that together make the config feasible.

    Attributes
    ----------
    title : str
        ``least change`` or such as ``only capacity``.
    relaxations : tuple of Relaxation
    """

    title: str
    relaxations: tuple[Relaxation, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """What to set, each path once."""
        by_path = {change.path: change for each in self.relaxations for change in each.changes}
        return tuple(by_path.values())

    @property
    def overrides(self) -> tuple[str, ...]:
        """The changes as ``--set`` takes them."""
        return tuple(map(str, self.changes))

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        return {
            "title": self.title,
            "relaxations": [each.data() for each in self.relaxations],
            "set": list(self.overrides),
        }


@dataclass(frozen=True)
class Rounding:
    """How amounts become numbers that a person would write.

    Attributes
    ----------
    digits : int
        Significant digits of a change, rounded up.
    margin : float
        Added first, relative: what is just enough can be too little to a solver.
    whole : bool
        Units of hardware are whole, where there is at least one.
    """

    digits: int
    margin: float
    whole: bool

    def up(self, amount: float) -> float:
        """Round an amount above 0 up."""
        amount *= 1 + self.margin
        step = 10.0 ** (np.floor(np.log10(amount)) - self.digits + 1)
        return float(f"{np.ceil(amount / step - 1e-7) * step:.12g}")

    def units(self, amount: float) -> float:
        """Round units of hardware up."""
        if self.whole and amount > 0.5:
            return float(np.ceil(amount - 1e-9 * amount))
        return self.up(amount)


ROUNDINGS = (Rounding(3, 0.0, whole=True), Rounding(4, 1e-6, whole=False), Rounding(7, 1e-5, whole=False))
"""Tried in turn until the changed config has a plan: rounding up can cost energy elsewhere."""


def yaml_number(value: float, unit: str = "") -> str:
    """Write a number with its unit as ``--set`` reads it."""
    return f"{value:.15g} {unit}".strip()


def yaml_list(values: Iterable[str | float]) -> str:
    """Write a list as ``--set`` reads it."""
    return json.dumps(list(values), ensure_ascii=False)
