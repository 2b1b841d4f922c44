"""Options that a solver has of its own: checked against the solver's own list before anything is solved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Any

from computeplan.errors import Fault
from computeplan.text import did_you_mean, shown_value

PLACE = "solver.options"
"""Where a config has them."""


class Reserved(StrEnum):
    """Why an option is not for users: a setting of ours does the same, or the answer would not be one."""

    TIME_LIMIT = "`solver.time_limit` sets it"
    THREADS = "`solver.threads` sets them"
    METHOD = "`solver.method` chooses it"
    GAP = "`solver.gap` sets it"
    VERBOSE = "`--verbose` shows the solver's log"
    FILES = "`computeplan export` writes the program"
    MODEL = "with it another problem would be solved"
    PROOF = "without it nothing would be proved"
    CONES = "no plan has the cones that it is for"
    NO_OTHER = "the solver has no other"
    BY_NAME = "each of them has a name"


def reserve(names: Mapping[Reserved, Iterable[str]]) -> dict[str, Reserved]:
    """Give each name its reason."""
    return {name: reason for reason, them in names.items() for name in them}


@dataclass(frozen=True)
class OwnOption:
    """An option as its solver describes it.

    Attributes
    ----------
    kind : type
        bool, int, float or str; object where the solver does not say.
    least, most : float
        Of a number.
    words : tuple of str
        Of text: those to choose between; any where there are none.
    """

    kind: type
    least: float = -inf
    most: float = inf
    words: tuple[str, ...] = ()

    def accepts(self, value: Any) -> bool:
        """Whether the solver takes a value; a whole number counts as a number."""
        if self.kind is object:
            return True
        if self.kind in (int, float):
            is_number = isinstance(value, (int, self.kind)) and not isinstance(value, bool)
            return is_number and self.least <= value <= self.most
        return isinstance(value, self.kind) and (not self.words or value in self.words)

    def __str__(self) -> str:
        if self.kind is bool:
            return "true or false"
        if self.words:
            return f"one of {', '.join(self.words)}"
        if self.kind is str:
            return "text"
        number = "a whole number" if self.kind is int else "a number"
        ends = (("from", self.least), ("to", self.most))
        return " ".join((number, *(f"{word} {end:g}" for word, end in ends if abs(end) < inf)))


@dataclass(frozen=True)
class OptionList:
    """All options of a solver.

    Attributes
    ----------
    options : mapping of str to OwnOption
    reserved : mapping of str to Reserved
        Those that are not for users, and why.
    is_open : bool
        Whether the solver may have others, of which it says nothing.
    """

    options: Mapping[str, OwnOption]
    reserved: Mapping[str, Reserved] = field(default_factory=dict)
    is_open: bool = False

    def faults(self, solver: str, stated: Mapping[str, Any]) -> Iterator[Fault]:
        """Find what is wrong with the options that are stated for a solver."""
        usable = [name for name in self.options if name not in self.reserved]
        for name, value in stated.items():
            place = f"{PLACE}.{name}"
            if name in self.reserved:
                yield Fault(place, "an option that may be set here", repr(name), self.reserved[name])
            elif name not in self.options:
                if not self.is_open:
                    yield Fault(place, f"an option of {solver}", repr(name), did_you_mean(name, usable))
            elif not self.options[name].accepts(value):
                yield Fault(place, str(self.options[name]), shown_value(value))
