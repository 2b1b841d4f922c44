"""How large an instance is, and the ladder of sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from computeplan.errors import UsageError


@dataclass(frozen=True)
class Scale:
    """Dimensions of a generated instance.

    Attributes
    ----------
    companies : int
        Each has work of a third of all kinds.
    kinds : int
        Kinds of work that do not merge.
    sites : int
    days : int
        Of 24 periods.
    """

    companies: int = 1000
    kinds: int = 12
    sites: int = 6
    days: int = 7

    @property
    def hours(self) -> int:
        """Periods of the horizon."""
        return 24 * self.days


@dataclass(frozen=True)
class Ladder:
    """Sizes to measure: one dimension grows, the others stay.

    Attributes
    ----------
    dimension : str
        Name of an attribute of `Scale`.
    rungs : tuple of int
        Ascending.
    base : Scale
        The other dimensions.
    """

    dimension: str = "companies"
    rungs: tuple[int, ...] = (100, 1_000, 10_000)
    base: Scale = Scale()

    def scales(self) -> list[Scale]:
        """Give the sizes, the smallest first."""
        sizes = asdict(self.base)
        return [Scale(**{**sizes, self.dimension: rung}) for rung in self.rungs]


def ladder(asked: Mapping[str, str | None]) -> Ladder:
    """Read a ladder from the words of a command line.

    Parameters
    ----------
    asked : mapping of str to str or None
        By dimension a number, or numbers such as ``1,7,28`` for the one that grows. Companies grow as
        usual if none does and their number is not stated.

    Raises
    ------
    UsageError
        If a word is wrong, or if two dimensions grow.
    """
    values = {name: numbers(f"--{name}", text) for name, text in asked.items() if text is not None}
    lists = [name for name, found in values.items() if len(found) > 1]
    if len(lists) > 1:
        growing = " and ".join(f"--{name} {asked[name]}" for name in lists)
        raise UsageError(f"{growing}: expected one list of sizes; give the other a single number")
    base = replace(Scale(), **{name: found[0] for name, found in values.items() if name not in lists})
    dimension = lists[0] if lists else Ladder.dimension
    return Ladder(dimension, tuple(sorted(values.get(dimension, Ladder.rungs))), base)


def numbers(option: str, text: str) -> list[int]:
    """Read whole numbers from a word such as ``1,7,28``, each once.

    Parameters
    ----------
    option : str
        Where the word stands.
    text : str

    Raises
    ------
    UsageError
        If the word is something else.
    """
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = [0]
    if min(found) < 1:
        raise UsageError(f"{option}: expected whole numbers from 1, separated by commas; got {text!r}")
    return list(dict.fromkeys(found))
