"""What each number of a problem is: its role, its axes and its unit, declared where the number is.

>>> meanings(Batteries)["power_kw"]
Meaning(role=<Role.LIMIT: 'limit'>, axes=(<Axis.BATTERY: 'B'>,), unit='kW')
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import get_type_hints


class Axis(StrEnum):
    """Axes of arrays, by the letter that formulas and docstrings use."""

    WORKLOAD = "W"
    NEED = "R"
    PROFILE = "K"
    SITE = "S"
    LABEL = "A"
    ZONE = "Z"
    HARDWARE = "H"
    KIND = "I"
    POOL = "P"
    CAP = "G"
    CONTRACT = "C"
    BATTERY = "B"
    LINK = "L"
    PATH = "N"
    OPTION = "O"
    RULE = "U"
    MONTH = "M"
    PERIOD = "T"


class Role(StrEnum):
    """What a number does in the plan.

    ``price``: what is paid or avoided for it. ``limit``: what the plan may not exceed or fall below.
    ``demand``: what has to be done. ``factor``: a property of things that turns one amount into another.
    ``index``: which thing belongs to it. ``flag``: yes or no. ``decision``: what the plan chooses. ``dual``:
    what one more unit of a limit would change in the objective.
    """

    PRICE = "price"
    LIMIT = "limit"
    DEMAND = "demand"
    FACTOR = "factor"
    INDEX = "index"
    FLAG = "flag"
    DECISION = "decision"
    DUAL = "dual"


@dataclass(frozen=True)
class Meaning:
    """Role, axes and unit of an array or number; a single number has no axes, a pure one no unit."""

    role: Role
    axes: tuple[Axis, ...]
    unit: str


def price(axes: str, unit: str) -> Meaning:
    """Declare a price, with axes such as ``ST``."""
    return _meaning(Role.PRICE, axes, unit)


def limit(axes: str, unit: str = "") -> Meaning:
    """Declare a limit."""
    return _meaning(Role.LIMIT, axes, unit)


def demand(axes: str, unit: str = "") -> Meaning:
    """Declare work that has to be done."""
    return _meaning(Role.DEMAND, axes, unit)


def factor(axes: str, unit: str = "") -> Meaning:
    """Declare a property of things."""
    return _meaning(Role.FACTOR, axes, unit)


def index(axes: str) -> Meaning:
    """Declare indices of other things."""
    return _meaning(Role.INDEX, axes, "")


def flag(axes: str) -> Meaning:
    """Declare what is yes or no."""
    return _meaning(Role.FLAG, axes, "")


def decision(axes: str, unit: str = "") -> Meaning:
    """Declare what the plan chooses."""
    return _meaning(Role.DECISION, axes, unit)


def dual(axes: str, per: str) -> Meaning:
    """Declare a dual price, in units of the objective for one more of something."""
    return _meaning(Role.DUAL, axes, f"objective/{per}")


def _meaning(role: Role, axes: str, unit: str) -> Meaning:
    return Meaning(role, tuple(Axis(letter) for letter in axes), unit)


@cache
def meanings(of: type) -> dict[str, Meaning]:
    """Meaning of each number of a data class by the name of its field."""
    hints = get_type_hints(of, include_extras=True)
    declared = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    return {name: found[0] for name, found in declared.items() if found}
